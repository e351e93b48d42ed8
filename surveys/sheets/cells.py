"""What all files share: rows of named cells, values people write in several ways, and sentences about each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.fiscal import ERAS
from mine_welfare.toolkit.text import narrow

LETTERS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
WAREKI = re.compile(r"(令和|平成|昭和|大正|明治|[RHSTM])\.?(\d{1,2}|元)年?度?", re.IGNORECASE)
WESTERN = re.compile(r"(\d{4})年?度?")


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell (or in a whole row or column); `row` counts as a spreadsheet does."""

    row: int
    column: str
    value: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.row}行目" + (f"「{self.column}」" if self.column else "")
        return f"{place}：{self.sentence}"


@dataclass(frozen=True)
class Change:
    """One value that would be written: what it is, how it stands now ("" where it is new), how it would be."""

    what: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        return "変更" if self.old else "追加"


@dataclass
class Reading:
    """All that a file says: the `records` an action writes, and what the page shows before that."""

    encoding: str = ""
    number: int = 0
    unchanged: int = 0
    records: list = field(default_factory=list)
    columns: list[tuple[str, str, int]] = field(default_factory=list)  # of answers: (column, question, how many)
    changes: list[Change] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def can_be_written(self) -> bool:
        return not self.problems and bool(self.records)


class Cells:
    """One row by the names of its columns; `problem` notes what is wrong with one of them."""

    def __init__(self, row: int, values: dict[str, str], problems: list[Problem]):
        self.row, self.values, self.problems = row, values, problems

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def problem(self, column: str, sentence: str) -> None:
        self.problems.append(Problem(self.row, column, self[column], sentence))

    def decimal(self, column: str) -> Decimal | None:
        """The number of a cell: 1,480 and １４８０ are one; None where it is empty or (a problem) not a number."""
        text = narrow(self[column]).replace(",", "").strip()
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.problem(
                column, f"「{self[column]}」は数ではありません。単位や「約」を付けずに、数だけを書いてください。"
            )
            return None
        return number

    def whole(self, column: str) -> int | None:
        number = self.decimal(column)
        if number is None:
            return None
        if number != number.to_integral_value() or number < 0:
            self.problem(column, f"「{self[column]}」は、0以上の整数で書いてください。")
            return None
        return int(number)

    def year(self, column: str) -> int | None:
        """The calendar year of 2024, 2024年, 令和6年 or R6; None where it is empty or (a problem) no year."""
        if not self[column]:
            return None
        year = year_of(self[column])
        if year is None:
            self.problem(
                column, f"「{self[column]}」は年として読めません。「2024」か「令和6年」のように書いてください。"
            )
        return year


def year_of(text: str) -> int | None:
    text = narrow(text).replace(" ", "")
    if western := WESTERN.fullmatch(text):
        year = int(western[1])
        return year if 1868 <= year <= 2200 else None
    if wareki := WAREKI.fullmatch(text):
        name = LETTERS.get(wareki[1].upper(), wareki[1])
        first = next(day.year for day, era in ERAS if era == name)
        number = 1 if wareki[2] == "元" else int(wareki[2])
        return first + number - 1 if number else None
    return None


def unknown(what: str, name: str) -> str:
    """The sentence for a name nothing has; merged cells leave every row but the first empty."""
    if not name:
        return "空です。結合したセルは結合を解いて、すべての行に書いてください。"
    return f"「{name}」という{what}はありません。いまの内容のファイルにある番号や識別名を書いてください。"


def check_columns(table: Table, required: Sequence[str], optional: Sequence[str] = ()) -> list[Problem]:
    """A column that is missing, and one the portal does not know."""
    known = (*required, *optional)
    missing = [Problem(1, name, "", "この列がありません。") for name in required if name not in table.columns]
    strange = [
        Problem(1, name, name, f"この列は使いません（使える列は、{'、'.join(known)}）。")
        for name in table.columns
        if name not in known
    ]
    return missing + strange


def rows(table: Table, problems: list[Problem]) -> Iterator[Cells]:
    for number, cells in table.rows:
        yield Cells(number, dict(zip(table.columns, cells, strict=True)), problems)


def numeric(value: Decimal | None) -> int | float | None:
    """A number for a file: 20992, 44.2."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def printed(value: Decimal | int | None) -> str:
    """A number as files and previews write it: 20992, 44.2, empty for none."""
    if value is None:
        return ""
    value = Decimal(value)
    return str(int(value)) if value == value.to_integral_value() else str(value.normalize())
