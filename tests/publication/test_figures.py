"""What a figure line of the book becomes: only numbers the plan gives, and an honest gap for the rest."""

import re
from decimal import Decimal

import pytest

from measures.models import PreviousReview
from mine_welfare.publication.figures import (
    Figures,
    periods,
    question_bars,
    question_rankings,
    related_plan_blocks,
    series_bars,
)
from mine_welfare.toolkit.richtext import figures
from plans.models import AreaTier, Component, RelatedPlan
from surveys.models import MeetingTopic, Origin, Question, ResidentMeeting, Series
from tests.factories import MeasureFactory, SectionFactory

pytestmark = pytest.mark.django_db


def drawn(plan, body: str) -> str:
    section = SectionFactory(plan=plan, body=body)
    draw = Figures(plan, [section])
    return "".join(draw(figure) for figure in figures(section.body))


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def series(plan, code: str, unit: str = "人", **points) -> Series:
    """`series(plan, "a", _2020=10)`: a series with these values; None is a year without one."""
    one = Series.objects.create(plan=plan, code=code, position=1, theme="人口", title=f"統計{code}", unit=unit)
    for year, value in points.items():
        given = {"value": value} if value is not None else {"wording": "約2万"}
        one.points.create(year=int(year[1:]), origin=Origin.PUBLISHED, **given)
    return one


# ---- gaps ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            '![年齢別の割合](lost: "資料：住民基本台帳")',
            "図「年齢別の割合」は、計画書の原本に載っています。 資料：住民基本台帳",
        ),
        ("![](lost:)", "ここにある図は、計画書の原本に載っています。"),
        ("![何か](unknown:x)", "図「何か」は、計画書の原本に載っています。"),
    ],
)
def test_what_cannot_be_drawn_says_where_it_is(plan, body, says):
    assert words(drawn(plan, body)) == says


def test_a_question_that_is_not_there_draws_nothing(plan):
    assert words(drawn(plan, "![](question:none)")) == ""


# ---- statistics ---------------------------------------------------------------------


def test_series_side_by_side_with_gaps_and_derived_values(plan):
    series(plan, "a", _2020=23455, _2024=20992)
    derived = series(plan, "b", unit="世帯", _2024="2.01")
    derived.points.create(year=2022, value=3, origin=Origin.DERIVED, derivation="減少数を加えた値")
    series(plan, "c", _2024=None)
    text = words(drawn(plan, '![推移](series:a,b,c "資料：台帳")'))
    assert text.startswith("推移 項目 令和2年（2020） 令和4年（2022） 令和6年（2024） 統計a（人） 23,455 — 20,992")
    assert "統計b（世帯） — 3 ※ 2.01" in text.replace("3※", "3 ※")
    assert "統計c（人） — — 約2万" in text
    assert text.endswith("※ 令和4年（2022）の統計bは、減少数を加えた値 資料：台帳")


def test_bars_of_one_unit_share_a_scale_and_a_single_value_has_none(plan):
    many, few, other = (
        series(plan, "a", _2020=200, _2024=100),
        series(plan, "b", _2024=50),
        series(plan, "c", unit="件", _2024=7),
    )
    found = series_bars([many, few, other])
    assert [[bar.share for bar in bars] for _, bars in found] == [[Decimal(100), Decimal(50)], [Decimal(25)], [None]]


# ---- surveys ------------------------------------------------------------------------


def test_one_answer_keeps_the_order_of_the_print(ask):
    question = ask("own", {"はい": "20.0", "いいえ": "50.0", "無回答": None})
    assert [bar.row for bar in question_bars(question)] == [
        ("1", "はい", Decimal("20.0"), ""),
        ("1", "いいえ", Decimal("50.0"), ""),
        ("1", "無回答", None, "約3割"),
    ]


def test_several_answers_stand_from_the_largest(ask):
    question = ask("own", {"家族": "20.0", "友人": "50.0"}, kind=Question.Kind.MULTIPLE)
    assert [bar.label for bar in question_bars(question)] == ["友人", "家族"]


def test_a_sum_of_choices_is_left_to_the_text(ask):
    question = ask("own", {"はい": "20.0"})
    question.tallies.create(label="はい・まあはい", percent=70, origin=Origin.PUBLISHED)
    assert [bar.label for bar in question_bars(question)] == ["はい"]


def test_a_derived_value_is_marked_and_says_how(plan, ask):
    question = ask("own", {"はい": "20.0"})
    question.tallies.update(origin=Origin.DERIVED, derivation="100から引いた値です。")
    text = words(drawn(plan, "![](question:own)"))
    assert text == "はい 20.0 %※ 1つ選択 n=663 ※ 「はい」は、100から引いた値です。"


def test_an_order_without_numbers_stays_an_order(plan, ask):
    question = ask("own", base=None)
    for number, label in enumerate(("緑が多い", "治安がよい"), start=1):
        item = question.items.create(number=number, label=label)
        question.rankings.create(criterion="そう思う", rank=3 - number, item=item)
    question.refresh_from_db()
    assert [(one, [str(row.item) for row in rows]) for one, rows in question_rankings(question)] == [
        ("そう思う", ["治安がよい", "緑が多い"])
    ]
    assert words(drawn(plan, "![](question:own)")) == "そう思う 1位 治安がよい 2位 緑が多い 1つ選択"


def test_the_note_on_numbers_stands_only_where_there_are_any(plan):
    with_numbers = SectionFactory(plan=plan, body="![](series:a)")
    without = SectionFactory(plan=plan, body="![](tiers:)\n\n![](lost:)")
    assert [Figures(plan, [one]).has_numbers for one in (with_numbers, without)] == [True, False]


# ---- on paper -----------------------------------------------------------------------


def printed(plan, body: str) -> str:
    section = SectionFactory(plan=plan, body=body)
    draw = Figures(plan, [section], templates="pdf/figures")
    plate = {"label": "図1-1", "title": "題", "anchor": "f1-1"}
    return "".join(draw(figure, plate=plate) for figure in figures(section.body))


def without_drawing(html: str) -> str:
    return words(re.sub(r"<svg.*?</svg>", "（図）", html, flags=re.DOTALL))


def test_three_shares_are_drawn_and_two_stand_in_a_table(plan, ask):
    ask("three", {"はい": "20.0", "いいえ": "50.0", "どちらでもない": "9.5"})
    ask("two", {"はい": "20.0", "いいえ": "50.0", "無回答": None}, base=None)
    foot = "注 ：計画書の文章に値があるものだけを載せています。 資料：市民アンケート（令和6年度）"
    rounding = "注 ：割合は小数第2位を四捨五入しています。合計が100.0%にならないことがあります。"

    assert without_drawing(printed(plan, "![](question:three)")) == (
        f"図1-1 題 {Question.Kind.SINGLE.label} n=663 （図） {rounding} {foot}"
    )
    assert without_drawing(printed(plan, "![](question:two)")) == (
        f"図1-1 題 {Question.Kind.SINGLE.label} 選択肢 割合（％） はい 20.0 いいえ 50.0 無回答 約3割 {rounding} {foot}"
    )


def test_a_drawing_has_its_numbers_as_alternate_text(plan, ask):
    ask("three", {"はい": "20.0", "いいえ": "50.0", "どちらでもない": "9.5"})
    [said] = re.findall("<title>(.*?)</title>", printed(plan, "![](question:three)"))
    assert said == "threeについての問い（n=663）。はい：20.0%。いいえ：50.0%。どちらでもない：9.5%。"


def test_an_order_is_a_table_on_paper_too(plan, ask):
    question = ask("own", base=None)
    question.rankings.create(criterion="そう思う", rank=1, item=question.items.create(number=1, label="緑が多い"))
    text = without_drawing(printed(plan, "![](question:own)"))
    assert text.startswith(f"図1-1 題 {Question.Kind.SINGLE.label} 順位 項目 そう思う 1位 緑が多い")
    assert "計画書の文章に順位があるものだけ" in text


def test_two_years_of_one_series_stand_in_a_table(plan):
    derived = series(plan, "a", _2024=20992)
    derived.points.create(year=2020, value=23455, origin=Origin.DERIVED, derivation="減少数を加えた値")
    series(plan, "b", unit="世帯")
    assert without_drawing(printed(plan, '![推移](series:a,b "資料：台帳")')) == (
        "図1-1 題 項目 令和2年（2020） 令和6年（2024） 統計a（人） 23,455 ※ 20,992 統計b（世帯） 記載なし 記載なし "
        "注 ：※ 統計aの令和2年（2020）は、減少数を加えた値です。 資料：台帳"
    ).replace(" ※", "※")


def test_what_is_not_drawn_stands_in_a_table_below(plan):
    for code, value in (("a", 50), ("b", 125), ("c", 76)):
        series(plan, code, _2024=value)
    series(plan, "d", unit="団体", _2024=7)
    assert without_drawing(printed(plan, "![手帳](series:a,b,c,d)")) == (
        "図1-1 題 手帳 令和6年 （図） 項目 令和6年（2024） 統計d（団体） 7"
    )


# ---- tables of the plan -------------------------------------------------------------


def test_the_tables_of_the_book(plan):
    AreaTier.objects.create(plan=plan, position=1, name="市全域", facilities=[["市役所", "社協"]])
    measure = MeasureFactory(policy__goal__plan=plan)
    review = PreviousReview.objects.create(
        plan=plan, position=1, title="前の施策", evaluation=["進んだ。"], policy=["続ける。"]
    )
    review.measures.add(measure)
    meeting = ResidentMeeting.objects.create(plan=plan, slug="talks", title="座談会", districts=9, participants=163)
    MeetingTopic.objects.create(meeting=meeting, position=1, field="防災", opinions=["怖い。"], issues=["遠い。"])
    html = drawn(plan, "![](tiers:)\n\n![](previous-review:)\n\n![](meetings:)\n\n![](structure:)")
    text = words(html)
    for part in ("市全域", "市役所", "前の施策", "進んだ。", "続ける。", "防災", "怖い。", "遠い。", measure.title):
        assert part in text
    assert 'id="topic-talks-1"' in html


def test_the_figures_of_a_chapter_are_read_once(plan, ask, django_assert_num_queries):
    for number in range(3):
        series(plan, f"s{number}", _2024=1, _2020=2)
        ask(f"q{number}", {"はい": "20.0"})
    body = "\n\n".join(f"![](series:s{number})\n\n![](question:q{number})\n\n![](tiers:)" for number in range(3))
    section = SectionFactory(plan=plan, body=body)
    with django_assert_num_queries(8):
        draw = Figures(plan, [section])
        assert len([draw(figure) for figure in figures(body)]) == 9


def test_periods_of_related_plans_reach_to_the_next_bar(plan):
    Component.objects.create(plan=plan, code="welfare", title="地域福祉計画", owner="市", position=1)
    own, other = "地域福祉計画　活動計画", "介護保険計画"
    for names, block, line, column, label in (
        (own, 1, 1, 1, "第3次"),
        (own, 1, 1, 6, "第4次"),
        (other, 2, 1, 4, "第9期"),
        (other, 2, 2, 4, "第10期"),
    ):
        RelatedPlan.objects.create(plan=plan, block=block, names=names, line=line, column=column, label=label)
    assert periods(related_plan_blocks(plan), ["地域福祉計画"]) == [
        (["地域福祉計画", "活動計画"], [(5, ["第3次"]), (5, ["第4次"])], True),
        (["介護保険計画"], [(3, []), (7, ["第9期", "第10期"])], False),
    ]
