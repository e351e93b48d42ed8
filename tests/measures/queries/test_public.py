"""What citizens' lists say: only what was published, with a word for every gap."""

import pytest
from django.utils import timezone

from measures.queries import public
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    GoalFactory,
    MeasureFactory,
    OrganizationFactory,
    PlanFactory,
    ResponsibilityFactory,
    ScaleFactory,
    fill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scale(plan):
    return ScaleFactory(plan=plan)


@pytest.fixture
def years(plan, scale):
    """2025 and 2026 published, 2027 running, 2028 withdrawn."""

    def year(number: int, state=CycleState.CLOSED, **dates):
        return CycleFactory(plan=plan, scale=scale, year=number, state=state, **dates)

    now = timezone.now()
    return {
        2025: year(2025, published_at=now),
        2026: year(2026, published_at=now),
        2027: year(2027, CycleState.OPEN),
        2028: year(2028, published_at=now, unpublished_at=now),
    }


def sheet(cycle, action, office, grade: str = "B", state=EntryState.FIXED):
    return fill(EntryFactory(cycle=cycle, action=action, organization=office, state=state), grade)


# ---- years --------------------------------------------------------------------------


def test_the_latest_year_citizens_may_read(plan, years):
    assert public.latest_public_cycle(plan) == years[2026]


def test_before_the_first_publication_there_is_none(plan, cycle):
    assert public.latest_public_cycle(plan) is None


def test_another_plans_year_is_not_taken(years):
    assert public.latest_public_cycle(PlanFactory(is_current=False)) is None


# ---- the home page ------------------------------------------------------------------


def test_a_card_counts_what_stands_under_its_goal(plan, years, action, office):
    measure = action.measure
    ActionFactory(measure=measure)
    MeasureFactory(policy=measure.policy)
    GoalFactory(plan=plan, number=2)
    sheet(years[2026], action, office, "A")
    EntryFactory(cycle=years[2026], action=action)
    first, second = public.goal_cards(plan, years[2026])
    assert first.words == [("基本施策", 1), ("施策", 2), ("取組", 2)]
    assert first.result == "計画どおり以上（A・B） 1件 ／ 個票 2件"
    assert (second.words, second.distribution, second.result) == (
        [("基本施策", 0), ("施策", 0), ("取組", 0)],
        None,
        "",
    )


def test_without_a_published_year_a_card_has_no_bar(plan, action):
    (card,) = public.goal_cards(plan, None)
    assert (card.distribution, card.result) == (None, "")


# ---- an action through the years ----------------------------------------------------


def test_the_years_side_by_side_with_a_word_for_every_gap(plan, years, action, office):
    other = OrganizationFactory(name="総務課", position=office.position + 1)
    sheet(years[2025], action, office, "B")
    sheet(years[2026], action, office, "C")
    sheet(years[2026], action, other, state=EntryState.ACCEPTED)
    sheet(years[2027], action, office, "A")
    sheet(years[2028], action, office, "A")
    history = public.action_history(plan, action)
    table = [
        (str(one), [(year, grade and grade.code, gap) for year, grade, gap in cells]) for one, cells in history.table
    ]
    rest = [(2027, None, "これから"), (2028, None, "これから"), (2029, None, "これから")]
    assert table == [
        ("福祉課", [(2025, "B", ""), (2026, "C", ""), *rest]),
        ("総務課", [(2025, None, "—"), (2026, None, "未回答"), *rest]),
    ]
    assert [(one.cycle.year, one.rating.code) for one in history.sheets] == [(2026, "C"), (2025, "B")]
    assert history.latest == years[2026]


def test_a_repeated_action_shows_the_years_of_the_first(plan, years, action, office):
    sheet(years[2026], action, office)
    again = ActionFactory(measure=action.measure, repeats=action)
    assert [one.action for one in public.action_history(plan, again).sheets] == [action]


def test_the_history_of_an_action_takes_two_queries(plan, years, action, office, django_assert_num_queries):
    for year in (2025, 2026):
        sheet(years[year], action, office)
    with django_assert_num_queries(2):
        history = public.action_history(plan, action)
        assert len(history.table) == 1
        assert {one.rating.code for one in history.sheets} == {"B"}


# ---- organizations ------------------------------------------------------------------


def test_an_organizations_actions_under_their_measures(plan, years, action, office):
    silent = ActionFactory(measure=action.measure)
    repeated = ActionFactory(measure=MeasureFactory(policy=action.measure.policy), repeats=action)
    for one in (silent, repeated):
        ResponsibilityFactory(action=one, organization=office)
    elsewhere = sheet(years[2026], silent, OrganizationFactory())
    own = sheet(years[2026], action, office)
    rows = public.organization_rows(plan, office, years[2026])
    assert [(measure, [(one.action, one.sheet, one.gap, one.url) for one in under]) for measure, under in rows] == [
        (
            action.measure,
            [
                (action, own, "未回答", f"/actions/{action.code}/"),
                (silent, None, "未回答", f"/actions/{silent.code}/"),
            ],
        ),
        (repeated.measure, [(repeated, None, "再掲", f"/actions/{repeated.code}/")]),
    ]
    assert elsewhere.organization != office


def test_an_action_stands_once_however_often_its_office_is_named(plan, action, office):
    ResponsibilityFactory(action=action, organization=office, wording="関係各課")
    ((_, under),) = public.organization_rows(plan, office, None)
    assert [one.action for one in under] == [action]


def test_organizations_of_the_plan_with_their_number_of_actions(plan, action, office):
    ResponsibilityFactory(action=ActionFactory(measure=action.measure), organization=office)
    first = OrganizationFactory(name="総務課", position=office.position - 1 if office.position else 0)
    ResponsibilityFactory(action=action, organization=first)
    OrganizationFactory(name="担当なし課")
    outside = OrganizationFactory(kind=Organization.Kind.OUTSIDE)
    ResponsibilityFactory(action=action, organization=outside)
    elsewhere = ActionFactory(measure__policy__goal__plan=PlanFactory(is_current=False))
    ResponsibilityFactory(action=elsewhere, organization=office)
    found = public.organizations_with_counts(plan)
    assert {(one.name, one.n_actions) for one in found} == {("総務課", 1), ("福祉課", 2)}
