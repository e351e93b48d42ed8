"""Columns that several tables have."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from mine_welfare.toolkit.lists import Field
from mine_welfare.toolkit.markup import MOVES

from ..models import Cycle, Grade
from ..queries.structure import Distribution


def of_year(cycle: Cycle) -> Field:
    return Field("年度", lambda row: cycle.year, 8, "plain-number")


def yes(name: str) -> Callable[[Any], str]:
    return lambda row: "はい" if attrgetter(name)(row) else ""


def graded(name: str) -> Callable[[Any], str]:
    """達成度 at `name` as the scale words it."""

    def words(row: Any) -> str:
        grade = attrgetter(name)(row)
        return f"{grade.code} {grade.label}" if grade else ""

    return words


def moved(name: str) -> Callable[[Any], str]:
    return lambda row: MOVES.get(attrgetter(name)(row), "")


def joined(rows: Iterable[Any]) -> str:
    """Several of them in one cell, each on a line of its own."""
    return "\n".join(str(row) for row in rows)


def counts(grades: Iterable[Grade], distribution: Callable[[Any], Distribution | None]) -> list[Field]:
    """How many sheets got which letter, how many none, and n."""

    def number(row: Any, grade: Grade) -> int | None:
        found = distribution(row)
        return found.counts.get(grade.pk, 0) if found else None

    def of(name: str) -> Callable[[Any], int | None]:
        return lambda row: getattr(distribution(row), name, None)

    return [
        *(
            Field(f"{grade.code} {grade.label}", lambda row, grade=grade: number(row, grade), 12, "count")
            for grade in grades
        ),
        Field("未回答", of("unanswered"), 10, "count"),
        Field("n", of("n"), 8, "count"),
    ]
