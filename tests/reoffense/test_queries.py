"""The component's own page: its rows once and in order, and what cross-references lead to beside them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.models import Action, Indicator, IndicatorValue
from measures.workflow import CycleState, EntryState
from reoffense.queries import Answer, component_of, component_plan, indicators
from tests.factories import ActionFactory, EntryFactory, ResponsibilityFactory, fill


@pytest.fixture
def published(cycle):
    """The year, open to citizens."""
    cycle.state, cycle.published_at = CycleState.PUBLISHED, timezone.now()
    cycle.save()
    return cycle


def fixed(cycle, title: str, office, grade: str = "B"):
    """The published sheet of the action called `title` that is evaluated."""
    action = Action.objects.get(title=title, repeats=None)
    return fill(EntryFactory(cycle=cycle, action=action, organization=office, state=EntryState.FIXED), grade)


def test_a_plan_without_focus_areas_has_no_component(plan, component):
    assert component_of(plan) is None
    assert component_plan(plan) is None


def test_rows_stand_in_order_under_their_area_and_the_others_after_them(plan, areas):
    page = component_plan(plan)

    assert [(str(area.focus), [row.action.title for row in area.rows]) for area in page.areas] == [
        ("ア 安全", ["防犯灯"]),
        ("イ 安全", ["児童クラブ", "各種相談"]),
    ]
    assert [(row.action.title, row.offices) for row in page.others] == [("就労の支援", ["社協"])]
    assert [row.action.title for row in page.rows] == ["防犯灯", "児童クラブ", "各種相談", "就労の支援"]
    assert (page.cycle, page.whole, page.by_area) == (None, None, {})


def test_every_reference_leads_to_the_measure_it_names(plan, areas):
    page = component_plan(plan)
    assert [(related.measure.title, str(related.action or "")) for related in page.references] == [
        ("防犯", str(Action.objects.get(title="児童クラブ", repeats=None))),
        ("防犯", ""),
        ("防犯", ""),
    ]


def test_published_results_show_here_without_a_second_entry(plan, areas, published, office):
    own, repeated = fixed(published, "防犯灯", office, "A"), fixed(published, "児童クラブ", office, "C")

    page = component_plan(plan)

    answers = [answer for row in page.rows for answer in row.answers]
    assert answers == [Answer("福祉課", own), Answer("福祉課", gap="再掲"), Answer("関係課", gap="関連施策")]
    assert [answer.grade for answer in answers] == [own.rating, None, None]
    # The repeated action's result is shown beside, and counted only where it is evaluated.
    (again, seen, closing) = page.references
    assert [one.distribution.counts for one in (again, seen, closing)] == [{repeated.rating_id: 1}] * 3
    assert page.whole.counts == {own.rating_id: 1}
    assert {pk: counts.n for pk, counts in page.by_area.items()} == {areas[0].group_id: 1}


def test_a_sheet_that_was_not_fixed_counts_as_unanswered(plan, areas, published, office):
    sheet = fixed(published, "防犯灯", office)
    sheet.state = EntryState.SUBMITTED
    sheet.save()

    page = component_plan(plan)

    assert page.rows[0].answers == [Answer("福祉課", gap="未回答")]
    assert (page.whole.n, page.whole.unanswered) == (1, 1)


def test_staff_see_the_state_of_a_sheet_but_no_rating_before_it_is_confirmed(plan, areas, cycle, office):
    sheet = fixed(cycle, "防犯灯", office)
    sheet.state = EntryState.SUBMITTED
    sheet.save()

    (answer,) = component_plan(plan, cycle, cycle.entries.all()).rows[0].answers

    assert (answer.sheet, answer.grade) == (sheet, None)


def test_an_office_that_names_nobody_is_said_so(plan, areas, published, office):
    row = Action.objects.get(title="防犯灯").responsibilities.get()
    row.organization = None
    row.save()
    assert component_plan(plan).rows[0].answers == [Answer("福祉課", gap="担当の調整中")]


def test_queries_do_not_grow_with_the_rows(plan, areas, published, office, component):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            component_plan(plan)
        return len(queries)

    assert count() == 8
    for _ in range(3):
        action = ActionFactory(measure=areas[0].group.measure, group=areas[0].group)
        ResponsibilityFactory(action=action, organization=office)
        component.actions.add(action)
        fill(EntryFactory(cycle=published, action=action, organization=office, state=EntryState.FIXED))
    assert count() == 8


def test_a_portal_without_the_component_has_no_page(plan, client):
    assert client.get("/reoffense/").status_code == 404


def test_indicators_are_those_of_the_carrier_with_values_up_to_the_year(plan, areas, carrier, published):
    one = Indicator.objects.create(measure=carrier, code="1", name="協力雇用主", unit="社", kind="output", trend="up")
    known = IndicatorValue.objects.create(indicator=one, year=published.year, actual=4)
    IndicatorValue.objects.create(indicator=one, year=published.year + 1, actual=9)
    assert [(row, row.known) for row in indicators(component_plan(plan))] == [(one, [known])]
