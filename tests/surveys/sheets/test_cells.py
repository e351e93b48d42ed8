"""Values as people write them."""

from decimal import Decimal

import pytest

from surveys.sheets.cells import Cells, Change, Problem, printed, unknown, year_of


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024", 2024), ("２０２４年", 2024), ("2024年度", 2024), ("令和6年", 2024), ("令和6年度", 2024), ("R6", 2024),
        ("r.6", 2024), ("令和元年", 2019), ("H31", 2019), ("平成元年", 1989), ("昭和 64年", 1989), ("T1", 1912),
        ("明治1年", 1868), ("1867", None), ("2201", None), ("令和0年", None), ("六年", None), ("24", None),
        ("X6", None),
    ],
)  # fmt: skip
def test_years_are_read_in_both_calendars(text, year):
    assert year_of(text) == year


def cells(value: str) -> Cells:
    return Cells(3, {"値": value}, [])


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,480", "1480"), ("１４８０", "1480"), ("2.01", "2.01"), ("-3", "-3"), (" 7 ", "7")],
)
def test_numbers_are_read_however_they_are_typed(text, number):
    row = cells(text)

    assert (row.decimal("値"), row.problems) == (Decimal(number), [])


@pytest.mark.parametrize("text", ["約90", "20人", "NaN", "Infinity", "1.2.3"])
def test_what_is_no_number_is_a_problem_with_its_place(text):
    row = cells(text)

    assert row.decimal("値") is None
    sentence = f"「{text}」は数ではありません。単位や「約」を付けずに、数だけを書いてください。"
    assert row.problems == [Problem(3, "値", text, sentence)]
    assert str(row.problems[0]) == f"3行目「値」：{sentence}"


def test_an_empty_cell_is_no_number_and_no_problem():
    row = cells("")

    assert (row.decimal("値"), row.whole("値"), row.year("値"), row.problems) == (None, None, None, [])


@pytest.mark.parametrize("text", ["1.5", "-1"])
def test_counts_are_whole(text):
    row = cells(text)

    assert row.whole("値") is None
    assert [problem.sentence for problem in row.problems] == [f"「{text}」は、0以上の整数で書いてください。"]


def test_a_year_nobody_can_read_is_a_problem():
    row = cells("去年")

    assert row.year("値") is None
    assert [problem.sentence for problem in row.problems] == [
        "「去年」は年として読めません。「2024」か「令和6年」のように書いてください。"
    ]


def test_a_problem_of_a_whole_row_names_no_column():
    assert str(Problem(2, "", "", "回答がありません。")) == "2行目：回答がありません。"


def test_a_change_knows_whether_it_is_new():
    assert [Change("人口", "", "5人").kind, Change("人口", "4人", "5人").kind] == ["追加", "変更"]


@pytest.mark.parametrize(("value", "text"), [(None, ""), (Decimal("20992.000"), "20992"), (Decimal("2.010"), "2.01")])
def test_numbers_are_printed_without_trailing_noughts(value, text):
    assert printed(value) == text


def test_an_empty_name_speaks_of_merged_cells():
    assert unknown("統計", "") == "空です。結合したセルは結合を解いて、すべての行に書いてください。"
    assert (
        unknown("統計", "x") == "「x」という統計はありません。いまの内容のファイルにある番号や識別名を書いてください。"
    )
