"""設問の定義: what the codes of a file of answers mean."""

import pytest

from surveys.models import Question
from surveys.sheets import definition
from surveys.sheets.cells import Change
from surveys.sheets.definition import Definition
from surveys.sheets.files import as_csv, table_of
from tests.surveys.conftest import make_question

HEAD = "設問番号,設問文,種類,テーマ,属性,項目番号,項目,選択肢番号,選択肢\n"


@pytest.fixture
def read(survey, table):
    return lambda text: definition.read(survey, table(HEAD + text))


def sentences(reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def test_each_kind_of_question_is_understood(read):
    reading = read(
        "age,年齢,SA,年齢,○,,,1,18～29歳\nage,,,,,,,2,30歳以上\n"
        "q2,相談先,MA,相談,,,,1,家族\nq3,困りごと,マトリクス,,,1,健康,1,困っている\nq3,,,,,2,介護,2,困っていない\n"
        "q4,人数,数値,,,,,,\nq5,意見,自由記述,,,,,,\n"
    )

    kind = Question.Kind
    assert sentences(reading) == []
    assert reading.records == [
        Definition("age", "年齢", kind.SINGLE, "年齢", True, {}, {"1": "18～29歳", "2": "30歳以上"}),
        Definition("q2", "相談先", kind.MULTIPLE, "相談", False, {}, {"1": "家族"}),
        Definition("q3", "困りごと", kind.MATRIX, "", False, {1: "健康", 2: "介護"},
                   {"1": "困っている", "2": "困っていない"}),
        Definition("q4", "人数", kind.NUMBER, "", False),
        Definition("q5", "意見", kind.TEXT, "", False),
    ]  # fmt: skip
    assert reading.changes[0] == Change("age　年齢", "", "SA、選択肢2")


def test_what_goes_out_comes_back_the_same(survey, question):
    make_question(survey, "q2", "text", labels=())
    content = as_csv(definition.COLUMNS, definition.exported(survey))

    reading = definition.read(survey, table_of("定義.csv", content))

    assert (sentences(reading), reading.warnings) == ([], [])
    assert (reading.unchanged, reading.records, reading.changes) == (2, [], [])


def test_codes_are_given_to_choices_that_have_none(survey, question):
    question.choices.update(code="")
    content = as_csv(definition.COLUMNS, definition.exported(survey))

    reading = definition.read(survey, table_of("定義.csv", content))

    assert [(one.code, one.choices) for one in reading.records] == [
        ("q1", {"1": "暮らしやすい", "2": "暮らしにくい"}),
    ]  # fmt: skip
    assert reading.changes == [Change("q1　q1の設問文", "SA、選択肢2（選択肢番号なし）", "SA、選択肢2")]


def test_what_the_draft_does_not_know_may_stay_unknown(survey, read):
    make_question(survey, "q1", "single", labels=())

    assert read("q1,q1の設問文,SA,q1,,,,,\n").unchanged == 1
    assert sentences(read("q1,ほかの設問文,SA,q1,,,,,\n")) == ["2行目「選択肢」：設問「q1」に選択肢がありません。"]


def test_another_wording_and_a_lost_choice_are_warned_of(read, question):
    reading = read("q1,住みやすいですか,SA,,,,,1,暮らしやすい\n")

    assert reading.warnings == [
        "「q1」の設問文が変わります（いまは「q1の設問文」）。",
        "「q1」の選択肢「暮らしにくい」が定義にありません。いまの値は残ります。",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("問1,文,SA,,,,,1,はい\n",
         "2行目「設問番号」：設問番号は、英字で始まる半角の英数字で書いてください（「問1」）。例：q1"),
        ("q1,文,単数,,,,,1,はい\n",
         "2行目「種類」：種類は、SA、MA、マトリクス、数値、自由記述のどれかです（「単数」は使えません）。"),
        ("q1,文,,,,,,1,はい\n", "2行目「種類」：種類は、SA、MA、マトリクス、数値、自由記述のどれかです（空です）。"),
        ("q1,,SA,,,,,1,はい\n", "2行目「設問文」：設問の最初の行に、設問文を200字までで書いてください。"),
        ("q1,文,MA,,○,,,1,はい\n", "2行目「属性」：属性にできるのは、種類が「SA」の設問だけです。"),
        ("q1,文,数値,,,,,1,はい\n", "2行目「選択肢」：種類が「数値」の設問に、選択肢は書けません。"),
        ("q1,文,SA,,,,,1,\nq1,,,,,,,2,はい\n", "2行目「選択肢」：選択肢番号と選択肢は、両方を書いてください。"),
        ("q1,文,SA,,,,,,はい\nq1,,,,,,,2,いいえ\n",
         "2行目「選択肢番号」：選択肢番号と選択肢は、両方を書いてください。"),
        ("q1,文,SA,,,,,1,はい\nq1,,,,,,,1,いいえ\n", "3行目「選択肢番号」：選択肢番号「1」が、この設問に2つあります。"),
        ("q1,文,SA,,,,,1,はい\nq1,,,,,,,2,はい\n", "3行目「選択肢」：選択肢「はい」が、この設問に2つあります。"),
        ("q1,文,SA,,,,,12345678901,はい\nq1,,,,,,,2,いいえ\n",
         "2行目「選択肢」：選択肢番号は10字まで、選択肢は120字までで書いてください。"),
        ("q1,文,SA,,,1,健康,1,はい\n", "2行目「項目」：項目を書けるのは、種類が「マトリクス」の設問だけです。"),
        ("q1,文,マトリクス,,,1,,1,はい\nq1,,,,,2,介護,,\n", "2行目「項目」：項目番号と項目は、両方を書いてください。"),
        ("q1,文,マトリクス,,,,健康,1,はい\nq1,,,,,2,介護,,\n",
         "2行目「項目番号」：項目番号と項目は、両方を書いてください。"),
        ("q1,文,マトリクス,,,1,健康,1,はい\nq1,,,,,1,介護,,\n",
         "3行目「項目番号」：項目番号「1」が、この設問に2つあります。"),
        ("q1,文,マトリクス,,,,,1,はい\n", "2行目「項目」：設問「q1」に項目がありません。"),
        ("q1,文,SA,,,,,9,無回答\n", "2行目「選択肢」：設問「q1」に選択肢がありません。"),
        ("q1,文,SA,,,,,1,はい\n" + "".join(f"q1,,,,,,,{n},答え{n}\n" for n in range(2, 64)),
         "64行目「選択肢」：選択肢は62個までです（63個あります）。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_row_and_column(read, text, sentence):
    reading = read(text)

    assert sentences(reading) == [sentence]
    assert not reading.can_be_written


def test_a_missing_column_is_told_first(survey, table):
    reading = definition.read(survey, table("設問番号,設問文\nq1,文\n"))

    assert sentences(reading) == [
        "1行目「種類」：この列がありません。",
        "1行目「選択肢番号」：この列がありません。",
        "1行目「選択肢」：この列がありません。",
    ]
