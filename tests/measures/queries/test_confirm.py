"""What a 課長 reads: the sheets that wait, beside last year's."""

import pytest

from measures.queries import confirm
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, CycleFactory, EntryFactory, MembershipFactory, OrganizationFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(cycle, action):
    """`submitted(office, grade)`: a sheet that waits."""

    def make(office, grade="B", **values):
        entry = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
        return fill(entry, grade, state=EntryState.SUBMITTED, **values)

    return make


@pytest.fixture
def last_year(cycle):
    past = CycleFactory(plan=cycle.plan, scale=cycle.scale, year=2024, state=CycleState.CLOSED)

    def make(entry, grade="B", **values):
        return fill(EntryFactory(cycle=past, action=entry.action, organization=entry.organization), grade, **values)

    return make


@pytest.mark.parametrize("rows", [1, 3])
def test_everything_that_waits_from_two_questions(cycle, office, approver, submitted, rows, django_assert_num_queries):
    sheets = [submitted(office) for _ in range(rows)]
    assert approver.roles == {"approver"}
    with django_assert_num_queries(2):
        readings = confirm.waiting_for(approver, cycle)
        shown = [(row.entry, row.move, row.is_unchanged, len(row.passages)) for row in readings]
    assert shown == [(sheet, "", False, 3) for sheet in sheets]


def test_only_what_waits_for_this_課長(cycle, office, entry, approver, submitted):
    trusted, other = OrganizationFactory(skips_approval=True), OrganizationFactory()
    MembershipFactory(user=approver, role=Role.APPROVER, organization=trusted)
    MembershipFactory(user=approver, role=Role.WRITER, organization=other)
    for organization in (trusted, other):
        submitted(organization)
    assert confirm.waiting_for(approver, cycle) == []


@pytest.mark.parametrize(
    ("before", "now", "move"),
    [("B", "A", "rise"), ("B", "C", "fall"), ("B", "B", "same"), ("F", "B", ""), ("B", "F", "")],
)
def test_how_the_rating_moved(cycle, office, approver, submitted, last_year, before, now, move):
    last_year(submitted(office, now), before)
    (reading,) = confirm.waiting_for(approver, cycle)
    assert reading.move == move


def test_the_passages_say_what_changed(cycle, office, approver, submitted, last_year):
    entry = submitted(office, result="会議を3回開いた。", direction="review", improvement="回数を増やす。")
    last_year(entry, result="会議を2回開いた。", issues="人手")
    (reading,) = confirm.waiting_for(approver, cycle)
    assert [(row.label, row.before, row.now, row.is_same) for row in reading.passages] == [
        ("取組実績", "会議を2回開いた。", "会議を3回開いた。", False),
        ("課題", "人手", "", False),
        ("今後の方向性", "継続", "見直し", False),
        ("方向性の内容・改善策", "", "回数を増やす。", False),
        ("次年度の取組予定", "続ける。", "続ける。", True),
    ]
