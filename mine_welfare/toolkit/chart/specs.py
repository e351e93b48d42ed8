"""What a chart shows: labels, series of values, and what must stand under it. No drawing, no words of the plan.

    labels   A        B        C           one bar, one year or one column of a heat map
    series   (v, v, v)                     one value for each label; None or a Value without number is a gap

A gap stays a gap in every rendering. Numbers are ints, floats or Decimals in
`unit`; shares are percent (44.2, not 0.442).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ClassVar

Number = int | float | Decimal
# Fills that stay apart in black and white; 0 is for 無回答 and its like. The same names as the f-… classes.
TONES = ("1", "2", "3", "4", "5", "6")
NO_ANSWER = "0"


@dataclass(frozen=True)
class Value:
    """One number, or why there is none.

    `words` stand in the place of a number that is not known (of a heat map: the
    letter that is shown), `said` is what they mean when read aloud. `mark` (※)
    follows the number; a note of the chart says what it means. `href` leads to
    the rows behind the number.
    """

    number: Number | None = None
    words: str = ""
    mark: str = ""
    tone: str = ""
    href: str = ""
    said: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Series:
    """Values that belong together: one colour in a chart, one row of a heat map. `tone` overrides the order's."""

    label: str
    values: Sequence[Value]
    tone: str = ""
    href: str = ""
    group: str = ""  # heat map: the heading the row stands under


def values(numbers: Iterable[Number | None]) -> tuple[Value, ...]:
    """Plain numbers as values; None is a gap."""
    return tuple(Value(number) for number in numbers)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What every chart has. Make one of the kinds below.

    `n` is the base of shares, `source` follows 出所, `notes` are printed
    below, `gap` is said where a value is not known, `reading` replaces the
    generated sentence, `most` is the adjective it uses (多い, 高い, 大きい).
    `anchor` is the id of the figure on its page.
    """

    kind: ClassVar[str] = ""

    title: str
    labels: Sequence[str] = ()
    series: Sequence[Series] = ()
    unit: str = "%"
    n: int | None = None
    source: str = ""
    notes: Sequence[str] = ()
    gap: str = "値の記載なし"
    reading: str = ""
    most: str = "多い"
    anchor: str = ""
    head: str = "項目"  # of the first column of the table
    maximum: Number | None = None  # the end of the scale; else the largest value, of shares 100

    def __post_init__(self) -> None:
        for one in self.series:
            if len(one.values) != len(self.labels):
                raise ValueError(f"{self.title}: {one.label} has {len(one.values)} values, {len(self.labels)} labels")

    @property
    def numbers(self) -> list[Number]:
        """Every known number."""
        return [value.number for one in self.series for value in one.values if value.number is not None]

    @property
    def top(self) -> float:
        """The end of the scale."""
        if self.maximum is not None:
            return float(self.maximum) or 1.0
        if self.unit == "%":
            return 100.0
        return max((abs(float(number)) for number in self.numbers), default=1.0) or 1.0

    @property
    def has_gaps(self) -> bool:
        return any(value.number is None for one in self.series for value in one.values)

    def rows(self) -> Iterator[tuple[str, list[tuple[Series, Value]]]]:
        """(label, its value in each series) from first to last."""
        for place, label in enumerate(self.labels):
            yield label, [(one, one.values[place]) for one in self.series]

    def tone(self, place: int) -> str:
        """The fill of the series at `place`."""
        return self.series[place].tone or TONES[place % len(TONES)]


@dataclass(frozen=True, kw_only=True)
class Bars(Chart):
    """One bar for each label, in the order given: a question with one answer, quantities side by side."""

    kind: ClassVar[str] = "bars"


@dataclass(frozen=True, kw_only=True)
class RankedBars(Bars):
    """Bars from the longest down, gaps last: a question with several answers (MA). `last` stay at the end (無回答)."""

    last: Sequence[str] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.series) != 1:
            raise ValueError(f"{self.title}: ranked bars have one series")
        values = self.series[0].values

        def place(index: int) -> tuple[bool, bool, float]:
            number = values[index].number
            return self.labels[index] in self.last, number is None, -float(number or 0)

        order = sorted(range(len(self.labels)), key=place)
        object.__setattr__(self, "labels", tuple(self.labels[index] for index in order))
        object.__setattr__(self, "series", (replace(self.series[0], values=tuple(values[index] for index in order)),))


@dataclass(frozen=True, kw_only=True)
class GroupedBars(Chart):
    """Several bars for each label: two surveys, two sexes. Not more than four series stay readable."""

    kind: ClassVar[str] = "grouped"


@dataclass(frozen=True, kw_only=True)
class Stacked(Chart):
    """100 % bars: each label a bar, each series a part of it. Values are shares, or counts of a `unit` (件).

    `bases` is the n of each bar. Counts are drawn as parts of their own sum;
    shares (unit %) fill the bar as far as they are known, the rest stays empty.
    """

    kind: ClassVar[str] = "stacked"
    bases: Sequence[int | None] = ()
    hrefs: Sequence[str] = ()  # where the label of each bar leads

    def whole(self, place: int) -> float:
        """What the full length of the bar at `place` stands for."""
        total = float(sum(one.values[place].number or 0 for one in self.series))
        return max(total, 100.0) if self.unit == "%" else total or 1.0


@dataclass(frozen=True, kw_only=True)
class Lines(Chart):
    """Values through the years: labels are the years in order, a gap interrupts the line."""

    kind: ClassVar[str] = "lines"
    most: str = "大きい"
    head: str = "年"


@dataclass(frozen=True, kw_only=True)
class HeatMap(Chart):
    """A table whose cells are filled: labels are its columns, series its rows.

    A value with a number is shaded by it (with the number printed); one with a
    tone (a to d, n of the ratings) shows its words, and `said` aloud.
    """

    kind: ClassVar[str] = "heat"
    corner: str = ""  # over the first column


@dataclass(frozen=True, kw_only=True)
class Multiples(Chart):
    """Small multiples: several charts of one kind, on one scale where `shared`."""

    kind: ClassVar[str] = "multiples"
    charts: Sequence[Chart] = field(default_factory=tuple)
    shared: bool = True

    def __post_init__(self) -> None:
        if self.shared and self.charts:
            top = max(one.top for one in self.charts)
            object.__setattr__(self, "charts", tuple(replace(one, maximum=top) for one in self.charts))
