"""What citizens read of surveys and statistics."""

from decimal import Decimal

import pytest

from surveys.models import GAP, Item, Origin, Point, Series, Tally
from surveys.queries import public
from surveys.queries.tables import SEVERAL
from tests.surveys.conftest import make_question, make_survey, share


def part(survey, code: str = "q1"):
    parts = {one.question.code: one for field in public.survey_page(survey) for one in field.questions}
    return parts[code]


def test_questions_stand_under_their_field_in_the_survey_s_order(survey):
    for code, field in (("q1", "暮らし"), ("q2", "防災"), ("q3", "暮らし"), ("q4", "")):
        make_question(survey, code, field=field, theme="そのほか")
    make_question(survey, "age", is_attribute=True)
    make_question(survey, "free", "text", labels=())

    found = [(one.title, one.anchor, [q.question.code for q in one.questions]) for one in public.survey_page(survey)]

    assert found == [
        ("暮らし", "field-1", ["q1", "q3"]), ("防災", "field-2", ["q2"]), ("そのほか", "field-3", ["q4"]),
    ]  # fmt: skip


def test_an_attribute_whose_shares_are_known_is_shown(survey):
    share(make_question(survey, "age", is_attribute=True), "暮らしやすい", 50)

    assert part(survey, "age").chart.title == "ageの設問文"


def test_a_question_with_shares_is_drawn_and_the_rest_is_said_in_words(survey, question):
    share(question, "暮らしやすい", Decimal("65.5"))
    Tally.objects.create(question=question, label="合計", percent=99, origin=Origin.PUBLISHED)
    Tally.objects.create(question=question, label="ほとんど", wording="約9割", origin=Origin.PUBLISHED)
    Tally.objects.create(
        question=question, choice=question.choices.get(label="暮らしにくい"), wording="少し", origin="published"
    )

    one = part(survey)

    assert [(label, cells[0][1].number, cells[0][1].words) for label, cells in one.chart.rows()] == [
        ("暮らしやすい", Decimal("65.5"), ""), ("暮らしにくい", None, "少し"),
    ]  # fmt: skip
    assert [tally.label for tally in one.sums] == ["合計"]
    assert [tally.label for tally in one.words] == ["ほとんど"]
    assert one.gaps == []
    assert one.files == "/surveys/r6/q1"


def test_without_a_share_nothing_is_drawn_and_all_words_are_said(survey, question):
    Tally.objects.create(question=question, choice=question.choices.first(), wording="約7割", origin="published")

    one = part(survey)

    assert (one.chart, [tally.wording for tally in one.words]) == (None, ["約7割"])
    assert one.gaps == [f"選択肢ごとの割合は、{GAP}。"]


@pytest.mark.parametrize(
    ("kind", "shares", "gaps"),
    [
        ("single", {"暮らしやすい": 60, "暮らしにくい": 40}, []),
        ("single", {"暮らしやすい": 60, "暮らしにくい": 30, "無回答": 4}, [f"ほかの選択肢と無回答の割合は、{GAP}。"]),
        ("single", {"暮らしやすい": 60}, []),
        ("multiple", {"暮らしやすい": 60, "暮らしにくい": 80, "無回答": 4}, []),
    ],
)
def test_what_is_not_known_is_said_once(survey, kind, shares, gaps):
    question = make_question(survey, kind=kind)
    if "無回答" not in shares:
        question.choices.filter(is_no_answer=True).delete()
    for label, percent in shares.items():
        share(question, label, percent)

    assert part(survey).gaps == gaps


def test_a_question_with_several_answers_of_which_the_plan_prints_some(survey):
    question = make_question(survey, kind="multiple")
    question.choices.filter(is_no_answer=True).delete()
    share(question, "暮らしやすい", 60)
    share(question, "暮らしにくい", 80)

    assert (part(survey).gaps, part(survey).notes) == ([f"ほかの選択肢の割合は、{GAP}。"], [SEVERAL])


def test_a_question_of_which_no_choice_is_known(survey):
    make_question(survey, labels=())

    assert part(survey).gaps == [f"選択肢ごとの割合は、{GAP}。"]


def test_a_matrix_says_what_its_items_lack(survey):
    matrix = make_question(survey, kind="matrix", labels=("はい",))
    item = Item.objects.create(question=matrix, number=1, label="避難場所")
    assert part(survey).gaps == [f"項目ごとの割合は、{GAP}。"]

    for label in ("はい", "無回答"):
        share(matrix, label, 50, item=item)

    assert part(survey).gaps == []
    assert [(label, [value.number for _, value in cells]) for label, cells in part(survey).chart.rows()] == [
        ("避難場所", [50, 50])
    ]


def test_rankings_stand_in_the_order_of_the_plan(survey):
    question = make_question(survey, kind="matrix")
    items = [Item.objects.create(question=question, number=n, label=f"項目{n}") for n in (1, 2)]
    for line, criterion in ((9, "困っていない"), (5, "困っている")):
        for rank, item in enumerate(items, start=1):
            question.rankings.create(criterion=criterion, rank=rank, item=item, line=line)

    assert [(criterion, [row.rank for row in rows]) for criterion, rows in part(survey).rankings] == [
        ("困っている", [1, 2]), ("困っていない", [1, 2]),
    ]  # fmt: skip


# ---- comparison -----------------------------------------------------------------
@pytest.fixture
def before(plan, survey):
    """The survey before, with the same question."""
    earlier = make_survey(plan, "r1", year=2019, title="前の調査")
    survey.previous = earlier
    survey.save()
    return earlier


def test_shares_of_the_same_choice_are_compared(survey, question, before):
    share(question, "暮らしやすい", Decimal("65.5"))
    share(question, "暮らしにくい", Decimal("30.2"))
    share(make_question(before, text=question.text), "暮らしやすい", Decimal("70.0"))

    comparison = part(survey).comparison

    assert comparison.survey == before
    assert comparison.rows == [("暮らしやすい", Decimal("65.5"), Decimal("70.0"), Decimal("-4.5"))]
    assert comparison.warnings == []


def test_another_wording_kind_or_choice_is_warned_of(survey, question, before):
    share(question, "暮らしやすい", 60)
    share(make_question(before, kind="multiple", labels=("暮らしやすい",), text="前の文"), "暮らしやすい", 70)

    assert part(survey).comparison.warnings == [
        "設問文が前回と違います（前回は「前の文」）。", "答え方が前回と違います。", "選択肢が前回と違います。",
    ]  # fmt: skip


def test_nothing_in_common_is_not_compared(survey, question, before):
    share(question, "暮らしやすい", 60)
    make_question(before)

    assert part(survey).comparison is None


def test_a_survey_that_is_not_public_is_not_compared_with(survey, question, before):
    share(question, "暮らしやすい", 60)
    share(make_question(before), "暮らしやすい", 70)
    before.is_public = False
    before.save()

    assert part(survey).comparison is None


# ---- statistics -----------------------------------------------------------------
def add(plan, code: str, points: dict, **fields) -> Series:
    defaults = {"theme": "児童", "title": code, "unit": "人", "source": "国", "position": plan.series.count() + 1}
    series = Series.objects.create(plan=plan, code=code, **defaults | fields)
    for year, value in points.items():
        Point.objects.create(series=series, year=year, value=value, origin=Origin.PUBLISHED)
    return series


def test_statistics_of_one_unit_and_source_are_drawn_together(plan):
    add(plan, "a", {2024: 5})
    add(plan, "b", {2024: 7})
    add(plan, "c", {2020: 7, 2024: 9}, source="県")
    add(plan, "d", {2024: 3}, unit="世帯")
    add(plan, "e", {}, note=GAP)
    add(plan, "f", {2024: 3}, theme="高齢者", statements=["高齢者は3人です。"], note="注記")
    add(plan, "g", {2020: 4}, theme="高齢者", unit="世帯", note="注記")

    children, elderly = public.statistics_page(plan)

    assert (children.title, children.anchor) == ("児童", "theme-1")
    assert [(one.chart.title, [s.code for s in one.series], one.files) for one in children.parts] == [
        ("a・b　令和6年", ["a", "b"], "/statistics/a"), ("c", ["c"], "/statistics/c"),
    ]  # fmt: skip
    assert [point.series.code for point in children.singles] == ["d"]
    assert [series.code for series in children.gaps] == ["e"]
    assert (elderly.statements, elderly.notes) == (["高齢者は3人です。"], [("f・g", "注記")])
    assert children.notes == []


def test_parts_of_a_series_stand_apart_from_it(plan):
    add(plan, "card", {2024: 252}, title="手帳")
    add(plan, "card-1", {2024: 51})
    add(plan, "card-2", {2024: 125})
    add(plan, "cards", {2024: 7})
    add(plan, "x", {2024: 8})

    [theme] = public.statistics_page(plan)

    assert [(one.chart.title, [s.code for s in one.series]) for one in theme.parts] == [
        ("児童　令和6年", ["card", "cards", "x"]), ("手帳の内訳　令和6年", ["card-1", "card-2"]),
    ]  # fmt: skip
