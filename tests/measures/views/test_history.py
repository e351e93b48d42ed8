"""変更の記録 as the browser sees it, and bringing a version back."""

import re

import pytest

from measures.models import Measure
from measures.workflow import CycleState, EntryState
from tests.factories import MeasureFactory, OpinionFactory, ReviewFactory, fill
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db


def banners(page) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', page.text)


@pytest.fixture
def measure(action):
    measure = MeasureFactory(policy=action.measure.policy, title="相談窓口の周知")
    measure.title = "相談窓口の整備"
    measure.save()
    return measure


INSIDE = {"writer", "approver", "other_writer", "other_approver", "secretariat", "auditor"}


@pytest.mark.parametrize(
    ("kind", "readers"),
    [
        ("measure", INSIDE),
        ("entry", {"writer", "approver", "secretariat", "auditor"}),
        ("review", {"secretariat", "auditor"}),
        ("opinion", {"secretariat", "auditor"}),
        ("user", {"secretariat", "auditor", "sysadmin"}),
    ],
)
def test_who_reads_the_history_of_what(request, entry, measure, writer, client_of, kind, readers):
    row = {
        "measure": measure,
        "entry": entry,
        "review": ReviewFactory(cycle=entry.cycle, measure=measure),
        "opinion": OpinionFactory(cycle=entry.cycle),
        "user": writer,
    }[kind]
    address = f"/staff/history/{kind}/{row.pk}/"
    found = {who: client_of(request.getfixturevalue(who)).get(address).status_code for who in PERSONAS}
    assert {who for who, status in found.items() if status == 200} == readers
    assert set(found.values()) <= {200, 403, 404}


def test_two_wordings_side_by_side(measure, secretariat, client_of):
    page = client_of(secretariat).get(f"/staff/history/measure/{measure.pk}/")
    assert re.findall(r"<p>(\S+<del>\S+</del>)</p>|<p>(\S+<ins>\S+</ins>)</p>", page.text) == [
        ("相談窓口の<del>周知</del>", ""),
        ("", "相談窓口の<ins>整備</ins>"),
    ]
    assert page.text.count("この版に戻す</button>") == 1


def test_bringing_a_version_back(measure, secretariat, writer, client_of):
    client, address = client_of(secretariat), f"/staff/history/measure/{measure.pk}/"
    page = client.get(address)
    restore = re.search(rf'action="({address}\d+/restore/)"', page.text)[1]
    sent = {"seen": re.search(r'name="seen" value="(\d+)"', page.text)[1], "reason": "もとの名称が正しいため"}
    assert client_of(writer).post(restore, sent, follow=True).status_code == 200
    assert Measure.objects.get(pk=measure.pk).title == "相談窓口の整備"
    done = client.post(restore, sent, follow=True)
    assert banners(done) == ["前の版の内容に戻しました。戻す前の内容も、記録に残っています。"]
    measure.refresh_from_db()
    latest = measure.history.latest()
    assert (measure.title, latest.history_user, latest.history_change_reason) == (
        "相談窓口の周知",
        secretariat,
        "もとの名称が正しいため",
    )
    assert "理由・コメント：もとの名称が正しいため" in done.text
    again = client.post(restore, sent, follow=True)
    assert banners(again) == ["開いている間に、内容が変わりました。記録を確かめてから、もう一度操作してください。"]


@pytest.mark.parametrize(
    ("seen", "told"),
    [("", "記録の画面を開き直してから"), ("x", "記録の画面を開き直してから"), ("9" * 40, "開いている間に")],
)
def test_forged_restores(measure, secretariat, client_of, seen, told):
    version = measure.history.earliest().history_id
    address = f"/staff/history/measure/{measure.pk}/{version}/restore/"
    page = client_of(secretariat).post(address, {"seen": seen, "reason": "理由"}, follow=True)
    assert (banners(page)[0].startswith(told), measure.history.count()) == (True, 2)


def test_a_department_reads_without_buttons(measure, writer, client_of):
    page = client_of(writer).get(f"/staff/history/measure/{measure.pk}/")
    assert ("この版に戻す" in page.text, "相談窓口の" in page.text) == (False, True)


def test_what_was_deleted_can_be_made_again(measure, secretariat, client_of):
    pk = measure.pk
    measure.delete()
    page = client_of(secretariat).get(f"/staff/history/measure/{pk}/")
    assert banners(page) == ["いまはありません"]
    assert page.text.count("この版に戻す</button>") == 3


@pytest.mark.parametrize("path", ["x/1", "measure/999999", "entry/999999"])
def test_unknown_rows(measure, secretariat, client_of, path):
    assert client_of(secretariat).get(f"/staff/history/{path}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_a_history_page_takes_as_many_queries_at_any_length(
    entry, secretariat, client_of, rows, django_assert_num_queries
):
    for number in range(rows):
        fill(entry, "AB"[number % 2], result=f"{number}", version=number + 1)
    client = client_of(secretariat)
    with django_assert_num_queries(13):
        page = client.get(f"/staff/history/entry/{entry.pk}/")
    assert page.text.count("<dt>達成度</dt>") == 1


def test_a_history_of_many_versions_has_pages(measure, secretariat, client_of):
    for number in range(25):
        measure.title = f"名称{number}"
        measure.save()
    client, address = client_of(secretariat), f"/staff/history/measure/{measure.pk}/"
    assert [len(client.get(f"{address}?page={page}").context["page"].object_list) for page in (1, 2)] == [20, 7]


def test_the_pages_lead_to_their_history(entry, office, writer, secretariat, client_of):
    fill(entry, state=EntryState.FIXED)
    keeper = client_of(secretariat)
    for client, page, links in (
        (keeper, f"/staff/entries/{entry.pk}/", [f"history/entry/{entry.pk}", f"corrections/entry/{entry.pk}"]),
        (client_of(writer), f"/staff/entries/{entry.pk}/", [f"history/entry/{entry.pk}"]),
        (keeper, f"/staff/organizations/{office.pk}/", [f"history/organization/{office.pk}"]),
        (keeper, f"/staff/people/{writer.pk}/", [f"history/user/{writer.pk}"]),
    ):
        found = re.findall(r'href="/staff/((?:history|corrections)/\w+/\d+)/"', client.get(page).text)
        assert found == links


# ---- the whole portal -------------------------------------------------------
def test_who_reads_the_changes_of_the_whole_portal(request, measure, client_of):
    found = {who: client_of(request.getfixturevalue(who)).get("/staff/history/").status_code for who in PERSONAS}
    assert found == dict.fromkeys(PERSONAS, 403) | {"secretariat": 200, "auditor": 200}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_at_any_length(plan, secretariat, client_of, rows, django_assert_num_queries):
    measure = MeasureFactory(policy__goal__plan=plan)
    for _ in range(rows):
        row = MeasureFactory(policy=measure.policy)
        row._history_user = secretariat
        row.save()
    client = client_of(secretariat)
    with django_assert_num_queries(6):
        page = client.get("/staff/history/")
    assert len(page.context["rows"]) == rows


def test_the_list_narrows_to_one_kind_and_leads_to_each_row(entry, measure, secretariat, client_of):
    entry.cycle.state = CycleState.OPEN
    for row in (measure, fill(entry, state=EntryState.DRAFT)):
        row._history_user = secretariat
        row.save()
    client = client_of(secretariat)
    for address, kinds in (
        ("/staff/history/", ["entry", "measure"]),
        ("/staff/history/?kind=measure", ["measure"]),
        ("/staff/history/?kind=x", ["entry", "measure"]),
        ("/staff/history/?kind=glossary-term", []),
    ):
        page = client.get(address)
        assert [row.kind.name for row in page.context["rows"]] == kinds
    assert "変更の記録は、まだありません" in page.text
    assert f'href="/staff/history/measure/{measure.pk}/"' in client.get("/staff/history/").text
