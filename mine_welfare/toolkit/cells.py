"""What a cell of a workbook holds: as people type it, as the file keeps it, as the portal takes it."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from .text import clean, narrow

LONGEST = 32_767  # UTF-16 units in one cell
Value = str | int | float | Decimal | bool | datetime.date | datetime.time | datetime.timedelta | None


@dataclass(frozen=True)
class Wrong:
    """A value that is given back with its cell marked."""

    value: Value


# `_x000D_` is how the format writes characters XML cannot hold; a text that only looks like one is masked.
UNDERSCORE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def written(text: str) -> str:
    """The text as a cell holds it: without control characters, cut where a cell ends."""
    text = clean(text)
    if len(text) > LONGEST // 2:
        text = text.encode("utf-16-le")[: LONGEST * 2].decode("utf-16-le", "ignore")
    return text


class Unusable(str):
    """What stands in a cell that holds no value of its own: a formula without result, or #REF!."""


def plain(text: str | None) -> str:
    """The text as it was typed: escapes of the format undone, control characters dropped."""
    return clean(_ESCAPED.sub(_unescaped, text or ""))


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


@dataclass(frozen=True)
class Problem:
    """One cell that cannot be taken: where (sheet and F12), what stood there, and what to do."""

    sheet: str
    cell: str
    column: str
    value: str
    sentence: str


@cache
def letter(place: int) -> str:
    """3 → C."""
    return (letter((place - 1) // 26) if place > 26 else "") + chr(ord("A") + (place - 1) % 26)


def as_text(value: Value) -> str:
    """A cell as a person reads it: 2026年4月1日 for a date, 12 for 12.0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, datetime.date):
        words = f"{value.year}年{value.month}月{value.day}日"
        timed = isinstance(value, datetime.datetime) and (value.hour or value.minute)
        return f"{words}{value:%H:%M}" if timed else words
    if isinstance(value, datetime.time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value)).strip()


def as_whole(value: Value) -> int | None:
    """A whole number however it was typed (「１２，５００」, 12500.0); None when empty, ValueError when it is none."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    text = narrow(as_text(value)).replace(",", "").replace(" ", "")
    return int(text) if text else None
