"""集計値 as a file."""

from decimal import Decimal

import pytest

from surveys.models import Item, Origin, Tally
from surveys.sheets import tallies
from surveys.sheets.cells import Change
from tests.surveys.conftest import make_question, share

HEAD = "設問番号,選択肢,割合\n"


@pytest.fixture
def read(survey, question, table):
    return lambda text: tallies.read(survey, table(text))


def sentences(reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def test_what_goes_out_comes_back_unchanged(survey, question, table):
    share(question, "暮らしやすい", Decimal("66.5"))
    Tally.objects.create(question=question, label="合計", wording="約3割", origin="published")
    matrix = make_question(survey, "q2", "matrix", ("はい",))
    item = Item.objects.create(question=matrix, number=1, label="避難場所")
    Tally.objects.create(question=matrix, item=item, choice=matrix.choices.first(), count=12, origin="imported")

    rows = list(tallies.exported(survey))
    content = tallies_csv(rows)
    reading = tallies.read(survey, table(content))

    assert (sentences(reading), reading.records) == ([], [])
    # Four choices still wait: 暮らしにくい, 無回答 twice; each has its row.
    assert (len(rows), reading.unchanged) == (6, 3)


def tallies_csv(rows) -> str:
    from mine_welfare.toolkit.flat import to_csv

    return to_csv(tallies.COLUMNS, rows).removeprefix("\ufeff")


def test_what_the_plan_says_is_not_changed_by_a_file(read, question):
    share(question, "暮らしやすい", Decimal("66.5"))

    reading = read("設問番号,選択肢,割合\nq1,暮らしやすい,66.0\nq1,暮らしにくい,34\n")

    assert sentences(reading) == [
        "2行目「選択肢」：「q1の設問文　暮らしやすい」は、計画書の値（66.5％）です。計画書の値は、変えられません。"
    ]
    assert not reading.can_be_written


def test_new_and_changed_shares(read, question):
    share(question, "暮らしやすい", Decimal("66.5"), origin=Origin.IMPORTED)

    reading = read("設問番号,選択肢,割合,件数\nq1,暮らしやすい,66.0,26\nq1,暮らしにくい,34,14\n")

    names = ("choice", "percent", "count", "origin")
    assert [[str(given[name]) for name in names] for _, given in reading.records] == [
        ["暮らしやすい", "66.0", "26", "imported"], ["暮らしにくい", "34", "14", "imported"],
    ]  # fmt: skip
    assert reading.changes == [
        Change("q1の設問文　暮らしやすい", "66.5％", "66.0％・26件"),
        Change("q1の設問文　暮らしにくい", "", "34.0％・14件"),
    ]
    assert (reading.warnings, reading.can_be_written) == ([], True)


def test_a_sum_in_words_and_a_derived_share(read):
    reading = read(
        "設問番号,選択肢,まとめた選択肢,割合,文章での値,計算の方法\nq1,,上の2つ,,約7割,\nq1,暮らしにくい,,30,,差\n"
    )

    assert [(given["label"], given["wording"], given["origin"]) for _, given in reading.records] == [
        ("上の2つ", "約7割", "imported"), ("", "", "imported"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shares", "warned"),
    [(("60", "40"), None), (("60.1", "40.0"), None), (("60", "30"), "90.0"), (("70", "40"), "110.0")],
)
def test_shares_of_one_answer_that_do_not_make_100_are_warned_of(read, shares, warned):
    reading = read(HEAD + f"q1,暮らしやすい,{shares[0]}\nq1,暮らしにくい,{shares[1]}\n")

    sentence = (
        f"「q1の設問文」の割合の合計は{warned}％です。"
        "1つだけ選ぶ設問では100％になるはずです。一部の選択肢だけを取り込むときは、このままで構いません。"
    )
    assert reading.warnings == ([sentence] if warned else [])
    assert reading.can_be_written


def test_shares_of_several_answers_may_make_more(survey, table):
    make_question(survey, "q5", "multiple")

    assert tallies.read(survey, table(HEAD + "q5,暮らしやすい,70\nq5,暮らしにくい,60\n")).warnings == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("設問番号,割合\nq1,5\n", "1行目「選択肢」：この列がありません。"),
        (HEAD + "q9,暮らしやすい,5\n", "2行目「設問番号」：「q9」という設問はありません。"
         "いまの内容のファイルにある番号や識別名を書いてください。"),
        (HEAD + "q1,どちらでもない,5\n", "2行目「選択肢」：「q1の設問文」に、選択肢「どちらでもない」はありません。"),
        (HEAD + "q1,,5\n", "2行目「選択肢」：選択肢が空です。"
         "いくつかをまとめた値は「まとめた選択肢」に、その言い方を書いてください。"),
        (HEAD + "q1,暮らしやすい,100.1\n", "2行目「割合」：割合は0から100までです（100.1）。"),
        (HEAD + "q1,暮らしやすい,33.33\n", "2行目「割合」：割合は小数第1位までで書いてください（33.33）。"),
        (HEAD + "q1,暮らしやすい,5\nq1,暮らしやすい,6\n",
         "3行目「選択肢」：2行目と同じ選択肢です。1つの選択肢に書ける値は1つです。"),
        ("設問番号,項目番号,選択肢,割合\nq1,3,暮らしやすい,5\n",
         "2行目「項目番号」：「q1の設問文」に、項目「3」はありません。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_row_and_column(read, text, sentence):
    reading = read(text)

    assert sentences(reading) == [sentence]
    assert not reading.can_be_written


def test_a_choice_that_still_waits_is_passed_over(read):
    reading = read(HEAD + "q1,暮らしやすい,\n")

    assert (reading.problems, reading.records, reading.can_be_written) == ([], [], False)
