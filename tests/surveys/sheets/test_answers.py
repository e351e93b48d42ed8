"""回答データ: codes into columns of numbers, and everything a file may get wrong."""

import numpy as np
import pytest

from surveys import counting
from surveys.models import Item
from surveys.sheets import answers
from tests.surveys.conftest import make_question


@pytest.fixture
def read(survey, table):
    return lambda text: answers.read(survey, table(text))


def sentences(reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def numbers(parsed, form=counting.SINGLE) -> list:
    return np.frombuffer(parsed.codes, form).tolist()


def test_one_answer_each(read, question):
    reading = read("回答番号,q1\nA1,1\nA2,２\nA3,\nA4,非該当\n")

    assert sentences(reading) == []
    assert (reading.number, reading.columns) == (4, [("q1", "q1の設問文", 2)])
    assert numbers(reading.records[0]) == [1, 2, counting.NO_ANSWER, counting.NOT_ASKED]
    assert reading.records[0].labels == ["暮らしやすい", "暮らしにくい"]


def test_a_code_of_its_own_for_no_answer_counts_as_none(read, question):
    question.choices.filter(is_no_answer=True).update(code="9")

    assert numbers(read("q1\n9\n1\n").records[0]) == [0, 1]


@pytest.mark.parametrize("text", ["1,2", "1、2", "1;2", "1 2", "２・１", "2/1"])
def test_several_answers_in_one_cell(survey, read, text):
    make_question(survey, "q5", "multiple")

    reading = read(f'回答番号,q5\nA1,"{text}"\nA2,2\nA3,\nA4,非該当\n')

    assert sentences(reading) == []
    assert numbers(reading.records[0], counting.MULTIPLE) == [3, 2, 0, counting.NOT_ASKED_BITS]
    assert reading.columns == [("q5", "q5の設問文", 2)]


def test_several_answers_with_a_column_for_each(survey, read):
    make_question(survey, "q5", "multiple")

    reading = read("回答番号,q5_1,q5_2\n1,1,○\n2,0,1\n3,,\n4,非該当,1\n")

    assert sentences(reading) == []
    assert numbers(reading.records[0], counting.MULTIPLE) == [3, 2, 0, counting.NOT_ASKED_BITS]


def test_a_matrix_has_a_column_for_each_item(survey, read):
    matrix = make_question(survey, "q3", "matrix")
    for number in (1, 3):
        Item.objects.create(question=matrix, number=number, label=f"項目{number}")

    reading = read("q3_1,q3_3\n1,2\n,1\n")

    assert sentences(reading) == []
    assert [(str(one.item), numbers(one)) for one in reading.records] == [("項目1", [1, 0]), ("項目3", [2, 1])]
    assert reading.columns == [("q3_1", "q3の設問文　項目1", 1), ("q3_3", "q3の設問文　項目3", 2)]


def test_numbers_and_texts(survey, read):
    make_question(survey, "q6", "number", labels=())
    make_question(survey, "q7", "text", labels=())

    reading = read('q6,q7\n"1,200",助かる\n３,\n,もっと\n非該当,\n')

    assert sentences(reading) == []
    values = numbers(reading.records[0], counting.NUMBER)
    assert values[:2] == [1200, 3]
    assert (np.isnan(values[2]), np.isinf(values[3])) == (True, True)
    assert reading.records[1].texts == ["助かる", "もっと"]
    assert [answered for *_, answered in reading.columns] == [2, 2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("回答番号\nA1\n", "1行目「q1」：「q1の設問文」の列がありません。"),
        ("q1,q2\n1,1\n", "1行目「q2」：設問の定義にない列です。"),
        ("q1,氏名\n1,\n", "1行目「氏名」：個人が分かる列は取り込みません。この列を消したファイルを使ってください。"),
        ("q1\n7\n", "2行目「q1」：「7」という選択肢番号はありません（使えるのは、1、2、空、非該当）。"),
        ("回答番号,q1\nA1,1\nA2,1\nA1,2\n", "4行目「回答番号」：回答番号「A1」が2行目にもあります。"),
        ("q1\n", "2行目：回答が1件もありません。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_row_and_column(read, question, text, sentence):
    reading = read(text)

    assert sentences(reading) == [sentence]
    assert not reading.can_be_written


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("multiple", 'q5\n"1,8"\n', "2行目「q5」：「8」という選択肢番号はありません（使えるのは、1、2、空、非該当）。"),
        ("multiple", "q5_1,q5_2\n2,1\n", "2行目「q5_1」：「2」は使えません（選んだ人は1、選んでいない人は0か空）。"),
        ("multiple", "q5_1\n1\n", "1行目「q5_2」：「q5の設問文」の列がありません。"),
        ("number", "q5\n三人\n", "2行目「q5」：「三人」は数ではありません。"),
        ("number", "q5\ninf\n", "2行目「q5」：「inf」は数ではありません。"),
    ],
)
def test_every_kind_tells_what_it_cannot_read(survey, read, kind, text, sentence):
    make_question(survey, "q5", kind, labels=() if kind == "number" else ("はい", "いいえ"))

    assert sentences(read(text)) == [sentence]


def test_without_a_definition_there_is_nothing_to_read(survey, read):
    question = make_question(survey)
    question.choices.update(code="")

    assert sentences(read("q1\n1\n")) == ["1行目：設問の定義がまだありません。先に、設問の定義を取り込んでください。"]


def test_a_matrix_without_items_is_not_defined(survey, read):
    make_question(survey, "q3", "matrix")

    assert answers.defined(survey) == []


def test_the_head_names_every_column(survey, question):
    matrix = make_question(survey, "q3", "matrix")
    Item.objects.create(question=matrix, number=2, label="介護")

    assert answers.head(survey) == ["回答番号", "q1", "q3_2"]


def test_a_column_that_is_wrong_throughout_is_told_with_its_first_rows(read, question):
    reading = read("q1\n" + "9\n" * 500)

    assert len(reading.problems) == answers.MOST_PROBLEMS


@pytest.mark.parametrize(
    ("text", "is_synthetic"),
    [
        ("回答番号,q1\n合成-1,1\n合成-2,1\n", True),
        ("回答番号,q1\n合成-1,1\nA2,1\n", False),
        ("q1\n1\n", False),
    ],
)
def test_made_up_answers_say_so_in_every_number(table, text, is_synthetic):
    assert answers.is_synthetic(table(text)) is is_synthetic
