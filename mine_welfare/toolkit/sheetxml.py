"""The rows of a sheet as the XML of its file: text stays text, and numbers what they are."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from .cells import UNDERSCORE, Value, Wrong, letter, written
from .flat import FORMULA_STARTS
from .sheet import Column, Sheet

LINE, HIGHEST = 14.5, 409  # points: one line of 11 pt, the tallest row there is
DAY_ZERO = datetime.datetime(1899, 12, 30)
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


@dataclass(frozen=True)
class Style:
    """Numbers of a look in the file's list: as it is, and for text that a later edit would make a formula."""

    normal: int
    quoted: int


def rows_of(sheet: Sheet, styles: dict[str, Style]) -> Iterator[str]:
    number = 0
    for number, (look, text) in enumerate(sheet.lines, start=1):
        yield f'<row r="{number}" ht="{26 if look == "title" else 20}">{_cell(f"A{number}", styles[look], text)}</row>'
    widths = [column.width for column in sheet.columns]
    letters = [letter(place) for place in range(1, len(sheet.columns) + 1)]
    if sheet.has_band:
        number += 1
        yield _row(number, letters, [styles["band"]] * len(letters), _bands(sheet.columns))
    if sheet.has_header:
        number += 1
        titles = ["\n".join(filter(None, (column.title, column.note))) for column in sheet.columns]
        yield _row(number, letters, [styles["header"]] * len(letters), titles, widths=widths)
    looks = [styles[column.look] for column in sheet.columns]
    formulas = [column.formula for column in sheet.columns]
    for place, values in enumerate(sheet.rows, start=number + 1):
        yield _row(place, letters, looks, values, widths=widths, formulas=formulas, wrong=styles["wrong"])


def _bands(columns: Sequence[Column]) -> list[str]:
    """The words of a band stand once, at its first column."""
    before = ["", *(column.band for column in columns)]
    return [column.band if column.band != before[place] else "" for place, column in enumerate(columns)]


def _row(
    number: int,
    letters: Sequence[str],
    looks: Sequence[Style],
    values: Sequence[Value | Wrong],
    *,
    widths: Sequence[float] = (),
    formulas: Sequence[str] = (),
    wrong: Style | None = None,
) -> str:
    cells = []
    for place, value in enumerate(values):
        reference, look = f"{letters[place]}{number}", looks[place]
        if formulas and formulas[place]:
            formula = escape(formulas[place].format(row=number))
            cells.append(f'<c r="{reference}" s="{look.normal}"><f>{formula}</f></c>')
        elif isinstance(value, Wrong):
            cells.append(_cell(reference, wrong or look, value.value))
        else:
            cells.append(_cell(reference, look, value))
    height = f' ht="{_height(values, widths)}"' if widths else ""
    return f'<row r="{number}"{height}>{"".join(cells)}</row>'


def _height(values: Sequence[Value | Wrong], widths: Sequence[float]) -> float:
    """Points a row needs for its longest text; the row still grows when somebody writes more."""
    most = 1
    for value, width in zip(values, widths, strict=False):
        if isinstance(value, str) and (len(value) * 2 > width or "\n" in value):
            # In UTF-8 a full-width letter has three bytes and takes two places, a half-width one has and takes one.
            places = (len(value.encode()) + len(value)) // 2
            most = max(most, int(places // (width - 1)) + value.count("\n") + 1)
    return min(most * LINE + 4, HIGHEST)


def _cell(reference: str, look: Style, value: Value) -> str:
    if value is None or value == "":
        return f'<c r="{reference}" s="{look.normal}"/>'
    if isinstance(value, datetime.date):
        value = _days(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f'<c r="{reference}" s="{look.normal}"><v>{value}</v></c>'
    text = written(str(value))
    style = look.quoted if text.startswith(FORMULA_STARTS) else look.normal
    text = escape(UNDERSCORE.sub("_x005F_", text))
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _days(value: datetime.date) -> float:
    """A day, or a moment to the minute in the zone it is given in, as the format counts them."""
    if not isinstance(value, datetime.datetime):
        return (value - DAY_ZERO.date()).days
    return (value.replace(tzinfo=None) - DAY_ZERO) // MINUTE / (DAY / MINUTE)
