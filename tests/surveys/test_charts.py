"""Numbers → specs."""

from decimal import Decimal

import pytest

from mine_welfare.toolkit import chart
from surveys import actions, charts
from surveys.models import Origin, Point, Series, Survey, Tally
from surveys.queries.public import questions_of
from surveys.queries.tables import Answers
from tests.surveys.conftest import make_question, share


def drawn(survey, code: str = "q1"):
    return charts.question_chart(survey, questions_of(survey).get(code=code))


def rows(spec) -> list[tuple]:
    return [(label, *[(value.number, value.words, value.mark) for _, value in cells]) for label, cells in spec.rows()]


def test_one_answer_each_stands_as_printed_with_its_gaps(survey, question):
    question.base, question.statements = 663, ["やすいが多い。", "次いで、にくい。"]
    question.save()
    share(question, "暮らしにくい", Decimal("30.2"))

    spec = drawn(survey)

    assert type(spec) is chart.Bars
    assert rows(spec) == [("暮らしやすい", (None, "", "")), ("暮らしにくい", (Decimal("30.2"), "", ""))]
    assert (spec.n, spec.reading, spec.anchor) == (663, "やすいが多い。次いで、にくい。", "question-q1")
    assert (spec.source, spec.gap) == ("地域福祉の調査（令和6年度）", "素案の本文に値の記載なし")


def test_several_answers_stand_from_the_largest_down_with_no_answer_last(survey):
    question = make_question(survey, kind="multiple", labels=("家族", "友人"))
    for label, percent in (("家族", 30), ("友人", 50), ("無回答", 60)):
        share(question, label, percent)

    spec = drawn(survey)

    assert [label for label, *_ in rows(spec)] == ["友人", "家族", "無回答"]
    assert spec.notes == ["複数回答のため、割合の合計は100％を超えることがあります。"]


def test_a_derived_share_is_marked_and_says_how(survey, question):
    share(question, "暮らしにくい", 8, Origin.DERIVED, derivation="30.2%から22.2%を引いた値")

    assert rows(drawn(survey))[1] == ("暮らしにくい", (8, "", "※"))
    assert drawn(survey).notes == ["※ 「暮らしにくい」は、30.2%から22.2%を引いた値です。"]


def test_shares_of_the_survey_before_are_no_bars(survey, question):
    Tally.objects.create(
        question=question, choice=question.choices.first(), label="前回", percent=80, origin=Origin.PUBLISHED
    )

    assert drawn(survey) is None


def series(plan, code: str, values: dict, unit: str = "人", **fields) -> Series:
    one = Series.objects.create(
        plan=plan, code=code, position=1, theme="児童", title=code, unit=unit, source="国", **fields
    )
    for year, value in values.items():
        words = {"wording": value} if isinstance(value, str) else {"value": value}
        Point.objects.create(series=one, year=year, origin=Origin.PUBLISHED, **words)
    return one


def test_two_years_are_bars_read_as_a_change(plan):
    spec = charts.series_chart("出生数", [series(plan, "births", {2020: 82, 2023: 62}, as_of="各年")])

    assert type(spec) is chart.Bars
    assert [label for label, *_ in rows(spec)] == ["令和2年", "令和5年"]
    assert spec.reading == "令和2年の82人から令和5年の62人へ、20人（24.4%）減りました。"
    assert spec.source == "国（各年）"


def test_a_value_in_words_stands_with_its_unit_in_the_place_of_the_bar(plan):
    spec = charts.series_chart("団体", [series(plan, "g", {2022: "約90", 2024: 78}, "団体")])

    assert rows(spec) == [("令和4年", (None, "約90団体", "")), ("令和6年", (78, "", ""))]


def test_from_three_years_on_it_is_a_line_with_its_gaps(plan):
    spec = charts.series_chart("人口", [series(plan, "p", {2020: 9, 2021: 8, 2024: 5})])

    assert type(spec) is chart.Lines
    assert rows(spec) == [
        ("令和2年", (9, "", "")), ("令和3年", (8, "", "")), ("令和4年", (None, "", "")), ("令和5年", (None, "", "")),
        ("令和6年", (5, "", "")),
    ]  # fmt: skip


def test_several_series_of_one_year_are_bars_named_by_it(plan):
    group = [series(plan, "a", {2024: 5}), series(plan, "b", {2024: 7})]

    spec = charts.series_chart("児童", group)

    assert (type(spec), spec.title) == (chart.Bars, "児童　令和6年")
    assert rows(spec) == [("a", (5, "", "")), ("b", (7, "", ""))]


def test_several_series_of_two_years_stand_side_by_side(plan):
    group = [series(plan, "a", {2020: 5, 2024: 6}), series(plan, "b", {2024: 7})]

    spec = charts.series_chart("児童", group)

    assert type(spec) is chart.GroupedBars
    assert rows(spec) == [("a", (5, "", ""), (6, "", "")), ("b", (None, "", ""), (7, "", ""))]


@pytest.mark.parametrize(("value", "unit"), [("6.81", "％"), ("6.8", "%")])
def test_a_rate_keeps_the_decimals_the_plan_prints(plan, value, unit):
    assert charts.series_chart("率", [series(plan, "r", {2024: Decimal(value)}, "%")]).unit == unit


def test_a_derived_value_says_how(plan):
    one = series(plan, "p", {2024: 5})
    Point.objects.create(series=one, year=2020, value=9, origin="derived", derivation="5人に4人を加えた値")

    assert charts.series_chart("人口", [one]).notes == ["※ pの令和2年は、5人に4人を加えた値です。"]


# ---- raw answers ----------------------------------------------------------------
@pytest.fixture
def answers(survey, send, secretariat):
    make_question(survey, "age", labels=("若い", "高齢"), is_attribute=True)
    make_question(survey, "q1")
    make_question(survey, "q5", "multiple")
    text = "age,q1,q5\n" + "1,1,1\n" * 12 + '2,2,"1,2"\n' * 12
    actions.confirm(upload=send("answers", text, survey), by=secretariat)
    return Answers(Survey.objects.get())


@pytest.mark.parametrize(
    ("key", "by", "kind"),
    [
        ("q1", "", chart.Bars),
        ("q5", "", chart.RankedBars),
        ("q1", "age", chart.Stacked),
        ("q5", "age", chart.HeatMap),
    ],
)
def test_a_table_of_answers_has_the_chart_of_its_kind(answers, key, by, kind):
    assert type(charts.answer_chart(answers.survey, answers.table(key, by))) is kind


def test_groups_are_100_percent_bars_with_their_base(answers):
    spec = charts.answer_chart(answers.survey, answers.table("q1", "age"))

    assert (spec.labels, spec.bases) == (["全体", "若い", "高齢"], [24, 12, 12])
    assert rows(spec)[1] == ("若い", (100, "", ""), (0, "", ""), (0, "", ""))


def test_hidden_cells_are_gaps_and_hidden_groups_are_left_out(survey, send, secretariat):
    make_question(survey, "age", labels=("若い", "高齢"), is_attribute=True)
    make_question(survey, "q1")
    actions.confirm(upload=send("answers", "age,q1\n" + "1,1\n" * 12 + "2,2\n" * 2, survey), by=secretariat)
    found = Answers(Survey.objects.get())

    spec = charts.answer_chart(survey, found.table("q1", "age"))

    assert spec.labels == ["全体", "若い"]
    assert rows(spec)[0][2] == (None, "x", "")


def test_nobody_is_no_chart(answers):
    nobody = Answers(answers.survey, [("age", 1), ("age", 2)])

    assert charts.answer_chart(answers.survey, nobody.table("q1")) is None


def test_a_derived_value_that_was_added_has_both_marks(series):
    series.points.create(year=2021, value=80, origin=Origin.IMPORTED, derivation="推計")
    spec = charts.series_chart("出生数", [series])
    assert rows(spec) == [("令和2年", (82, "", "")), ("令和3年", (80, "", "※＊"))]
    assert spec.notes == ["※ 出生数の令和3年は、推計です。", "＊ 計画の策定後に加えた値です。"]
