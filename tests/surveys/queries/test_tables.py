"""Tables of raw answers as they may be shown."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys import actions
from surveys.models import AnswerSet, Survey
from surveys.queries.tables import ROUNDED, SEVERAL, Answers
from surveys.sheets.tables import COLUMNS, exported
from tests.surveys.conftest import make_question

HIDING = "「x」は、3人に満たない回答と、差し引きでそれが分かる回答を隠したものです。"


@pytest.fixture
def answers(survey, question, send, secretariat):
    """40 people in three age groups: 20, 15 and 5 of them."""
    age = make_question(survey, "age", labels=("若い", "中ほど", "高齢"), is_attribute=True, theme="年齢")
    assert age.is_attribute
    rows = ["1,1"] * 12 + ["1,2"] * 8 + ["2,1"] * 6 + ["2,2"] * 8 + ["2,"] + ["3,1"] * 2 + ["3,2"] * 3
    actions.confirm(upload=send("answers", "age,q1\n" + "\n".join(rows), survey), by=secretariat)
    return lambda filters=None: Answers(Survey.objects.get(), filters)


def shown(table) -> list[tuple]:
    return [(row.label, row.base, row.mark, [str(cell) for cell in row.cells]) for row in table.rows]


def test_everyone_with_no_answer_as_its_own_column(answers):
    table = answers().table("age")

    assert table.heads == ["若い", "中ほど", "高齢", "無回答"]
    assert shown(table) == [("全体", 40, "", ["50.0％", "37.5％", "12.5％", "0.0％"])]
    assert (table.notes, table.test, table.by) == ([ROUNDED], None, None)


def test_groups_below_the_base_are_not_shown_and_small_ones_are_marked(answers):
    table = answers().table("q1", "age")

    assert shown(table) == [
        ("全体", 40, "", ["50.0％", "x", "x"]),
        ("若い", 20, "参考", ["60.0％", "40.0％", "0.0％"]),
        ("中ほど", 15, "参考", ["x", "x", "x"]),
        ("高齢", 5, "非表示", ["x", "x", "x"]),
    ]
    assert table.by.code == "age"
    assert table.notes == [
        ROUNDED, HIDING, "回答者が10人に満たない区分は、表示していません。", "回答者が30人に満たない区分は、参考です。",
    ]  # fmt: skip


def test_the_limits_are_the_surveys(answers):
    Survey.objects.update(hide_below=1, base_hidden_below=2, base_reference_below=6)

    table = answers().table("q1", "age")

    assert shown(table)[2:] == [
        ("中ほど", 15, "", ["40.0％", "53.3％", "6.7％"]), ("高齢", 5, "参考", ["40.0％", "60.0％", "0.0％"]),
    ]  # fmt: skip


def test_a_difference_is_tested_where_there_are_people_enough(answers):
    # By age: 12 and 8, 6 and 8, 2 and 3 – the last group is too small for the test.
    assert answers().table("q1", "age").test.reason == "人数の少ない区分や答えがあるため、検定はしていません。"

    test = answers([("age", 1)]).table("q1", "age").test

    assert test.reason == "比べられる区分や答えが2つ以上ないため、検定はしていません。"


def test_filters_narrow_the_people(answers):
    narrowed = answers([("age", 1), ("unknown", 3)])

    assert narrowed.filters == [("age", 1)]
    assert shown(narrowed.table("q1")) == [("全体", 20, "参考", ["60.0％", "40.0％", "0.0％"])]
    assert narrowed.filter_choices()[0][1] == [
        ("age:1", "若い", True), ("age:2", "中ほど", False), ("age:3", "高齢", False),
    ]  # fmt: skip


def test_only_attributes_filter(answers):
    assert answers([("q1", 1)]).filters == []


def test_a_question_is_not_broken_down_by_itself(answers):
    assert answers().table("age", "age").by is None


def test_nobody_left_is_said(answers):
    table = answers([("age", 1), ("age", 2)]).table("q1")

    assert shown(table) == [("全体", 0, "該当なし", ["0.0％", "0.0％", "0.0％"])]


def test_several_answers_are_noted(survey, send, secretariat):
    make_question(survey, "q5", "multiple")
    actions.confirm(upload=send("answers", "q5\n" + '"1,2"\n' * 12, survey), by=secretariat)

    table = Answers(Survey.objects.get()).table("q5")

    assert shown(table) == [("全体", 12, "参考", ["100.0％", "100.0％", "0.0％"])]
    assert table.notes == [SEVERAL, ROUNDED, "回答者が30人に満たない区分は、参考です。"]
    assert table.test is None


@pytest.mark.parametrize(("people", "mean"), [(12, Decimal(3)), (9, None)])
def test_numbers_are_summarized_from_the_base_on(survey, send, secretariat, people, mean):
    make_question(survey, "q6", "number", labels=())
    actions.confirm(upload=send("answers", "q6\n" + "3\n" * people, survey), by=secretariat)

    table = Answers(Survey.objects.get()).table("q6")

    assert (table.rows, table.summary and table.summary.mean) == ([], mean)


def test_free_texts_are_in_no_table(survey, question, send, secretariat):
    make_question(survey, "q7", "text", labels=())
    actions.confirm(upload=send("answers", "q1,q7\n1,困っています\n", survey), by=secretariat)

    assert list(Answers(Survey.objects.get()).index) == ["q1"]


def test_without_answers_there_are_no_tables(survey):
    with pytest.raises(AnswerSet.DoesNotExist):
        Answers(survey)


def test_every_table_goes_out_with_its_hidden_cells_empty(answers):
    rows = list(exported(answers().tables("age")))

    assert len(rows) == 4 + 4 * 3
    assert rows[0] == {
        "設問番号": "q1", "設問文": "q1の設問文", "項目": "", "属性": "ageの設問文", "区分": "全体", "回答者数": 40,
        "選択肢": "暮らしやすい", "件数": 20, "割合": 50, "印": "",
    }  # fmt: skip
    assert rows[1] | {"選択肢": "暮らしにくい", "件数": None, "割合": None, "印": "x"} == rows[1]
    assert rows[-5]["印"] == "非表示"
    assert set(rows[0]) <= set(COLUMNS)


def test_numbers_go_out_as_their_summary(survey, send, secretariat):
    make_question(survey, "q6", "number", labels=())
    actions.confirm(upload=send("answers", "q6\n" + "3\n" * 12, survey), by=secretariat)

    rows = list(exported(Answers(Survey.objects.get()).tables()))

    assert [(row["選択肢"], row["値"]) for row in rows] == [
        ("平均", 3), ("中央値", 3), ("下から4分の1", 3), ("上から4分の1", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("questions", [1, 3])
def test_all_tables_take_the_same_queries_at_any_number(survey, send, secretariat, questions):
    codes = [f"n{place}" for place in range(questions)]
    for code in codes:
        make_question(survey, code)
    text = ",".join(codes) + "\n" + (",".join("1" * questions) + "\n") * 12
    actions.confirm(upload=send("answers", text, survey), by=secretariat)
    survey = Survey.objects.get()

    with CaptureQueriesContext(connection) as queries:
        list(Answers(survey).tables())

    assert len(queries) == 4
