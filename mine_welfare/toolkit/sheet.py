"""A sheet without its library: what goes out (columns, rows), and where the columns are in what comes back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .cells import Value, Wrong
from .refusal import Refused
from .text import narrow


# ---- out -------------------------------------------------------------------------
@dataclass(frozen=True)
class Column:
    """One column. The first line of `title` is the name by which a returned file is read.

    `look` is a name of the list above; `formula` (with `{row}`) fills every row in
    place of a value; `choices` is the defined name of the list to choose from;
    `whole` allows whole numbers from 0 to it.
    """

    title: str
    width: float = 12
    look: str = "text"
    band: str = ""
    note: str = ""
    formula: str = ""
    choices: str = ""
    whole: int = 0

    @property
    def is_input(self) -> bool:
        return self.look.startswith("input")


@dataclass(frozen=True)
class Condition:
    """Cells of the columns from `first` to `last` take `look` where `formula` holds; `{row}` is the first row."""

    first: int
    last: int
    formula: str
    look: str


@dataclass
class Sheet:
    """One sheet: lines, a header (with a band above it where columns have one), rows.

    `rows` are sequences of values in the order of `columns`, `count` of them;
    `lines` are (look, text) above the header. With `names` {name: (column,
    first row of the list, last)} its cells can be chosen from elsewhere.
    `frozen` columns stay in sight, `protected` guards all but the input columns.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value | Wrong]] = ()
    count: int = 0
    lines: Sequence[tuple[str, str]] = ()
    conditions: Sequence[Condition] = ()
    names: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    frozen: int = 0
    protected: bool = True
    has_header: bool = True
    is_wide: bool = False
    foot: str = ""

    @property
    def header_row(self) -> int:
        return len(self.lines) + (1 if self.has_band else 0) + (1 if self.has_header else 0)

    @property
    def has_band(self) -> bool:
        return any(column.band for column in self.columns)

    @property
    def last_row(self) -> int:
        return max(self.header_row + self.count, 1)


# ---- back ------------------------------------------------------------------------
class Rows(Protocol):
    """A workbook as `toolkit.excel.read` gives it."""

    sheets: dict[str, str]

    def rows(self, title: str) -> Iterator[tuple[int, dict[int, Value]]]: ...


@dataclass(frozen=True)
class Table:
    """Where a list of columns was found in a book: sheet, header row, {title: column}, titles nobody asked for."""

    sheet: str
    header: int
    places: dict[str, int]
    extra: dict[int, str]


def name_of(title: Value) -> str:
    """A header cell as it is compared: its first line, without spaces, in one width."""
    lines = str(title).strip().splitlines()
    return "".join(narrow(lines[0]).split()) if lines else ""


def find_table(
    book: Rows, titles: Sequence[str], needed: Sequence[str], *, prefer: str, within: int = 30
) -> Table | None:
    """The first row among the first `within` of a sheet that has all `needed` titles; Refused when one stands twice."""
    wanted = {name_of(title): title for title in titles}
    for sheet in sorted(book.sheets, key=lambda title: title != prefer):
        for number, values in book.rows(sheet):
            if number > within:
                break
            names = {place: name_of(value) for place, value in values.items()}
            if {name_of(title) for title in needed} <= set(names.values()):
                return _table(sheet, number, names, wanted)
    return None


def _table(sheet: str, number: int, names: dict[int, str], wanted: dict[str, str]) -> Table:
    places: dict[str, int] = {}
    for place, name in names.items():
        if name in wanted and places.setdefault(wanted[name], place) != place:
            raise Refused(f"「{wanted[name]}」という列が2つあります。1つにしてから、もう一度選んでください。")
    extra = {place: name for place, name in names.items() if name not in wanted}
    return Table(sheet, number, places, extra)
