"""Each table of surveys, statistics and feeds as Excel and CSV."""

from unittest.mock import ANY

import pytest

from measures.models import Indicator, IndicatorValue
from surveys.models import IndicatorFeed, Origin, Point, Series
from tests.factories import GoalFactory, MeasureFactory, PolicyFactory
from tests.surveys.conftest import make_question, make_survey, share
from tests.tables import EveryList, Table

pytestmark = pytest.mark.django_db
OFFICE = frozenset({"secretariat"})


def surveys(get, rows):
    for number in range(rows):
        make_survey(get("plan"), slug=f"r{number}", title=f"調査{number}", year=2024 - number)


def questions(get, rows):
    survey = make_survey(get("plan"), slug="own", year=2024)
    for number in range(rows):
        share(make_question(survey, code=f"q{number}", text="=設問", base=40), "暮らしやすい", 50)
    make_question(make_survey(get("plan"), slug="other", title="別の調査"))


def statistics(get, rows):
    for number in range(rows):
        series = Series.objects.create(
            plan=get("plan"),
            code=f"s{number}",
            position=number,
            theme="児童",
            title=f"統計{number}",
            unit="人",
            source="国",
        )
        Point.objects.create(series=series, year=2019, value=90, origin=Origin.PUBLISHED)
        Point.objects.create(series=series, year=2020, value="82.5", origin=Origin.PUBLISHED)


def points(get, rows):
    series = Series.objects.create(
        plan=get("plan"), code="own", position=1, theme="児童", title="出生数", unit="人", source="国"
    )
    for number in range(rows):
        Point.objects.create(series=series, year=2020 + number, value=82, origin=Origin.DERIVED, derivation="=引いた")


def feeds(get, rows):
    """Readings of one indicator, and no line for an indicator without a measure of this plan."""
    policy = PolicyFactory(goal=GoalFactory(plan=get("plan")))
    measure = MeasureFactory(policy=policy, number=1)
    indicator = Indicator.objects.create(
        measure=measure, code="k1", name="出生数", unit="人", kind="outcome", trend="up"
    )
    points(get, rows)
    IndicatorFeed.objects.create(indicator=indicator, series=Series.objects.get())
    IndicatorValue.objects.create(indicator=indicator, year=2020, actual=80)


TABLES = {
    "調査": Table(
        "/staff/surveys/", surveys,
        ["調査", "年度", "配布数", "回収数", "回収率（％）", "回答データ", "公開"],
        ["調査0", "2024", "100", "40", "40", "", "公開"],
        lambda page: [row.title for row in page["surveys"]], "調査", 5,
    ),
    "設問": Table(
        "/staff/surveys/own/", questions,
        ["番号", "設問", "属性", "種類", "n", "割合のある選択肢", "選択肢", "回答データ"],
        ["q0", "'=設問", "", "1つ選択", "40", "1", "2", "なし"],
        lambda page: [line.question.code for line in page["overview"]], "番号", 6,
    ),
    "統計": Table(
        "/staff/statistics/", statistics,
        ["分野", "名称", "いちばん新しい値", "表記", "単位", "年", "値のある年", "出所"],
        ["児童", "統計0", "82.5", "", "人", "2020", "2", "国"],
        lambda page: [line.series for _, lines in page["overview"] for line in lines], "名称", 6,
    ),
    "統計の値": Table(
        "/staff/statistics/own/", points,
        ["年", "和暦", "値", "表記", "単位", "値の出どころ", "計算の方法"],
        ["2020", "令和2年", "82", "", "人", ANY, "'=引いた"],
        lambda page: [point.year for point in page["points"]], "年", 6, readers=OFFICE,
    ),
    "指標の値の出どころ": Table(
        "/staff/indicators/", feeds,
        ["施策", "指標", "単位", "出どころ", "年度", "値", "n", "出所", "計算の方法", "実績値"],
        ["1-1-1", "出生数", "人", "統計「出生数」", "2020", "82", "", "国", "'=引いた", "80"],
        lambda page: [reading.year for row in page["rows"] for reading, _ in row.readings], "年度", 9,
    ),
}  # fmt: skip


class TestLists(EveryList):
    tables = TABLES
