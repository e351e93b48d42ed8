"""The first page of a department: what is left, until when, and one button to begin with."""

import datetime
import re

import pytest
from django.utils import timezone

from measures import actions
from measures.models import Entry
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, CycleFactory, EntryFactory, MembershipFactory, fill
from tests.personas import person

pytestmark = pytest.mark.django_db


def words(html: str, tag: str = "h1") -> str:
    found = re.search(rf"<{tag}[ >].*?</{tag}>", html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[0])


def more(entry: Entry, number: int, **fields) -> list[Entry]:
    """Further sheets of the same office."""
    rows = []
    for _ in range(number):
        action = ActionFactory(measure=entry.action.measure)
        rows.append(EntryFactory(cycle=entry.cycle, organization=entry.organization, action=action, **fields))
    return rows


def test_what_is_left_and_until_when(client_of, writer, entry):
    cycle = entry.cycle
    cycle.due_on = timezone.localdate() + datetime.timedelta(days=7)
    cycle.opens_on = cycle.due_on - datetime.timedelta(days=30)
    cycle.save()
    more(entry, 2)
    page = client_of(writer).get("/staff/")
    weekday = "月火水木金土日"[cycle.due_on.weekday()]
    assert words(page.text) == f"あなたの課の残り 3件、締切 {cycle.due_on.month}月{cycle.due_on.day}日（{weekday}）"
    assert page.context["time_left"] == "あと7日"


def test_the_button_opens_the_returned_sheet_first_and_its_reason_is_told(client_of, writer, approver, entry):
    begun, returned = more(entry, 2)
    actions.save_entry(entry=begun, by=writer, version=0, values={"result": "書きかけ"})
    fill(returned, state=EntryState.SUBMITTED)
    actions.transition(entry=returned, verb=Verb.RETURN, by=approver, comment="件数を直してください。")
    page = client_of(writer).get("/staff/")
    assert page.context["waiting"] == [returned, begun, entry]
    assert f'<a class="btn btn--main" href="/staff/entries/{returned.pk}/">差戻しの個票から始める' in page.text
    assert "件数を直してください。" in page.text
    assert "あと3項目（達成度、今後の方向性、次年度の取組予定）" in page.text


def test_a_row_answered_last_year_can_be_submitted_unchanged_from_here(client_of, writer, entry):
    (new,) = more(entry, 1)
    cycle = CycleFactory(plan=entry.cycle.plan, year=2024, scale=entry.cycle.scale, state=CycleState.CLOSED)
    before = EntryFactory(cycle=cycle, action=entry.action, organization=entry.organization)
    fill(before, state=EntryState.FIXED, submitted_at=timezone.now())
    page = client_of(writer).get("/staff/").text
    offered = {row.pk: f"/staff/entries/{row.pk}/unchanged/?back=home" in page for row in (entry, new)}
    assert offered == {entry.pk: True, new.pk: False}


def test_everything_submitted(client_of, writer, entry):
    fill(entry, state=EntryState.SUBMITTED, submitted_at=timezone.now())
    page = client_of(writer).get("/staff/")
    assert words(page.text) == "あなたの課の個票は、すべて提出済みです"
    assert "お疲れさまでした" in page.text


def test_after_the_deadline_it_says_whom_to_ask(client_of, writer, entry):
    entry.cycle.opens_on = entry.cycle.due_on = timezone.localdate() - datetime.timedelta(days=1)
    entry.cycle.save()
    page = client_of(writer).get("/staff/")
    assert words(page.text) == "入力の受付は終わりました"
    assert page.context["closed"] == [entry]


def test_who_will_confirm_is_named(client_of, writer, approver, entry):
    MembershipFactory(user=approver, role=Role.WRITER, organization=entry.organization)
    person(Role.APPROVER, entry.organization, name="異動した人", is_active=False)
    assert client_of(writer).get("/staff/").context["approvers"] == [approver]
    assert client_of(approver).get("/staff/").context["approvers"] == []
    entry.organization.skips_approval = True
    entry.organization.save()
    assert client_of(writer).get("/staff/").context["approvers"] == []


def test_the_last_sign_in_is_shown(client_of, writer, entry):
    writer.previous_login = datetime.datetime(2026, 6, 12, 16, 48, tzinfo=timezone.get_current_timezone())
    writer.save()
    assert "6月12日（金）16:48" in client_of(writer).get("/staff/").text


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_home_page(client_of, writer, entry, django_assert_num_queries, rows):
    entry.state = EntryState.RETURNED
    entry.save()
    more(entry, rows - 1, state=EntryState.RETURNED)
    browser = client_of(writer)
    browser.get("/staff/")
    with django_assert_num_queries(11):
        browser.get("/staff/")
