"""Tables people send as CSV: whatever encoding the city hall's programs wrote, read and named.

Excel writes Shift_JIS, UTF-8 with a mark, or UTF-16 with tabs, depending on
the menu item; none of them says so in the file's name.
"""

import codecs
import csv
import io
from dataclasses import dataclass

from .flat import FORMULA_STARTS
from .refusal import Refused
from .text import clean

# (beginning of the file, codec, what the page calls it)
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8（BOM付き）"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# Tried in this order where a file has no mark; bytes of Shift_JIS are hardly ever valid UTF-8.
UNMARKED = (("utf-8", "UTF-8"), ("cp932", "Shift_JIS"))
UNREADABLE = (
    "文字コードが分かりません。"
    "Excelの「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選んで保存したものを使ってください。"
)
DELIMITERS = ("\t", ";", ",")


@dataclass(frozen=True)
class Table:
    """One table of a file: `columns` from its first row, then (row number as a spreadsheet counts, cells)."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str


def decode(content: bytes) -> tuple[str, str]:
    """(text, name of the encoding); Refused where no encoding fits."""
    for mark, codec, name in MARKS:
        if content.startswith(mark):
            return _decoded(content, codec), name
    if wide := _unmarked_utf16(content):
        return _decoded(content, wide), "UTF-16（BOMなし）"
    for usual, name in UNMARKED:
        try:
            return content.decode(usual), name
        except UnicodeDecodeError:
            continue
    raise Refused(UNREADABLE)


def _decoded(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        raise Refused(UNREADABLE) from error


def _unmarked_utf16(content: bytes) -> str | None:
    """A table has commas, digits and line ends, every second byte of which is zero in UTF-16."""
    head = content[:4000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 < len(head):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def read(content: bytes) -> Table:
    """The table of a CSV file; Refused where it is none.

    Cells come stripped; empty rows and empty columns at the end are left out.
    """
    if not content.strip():
        raise Refused("ファイルの中身がありません。")
    text, encoding = decode(content)
    lines = csv.reader(io.StringIO(clean(text)), delimiter=delimiter(text))
    try:
        rows = [(number, [armed(cell.strip()) for cell in row]) for number, row in enumerate(lines, start=1)]
    except csv.Error as error:
        raise Refused('CSVとして読めません。引用符（"）の対応を確かめてください。') from error
    return table(rows, encoding)


def table(rows: list[tuple[int, list[str]]], encoding: str) -> Table:
    """A `Table` of numbered rows, whichever kind of file they came from; Refused without a header row."""
    filled = [(number, row) for number, row in rows if any(row)]
    if not filled or filled[0][0] != 1:
        raise Refused("1行目に列の名前がありません。見本のとおり、1行目を列の名前にしてください。")
    columns = filled[0][1]
    while columns and not columns[-1]:
        columns = columns[:-1]
    if "" in columns:
        raise Refused(
            f"1行目の{columns.index('') + 1}番目の列に名前がありません。結合したセルがないかも確かめてください。"
        )
    if doubled := next((name for name in columns if columns.count(name) > 1), None):
        raise Refused(f"1行目に「{doubled}」という列が2つあります。")
    for number, row in filled:
        if any(row[len(columns) :]):
            raise Refused(f"{number}行目に、列の名前より右にはみ出した値があります。コンマの数を確かめてください。")
    width = len(columns)
    return Table(columns, [(number, (row + [""] * width)[:width]) for number, row in filled[1:]], encoding)


def armed(cell: str) -> str:
    """A cell as it was before `flat` kept spreadsheets from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell


def delimiter(text: str) -> str:
    """Tab, semicolon or comma: the first of them the header row has."""
    header = text.lstrip("\ufeff").split("\n", 1)[0]
    return next((mark for mark in DELIMITERS if mark in header), ",")
