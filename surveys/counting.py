"""Answers as columns of numbers, and what is counted from them. No models, no pages.

A column holds one number for each respondent, in the order of the file:

- one answer (SA, an item of a matrix): the place of the choice from 1, `NO_ANSWER`, or `NOT_ASKED`
- several answers (MA): a bit for each chosen place, 0 for none, or `NOT_ASKED_BITS`
- a number: itself, NaN for none, or infinity where it was not asked

`NOT_ASKED` (非該当) belongs to nobody's base.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np

NO_ANSWER, NOT_ASKED = 0, -1
MOST_CHOICES = 62
NOT_ASKED_BITS = 1 << MOST_CHOICES
SINGLE, MULTIPLE, NUMBER = "<i2", "<u8", "<f8"


@dataclass(frozen=True)
class Column:
    """The answers to one question; `labels` are its choices in their order, without 無回答."""

    form: str  # SINGLE, MULTIPLE or NUMBER
    values: np.ndarray
    labels: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, form: str, content: bytes, labels: list[str]) -> "Column":
        """The column packed as `content`."""
        return cls(form, np.frombuffer(content, dtype=form), labels)

    @property
    def is_asked(self) -> np.ndarray:
        """Who was asked at all."""
        if self.form == NUMBER:
            return ~np.isinf(self.values)
        return self.values != (NOT_ASKED_BITS if self.form == MULTIPLE else NOT_ASKED)

    @cached_property
    def answered(self) -> np.ndarray:
        """One row for each choice and a last one for 無回答: who gave that answer. For SINGLE and MULTIPLE."""
        places = range(len(self.labels))
        if self.form == MULTIPLE:
            rows = [(self.values >> np.uint64(place)) & np.uint64(1) for place in places]
            rows = [row.astype(bool) & self.is_asked for row in rows]
        else:
            rows = [self.values == place + 1 for place in places]
        return np.array([*rows, self.values == NO_ANSWER])


def everyone(size: int, filters: list[tuple[Column, int]]) -> np.ndarray:
    """Who is counted: all, or those who gave one answer (column, place from 1) in each of `filters`."""
    kept = np.ones(size, dtype=bool)
    for column, place in filters:
        kept &= column.values == place
    return kept


@dataclass(frozen=True)
class Counts:
    """A table of counts: a row for each group, a column for each choice and a last one for 無回答.

    `bases` says how many people of each group were asked.
    """

    bases: np.ndarray
    cells: np.ndarray


def count(target: Column, kept: np.ndarray) -> Counts:
    """One row: everyone who is counted."""
    asked = kept & target.is_asked
    return Counts(np.array([asked.sum()]), (target.answered & asked).sum(axis=1)[np.newaxis, :])


def cross(target: Column, by: Column, kept: np.ndarray) -> Counts:
    """A row for each choice of `by` (one answer) and a last one for its 無回答; who was not asked it is left out."""
    asked = kept & target.is_asked & by.is_asked
    groups = len(by.labels) + 1
    # 無回答 (0) stands last, like everywhere in the portal.
    group = np.where(by.values == NO_ANSWER, groups, by.values)[asked] - 1
    cells = [np.bincount(group[row[asked]], minlength=groups) for row in target.answered]
    return Counts(np.bincount(group, minlength=groups), np.array(cells).T)


def percent(part: int, base: int) -> Decimal:
    """The share in percent, half rounded up to one decimal: 1 of 16 is 6.3."""
    return Decimal((2000 * int(part) + int(base)) // (2 * int(base))) / 10


@dataclass(frozen=True)
class Summary:
    """What is said of a question answered with numbers."""

    base: int
    answered: int
    mean: Decimal
    median: Decimal
    lower: Decimal  # a quarter of the answers lies below, a quarter above `upper`
    upper: Decimal


def summarize(target: Column, kept: np.ndarray) -> Summary | None:
    """Mean, median and quartiles of the numbers given; None where nobody gave one.

    Smallest and largest are left out: they may belong to one person.
    """
    asked = target.values[kept & target.is_asked]
    given = asked[~np.isnan(asked)]
    if not given.size:
        return None
    lower, median, upper = np.quantile(given, [0.25, 0.5, 0.75])
    values = [_rounded(value) for value in (given.mean(), median, lower, upper)]
    return Summary(asked.size, given.size, *values)


def _rounded(value: float) -> Decimal:
    return Decimal(int(np.floor(float(value) * 10 + 0.5))) / 10
