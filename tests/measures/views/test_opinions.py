"""The committee's opinions and the answers to them, as the browser sees and sends them."""

import datetime
import re

import pytest
from django.utils import timezone

from measures.models import Cycle, Opinion, Response
from measures.workflow import CycleState, ResponseState
from mine_welfare.accounts.roles import Role
from tests.factories import MeasureFactory, OpinionFactory, OrganizationFactory, ResponseFactory
from tests.personas import PERSONAS, person

pytestmark = pytest.mark.django_db


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    Cycle.objects.filter(pk=cycle.pk).update(state=stage)
    cycle.refresh_from_db()
    return cycle


@pytest.fixture
def cycle(cycle):
    return in_stage(cycle, CycleState.COMMITTEE)


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan)


@pytest.fixture
def asked(cycle, measure, office, committee):
    opinion = OpinionFactory(cycle=cycle, measure=measure, by=committee, version=1)
    return ResponseFactory(opinion=opinion, organization=office, state=ResponseState.ASKED, text="", reflection="")


def banners(page) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', page.text)


def statuses(request, client_of, address: str) -> dict[str, int]:
    return {who: client_of(request.getfixturevalue(who)).get(address).status_code for who in PERSONAS}


# ---- opinions ---------------------------------------------------------------
def test_who_opens_which_page(request, asked, client_of):
    for address, found, hidden in (
        ("/staff/opinions/", {"secretariat", "auditor", "committee"}, set()),
        ("/staff/opinions/new/", {"secretariat", "committee"}, set()),
        (f"/staff/opinions/{asked.opinion_id}/", {"secretariat", "auditor", "committee"}, set()),
        (
            f"/staff/responses/{asked.pk}/",
            {"writer", "approver", "secretariat", "auditor"},
            {"other_writer", "other_approver"},
        ),
        (
            "/staff/responses/",
            {"writer", "approver", "other_writer", "other_approver", "secretariat", "auditor"},
            set(),
        ),
    ):
        expected = dict.fromkeys(PERSONAS, 403) | dict.fromkeys(found, 200) | dict.fromkeys(hidden, 404)
        assert statuses(request, client_of, address) == expected


def test_a_member_writes_an_opinion_and_mends_it(cycle, measure, committee, client_of):
    client = client_of(committee)
    assert f'<option value="{measure.pk}" selected>' in client.get(f"/staff/opinions/new/?measure={measure.code}").text
    sent = {"measure": measure.pk, "text": "周知を。", "meeting": "第1回", "version": 0}
    assert client.post("/staff/opinions/new/", sent)["Location"] == "/staff/opinions/?year=2025"
    opinion = Opinion.objects.get()
    assert (opinion.by, opinion.measure, opinion.received_at) == (committee, measure, None)
    assert 'value="第1回"' in client.get("/staff/opinions/new/").text
    sent |= {"text": "もっと周知を。", "version": 1}
    assert client.post(f"/staff/opinions/{opinion.pk}/", sent)["Location"] == f"/staff/opinions/{opinion.pk}/"
    opinion.refresh_from_db()
    assert (opinion.text, opinion.version) == ("もっと周知を。", 2)


def test_no_member_is_named_to_others(cycle, asked, committee, secretariat, writer, client_of):
    type(committee).objects.filter(pk=committee.pk).update(name="美祢 花子")
    other = person(Role.COMMITTEE, name="ほか 委員")
    for user, pages, is_named in (
        (secretariat, ["/staff/opinions/", f"/staff/opinions/{asked.opinion_id}/"], True),
        (other, ["/staff/opinions/", f"/staff/opinions/{asked.opinion_id}/"], False),
        (writer, ["/staff/responses/", f"/staff/responses/{asked.pk}/"], False),
    ):
        for page in pages:
            text = client_of(user).get(page).text
            assert ("周知を工夫してほしい。" in text, "美祢 花子" in text) == (True, is_named)


def test_another_members_waiting_opinion_does_not_exist(cycle, committee, client_of):
    other = OpinionFactory(cycle=cycle, by=person(Role.COMMITTEE), received_at=None)
    client = client_of(committee)
    assert client.get(f"/staff/opinions/{other.pk}/").status_code == 404
    assert client.post(f"/staff/opinions/{other.pk}/remove/").status_code == 404
    assert "意見は、まだありません" in client.get("/staff/opinions/").text


@pytest.mark.parametrize("bad", [{"text": ""}, {"measure": "999999"}, {"version": ""}, {"meeting": "あ" * 81}])
def test_what_cannot_be_an_opinion(cycle, committee, client_of, bad):
    page = client_of(committee).post("/staff/opinions/new/", {"text": "書いた文章", "version": 0} | bad)
    assert (page.status_code, Opinion.objects.count()) == (422, 0)
    assert ("書いた文章" in page.text) == ("text" not in bad)


def test_out_of_the_stage_nothing_typed_is_lost(cycle, committee, client_of):
    in_stage(cycle, CycleState.FIXED)
    page = client_of(committee).post("/staff/opinions/new/", {"text": "書いた文章", "version": 0})
    assert (page.status_code, Opinion.objects.count()) == (409, 0)
    assert "意見を書けるのは、「委員会審議」の段階です。いまは「確定」の段階です。" in page.text
    assert "書いた文章</textarea>" in page.text


def test_two_people_mending_one_opinion(cycle, asked, secretariat, client_of):
    opinion = asked.opinion
    opinion.save()
    opinion.text, opinion.version = "相手", 2
    opinion.save()
    sent = {"text": "わたし", "measure": opinion.measure_id, "meeting": "第1回", "version": 1}
    page = client_of(secretariat).post(f"/staff/opinions/{opinion.pk}/", sent)
    assert (page.status_code, banners(page)) == (409, ["ほかの人が先に保存しました。まだ保存していません"])
    assert re.findall(r"<del>(\S+)</del>|<ins>(\S+)</ins>", page.text) == [("相手", ""), ("", "わたし")]
    assert client_of(secretariat).post(f"/staff/opinions/{opinion.pk}/", sent | {"version": 2}).status_code == 302


def test_receiving_all_that_wait(cycle, committee, secretariat, client_of):
    rows = [OpinionFactory(cycle=cycle, by=committee, received_at=None) for _ in range(2)]
    client = client_of(secretariat)
    assert "2件をすべて受け付ける" in client.get("/staff/opinions/").text
    sent = {"opinion": [*(row.pk for row in rows), "x", "9" * 30]}
    assert banners(client.post("/staff/opinions/receive/", sent, follow=True)) == ["意見2件を受け付けました。"]
    assert Opinion.objects.received().count() == 2
    assert banners(client.post("/staff/opinions/receive/", sent, follow=True)) == ["受け付ける意見がありません。"]
    in_stage(cycle, CycleState.FIXED)
    late = OpinionFactory(cycle=cycle, received_at=None)
    refused = client.post("/staff/opinions/receive/", {"opinion": late.pk}, follow=True)
    assert banners(refused) == [
        "意見を受け付けられるのは、「委員会審議」・「回答作成」の段階です。いまは「確定」の段階です。"
    ]


def test_taking_an_opinion_back(cycle, asked, secretariat, client_of):
    client = client_of(secretariat)
    kept = client.post(f"/staff/opinions/{asked.opinion_id}/remove/", follow=True)
    assert banners(kept)[0] == "回答を依頼した意見です。依頼を取り下げてから、取り消してください。"
    other = OpinionFactory(cycle=cycle)
    gone = client.post(f"/staff/opinions/{other.pk}/remove/", follow=True)
    assert (gone.redirect_chain[-1][0], banners(gone)) == ("/staff/opinions/?year=2025", ["意見を取り消しました。"])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_opinions_takes_as_many_queries_at_any_length(
    cycle, secretariat, client_of, rows, django_assert_num_queries
):
    for _ in range(rows):
        ResponseFactory(opinion=OpinionFactory(cycle=cycle))
    client = client_of(secretariat)
    with django_assert_num_queries(8):
        page = client.get("/staff/opinions/")
    assert page.text.count("周知を工夫してほしい。</p>") == rows


# ---- asking -----------------------------------------------------------------
def test_asking_from_the_page_of_an_opinion(cycle, asked, secretariat, client_of):
    general = OrganizationFactory(name="総務課")
    client, page = client_of(secretariat), f"/staff/opinions/{asked.opinion_id}/"
    offered = re.findall(r'name="organizations" value="(\d+)"', client.get(page).text)
    assert offered == [str(general.pk)]
    due = timezone.localdate() + datetime.timedelta(days=14)
    assert f'name="due_on" value="{due}"' in client.get(page).text
    answer = client.post(f"{page}ask/", {"organizations": [general.pk], "due_on": str(due)}, follow=True)
    assert banners(answer) == ["総務課に回答を依頼しました。"]
    assert list(asked.opinion.responses.values_list("organization", "due_on"))[-1] == (general.pk, due)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"due_on": "2100-01-01"}, "回答する組織を1つ以上選んでください。"),
        ({"organizations": ["999999"], "due_on": "2100-01-01"}, "回答する組織は、一覧から選んでください。"),
        ({"organizations": [0], "due_on": ""}, "回答の期限を入れてください。"),
        ({"organizations": [0], "due_on": "2020-01-01"}, "回答の期限は、今日以後の日にしてください。"),
    ],
)
def test_requests_that_cannot_be(cycle, asked, secretariat, client_of, sent, sentence):
    general = OrganizationFactory()
    chosen = [general.pk if pk == 0 else pk for pk in sent.get("organizations", [])]
    page = client_of(secretariat).post(
        f"/staff/opinions/{asked.opinion_id}/ask/", sent | {"organizations": chosen}, follow=True
    )
    assert (sentence in "".join(banners(page)), Response.objects.count()) == (True, 1)


def test_taking_a_request_back(cycle, asked, writer, secretariat, client_of):
    address = f"/staff/responses/{asked.pk}/withdraw-request/"
    assert client_of(writer).post(address).status_code == 403
    page = client_of(secretariat).post(address, follow=True)
    assert (banners(page)[0], Response.objects.count()) == ("福祉課への依頼を取り下げました。", 0)


# ---- answering --------------------------------------------------------------
def test_a_department_answers(cycle, asked, writer, secretariat, client_of):
    client, page = client_of(writer), f"/staff/responses/{asked.pk}/"
    sent = {"text": "途中", "version": 0}
    assert client.post(page, sent | {"save": ""})["Location"] == page
    answer = client.post(page, {"text": "知らせます。", "reflection": "planned", "version": 1, "answer": ""})
    assert answer["Location"] == "/staff/responses/"
    asked.refresh_from_db()
    assert (asked.state, asked.text, asked.reflection) == ("answered", "知らせます。", "planned")
    keeper = client_of(secretariat)
    assert banners(keeper.post(f"{page}return/", {"version": 2, "reason": "時期を。"}, follow=True)) == [
        "福祉課の回答を差し戻しました。",
        "差し戻されています",
        "事務局が代わりに入力できます",
    ]
    assert "差戻し：時期を。" in client.get("/staff/responses/").text
    client.post(page, {"text": "4月に知らせます。", "reflection": "planned", "version": 3, "answer": ""})
    assert banners(keeper.post(f"{page}accept/", {"version": 4}, follow=True)) == ["福祉課の回答を確認しました。"]
    asked.refresh_from_db()
    assert (asked.state, asked.history.count()) == ("accepted", 6)


def test_the_home_page_says_what_waits(cycle, asked, writer, other_writer, client_of):
    link = f'href="/staff/responses/{asked.pk}/"'
    assert [link in client_of(user).get("/staff/").text for user in (writer, other_writer)] == [True, False]
    in_stage(cycle, CycleState.FIXED)
    assert link not in client_of(writer).get("/staff/").text


def test_an_answer_that_is_not_complete_stays_in_the_form(cycle, asked, writer, client_of):
    sent = {"text": "書いた文章", "version": 0, "answer": ""}
    page = client_of(writer).post(f"/staff/responses/{asked.pk}/", sent)
    assert (page.status_code, "書いた文章</textarea>" in page.text) == (409, True)
    assert "「市の考え方」と「反映状況」を入力すると、回答できます。" in page.text
    forged = client_of(writer).post(f"/staff/responses/{asked.pk}/", sent | {"reflection": "perhaps"})
    assert forged.status_code == 422
    asked.refresh_from_db()
    assert (asked.text, asked.version) == ("", 0)


def test_two_people_answering_see_both(cycle, asked, writer, client_of):
    asked.save()
    asked.text, asked.version = "相手", 1
    asked.save()
    sent = {"text": "わたし", "reflection": "done", "version": 0, "answer": ""}
    page = client_of(writer).post(f"/staff/responses/{asked.pk}/", sent)
    assert page.status_code == 409
    assert re.findall(r"<del>(\S+)</del>|<ins>(\S+)</ins>", page.text) == [("相手", ""), ("", "わたし")]
    assert client_of(writer).post(f"/staff/responses/{asked.pk}/", sent | {"version": 1}).status_code == 302


@pytest.mark.parametrize(
    ("verb", "sent", "told"),
    [
        ("accept", {"version": 0}, "「未回答」の回答には、事務局確認はできません。"),
        ("accept", {"version": "x"}, "この画面を開いたときの内容と比べられません。"),
        ("return", {}, "この画面を開いたときの内容と比べられません。"),
        ("withdraw", {"version": 0}, "取下げができるのは担当者・課長です。"),
    ],
)
def test_moves_that_cannot_be(cycle, asked, secretariat, client_of, verb, sent, told):
    page = client_of(secretariat).post(f"/staff/responses/{asked.pk}/{verb}/", sent, follow=True)
    assert banners(page)[0].startswith(told)


def test_nobody_confirms_what_they_have_not_read(cycle, asked, secretariat, client_of):
    Response.objects.update(state=ResponseState.ANSWERED, text="一", reflection="done", version=3)
    page = client_of(secretariat).post(f"/staff/responses/{asked.pk}/accept/", {"version": 2}, follow=True)
    assert banners(page)[0].startswith("開いている間に、ほかの人が内容を変えました。")
    assert Response.objects.get().state == "answered"


def test_saving_is_no_move_of_its_own(cycle, asked, writer, client_of):
    client = client_of(writer)
    assert [client.post(f"/staff/responses/{asked.pk}/{verb}/").status_code for verb in ("save", "answer", "x")] == [
        404
    ] * 3


def test_the_list_narrows_to_an_organization_and_a_state(cycle, asked, secretariat, writer, client_of):
    other = ResponseFactory(opinion=asked.opinion, organization=OrganizationFactory(name="総務課", slug="soumu"))
    client = client_of(secretariat)
    for address, shown in (
        ("/staff/responses/", [asked, other]),
        ("/staff/responses/?state=accepted", [other]),
        ("/staff/responses/?organization=welfare", [asked]),
        ("/staff/responses/?organization=welfare&state=accepted", []),
    ):
        page = client.get(address)
        assert list(page.context["rows"]) == shown
    assert "この条件の回答はありません" in page.text
    assert list(client_of(writer).get("/staff/responses/").context["rows"]) == [asked]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_answers_takes_as_many_queries_at_any_length(
    cycle, office, secretariat, client_of, rows, django_assert_num_queries
):
    for _ in range(rows):
        ResponseFactory(opinion=OpinionFactory(cycle=cycle), organization=office)
    client = client_of(secretariat)
    with django_assert_num_queries(7):
        page = client.get("/staff/responses/")
    assert len(page.context["rows"]) == rows


def test_without_a_year_there_is_nothing_to_write(plan, secretariat, client_of):
    client = client_of(secretariat)
    assert [client.get(f"/staff/{page}/").status_code for page in ("opinions", "responses", "opinions/new")] == [
        200,
        200,
        404,
    ]
