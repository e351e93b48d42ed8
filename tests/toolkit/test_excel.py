"""Workbooks: what goes out can be opened and guarded, what comes back is read as it was typed or refused in words."""

import contextlib
import datetime
import io
import random
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from mine_welfare.toolkit import excel
from mine_welfare.toolkit.cells import LONGEST, Unusable, Wrong, as_text, as_whole, letter, written
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.sheet import Column, Condition, Sheet, Table, find_table, name_of
from mine_welfare.toolkit.text import clean
from mine_welfare.toolkit.upload import Limits
from tests.workbooks import changed


def simple(rows, columns=None, **more) -> bytes:
    columns = columns or [Column("題", 12, "input"), Column("数", 8, "input-number", whole=100)]
    return excel.write([Sheet("表", columns, rows=rows, count=len(rows), **more)], title="試験")


def read(data: bytes, sheet: str = "表", name: str = "a.xlsx", **limits) -> dict:
    return dict(excel.read(io.BytesIO(data), name, Limits(**limits)).rows(sheet))


def library(data: bytes, sheet: str = "表"):
    return openpyxl.load_workbook(io.BytesIO(data))[sheet]


def with_row(xml: str) -> bytes:
    """A workbook of one sheet whose rows are `xml`."""

    def change(part, content):
        if part != "xl/worksheets/sheet1.xml":
            return content
        start, end = content.index(b"<sheetData>"), content.index(b"</sheetData>")
        return content[: start + 11] + xml.encode() + content[end:]

    return changed(simple([]), change)


# ---- out -----------------------------------------------------------------------------
def test_values_keep_their_kind():
    day = datetime.date(2026, 4, 1)
    columns = [Column(str(number), look=look) for number, look in enumerate(("plain", "plain-number", "date", "plain"))]
    page = library(simple([["文\n二行", Decimal("1.5"), day, True], [None, 3, None, ""]], columns))
    assert [cell.value for cell in page[2]] == ["文\n二行", 1.5, datetime.datetime(2026, 4, 1), "True"]
    assert [cell.value for cell in page[3]] == [None, 3, None, None]


@pytest.mark.parametrize("text", ["=1+1", "+81", "-", "@x", "＝１", '=HYPERLINK("http://x","y")'])
def test_text_that_looks_like_a_formula_is_text_and_says_so(text):
    data = simple([[text, None]])
    cell = library(data)["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert read(data)[2] == {1: text}


def test_formulas_come_only_from_columns():
    columns = [Column("題", look="input"), Column("字数", look="center", formula="LEN($A{row})")]
    page = library(simple([["三文字", "=1"], ["二", None]], columns))
    assert [page["B2"].value, page["B3"].value] == ["=LEN($A2)", "=LEN($A3)"]


def test_what_is_guarded_and_what_is_not():
    page = library(simple([["a", 1]], [Column("題"), Column("記入", look="input")]))
    assert (page["A2"].protection.locked, page["B2"].protection.locked) == (True, False)
    guard = page.protection
    assert (guard.sheet, guard.password) == (True, None)
    assert [guard.formatCells, guard.formatColumns, guard.formatRows, guard.sort, guard.autoFilter] == [False] * 5


def test_an_open_sheet_is_not_guarded():
    assert library(simple([], protected=False)).protection.sheet is False


def test_lists_to_choose_from_are_defined_names():
    codes = Sheet("表2", [Column("値")], rows=[["甲"], ["乙"]], count=2, names={"選択肢": (1, 2, 3)})
    form = Sheet("表", [Column("選ぶ", look="input-choice", choices="選択肢")], rows=[[""]] * 3, count=3)
    book = openpyxl.load_workbook(io.BytesIO(excel.write([form, codes], title="試験")))
    assert book.defined_names["選択肢"].attr_text == "'表2'!$A$2:$A$3"
    (rule,) = book["表"].data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref), rule.error) == (
        "list",
        "選択肢",
        "A2:A4",
        "一覧から選んでください。",
    )


def test_numbers_are_asked_for_as_whole_numbers():
    (rule,) = library(simple([["", None]])).data_validations.dataValidation
    assert (rule.type, rule.formula1, rule.formula2, str(rule.sqref)) == ("whole", "0", "100", "B2")


def test_a_sheet_without_rows_has_neither_rules_nor_conditions():
    page = library(simple([], conditions=[Condition(1, 1, "TRUE", "over")]))
    assert (page.data_validations.dataValidation, list(page.conditional_formatting)) == ([], [])


def test_conditions_stand_on_their_column():
    page = library(simple([["", None]], conditions=[Condition(1, 2, "LEN($A{row})=0", "required")]))
    (found,) = page.conditional_formatting
    assert (str(found.sqref), found.rules[0].formula) == ("A2:B2", ["LEN($A2)=0"])


def test_header_band_frozen_panes_and_print_set_up():
    columns = [
        Column("番号", 9, band="計画"),
        Column("内容", 30, band="計画", note="公開"),
        Column("実績", 40, band="記入"),
    ]
    lines = [("title", "調査票"), ("line", "説明")]
    page = library(simple([["1", "二", "三"]], columns, lines=lines, frozen=1, is_wide=True, foot="A&B"))
    assert [[cell.value for cell in row] for row in page.iter_rows(max_row=4)] == [
        ["調査票", None, None],
        ["説明", None, None],
        ["計画", None, "記入"],
        ["番号", "内容\n公開", "実績"],
    ]
    assert (page.freeze_panes, page.print_title_rows, page.auto_filter.ref) == ("B5", "$3:$4", "A4:C5")
    setup = page.page_setup
    assert (setup.paperSize, setup.orientation, setup.fitToWidth, setup.fitToHeight) == (8, "landscape", 1, 0)
    assert (page.sheet_properties.pageSetUpPr.fitToPage, page.oddFooter.left.text) == (True, "A＆B")
    assert [page.column_dimensions[one].width for one in "ABC"] == [9, 30, 40]
    assert page["B5"].alignment.wrap_text is True


def test_a_plain_sheet_prints_upright_and_repeats_its_header():
    page = library(simple([["a", 1]]))
    assert (page.page_setup.paperSize, page.page_setup.orientation, page.print_title_rows) == (9, "portrait", "$1:$1")


def test_a_sheet_may_do_without_a_header():
    page = library(simple([["a", 1]], has_header=False))
    assert ([cell.value for cell in page[1]], page.freeze_panes, page.auto_filter.ref) == (["a", 1], None, None)


def test_rows_are_as_tall_as_their_longest_text():
    columns = [Column("狭い", 11), Column("数", 8, "number")]
    page = library(simple([["あ" * 20, 1], ["短い", 1], ["行\n" * 40, 1]], columns))
    assert [page.row_dimensions[row].height for row in (2, 3, 4)] == [14.5 * 5 + 4, 14.5 + 4, 409]


def test_wrong_cells_are_marked():
    page = library(simple([[Wrong("誤り"), 1]]))
    assert (page["A2"].value, page["A2"].fill.start_color.rgb, page["B2"].fill.fill_type) == ("誤り", "00FDEEEE", None)


def test_who_made_it():
    book = openpyxl.load_workbook(io.BytesIO(excel.write([Sheet("表", [Column("題")])], title="名", creator="作成者")))
    assert (book.properties.title, book.properties.creator) == ("名", "作成者")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("一\x00二\x1f\r\n三", "一二\n三"),
        ("あ" * (LONGEST + 1), "あ" * LONGEST),
        ("😀" * 20_000, "😀" * (LONGEST // 2)),
        ("あ" * 20_000, "あ" * 20_000),
    ],
    ids=["control", "too long", "emoji count twice", "long"],
)
def test_a_cell_holds_what_a_cell_can_hold(text, kept):
    assert written(text) == kept
    assert read(simple([[text, None]]))[2] == {1: kept}


# ---- there and back --------------------------------------------------------------------
ODD = ["=1+1", "+81", "-1", "@x", "髙﨑", "\x00", "😀👨‍👩‍👧", "'", '<&>"', "a\r\nb", " ", "　全角　"]
ESCAPES = ["_x000D_", "_x005F_x000D_", "_x0041_", "__x0041_", "_x005f_"]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(ODD), st.sampled_from(ESCAPES)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=8))
def test_text_comes_back_as_it_went(rows):
    data = simple(rows, [Column(name, look="input") for name in "甲乙丙"])
    wanted = {
        number: {place: clean(text) for place, text in enumerate(row, start=1) if clean(text)}
        for number, row in enumerate(rows, start=2)
    }
    found = read(data)
    assert {number: found.get(number, {}) for number in wanted} == wanted


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=5))
def test_numbers_come_back_as_they_went(numbers):
    data = simple([[None, number] for number in numbers])
    assert [row[2] for number, row in sorted(read(data).items()) if number > 1] == numbers


# ---- in: what a cell may hold -------------------------------------------------------------
def typed(fill) -> dict:
    """A workbook the library made, `fill(page)` done to it."""
    book = openpyxl.Workbook()
    book.active.title = "表"
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return read(out.getvalue())


def test_dates_times_and_flags_are_told_apart():
    def fill(page):
        page.append(
            [datetime.date(2026, 6, 1), datetime.datetime(2026, 6, 1, 9, 30), datetime.time(8, 5), True, 1.5, 2.0]
        )

    values = typed(fill)[1]
    assert [as_text(values[place]) for place in range(1, 7)] == [
        "2026年6月1日", "2026年6月1日09:30", "08:05", "はい", "1.5", "2",
    ]  # fmt: skip


def test_a_formula_without_a_result_is_no_value():
    def fill(page):
        page["A1"] = "=1+1"
        page["B1"] = ArrayFormula("B1", "=SUM(A1:A1)")

    values = typed(fill)[1]
    assert [(type(values[place]), str(values[place])) for place in (1, 2)] == [(Unusable, "="), (Unusable, "=")]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A2"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="A2" t="str"><f>"a"</f><v>a_x000D_b</v></c>', "a\nb"),
        ('<c r="A2" t="str"><f>""</f><v></v></c>', None),
        ('<c r="A2" t="e"><v>#REF!</v></c>', Unusable("#REF!")),
        ('<c r="A2" t="b"><v>0</v></c>', False),
        ('<c r="A2" t="d"><v>2026-04-01T00:00:00Z</v></c>', datetime.datetime(2026, 4, 1)),
        ('<c t="inlineStr"><is><r><t>太</t></r><r><t>字</t></r><rPh><t>フトジ</t></rPh></is></c>', "太字"),
        ('<c r="A2" t="inlineStr"></c>', None),
        ('<c r="A2"><v>1e3</v></c>', 1000),
        ('<c r="A2" t="inlineStr"><is><t>_xD83D_</t></is></c>', "_xD83D_"),
        ('<c r="GS2"><v>1</v></c>', None),
    ],
)
def test_cells_as_programs_write_them(cell, value):
    assert read(with_row(f'<row r="2">{cell}</row>')) == ({2: {1: value}} if value is not None else {})


def test_an_impossible_date_stays_the_number_it_is():
    def change(part, content):
        return content.replace(b"<v>45000</v>", b"<v>99999999999</v>") if part.endswith("sheet1.xml") else content

    data = simple([[datetime.date(2023, 3, 15)]], [Column("日", look="date")])
    assert read(changed(data, change))[2] == {1: 99_999_999_999}


def test_rows_without_numbers_follow_each_other():
    assert read(with_row('<row><c r="A1"><v>1</v></c></row><row><c><v>2</v></c></row>')) == {1: {1: 1}, 2: {1: 2}}


@pytest.mark.parametrize("numbers", [("3", "3"), ("3", "2"), ("0", "1"), ("1", "1048577"), ("1", "x")])
def test_rows_out_of_order_are_a_broken_file(numbers):
    rows = "".join(f'<row r="{number}"><c r="A1"><v>1</v></c></row>' for number in numbers)
    with pytest.raises(Refused, match="^ファイルが壊れていて読み取れません。"):
        read(with_row(rows))


def test_more_rows_than_allowed_are_refused():
    with pytest.raises(Refused, match="^行が多すぎます。1つのシートで読み取れるのは3行までです。$"):
        read(simple([["a", 1]] * 3), rows=3)


def test_columns_beyond_the_limit_are_not_read():
    assert read(simple([["a", 1]]), columns=1)[2] == {1: "a"}


def test_the_weight_of_a_sheet_is_known_before_it_is_read():
    book = excel.read(io.BytesIO(simple([["a", 1]])), "a.xlsx")
    with zipfile.ZipFile(io.BytesIO(simple([["a", 1]]))) as archive:
        assert book.weight("表") == archive.getinfo("xl/worksheets/sheet1.xml").file_size


# ---- in: what breaks off (what is refused at the door: test_upload) ---------------------------
GOOD = simple([["a", 1]])


def test_a_sheet_that_cannot_be_read_to_its_end_is_refused():
    data = changed(GOOD, lambda part, content: content[:-20] if part.endswith("sheet1.xml") else content)
    with pytest.raises(Refused, match="^ファイルが壊れていて読み取れません。"):
        read(data)


def test_any_number_of_broken_bytes_is_read_or_refused_never_an_error():
    chance = random.Random(20251123)  # noqa: S311 - the same files every time
    for _ in range(150):
        data = bytearray(GOOD)
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        # Whatever else is raised fails this test.
        with contextlib.suppress(Refused):
            book = excel.read(io.BytesIO(bytes(data)), "a.xlsx")
            for title in book.sheets:
                list(book.rows(title))


# ---- finding the columns --------------------------------------------------------------------
class Sheets:
    """A workbook as lists."""

    def __init__(self, **sheets):
        self.sheets = dict.fromkeys(sheets, "")
        self._sheets = sheets

    def rows(self, title):
        for number, row in enumerate(self._sheets[title], start=1):
            yield number, {place: value for place, value in enumerate(row, start=1) if value is not None}


def test_columns_are_found_by_their_first_line_wherever_they_stand():
    book = Sheets(別=[["番号"]], 記入=[["調査票"], [None, " 実　績\n公開", "番 号", "メモ"]])
    found = find_table(book, ["番号", "実績", "課題"], ["番号", "実績"], prefer="記入")
    assert found == Table("記入", 2, {"実績": 2, "番号": 3}, {4: "メモ"})


def test_the_named_sheet_is_looked_at_first_and_any_other_after_it():
    book = Sheets(一=[["番号"]], 二=[["番号"]])
    assert find_table(book, ["番号"], ["番号"], prefer="二").sheet == "二"
    assert find_table(book, ["番号"], ["番号"], prefer="無い").sheet == "一"


def test_a_header_is_looked_for_only_at_the_top():
    assert find_table(Sheets(一=[["x"]] * 3 + [["番号"]]), ["番号"], ["番号"], prefer="一", within=3) is None


def test_a_column_that_stands_twice_is_refused():
    with pytest.raises(Refused, match="^「番号」という列が2つあります。1つにしてから、もう一度選んでください。$"):
        find_table(Sheets(一=[["番号", "番号"]]), ["番号"], ["番号"], prefer="一")


@pytest.mark.parametrize(("title", "name"), [("ＡＢ Ｃ\nd", "ABC"), ("", ""), ("　", ""), (12, "12")])
def test_names_of_headers(title, name):
    assert name_of(title) == name


# ---- cells to values ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "number"),
    [("１２，５００", 12_500), (12_500.0, 12_500), ("12 500", 12_500), ("", None), (None, None), (7, 7), ("-3", -3)],
)
def test_whole_numbers_however_typed(value, number):
    assert as_whole(value) == number


@pytest.mark.parametrize("value", ["十二", 1.5, "12.5", True, float("inf")])
def test_what_is_no_whole_number(value):
    with pytest.raises(ValueError, match="invalid literal"):
        as_whole(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (False, "いいえ"), (datetime.timedelta(hours=1), "1:00:00"), (" a\r\nb ", "a\nb"), (12, "12")],
)
def test_values_as_people_read_them(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(("place", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")])
def test_letters_of_columns(place, name):
    assert letter(place) == name
