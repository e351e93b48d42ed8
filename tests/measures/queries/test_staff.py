"""The staff's lists and tables: right numbers from a fixed number of queries."""

import datetime

import pytest

from measures.models import Entry
from measures.queries import staff
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OrganizationFactory,
    ResponsibilityFactory,
    fill,
)
from tests.personas import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_year(entry):
    cycle = CycleFactory(plan=entry.cycle.plan, scale=entry.cycle.scale, year=2024, state=CycleState.CLOSED)
    return fill(EntryFactory(cycle=cycle, action=entry.action, organization=entry.organization), "A")


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan)


def sheet(cycle, office, state=EntryState.EMPTY, **action) -> Entry:
    return EntryFactory(cycle=cycle, organization=office, state=state, action=ActionFactory(**action))


def test_the_home_page_has_the_whole_sheets(entry, last_year, django_assert_num_queries):
    with django_assert_num_queries(2):
        (row,) = staff.with_previous(entry.cycle.entries.all(), entry.cycle)
        assert row.missing_labels == ["取組実績", "達成度", "今後の方向性", "次年度の取組予定"]
    assert (row.previous, row.cycle is entry.cycle) == (last_year, True)


def test_what_is_urgent_stands_first(cycle, office):
    states = [EntryState.EMPTY, EntryState.DRAFT, EntryState.RETURNED, EntryState.DRAFT]
    rows = [Entry(cycle=cycle, organization=office, state=state) for state in states]
    ordered = staff.by_urgency(rows)
    assert [row.state for row in ordered] == ["returned", "draft", "draft", "empty"]
    assert ordered[1:3] == [rows[1], rows[3]]


def test_the_last_return_of_each_sheet(entry, writer, approver):
    for comment in ("一度目", "二度目"):
        entry.transitions.create(verb=Verb.RETURN, source="submitted", target="returned", by=approver, comment=comment)
    entry.transitions.create(verb=Verb.SUBMIT, source="returned", target="submitted", by=writer)
    entry.state = EntryState.RETURNED
    assert {pk: row.comment for pk, row in staff.last_returns([entry]).items()} == {entry.pk: "二度目"}
    entry.state = EntryState.SUBMITTED
    assert staff.last_returns([entry]) == {}


def test_the_matrix(cycle, measure, office, django_assert_num_queries):
    general = OrganizationFactory(name="総務課")
    OrganizationFactory(name="個票のない課")
    for organization, state in (
        (office, EntryState.EMPTY),
        (office, EntryState.SUBMITTED),
        (general, EntryState.RETURNED),
        (general, EntryState.DRAFT),
    ):
        sheet(cycle, organization, state, measure=measure)
    with django_assert_num_queries(2):
        rows = staff.matrix(cycle, is_overdue=False)
    assert [(row.organization.name, row.total, row.submitted, row.overdue) for row in rows] == [
        ("福祉課", 2, 1, 0),
        ("総務課", 2, 0, 0),
    ]
    late = staff.matrix(cycle, is_overdue=True)
    assert [(row.organization.name, row.overdue) for row in late] == [("総務課", 2), ("福祉課", 1)]
    assert [count for _, count in late[0].cells] == [0, 1, 1, 0, 0, 0, 0]


def test_how_much_of_each_year_is_in(cycle, measure, office):
    other = CycleFactory(plan=cycle.plan, scale=cycle.scale, year=2024, state="closed")
    empty = CycleFactory(plan=cycle.plan, scale=cycle.scale, year=2023, state="closed")
    for one, state in ((cycle, "empty"), (cycle, "approved"), (other, "fixed")):
        sheet(one, office, state, measure=measure)
    assert staff.submitted_counts([cycle, other, empty]) == {cycle.pk: (1, 2), other.pk: (1, 1)}


def test_departments_that_cannot_answer(cycle, measure, office, writer, django_assert_num_queries):
    complete = OrganizationFactory(name="総務課")
    person(Role.APPROVER, complete)
    trusted = OrganizationFactory(name="消防本部", skips_approval=True)
    gone = OrganizationFactory(name="農林課")
    person(Role.WRITER, gone, is_active=False)
    for organization in (office, complete, trusted, gone):
        sheet(cycle, organization, measure=measure)
    rows = staff.matrix(cycle, is_overdue=False)
    with django_assert_num_queries(1):
        gaps = staff.gaps(rows)
    assert [one.name for one in gaps.without_writer] == ["消防本部", "農林課"]
    assert [one.name for one in gaps.without_approver] == ["福祉課", "農林課"]


def test_actions_nobody_answers_for(plan, action, office):
    open_row = ResponsibilityFactory(action=action, organization=None)
    repeated = ActionFactory(measure=action.measure, repeats=action)
    ended = ActionFactory(measure=action.measure, valid_to=2024)
    for one in (repeated, ended):
        ResponsibilityFactory(action=one, organization=None)
    ResponsibilityFactory(action=action, wording="関係課", organization=None, valid_to=2024)
    assert list(staff.unassigned(plan, 2025)) == [open_row]


def test_actions_of_an_organization_without_a_successor(plan, action, office):
    row = action.responsibilities.get()
    assert list(staff.orphaned(plan, 2025)) == []
    office.valid_to = 2020
    office.save()
    assert list(staff.orphaned(plan, 2025)) == [row]
    office.successor = OrganizationFactory()
    office.save()
    assert list(staff.orphaned(plan, 2025)) == []


# ---- the next stage of a year ----------------------------------------------------
def step_of(cycle, days: int = 0):
    rows = staff.matrix(cycle, is_overdue=False)
    return staff.next_step(cycle, rows, cycle.due_on + datetime.timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "state", "is_ripe", "remaining"),
    [(-1, "empty", False, 1), (2, "empty", False, 1), (3, "empty", True, 1), (-1, "submitted", True, 0)],
)
def test_answers_are_collected_after_the_days_of_grace_or_when_all_are_there(
    cycle, entry, days, state, is_ripe, remaining
):
    cycle.grace_days = 2
    entry.state = state
    entry.save()
    assert step_of(cycle, days) == staff.Step(CycleState.COLLECTING, is_ripe, remaining)


@pytest.mark.parametrize(
    ("state", "date", "following"),
    [
        ("preparing", "opens_on", "open"),
        ("liaison", "liaison_on", "committee"),
        ("committee", "committee_on", "responding"),
        ("fixed", "publish_on", "published"),
    ],
)
def test_a_stage_with_a_date_waits_for_it(cycle, state, date, following):
    cycle.state = state
    setattr(cycle, date, cycle.due_on)
    assert [step_of(cycle, days) for days in (-1, 0)] == [
        staff.Step(CycleState(following), False, 0),
        staff.Step(CycleState(following), True, 0),
    ]


@pytest.mark.parametrize(("days", "is_too_late"), [(0, False), (1, True)])
def test_departments_are_not_let_in_after_their_deadline_unseen(cycle, days, is_too_late):
    cycle.state = "preparing"
    assert step_of(cycle, days) == staff.Step(CycleState.OPEN, True, 0, is_too_late)


@pytest.mark.parametrize("state", ["collecting", "liaison", "published"])
def test_a_stage_without_a_date_is_over_when_the_secretariat_says_so(cycle, state):
    cycle.state, cycle.liaison_on = state, None
    assert step_of(cycle).is_ripe


def test_what_is_not_confirmed_is_left_behind_when_the_year_is_fixed(cycle, entry):
    for state in ("accepted", "approved", "returned"):
        action = ActionFactory(measure=entry.action.measure)
        EntryFactory(cycle=cycle, organization=entry.organization, action=action, state=state)
    cycle.state = "responding"
    assert step_of(cycle) == staff.Step(CycleState.FIXED, True, 3)


def test_a_closed_year_has_no_next_stage(cycle):
    cycle.state = "closed"
    assert step_of(cycle) is None
