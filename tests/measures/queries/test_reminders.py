"""Who still has sheets out, whom the next reminder goes to, and what it says."""

import datetime

import pytest
from django.utils import timezone

from measures.models import Reminder
from measures.queries import reminders
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, EntryFactory, OrganizationFactory
from tests.personas import person

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 6, 22)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(reminders.timezone, "localdate", lambda *given: TODAY)


@pytest.fixture
def due(cycle):
    """`due(day, grace)`: the deadline."""

    def set_day(day: int, grace: int = 0):
        cycle.due_on, cycle.grace_days = datetime.date(2026, 6, day), grace
        cycle.save()

    return set_day


def sheet(cycle, action, office, state):
    return EntryFactory(cycle=cycle, organization=office, state=state, action=ActionFactory(measure=action.measure))


def sent(cycle, office, by, *roles):
    for role in roles:
        Reminder.objects.create(
            cycle=cycle, organization=office, addressee=role, way="mail", subject="督促", text="文面", by=by
        )


@pytest.mark.parametrize("offices", [1, 3])
def test_those_with_most_sheets_out_stand_first(cycle, entry, action, writer, offices, django_assert_num_queries):
    for _ in range(offices - 1):
        busy = OrganizationFactory()
        for state in (EntryState.RETURNED, EntryState.DRAFT, EntryState.SUBMITTED):
            sheet(cycle, action, busy, state)
    with django_assert_num_queries(3):
        found = reminders.chases(cycle)
        shown = [(len(chase.entries), chase.others, chase.rung, chase.last_saved) for chase in found]
    assert shown == [(2, 1, None, None)] * (offices - 1) + [(1, 0, Role.WRITER, None)]


@pytest.mark.parametrize(
    ("stage", "out", "shown"),
    [
        (CycleState.PREPARING, set(), "returned"),
        (CycleState.OPEN, {"empty", "draft", "returned"}, "unsent"),
        (CycleState.COLLECTING, {"returned"}, "returned"),
        (CycleState.LIAISON, set(), "returned"),
    ],
)
def test_what_is_still_out_depends_on_the_stage(cycle, action, office, stage, out, shown):
    for state in EntryState:
        sheet(cycle, action, office, state)
    cycle.state = stage
    cycle.save()
    assert set(reminders.still_out(cycle).values_list("state", flat=True)) == out
    assert {chase.filter for chase in reminders.chases(cycle)} == ({shown} if out else set())


def test_only_the_organizations_asked_for(cycle, entry, action):
    other = sheet(cycle, action, OrganizationFactory(slug="general"), EntryState.DRAFT)
    (chase,) = reminders.chases(cycle, ["general", "nowhere"])
    assert chase.entries == [other]


def test_the_ladder(cycle, entry, office, writer, approver, secretariat):
    def rungs():
        (chase,) = reminders.chases(cycle)
        return [role.value for role in chase.rungs], chase.rung

    assert rungs() == (["writer"], "writer")
    sent(cycle, office, secretariat, Role.WRITER)
    assert rungs() == (["writer", "approver"], "approver")
    sent(cycle, office, secretariat, Role.WRITER)
    assert rungs() == (["writer", "approver"], "approver")
    sent(cycle, office, secretariat, Role.APPROVER)
    assert rungs() == (["writer", "approver", "secretariat"], "secretariat")
    sent(cycle, office, secretariat, Role.SECRETARIAT)
    assert rungs() == (["writer", "approver", "secretariat"], "secretariat")


def test_the_people_of_a_rung(cycle, entry, office, writer, secretariat):
    person(Role.WRITER, office, is_active=False)
    person(Role.WRITER, office, login_id="zz", name="宛先 なし", email="")
    (chase,) = reminders.chases(cycle)
    assert chase.readers(Role.WRITER) == [("担当 者", "writer@example.jp"), ("宛先 なし", "")]
    assert chase.readers(Role.SECRETARIAT) == [("事務 局", "secretariat@example.jp")]
    assert (chase.has_address(Role.WRITER), chase.has_address(Role.APPROVER)) == (True, False)


def test_last_touched(cycle, entry, writer):
    entry.saved_at = timezone.now()
    entry.save()
    assert reminders.chases(cycle)[0].last_saved == entry.saved_at


# ---- the words ----------------------------------------------------------------
def letter(cycle, by, role=Role.WRITER) -> str:
    (chase,) = reminders.chases(cycle)
    return reminders.letter(chase, role, foot=reminders.sender(by), base="https://portal.example")


def test_the_letter_before_the_deadline(cycle, entry, office, secretariat, due):
    due(30)
    office.is_secretariat, office.section, office.phone = True, "地域福祉班", "0837-00-0000"
    office.save()
    assert letter(cycle, secretariat) == (
        "福祉課　ご担当者 様\n\n"
        "架空市地域福祉計画の令和7年度実績について、次の1件が未提出です。締切は6月30日（火）です。"
        "お忙しいところ恐れ入りますが、期日までにご提出をお願いします。\n\n"
        f"・{entry.action.code}　{entry.action.title}（未入力）\n\n"
        "前年度と変わらない取組は、「前年度から変更なし」を選ぶと、1回の操作で提出できます。\n"
        f"個票：https://portal.example/staff/entries/{entry.pk}/\n\n"
        "福祉課 地域福祉班　事務 局　電話 0837-00-0000"
    )


def test_the_letter_in_the_days_of_grace_goes_to_the_list_of_several(cycle, entry, action, office, secretariat, due):
    due(20, grace=5)
    sheet(cycle, action, office, EntryState.RETURNED)
    words = letter(cycle, secretariat, Role.APPROVER)
    assert "福祉課　所属長 様" in words
    assert "6月25日（木）まで受け付けますので、至急ご提出いただけるよう、ご担当者への声掛けをお願いします。" in words
    assert "締切は6月20日（土）でした。" in words
    assert "一覧：https://portal.example/staff/\n" in words
    assert reminders.chases(cycle)[0].subject == "【督促】令和7年度実績の個票　福祉課 2件"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (EntryState.DRAFT, "入力の受付は終わっていますので、提出できる時期を事務局へお知らせください。"),
        (EntryState.RETURNED, "差戻しの個票は、いまも直して提出できます。"),
    ],
)
def test_the_letter_when_departments_can_no_longer_write(cycle, action, office, secretariat, due, state, sentence):
    due(20)
    sheet(cycle, action, office, state)
    words = letter(cycle, secretariat)
    assert sentence in words
    assert "前年度から変更なし" not in words


def test_the_letter_to_the_secretariat_itself(cycle, entry, office, secretariat, due):
    due(20)
    sent(cycle, office, secretariat, Role.WRITER, Role.APPROVER)
    words = letter(cycle, secretariat, Role.SECRETARIAT)
    assert words.startswith(
        "事務局　各位\n\n福祉課の令和7年度実績の個票は、次の1件が提出されていません。締切は6月20日（土）でした。"
        "これまでに2回お願いしました。電話などで状況を確かめてください。"
    )
    assert "個票：https://portal.example/staff/entries/?year=2025&organization=welfare" in words


def test_a_long_list_is_cut_short(cycle, entry, action, office, secretariat, due):
    due(30)
    for _ in range(13):
        sheet(cycle, action, office, EntryState.EMPTY)
    words = letter(cycle, secretariat)
    assert ("次の14件が未提出です" in words, words.count("\n・"), "\nほか2件\n" in words) == (True, 12, True)


def test_a_title_with_signs_stays_as_it_is(cycle, entry, secretariat, due):
    due(30)
    entry.action.title = "子ども<支援>＆「見守り」"
    entry.action.save()
    assert "子ども<支援>＆「見守り」（未入力）" in letter(cycle, secretariat)
