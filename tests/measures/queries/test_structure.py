"""Counts of a year and the plan's structure: right numbers, in the plan's order, from a fixed number of queries."""

import pytest

from measures.models import ActionGroup
from measures.queries import structure
from measures.workflow import EntryState
from tests.factories import (
    ActionFactory,
    ActorFactory,
    CycleFactory,
    EntryFactory,
    GoalFactory,
    MeasureFactory,
    OrganizationFactory,
    PolicyFactory,
    ResponsibilityFactory,
    ReviewFactory,
    RoleItemFactory,
    fill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def goal(plan):
    return GoalFactory(plan=plan)


@pytest.fixture
def measure(goal):
    return MeasureFactory(policy__goal=goal, number=1, title="相談")


def answered(cycle, measure, grade: str, state=EntryState.FIXED, direction: str = "continue"):
    entry = EntryFactory(cycle=cycle, action=ActionFactory(measure=measure), state=state)
    return fill(entry, grade, direction)


# ---- counting -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (EntryState.DRAFT, False),
        (EntryState.SUBMITTED, False),
        (EntryState.APPROVED, False),
        (EntryState.RETURNED, False),
        (EntryState.ACCEPTED, True),
        (EntryState.FIXED, True),
    ],
)
def test_a_rating_counts_once_the_secretariat_confirmed_it(cycle, measure, state, counts):
    answered(cycle, measure, "A", state)
    whole = structure.distributions(cycle)[()]
    assert (whole.n, whole.answered, whole.unanswered, whole.good) == (1, counts, not counts, counts)


def test_counts_by_grade_with_what_is_apart_and_what_is_missing(cycle, measure):
    for grade in "ABBCDF":
        answered(cycle, measure, grade)
    EntryFactory(cycle=cycle, action=ActionFactory(measure=measure))
    whole = structure.distributions(cycle)[()]
    assert (whole.n, whole.answered, whole.unanswered, whole.good, whole.low) == (7, 6, 1, 3, 2)
    assert [(grade.code, number) for grade, number in whole.table] == [("A", 1), ("B", 2), ("C", 1), ("D", 1), ("F", 1)]
    assert whole.parts == [
        ("a", "A 計画以上", 1),
        ("b", "B 計画どおり", 2),
        ("c", "C 一部実施", 1),
        ("d", "D 未実施", 1),
        ("n", "対象外 F", 1),
        ("0", "未回答", 1),
    ]


def test_a_scale_without_unrated_letters_has_no_segment_for_them(cycle, measure):
    cycle.scale.grades.filter(is_rated=False).delete()
    answered(cycle, measure, "B")
    assert [tone for tone, _, _ in structure.distributions(cycle)[()].parts] == ["a", "b", "c", "d", "0"]


def test_by_several_keys_in_two_queries(cycle, measure, django_assert_num_queries):
    other = MeasureFactory(policy=measure.policy)
    first, second = answered(cycle, measure, "A"), answered(cycle, other, "C")
    with django_assert_num_queries(2):
        found = structure.distributions(cycle, "action__measure", "organization")
    assert {key: one.n for key, one in found.items()} == {
        (measure.pk, first.organization_id): 1,
        (other.pk, second.organization_id): 1,
    }


def test_only_the_sheets_that_are_asked_for(cycle, measure):
    one = answered(cycle, measure, "A")
    answered(cycle, measure, "C")
    own = cycle.entries.filter(pk=one.pk)
    assert structure.distributions(cycle, entries=own)[()].n == 1


def test_another_year_is_not_counted(cycle, measure):
    answered(cycle, measure, "A")
    assert structure.distributions(CycleFactory(plan=cycle.plan, year=2026, scale=cycle.scale, state="closed")) == {}


def test_directions_of_confirmed_sheets_in_the_order_of_the_scale(cycle, measure):
    answered(cycle, measure, "A", direction="complete")
    answered(cycle, measure, "C", direction="review")
    answered(cycle, measure, "C", EntryState.SUBMITTED, "review")
    found = structure.direction_counts(cycle)
    assert [(direction.code, number) for direction, number in found] == [
        ("continue", 0),
        ("review", 1),
        ("complete", 1),
    ]


# ---- lists of measures --------------------------------------------------------------


def test_a_row_for_each_measure_with_its_year(cycle, measure):
    answered(cycle, measure, "B")
    grades = {grade.code: grade for grade in cycle.scale.grades.all()}
    ReviewFactory(cycle=cycle, measure=measure, first_rating=grades["A"], second_rating=grades["C"])
    silent = MeasureFactory(policy=measure.policy, number=2)
    rows = structure.measure_rows(cycle.plan, cycle)
    assert [(row.measure, row.n_actions, row.rating, row.url) for row in rows] == [
        (measure, 1, grades["C"], "/measures/1-1-1/"),
        (silent, 0, None, "/measures/1-1-2/"),
    ]
    assert [row.distribution and row.distribution.n for row in rows] == [1, None]


def test_without_a_published_year_a_row_has_no_counts(plan, measure):
    (row,) = structure.measure_rows(plan, None)
    assert (row.measure, row.distribution, row.rating) == (measure, None, None)


def test_rows_of_one_policy_only(plan, measure):
    other = MeasureFactory(policy=PolicyFactory(goal=measure.policy.goal, number=2))
    assert [row.measure for row in structure.measure_rows(plan, None, policy=other.policy)] == [other]


# ---- chapter 4 ----------------------------------------------------------------------


def test_the_chapter_in_the_order_of_the_plan(plan, measure):
    second_goal = GoalFactory(plan=plan, number=2)
    second_policy = PolicyFactory(goal=measure.policy.goal, number=2)
    later = MeasureFactory(policy=measure.policy, number=2)
    parts = structure.goal_parts(plan)
    assert [part.goal for part in parts] == [measure.policy.goal, second_goal]
    assert [part.policy for part in parts[0].policies] == [measure.policy, second_policy]
    assert [[one.measure for one in part.measures] for part in parts[0].policies] == [[measure, later], []]


def test_roles_and_tables_of_a_measure(plan, measure):
    citizen = ActorFactory(plan=plan, code="citizen", letter="", label="市民", position=1)
    council = ActorFactory(plan=plan, code="shakyo", letter="S", actions_heading="社協の取組", position=3)
    RoleItemFactory(measure=measure, actor=citizen, position=2, text="二")
    RoleItemFactory(measure=measure, actor=citizen, position=1, text="一")
    group = ActionGroup.objects.create(measure=measure, label="ア", title="就労", position=1)
    first = ActionFactory(measure=measure, number=2)
    grouped = ActionFactory(measure=measure, number=3, group=group)
    of_council = ActionFactory(measure=measure, actor=council, number=1)
    ResponsibilityFactory(action=first, organization=OrganizationFactory(name="総務課"), position=2)
    ResponsibilityFactory(action=first, organization=OrganizationFactory(name="福祉課"), position=1)
    ResponsibilityFactory(action=grouped, organization=OrganizationFactory(name="建設課"), wording="関係各課")
    ResponsibilityFactory(action=grouped, organization=OrganizationFactory(name="農林課"), wording="関係各課")

    part = structure.goal_parts(plan)[0].policies[0].measures[0]
    assert [(actor.code, [item.text for item in items]) for actor, items in part.roles if items] == [
        ("citizen", ["一", "二"])
    ]
    assert [(table.heading, table.group, [row.action for row in table.rows]) for table in part.tables] == [
        ("社協の取組", None, [of_council]),
        ("具体的取組", None, [first]),
        ("具体的取組", group, [grouped]),
    ]
    assert [row.wordings for table in part.tables for row in table.rows] == [[], ["福祉課", "総務課"], ["関係各課"]]


def test_a_measure_may_word_its_heading_differently(plan, measure):
    measure.action_headings = {"government": "子育ての取組"}
    measure.save()
    ActionFactory(measure=measure)
    (table,) = structure.goal_parts(plan)[0].policies[0].measures[0].tables
    assert table.heading == "子育ての取組"


@pytest.mark.parametrize(("year", "actions", "offices"), [(2025, 1, 1), (2026, 2, 0), (2027, 1, 1)])
def test_the_chapter_as_it_stands_in_a_year(plan, measure, year, actions, offices):
    lasting = ActionFactory(measure=measure, number=1)
    ActionFactory(measure=measure, number=2, valid_from=2026, valid_to=2026)
    ResponsibilityFactory(action=lasting, valid_to=2025)
    ResponsibilityFactory(action=lasting, valid_from=2027)
    (table,) = structure.goal_parts(plan, year)[0].policies[0].measures[0].tables
    assert (len(table.rows), len(table.rows[0].offices)) == (actions, offices)
