"""The columns of the staff's tables of the component, for Excel and CSV."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from measures.lists.columns import counts, graded, of_year
from measures.models import Cycle, Indicator, IndicatorValue
from measures.queries.structure import grades_of
from mine_welfare.toolkit.cells import Value
from mine_welfare.toolkit.lists import Field

from .queries import Answer, ComponentPlan, Row


def areas(cycle: Cycle) -> list[Field]:
    """重点項目ごとの達成度: rows are (重点項目, its counts)."""
    return [
        of_year(cycle),
        Field("重点項目", lambda row: str(row[0].focus), 40),
        *counts(grades_of(cycle.scale), lambda row: row[1]),
    ]


def lines(page: ComponentPlan) -> Iterator[tuple[str, Row, Answer]]:
    """A line for each organization that answers for an action."""
    parts = [(str(area.focus), area.rows) for area in page.areas]
    others = [(str(row.action.actor), [row]) for row in page.others]
    for heading, rows in chain(parts, others):
        yield from ((heading, row, answer) for row in rows for answer in row.answers)


def _rating(line: tuple[str, Row, Answer]) -> str:
    """達成度 where it is confirmed; else how far the sheet is, or why there is none."""
    answer = line[2]
    if answer.grade:
        return graded("grade")(answer)
    return answer.sheet.stage.label if answer.sheet else answer.gap


def _direction(line: tuple[str, Row, Answer]) -> str:
    return str(line[2].sheet.direction or "") if line[2].grade else ""


def rows(cycle: Cycle) -> list[Field]:
    """取組ごとの状況: rows are those of `lines`."""
    return [
        of_year(cycle),
        Field("重点項目", lambda line: line[0], 30),
        Field("番号", lambda line: line[1].action.code, 12),
        Field("取組", lambda line: line[1].action.title, 40),
        Field("担当", lambda line: line[2].wording, 18),
        Field("達成度", _rating, 18),
        Field("今後の方向性", _direction, 14),
    ]


# 協力者の名簿.
PARTNERS = [
    Field("名称", lambda partner: partner.name, 30),
    Field("役割", lambda partner: partner.role, 50),
    Field("連絡先", lambda partner: partner.contact, 30),
    Field("調査での名称", lambda partner: partner.known_as, 24),
]

# 行事のお知らせ.
EVENTS = [
    Field("行事", lambda event: event.title, 36),
    Field("日（始まり）", lambda event: event.starts_on, 14, "date"),
    Field("日（終わり）", lambda event: event.ends_on, 14, "date"),
    Field("場所", lambda event: event.place, 24),
    Field("内容", lambda event: event.text, 60),
]


def years(indicators: Iterable[Indicator]) -> Iterator[tuple[Indicator, IndicatorValue | None]]:
    """A line for each year an indicator has something; one for an indicator without any."""
    return ((one, value) for one in indicators for value in one.known or [None])


def _of(name: str) -> Callable[[tuple], Value]:
    return lambda line: getattr(line[1], name) if line[1] else None


# 目標指標: rows are those of `years`.
INDICATORS = [
    Field("目標指標", lambda line: str(line[0]), 30),
    Field("単位", lambda line: line[0].unit, 10),
    Field("基準値", lambda line: line[0].baseline, 12, "plain-number"),
    Field("基準の時点", lambda line: line[0].baseline_year, 14),
    Field("目標値", lambda line: line[0].target, 12, "plain-number"),
    Field("目標の年度", lambda line: line[0].target_year, 12, "plain-number"),
    Field("年度", _of("year"), 8, "plain-number"),
    Field("実績値", _of("actual"), 12, "plain-number"),
    Field("値なしの理由", _of("reason"), 30),
]
