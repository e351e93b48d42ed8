"""達成状況評価報告書: counts with their n, shares of the rated only, freshness apart, what is confirmed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.models import Indicator, IndicatorValue
from measures.reports import year
from measures.workflow import EntryState
from plans.models import Component
from tests.factories import (
    ActionFactory,
    EntryFactory,
    OpinionFactory,
    OrganizationFactory,
    ResponseFactory,
    ReviewFactory,
    fill,
)


def answered(cycle, measure, grade: str, direction: str = "continue", **fields):
    """One more confirmed sheet of `measure`."""
    given = {"state": EntryState.ACCEPTED, "submitted_at": timezone.now(), **fields}
    row = EntryFactory(cycle=cycle, action=ActionFactory(measure=measure), **given)
    return fill(row, grade, direction)


@pytest.fixture
def rows(cycle, action):
    """A, B, B, C rated; one F outside the shares; one silent; one submitted and not confirmed."""
    measure = action.measure
    found = [answered(cycle, measure, grade) for grade in "ABBC"]
    found.append(answered(cycle, measure, "F", "complete"))
    found.append(EntryFactory(cycle=cycle, action=action, closed_unanswered=True))
    found.append(answered(cycle, measure, "B", state=EntryState.SUBMITTED, is_late=True))
    return found


def test_shares_are_of_the_rated_with_their_n(cycle, rows):
    whole = year.year_report(cycle).whole
    assert (whole.n, whole.n_unrated, whole.counts.unanswered, whole.counts.n) == (4, 1, 2, 7)
    assert whole.good_share == 75.0


def test_without_a_rating_there_is_no_share(cycle, entry):
    whole = year.year_report(cycle).whole
    assert (whole.n, whole.good_share) == (0, 0.0)


def test_the_chart_has_a_bar_for_the_whole_and_for_each_goal(cycle, rows):
    spec = year.year_report(cycle).chart
    assert (list(spec.labels), list(spec.bases)) == (["全体", str(cycle.plan.goals.get())], [4, 4])
    assert [(one.label, one.tone, [value.number for value in one.values]) for one in spec.series] == [
        ("A 計画以上", "a", [25, 25]),
        ("B 計画どおり", "b", [50, 50]),
        ("C 一部実施", "c", [25, 25]),
        ("D 未実施", "d", [0, 0]),
    ]


def test_without_a_rating_the_chart_has_a_gap_and_says_so(cycle, entry):
    report = year.year_report(cycle)
    assert {value.number for one in report.chart.series for value in one.values} == {None}
    assert "全体（n=0）：A 計画以上 評価なし" in year.report_html(cycle, made=cycle.due_on)


def test_directions_are_counted_by_goal_among_the_confirmed(cycle, rows):
    report = year.year_report(cycle)
    assert [counts for _, counts in report.by_direction] == [[4, 0, 1]]
    assert report.direction_totals == [4, 0, 1]


def test_freshness_is_counted_apart(cycle, rows):
    rows[0].unchanged_on, rows[0].unchanged_by = timezone.localdate(), OpinionFactory(cycle=cycle).by
    rows[0].save()
    came = year.year_report(cycle).freshness
    assert (came.on_time, came.late, came.unanswered, came.unchanged, came.total) == (5, 1, 1, 1, 7)


def test_a_page_has_its_rows_review_and_indicators(cycle, entry):
    measure = entry.action.measure
    review = ReviewFactory(cycle=cycle, measure=measure)
    indicator = Indicator.objects.create(measure=measure, code="1", name="相談", unit="件", kind="output", trend="up")
    empty = Indicator.objects.create(
        measure=measure, code="2", name="講座", unit="回", kind="output", trend="up", position=1
    )
    value = IndicatorValue.objects.create(indicator=indicator, year=cycle.year, actual=12)
    IndicatorValue.objects.create(indicator=indicator, year=cycle.year - 1, actual=9)
    (page,) = year.year_report(cycle).pages
    assert (page.measure, page.rows, page.review) == (measure, [entry], review)
    assert page.indicators == [(indicator, value), (empty, None)]


def test_what_is_not_confirmed_is_no_result(cycle, entry):
    fill(entry, result="まだ確かめていない実績")
    html = year.report_html(cycle, made=timezone.localdate(), is_public=True)
    assert "まだ確かめていない実績" not in html
    assert html.count("<td>未回答</td>") == 1


def test_a_component_has_a_report_of_its_own(plan, cycle, rows):
    component = Component.objects.create(plan=plan, code="c", title="再犯防止推進計画", owner="市", position=1)
    rows[3].action.components.add(component)
    report = year.year_report(cycle, component)
    assert [page.rows for page in report.pages] == [[rows[3]]]
    assert report.whole.counts.n == 1
    assert "再犯防止推進計画　達成状況評価報告書" in year.report_html(cycle, component, made=timezone.localdate())


def test_opinions_come_with_confirmed_answers_and_without_names(cycle, entry, committee):
    opinion = OpinionFactory(cycle=cycle, by=committee, text="周知を。")
    OpinionFactory(cycle=cycle, received_at=None, text="まだ受け付けていない")
    ResponseFactory(opinion=opinion, text="広報で知らせる。")
    ResponseFactory(opinion=opinion, state="answered", organization=OrganizationFactory(), text="確認前の答え")
    html = year.opinions_html(cycle, made=timezone.localdate(), is_public=True)
    assert [html.count(words) for words in ("周知を。", "まだ受け付けていない", "確認前の答え", committee.name)] == [
        1,
        0,
        0,
        0,
    ]
    assert "広報で知らせる。" in html.replace('<span class="hold">', "").replace("</span>", "")


def test_queries_do_not_grow_with_the_rows(cycle, entry):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            year.year_report(cycle)
        return len(queries)

    assert count() == 14
    for _ in range(3):
        answered(cycle, entry.action.measure, "B")
    assert count() == 14
