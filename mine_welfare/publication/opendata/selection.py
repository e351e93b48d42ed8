"""Choosing rows of a table as the API's address asks, and one page of them.

A table is filtered as its file has it, row by row: what the API says is the
file by construction, and no column of the database can be asked for that the
file does not show.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from .codes import FIXED
from .table import Column, Resource

PER_PAGE, MOST = 100, 500
PAGE, SIZE = "page", "per_page"
WHOLE = re.compile(r"[0-9]{1,9}")
LONGEST = 200  # characters of a value; longer than any code


class BadRequest(ValueError):
    """What is wrong with one parameter, as a sentence."""

    def __init__(self, parameter: str, sentence: str):
        super().__init__(sentence)
        self.parameter, self.sentence = parameter, sentence


@dataclass(frozen=True)
class Selection:
    """Which rows are wanted: for each column its values as the file has them ("" is empty), and which page."""

    wanted: dict[str, frozenset]
    page: int = 1
    per_page: int = PER_PAGE
    # The filters as they were given, for the addresses of the other pages.
    given: tuple[tuple[str, str], ...] = ()

    def query(self, page: int) -> str:
        return urlencode([*self.given, (PAGE, page), (SIZE, self.per_page)])


@dataclass(frozen=True)
class PageOf:
    """One page of the chosen rows."""

    items: list[dict]
    total: int
    selection: Selection

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.selection.per_page))

    @property
    def links(self) -> dict[str, int]:
        """The pages that can be turned to, by the names of the Link header."""
        page = self.selection.page
        found = {"first": 1, "prev": page - 1, "next": page + 1, "last": self.last}
        return {name: number for name, number in found.items() if 1 <= number <= self.last}


def read(resource: Resource, given: dict[str, list[str]]) -> Selection:
    """The selection an address asks for; BadRequest for what it cannot ask."""
    known = [*resource.filters, PAGE, SIZE]
    wanted = {}
    for name, values in given.items():
        if name not in known:
            raise BadRequest(name, f"この名前の条件はありません。使える条件は、{'、'.join(known)}です。")
        if name not in (PAGE, SIZE):
            wanted[name] = frozenset(_value(name, resource.filters[name], value) for value in values)
    numbers = {name: _number(name, given.get(name, [])) for name in (PAGE, SIZE)}
    if (numbers[SIZE] or 0) > MOST:
        raise BadRequest(SIZE, f"1ページの行数は、1から{MOST}までの整数で指定してください。")
    filters = tuple((name, value) for name in wanted for value in given[name])
    return Selection(wanted, numbers[PAGE] or 1, numbers[SIZE] or PER_PAGE, filters)


def _number(name: str, values: list[str]) -> int | None:
    if not values:
        return None
    if len(values) > 1 or not WHOLE.fullmatch(values[0]) or int(values[0]) < 1:
        raise BadRequest(name, "1以上の整数を、1つだけ指定してください。")
    return int(values[0])


def _value(name: str, column: Column, value: str) -> str | int | None:
    """A value as the rows have it; an empty one asks for what is empty."""
    if value == "" and column.blank:
        return None
    if column.kind == "integer":
        if not WHOLE.fullmatch(value):
            raise BadRequest(name, f"「{column.label}」は、半角数字の整数で指定してください。")
        return int(value)
    if column.codes in FIXED and value not in (codes := [code.code for code in FIXED[column.codes].codes]):
        raise BadRequest(name, f"「{column.label}」に指定できるのは、{'、'.join(codes)}です。")
    if not value or len(value) > LONGEST or "\0" in value:
        raise BadRequest(name, f"「{column.label}」は、1文字以上{LONGEST}文字以下で指定してください。")
    return value


def choose(rows: Iterable[dict], selection: Selection) -> PageOf:
    """One page of the rows that have one of the wanted values in each of the columns."""
    found = [row for row in rows if all(row[name] in values for name, values in selection.wanted.items())]
    start = (selection.page - 1) * selection.per_page
    return PageOf(found[start : start + selection.per_page], len(found), selection)
