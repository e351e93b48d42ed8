"""督促: letters read and mended before they go, and a log of what went."""

import pytest
from django.core import mail

from measures import actions
from measures.models import Reminder
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, EntryFactory, OrganizationFactory, fill
from tests.personas import person

pytestmark = pytest.mark.django_db
PAGE = "/staff/cycles/2025/reminders/"
WRITE = f"{PAGE}write/"


@pytest.fixture
def desk(client_of, secretariat):
    return client_of(secretariat)


@pytest.fixture
def general(cycle, action):
    """A second department with a sheet out."""
    office = OrganizationFactory(name="総務課", slug="general")
    EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
    person(Role.WRITER, office, login_id="general-writer")
    return office


def typed(page, way="mail", **changes) -> dict:
    """What the page of letters would send."""
    values = {"organization": [], "way": way}
    for letter in page.context["letters"]:
        values["organization"].append(letter.chase.organization.slug)
        values |= {letter.add_prefix(name): _sent(letter.initial[name]) for name in letter.fields}
    return values | changes


def test_two_departments_at_once(desk, entry, general, writer, django_capture_on_commit_callbacks):
    page = desk.get(WRITE, {"organization": ["welfare", "general"]})
    assert [letter.chase.organization.slug for letter in page.context["letters"]] == ["welfare", "general"]
    with django_capture_on_commit_callbacks(execute=True):
        sent = desk.post(WRITE, typed(page, **{"general-text": "総務課の皆様、お願いします。"}), follow=True)
    assert sent.redirect_chain == [(PAGE, 302)]
    assert [(message.to, message.body.splitlines()[0]) for message in mail.outbox] == [
        (["writer@example.jp"], "福祉課　ご担当者 様"),
        (["general-writer@example.jp"], "総務課の皆様、お願いします。"),
    ]
    assert [(row.organization, row.names) for row in sent.context["log"]] == [
        (general, general_name()),
        (entry.organization, "担当 者"),
    ]
    assert [len(chase.sent) for chase in sent.context["chases"]] == [1, 1]


def _sent(value) -> object:
    return "" if value is None else value


def general_name() -> str:
    return Reminder.objects.get(organization__slug="general").readers[0][0]


def test_all_departments(desk, entry, general):
    page = desk.get(WRITE, {"all": "1"})
    assert len(page.context["letters"]) == 2


def test_nobody_chosen(desk, entry):
    back = desk.get(WRITE, follow=True)
    assert back.redirect_chain == [(PAGE, 302)]
    assert "選んだ課・団体に、督促の要る個票はありません。" in back.text


def test_the_addressee_can_only_be_one_whose_turn_it_is(desk, entry, writer, approver):
    page = desk.get(WRITE, {"organization": "welfare", "to": "approver"})
    assert page.context["letters"][0].role == Role.WRITER
    desk.post(WRITE, typed(page))
    later = desk.get(WRITE, {"organization": "welfare"}).context["letters"][0]
    assert (later.role, later.initial["text"].splitlines()[0]) == (Role.APPROVER, "福祉課　所属長 様")
    again = desk.get(WRITE, {"organization": "welfare", "to": "writer"}).context["letters"][0]
    assert again.role == Role.WRITER


def test_who_submitted_while_the_page_was_open_gets_nothing(desk, entry, general, writer):
    page = desk.get(WRITE, {"organization": ["welfare", "general"]})
    fill(entry, state=EntryState.DRAFT)
    actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
    sent = desk.post(WRITE, typed(page), follow=True)
    assert "福祉課の個票は、すべて提出されました。督促は送りません。" in sent.text
    assert [row.organization for row in Reminder.objects.all()] == [general]


def test_a_letter_that_names_a_submitted_sheet_comes_back_with_its_words(desk, entry, cycle, action, office, writer):
    other = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
    page = desk.get(WRITE, {"organization": "welfare"})
    fill(other, state=EntryState.DRAFT)
    actions.transition(entry=other, verb=Verb.SUBMIT, by=writer)
    kept = desk.post(WRITE, typed(page, **{"welfare-text": "私の言葉です。"}))
    assert kept.status_code == 409
    (letter,) = kept.context["letters"]
    assert letter.non_field_errors() == ["福祉課に、提出された個票があります。文面を作り直してください。"]
    assert ("私の言葉です。" in kept.text, Reminder.objects.count()) == (True, 0)


def test_sent_twice_it_goes_once(desk, entry, writer):
    what = typed(desk.get(WRITE, {"organization": "welfare"}))
    desk.post(WRITE, what)
    again = desk.post(WRITE, what)
    assert (again.status_code, Reminder.objects.count()) == (409, 1)


def test_told_by_telephone(desk, entry, office):
    person(Role.WRITER, office, email="", name="宛先 なし")
    page = desk.get(WRITE, {"organization": "welfare"})
    assert "宛先 なし（電子メールの登録なし）" in page.text
    refused = desk.post(WRITE, typed(page))
    assert "電子メールの登録がありません。" in refused.text
    sent = desk.post(WRITE, typed(page, way="hand"), follow=True)
    assert "福祉課（担当者）への督促を送ったことを記録しました。" in sent.text
    assert Reminder.objects.get().way == "hand"


@pytest.mark.parametrize(
    "changes",
    [
        {"way": ""},
        {"way": "pigeon"},
        {"welfare-text": " "},
        {"welfare-text": "あ" * 10_001},
        {"welfare-addressee": "committee"},
        {"welfare-named": "1 x"},
        {"welfare-named": ""},
        {"welfare-sent_before": "-1"},
    ],
)
def test_what_a_page_would_not_send(desk, entry, writer, changes):
    page = desk.get(WRITE, {"organization": "welfare"})
    answer = desk.post(WRITE, typed(page, **changes))
    assert answer.status_code in (409, 422)
    assert Reminder.objects.count() == 0


def test_out_of_season(desk, entry, cycle):
    cycle.state = CycleState.LIAISON
    cycle.save()
    assert "いまは督促の時期ではありません" in desk.get(PAGE).text


def test_when_everything_is_in(desk, cycle):
    assert "督促の要る個票はありません" in desk.get(PAGE).text


def test_only_the_secretariat_writes(client_of, writer, auditor, entry):
    for one in (writer, auditor):
        assert client_of(one).get(WRITE).status_code == 403
        assert client_of(one).post(WRITE).status_code == 403
    assert "<button" not in client_of(auditor).get(PAGE).text.split('<main id="main"')[1]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [(PAGE, 12), (f"{WRITE}?all=1", 9)])
def test_the_pages_ask_the_same_few_questions(
    desk, cycle, action, secretariat, address, queries, rows, django_assert_num_queries
):
    for _ in range(rows):
        office = OrganizationFactory()
        entry = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
        row = Reminder.objects.create(
            cycle=cycle, organization=office, addressee=Role.WRITER, way="mail", subject="督促", text="文面",
            by=secretariat,
        )  # fmt: skip
        row.entries.set([entry])
    with django_assert_num_queries(queries):
        assert desk.get(address).status_code == 200
