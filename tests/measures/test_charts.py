"""The counts of a year as charts: words, numbers and ways."""

import pytest

from measures import charts
from measures.models import Indicator, IndicatorValue
from measures.queries.dashboard import board
from measures.workflow import EntryState
from mine_welfare.toolkit import chart
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    PolicyFactory,
    ReviewFactory,
    ScaleFactory,
    fill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def years(plan):
    scale = ScaleFactory(plan=plan)
    return [CycleFactory(plan=plan, scale=scale, year=year, state="closed") for year in (2025, 2026)]


@pytest.fixture
def measures(plan):
    policy = PolicyFactory(goal__plan=plan)
    return [MeasureFactory(policy=policy, number=number, title=title) for number, title in ((1, "相談"), (2, "見守り"))]


def review(cycle, measure, letter):
    ReviewFactory(cycle=cycle, measure=measure, first_rating=cycle.scale.grades.get(code=letter))


def sheet(cycle, measure, letter="", **more):
    entry = EntryFactory(cycle=cycle, action=ActionFactory(measure=measure), state=EntryState.ACCEPTED)
    return fill(entry, letter, **more) if letter else entry


def made(years, public=False):
    return board(years[-1], years[-2] if len(years) > 1 else None, years, public=public)


def test_the_heat_map_has_a_column_for_each_year_of_the_plan(years, measures):
    review(years[0], measures[0], "B")
    review(years[1], measures[0], "A")
    spec = charts.measures_chart(made(years))
    assert list(spec.labels) == ["令和7", "令和8", "令和9", "令和10", "令和11"]
    assert [[value.words or value.said for value in row.values] for row in spec.series] == [
        ["B", "A", "これから", "これから", "これから"],
        ["未評価", "未評価", "これから", "これから", "これから"],
    ]


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [
        ([], "令和8年度の施策の評価は、まだありません。"),
        ([("A", "B")], "評価のある1施策のうち、1施策が計画どおり以上（A・B）です。"),
        (
            [("C", "D"), ("C", "A")],
            "評価のある2施策のうち、1施策が計画どおり以上（A・B）です。1-1-1は、2年続けてC以下です。",
        ),
    ],
)
def test_the_heat_map_is_read_in_a_sentence(years, measures, letters, sentence):
    for measure, (then, now) in zip(measures, letters, strict=False):
        review(years[0], measure, then)
        review(years[1], measure, now)
    assert chart.reading(charts.measures_chart(made(years))) == sentence


def test_two_years_of_a_goal_stand_under_each_other(years, measures):
    sheet(years[0], measures[0], "B")
    sheet(years[1], measures[0], "A")
    sheet(years[1], measures[1])
    spec = charts.goals_chart(made(years))
    goal = "基本目標1 安心して暮らせるまち"
    assert list(spec.labels) == [f"{goal}　令和7年度", f"{goal}　令和8年度"]
    assert list(spec.bases) == [1, 2]
    assert [(one.label, [value.number for value in one.values], one.tone) for one in spec.series] == [
        ("A 計画以上", [0, 1], "a"), ("B 計画どおり", [1, 0], "b"),
        ("C 一部実施", [0, 0], "c"), ("D 未実施", [0, 0], "d"),
        ("対象外 F", [0, 0], "n"), ("未回答", [0, 1], "0"),
    ]  # fmt: skip
    assert list(spec.hrefs) == ["", "/staff/entries/?year=2026&goal=1"]


def test_one_year_alone_does_not_repeat_its_name(years, measures):
    sheet(years[1], measures[0], "A")
    assert list(charts.goals_chart(made(years)).labels) == ["基本目標1 安心して暮らせるまち"]


def test_no_sheets_make_an_empty_chart(years, measures):
    found = made(years)
    assert [chart.reading(make(found)) for make in charts.CHARTS.values()] == [
        "令和8年度の施策の評価は、まだありません。",
        "個票は、まだありません。",
        "個票は、まだありません。",
        "最も多いのは「継続」と「見直し」など3項目で、いずれも0件です。",
        "個票は、まだありません。",
    ]


@pytest.mark.parametrize(
    ("then", "now", "sentence"),
    [
        ("", "A", "個票1件のうち、計画どおり以上（A・B）は1件です。"),
        (
            "C",
            "A",
            "個票1件のうち、計画どおり以上（A・B）は1件です。令和7年度（1件のうち0件）と比べ、1件多くなりました。",
        ),
        (
            "A",
            "C",
            "個票1件のうち、計画どおり以上（A・B）は0件です。令和7年度（1件のうち1件）と比べ、1件少なくなりました。",
        ),
        ("B", "A", "個票1件のうち、計画どおり以上（A・B）は1件です。令和7年度（1件のうち1件）と同じ件数です。"),
    ],
)
def test_the_year_is_compared_in_a_sentence(years, measures, then, now, sentence):
    for cycle, letter in zip(years, (then, now), strict=True):
        if letter:
            sheet(cycle, measures[0], letter)
    assert charts.goals_reading(made(years)) == sentence


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"intime": 3, "late": 0, "unanswered": 0, "open": 0}, "3件のうち3件が締切内に提出されました。"),
        (
            {"intime": 1, "late": 2, "unanswered": 3, "open": 4},
            "10件のうち1件が締切内に提出されました。2件は締切後の提出です。"
            "3件は未回答のまま締め切りました。4件はまだ提出されていません。",
        ),
    ],
)
def test_freshness_is_read_in_a_sentence(counts, sentence):
    assert charts.freshness_reading(counts, sum(counts.values())) == sentence


def test_a_bar_of_directions_leads_to_its_rows_where_there_are_any(years, measures):
    sheet(years[1], measures[0], "A")
    spec = charts.directions_chart(made(years))
    assert [(label, cells[0][1].number, cells[0][1].href) for label, cells in spec.rows()] == [
        ("継続", 1, "/staff/entries/?year=2026&direction=continue"), ("見直し", 0, ""), ("完了", 0, ""),
    ]  # fmt: skip
    assert spec.n == 1


def test_a_sample_says_so_under_every_chart(years, measures):
    years[1].is_sample = True
    assert {make(made(years)).source for make in charts.CHARTS.values()} == {
        "架空市地域福祉計画の個票（令和8年度実績）【サンプル】"
    }


def test_an_indicator_is_a_line_with_gaps_and_its_targets(measures):
    indicator = Indicator.objects.create(
        measure=measures[0], code="1", name="件数", unit="件", kind="output", trend="up", target=9, target_year=2029
    )
    for year, actual, reason in ((2025, 5, ""), (2026, None, "調査の年でない")):
        IndicatorValue.objects.create(indicator=indicator, year=year, actual=actual, reason=reason)
    spec = charts.indicator_chart(indicator, range(2025, 2030))
    assert [[value.number for value in one.values] for one in spec.series] == [
        [5, None, None, None, None], [None, None, None, None, 9],
    ]  # fmt: skip
    assert spec.reading == "令和7年度は5件です。目標値は、令和11年度に9件です。"
    assert spec.notes == ["「令和8年度」に実績値がない理由：調査の年でない"]


def test_an_indicator_without_targets_has_one_line(measures):
    indicator = Indicator.objects.create(
        measure=measures[0], code="1", name="件数", unit="件", kind="output", trend="up"
    )
    spec = charts.indicator_chart(indicator, range(2025, 2027))
    assert ([one.label for one in spec.series], spec.reading) == (["実績値"], "実績値は、まだありません。")
