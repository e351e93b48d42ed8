"""Workbooks in and out: the only file that knows the workbook library.

Out: a `Book` is made of `Sheet`s; the library lays out the sheets (looks,
drop-downs, protection, print set-up), the rows are written as text straight
into the file: no value can become a formula, and 20,000 rows need no memory.

In: `read` guards the file and gives the cells of a sheet row by row as they
were typed, whatever else the file holds.
"""

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import IO, Any

from defusedxml.ElementTree import iterparse
from openpyxl import Workbook
from openpyxl.cell import Cell as LibraryCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import from_excel
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from .cells import Unusable, Value, plain
from .refusal import Refused
from .sheet import Column, Condition, Sheet
from .sheetxml import Style, rows_of
from .upload import BROKEN, LIMITS, Limits, check

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST_ROW = 1_048_576
FONT = "BIZ UDPゴシック"
# ---- looks -----------------------------------------------------------------------
# (fill, bold, size, colour of the letters, number format, alignment, locked, with borders)
_LOOKS: dict[str, tuple[str, bool, int, str, str, str, bool, bool]] = {
    "title": ("", True, 16, "1A1A1A", "General", "bare", True, False),
    "heading": ("", True, 12, "00118F", "General", "bare", True, False),
    "line": ("", False, 11, "1A1A1A", "General", "bare", True, False),
    "wrapped": ("", False, 11, "1A1A1A", "@", "text", True, False),
    "band": ("00118F", True, 11, "FFFFFF", "General", "bare", True, False),
    "header": ("E8F1FE", True, 11, "1A1A1A", "General", "header", True, True),
    "text": ("E6E6E6", False, 11, "1A1A1A", "@", "text", True, True),
    "center": ("E6E6E6", False, 11, "1A1A1A", "General", "center", True, True),
    "number": ("E6E6E6", False, 11, "1A1A1A", "#,##0", "number", True, True),
    "plain": ("", False, 11, "1A1A1A", "@", "text", True, True),
    "plain-number": ("", False, 11, "1A1A1A", "General", "number", True, True),
    "count": ("", False, 11, "1A1A1A", "#,##0", "number", True, True),
    "date": ("", False, 11, "1A1A1A", "yyyy/m/d", "center", True, True),
    "moment": ("", False, 11, "1A1A1A", "yyyy/m/d h:mm", "center", True, True),
    "input": ("", False, 11, "1A1A1A", "@", "text", False, True),
    "input-choice": ("", False, 11, "1A1A1A", "@", "center", False, True),
    "input-number": ("", False, 11, "1A1A1A", "#,##0", "number", False, True),
    "wrong": ("FDEEEE", True, 11, "A90000", "@", "text", False, True),
}
_ALIGNMENTS = {
    "bare": Alignment(vertical="center"),
    "text": Alignment(vertical="top", wrap_text=True),
    "header": Alignment(vertical="center", horizontal="center", wrap_text=True),
    "center": Alignment(vertical="top", horizontal="center", wrap_text=True),
    "number": Alignment(vertical="top", horizontal="right"),
}
_EDGE = Side(style="thin", color="949494")
# What a condition may do to a cell: (fill, colour of the letters, bold).
_CONDITION_LOOKS = {
    "required": ("FFF4CC", "1A1A1A", False),
    "over": ("FFEEE2", "8B3200", True),
    "done": ("E6F5EC", "115A36", True),
    "open": ("FFF4CC", "8B3200", True),
}


def write(sheets: Sequence[Sheet], *, title: str, creator: str = "") -> bytes:
    """The workbook; the first sheet is the one that opens."""
    made = BytesIO()
    write_to(made, sheets, title=title, creator=creator)
    return made.getvalue()


def write_to(out: IO[bytes], sheets: Sequence[Sheet], *, title: str, creator: str = "") -> None:
    """The same into a file: rows are taken one by one, and none is kept."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator, book.properties.title = creator, title
    for sheet in sheets:
        _lay_out(book, sheet)
    styles = _styles(book)
    skeleton = BytesIO()
    book.save(skeleton)
    parts = {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in enumerate(sheets, start=1)}
    packing = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with zipfile.ZipFile(skeleton) as source, packing as target:
        for part in source.namelist():
            if part in parts:
                _pour(target, part, source.read(part), parts[part], styles)
            else:
                target.writestr(part, source.read(part))


def _lay_out(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.title)
    first, last = sheet.header_row + 1, sheet.last_row
    for place, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = column.width
        if (rule := _validation(column)) and sheet.count:
            rule.add(f"{letter}{first}:{letter}{last}")
            page.add_data_validation(rule)
    for condition in sheet.conditions if sheet.count else ():
        cells = f"{get_column_letter(condition.first)}{first}:{get_column_letter(condition.last)}{last}"
        page.conditional_formatting.add(cells, _rule(condition, first))
    for name, (listed, top, bottom) in sheet.names.items():
        letter = get_column_letter(listed)
        cells = f"'{sheet.title}'!${letter}${top}:${letter}${bottom}"
        book.defined_names[name] = DefinedName(name, attr_text=cells)
    if sheet.has_header:
        page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}{first}"
        page.print_title_rows = f"{max(sheet.header_row - sheet.has_band, 1)}:{sheet.header_row}"
        page.auto_filter.ref = f"A{sheet.header_row}:{get_column_letter(len(sheet.columns))}{last}"
    _protect(page, sheet)
    _set_up_print(page, sheet)


def _validation(column: Column) -> DataValidation | None:
    if column.choices:
        rule = DataValidation(type="list", formula1=column.choices, allow_blank=True)
        rule.error = "一覧から選んでください。"
    elif column.whole:
        rule = DataValidation(type="whole", operator="between", formula1="0", formula2=str(column.whole))
        rule.allow_blank, rule.error = True, "数字だけを入れてください。"
    else:
        return None
    rule.errorTitle, rule.showErrorMessage = column.title.splitlines()[0][:31], True
    return rule


def _rule(condition: Condition, row: int) -> FormulaRule:
    fill, letters, bold = _CONDITION_LOOKS[condition.look]
    return FormulaRule(
        formula=[condition.formula.format(row=row)],
        fill=PatternFill(start_color=fill, end_color=fill, fill_type="solid"),
        font=Font(color=letters, bold=bold),
    )


def _protect(page: Any, sheet: Sheet) -> None:
    """Against slips, not against people: there is no password, and what only changes the view stays allowed."""
    guard = page.protection
    guard.sheet = sheet.protected
    guard.formatCells = guard.formatColumns = guard.formatRows = guard.sort = guard.autoFilter = False


def _set_up_print(page: Any, sheet: Sheet) -> None:
    page.page_setup.paperSize = 8 if sheet.is_wide else 9  # A3, A4
    page.page_setup.orientation = "landscape" if sheet.is_wide else "portrait"
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top = page.page_margins.bottom = 0.6
    page.oddFooter.left.text, page.oddFooter.right.text = sheet.foot.replace("&", "＆"), "&P / &N"


def _styles(book: Workbook) -> dict[str, Style]:
    return {name: _style(book, *look) for name, look in _LOOKS.items()}


def _style(
    book: Workbook, fill: str, bold: bool, size: int, letters: str, shown: str, place: str, locked: bool, edged: bool
) -> Style:
    cell = LibraryCell(book.worksheets[0], row=1, column=1)
    cell.font = Font(name=FONT, size=size, bold=bold, color=letters)
    if fill:
        cell.fill = PatternFill(start_color=fill, end_color=fill, fill_type="solid")
    if edged:
        cell.border = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
    cell.alignment, cell.number_format, cell.protection = _ALIGNMENTS[place], shown, Protection(locked=locked)
    normal = cell.style_id
    cell._style.quotePrefix = 1
    return Style(normal, cell.style_id)


def _pour(target: zipfile.ZipFile, part: str, skeleton: bytes, sheet: Sheet, styles: dict[str, Style]) -> None:
    """Write one sheet's file with its rows where the library left none."""
    # The library wrote the extent of an empty sheet; the element may be left out.
    skeleton = re.sub(rb"<dimension [^>]*/>", b"", skeleton)
    before, found, after = re.split(rb"(<sheetData ?/>|<sheetData></sheetData>)", skeleton, maxsplit=1)
    del found
    with target.open(part, "w") as out:
        out.write(before + b"<sheetData>")
        for row in rows_of(sheet, styles):
            out.write(row.encode())
        out.write(b"</sheetData>" + after)


# ---- in --------------------------------------------------------------------------
_MAIN = f"{{{SHEET_MAIN_NS}}}"
_ROW, _STRING = f"{_MAIN}row", f"{_MAIN}si"
_FORMULA, _NUMBER, _INLINE, _TEXT, _RUN = (f"{_MAIN}{name}" for name in ("f", "v", "is", "t", "r"))


class Book:
    """An uploaded workbook: its sheets by title, and their rows as they were typed."""

    def __init__(self, file: IO[bytes], limits: Limits):
        self.limits = limits
        with warnings.catch_warnings():
            # The library warns of parts it leaves out; nothing but cells is wanted here.
            warnings.simplefilter("ignore")
            self._reader = reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read_manifest()
            self._strings = self._shared_strings()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            parts = set(reader.valid_files)
            self.sheets = {
                sheet.name: link.target for sheet, link in reader.parser.find_sheets() if link.target in parts
            }

    def _shared_strings(self) -> list[str]:
        part = self._reader.package.find(SHARED_STRINGS)
        if part is None:
            return []
        strings = []
        with self._reader.archive.open(part.PartName[1:]) as source:
            for _, node in iterparse(source):
                if node.tag == _STRING:
                    strings.append(plain(_words(node)))
                    node.clear()
        return strings

    def weight(self, title: str) -> int:
        """Bytes of a sheet when unpacked: what its reading will take, before it is read."""
        return int(self._reader.archive.getinfo(self.sheets[title]).file_size)

    def rows(self, title: str) -> Iterator[tuple[int, dict[int, Value]]]:
        """(number of the row, {number of the column: value}) of each row that holds anything.

        Refused in mid-way where the sheet cannot be read, or is longer than allowed.
        """
        found = 0
        try:
            with self._reader.archive.open(self.sheets[title]) as source:
                number = 0
                for _, element in iterparse(source):
                    if element.tag != _ROW:
                        continue
                    number = self._following(number, element.get("r"))
                    values = self._values(element)
                    element.clear()
                    if values:
                        found += 1
                        yield number, values
                    if found > self.limits.rows:
                        raise Refused(f"行が多すぎます。1つのシートで読み取れるのは{self.limits.rows:,}行までです。")
        except (Refused, GeneratorExit):
            raise
        except Exception as error:  # the library and the parsers beneath it raise anything on a mangled file
            raise Refused(BROKEN) from error

    @staticmethod
    def _following(last: int, given: str | None) -> int:
        """The number of the next row: rows stand in order, each once."""
        number = int(given or last + 1)
        if not last < number <= LAST_ROW:
            raise ValueError(given)
        return number

    def _values(self, row: Any) -> dict[int, Value]:
        values: dict[int, Value] = {}
        place = 0
        for cell in row:
            place = coordinate_to_tuple(cell.get("r"))[1] if cell.get("r") else place + 1
            value = self._value(cell)
            if value is not None and value != "" and place <= self.limits.columns:
                values[place] = value
        return values

    def _value(self, cell: Any) -> Value:
        kind, text = cell.get("t", "n"), cell.findtext(_NUMBER)
        if kind == "inlineStr":
            inline = cell.find(_INLINE)
            return None if inline is None else plain(_words(inline))
        if not text:
            return Unusable("=") if cell.find(_FORMULA) is not None and kind != "str" else None
        if kind == "s":
            return self._strings[int(text)]
        if kind == "str":
            return plain(text)
        if kind == "b":
            return bool(int(text))
        if kind == "e":
            return Unusable(text)
        return self._day(text) if kind == "d" else self._number(text, int(cell.get("s") or 0))

    @staticmethod
    def _day(text: str) -> Value:
        return datetime.datetime.fromisoformat(text.removesuffix("Z"))

    def _number(self, text: str, style: int) -> Value:
        number = float(text)
        book = self._reader.wb
        if style in book._date_formats:
            try:
                return from_excel(number, book.epoch, timedelta=style in book._timedelta_formats)  # type: ignore[no-any-return]
            except (OverflowError, ValueError):
                return number
        return int(number) if number.is_integer() else number


def _words(node: Any) -> str:
    """The text of a cell, whatever its letters look like; readings (ふりがな) are left out."""
    return "".join(
        (child.text if child.tag == _TEXT else child.findtext(_TEXT)) or ""
        for child in node
        if child.tag in (_TEXT, _RUN)
    )


def read(file: IO[bytes], name: str, limits: Limits = LIMITS) -> Book:
    """Open an uploaded .xlsx; Refused with what to do when it cannot be."""
    check(file, name, limits)
    try:
        return Book(file, limits)
    except Exception as error:  # as above: a mangled file may fail anywhere
        raise Refused(BROKEN) from error
