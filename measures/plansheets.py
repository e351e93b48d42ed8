"""計画のExcel: the columns of every sheet of the plan's structure, one list for both directions.

Out: a row of the database becomes plain values (text, whole numbers, codes),
and those become cells. In: cells become plain values and problems. Nothing
here asks who may, and nothing is written. What else the workbook holds is in
`planworkbook`; what came back is judged by `actions.planreturned`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from mine_welfare.toolkit.cells import Problem, Unusable, Value, as_text, letter, written
from mine_welfare.toolkit.sheet import Column, Table
from mine_welfare.toolkit.text import clean
from plans.actions import LONGEST_TEXT
from plans.models import BasicGoal, BasicPolicy, Plan

from .models import Action, ActionGroup, Measure, RoleItem
from .plancells import (
    ACTORS,
    COMMISSIONS,
    COMPONENTS,
    FORMS,
    OFFICES,
    SEPARATOR,
    Choice,
    Code,
    Kind,
    Lines,
    Lists,
    Several,
    Shown,
    Whole,
    Words,
)

NEW = "新"  # a new row that others of the file name: 新1, 新2


# ---- columns -------------------------------------------------------------------------
@dataclass(frozen=True)
class PlanColumn:
    """One column: its kind, its look, and what it shows of a row of the database as a plain value.

    `part` is key (which row it is), fixed (says where a new row belongs and
    never changes), word (what the plan says) or show (for people only).
    """

    name: str
    part: str
    title: str
    kind: Kind
    value: Callable[[Any], Any]
    width: float = 12
    note: str = ""

    @property
    def column(self) -> Column:
        look = self.kind.look if self.part != "show" else "text"
        choices = self.kind.listed if isinstance(self.kind, Choice) else ""
        return Column(self.title, self.width, look, note=self.note, choices=choices)


@dataclass(frozen=True)
class Part:
    """One sheet: what it holds, its columns, and how many empty rows wait at its end for new ones."""

    name: str
    what: str
    sheet: str
    columns: tuple[PlanColumn, ...]
    needed: tuple[str, ...]
    spare: int = 0

    @property
    def read(self) -> tuple[PlanColumn, ...]:
        return tuple(column for column in self.columns if column.part != "show")

    @property
    def words(self) -> tuple[PlanColumn, ...]:
        return tuple(column for column in self.columns if column.part == "word")

    @property
    def fixed(self) -> tuple[PlanColumn, ...]:
        return tuple(column for column in self.columns if column.part == "fixed")

    @property
    def keys(self) -> tuple[PlanColumn, ...]:
        return tuple(column for column in self.columns if column.part == "key")

    def by_name(self, name: str) -> PlanColumn:
        return next(column for column in self.columns if column.name == name)

    def plain(self, row: Any) -> dict[str, Any]:
        """A row of the database as plain values."""
        return {column.name: column.value(row) for column in self.columns}

    def key(self, values: dict[str, Any]) -> str:
        return " ".join(values.get(column.name) or "" for column in self.keys).strip()

    def title_of(self, values: dict[str, Any]) -> str:
        """What a person calls the row."""
        return next((values[name] for name in ("title", "short_title", "text") if values.get(name)), "")[:200]


def _words(model: type, name: str, *, is_needed: bool = False) -> Words:
    return Words(model._meta.get_field(name).max_length or LONGEST_TEXT, is_needed)


_MEASURE = PlanColumn("measure", "fixed", "施策番号", Code(), lambda row: row.measure.code, 11)
_ACTOR = PlanColumn("actor", "fixed", "担い手", Choice(ACTORS), lambda row: row.actor.code, 18)
_OF = PlanColumn("of", "show", "施策の名称（参考）", Shown(), lambda row: row.measure.title, 20)

PLAN = Part(
    "plan", "計画", "計画",
    (
        PlanColumn("slug", "key", "識別名", Code(), lambda row: row.slug, 12),
        PlanColumn("titles", "word", "計画名", Lines(), lambda row: list(row.titles), 40, "1行に1つ"),
        PlanColumn("short_title", "word", "計画名（短い形）", _words(Plan, "short_title", is_needed=True),
                   lambda row: row.short_title, 36),
        PlanColumn("subtitle", "word", "副題", _words(Plan, "subtitle"), lambda row: row.subtitle, 30),
        PlanColumn("vision", "word", "基本理念", _words(Plan, "vision", is_needed=True), lambda row: row.vision, 36),
        PlanColumn("lead", "word", "ポータルの説明", _words(Plan, "lead"), lambda row: row.lead, 50),
        PlanColumn("years", "show", "期間（参考）", Shown(), lambda row: f"{row.start_year}〜{row.end_year}年度", 16),
    ),
    ("識別名", "計画名"),
)  # fmt: skip
GOALS = Part(
    "goal", "基本目標", "基本目標",
    (
        PlanColumn("code", "key", "目標番号", Code(), lambda row: row.code, 10),
        PlanColumn("title", "word", "基本目標", _words(BasicGoal, "title", is_needed=True), lambda row: row.title, 50),
    ),
    ("目標番号", "基本目標"), spare=5,
)  # fmt: skip
POLICIES = Part(
    "policy", "基本施策", "基本施策",
    (
        PlanColumn("code", "key", "基本施策番号", Code(), lambda row: row.code, 13),
        PlanColumn("goal", "fixed", "目標番号", Code(), lambda row: row.goal.code, 10),
        PlanColumn("title", "word", "基本施策", _words(BasicPolicy, "title", is_needed=True),
                   lambda row: row.title, 40),
        PlanColumn("issues", "word", "現状と課題", _words(BasicPolicy, "issues"), lambda row: row.issues, 100,
                   "段落ごとに改行"),
    ),
    ("基本施策番号", "基本施策"), spare=10,
)  # fmt: skip
MEASURES = Part(
    "measure", "施策", "施策",
    (
        PlanColumn("code", "key", "施策番号", Code(), lambda row: row.code, 11),
        PlanColumn("policy", "fixed", "基本施策番号", Code(), lambda row: row.policy.code, 13),
        PlanColumn("title", "word", "施策", _words(Measure, "title", is_needed=True), lambda row: row.title, 40),
        PlanColumn("introduction", "word", "説明", _words(Measure, "introduction"), lambda row: row.introduction, 100,
                   "段落ごとに改行"),
    ),
    ("施策番号", "施策"), spare=15,
)  # fmt: skip
GROUPS = Part(
    "group", "取組のまとまり", "まとまり",
    (
        PlanColumn("measure", "key", "施策番号", Code(), lambda row: row.measure.code, 11),
        PlanColumn("label", "key", "記号", _words(ActionGroup, "label", is_needed=True), lambda row: row.label, 8),
        PlanColumn("title", "word", "まとまりの名称", _words(ActionGroup, "title", is_needed=True),
                   lambda row: row.title, 40),
        PlanColumn("closing", "word", "結びの文", _words(ActionGroup, "closing"), lambda row: row.closing, 60),
        PlanColumn("see", "word", "参照する施策", Code(), lambda row: row.see.code if row.see else "", 11),
    ),
    ("記号", "まとまりの名称"), spare=10,
)  # fmt: skip
ROLES = Part(
    "role", "役割", "役割",
    (
        PlanColumn("number", "key", "役割番号", Code(), lambda row: str(row.pk), 10, "ポータルが付けます"),
        _MEASURE,
        _OF,
        _ACTOR,
        PlanColumn("position", "word", "順", Whole(), lambda row: row.position, 6),
        PlanColumn("text", "word", "文章", _words(RoleItem, "text", is_needed=True), lambda row: row.text, 90,
                   "2行目からは箇条書き"),
    ),
    ("役割番号", "文章"), spare=40,
)  # fmt: skip
ACTIONS = Part(
    "action", "取組", "取組",
    (
        PlanColumn("code", "key", "取組番号", Code(), lambda row: row.code, 12),
        _MEASURE,
        _OF,
        _ACTOR,
        PlanColumn("group", "word", "まとまり", Words(), lambda row: row.group.label if row.group else "", 9, "記号"),
        PlanColumn("title", "word", "取組", _words(Action, "title", is_needed=True), lambda row: row.title, 28),
        PlanColumn("content", "word", "内容", _words(Action, "content", is_needed=True), lambda row: row.content, 60,
                   "段落ごとに改行"),
        PlanColumn("commission", "word", "受託", Choice(COMMISSIONS, ""), lambda row: row.commission, 12),
        PlanColumn("form", "word", "様式", Choice(FORMS, Action.Form.STANDARD), lambda row: row.form, 8),
        PlanColumn("components", "word", "構成計画", Several(COMPONENTS),
                   lambda row: sorted(one.code for one in row.components.all()), 26, "いくつかは／で"),
        PlanColumn("organizations", "word", "担当", Several(OFFICES), lambda row: _answering(row), 22,
                   "いくつかは／で"),
        PlanColumn("wordings", "show", "計画書の担当の表記（参考）", Shown(), lambda row: _wordings(row), 16),
        PlanColumn("repeats", "word", "再掲元の取組", Code(), lambda row: row.repeats.code if row.repeats else "", 12),
        PlanColumn("see", "word", "参照する施策", Code(), lambda row: row.see.code if row.see else "", 11),
        PlanColumn("valid_from", "fixed", "始めた年度", Whole(), lambda row: row.valid_from, 9, "西暦・空は計画の始め"),
        PlanColumn("valid_to", "word", "終えた年度", Whole(), lambda row: row.valid_to, 9, "西暦・空は続ける"),
    ),
    ("取組番号", "取組"), spare=40,
)  # fmt: skip
PARTS = {part.name: part for part in (PLAN, GOALS, POLICIES, MEASURES, GROUPS, ROLES, ACTIONS)}


def _answering(action: Action) -> list[str]:
    rows = action.responsibilities.all()
    return sorted(row.organization.slug for row in rows if row.valid_to is None and row.organization)


def _wordings(action: Action) -> str:
    rows = sorted(action.responsibilities.all(), key=lambda row: (row.position, row.pk))
    return SEPARATOR.join(dict.fromkeys(row.wording for row in rows if row.valid_to is None))


# ---- the sheet 控え: what stood when the workbook was made -----------------------------
BASE = "控え"
BASE_COLUMNS = (Column("シート", 14), Column("番号", 22), Column("計画の版", 10), Column("指紋", 90))
BASE_NEEDED = tuple(column.title for column in BASE_COLUMNS)


def as_written(value: Any) -> Any:
    """A plain value as a cell would keep it."""
    return written(clean(value)).strip() if isinstance(value, str) else value


def same(one: Any, other: Any) -> bool:
    return bool(as_written(one) == as_written(other))


def fingerprint(value: Any) -> str:
    return hashlib.sha256(json.dumps(as_written(value), ensure_ascii=False).encode()).hexdigest()[:10]


def marks_of(part: Part, values: dict[str, Any]) -> str:
    """The fingerprints of the words of a row: 「title:0a1b2c3d4e text:…」."""
    return " ".join(f"{column.name}:{fingerprint(values[column.name])}" for column in part.words)


def marks(text: str) -> dict[str, str]:
    """{column: fingerprint} of such a cell."""
    return {name: mark for name, _, mark in (pair.partition(":") for pair in text.split())}


# ---- back ----------------------------------------------------------------------------
@dataclass
class Given:
    """One row as it came back: its cells as text, its values, what is wrong with them."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Reader:
    """Turns the rows of one sheet into `Given`."""

    def __init__(self, part: Part, table: Table, lists: Lists):
        self.part, self.table, self.lists = part, table, lists
        self.places = {column.name: table.places[column.title] for column in part.read if column.title in table.places}

    @property
    def missing(self) -> list[str]:
        """Columns the sheet does not have: what they say stays as it is."""
        return [column.title for column in self.part.read if column.name not in self.places]

    def row(self, number: int, cells: dict[int, Value]) -> Given | None:
        """The row, or None where nobody wrote anything into it."""
        if not any(as_text(cells.get(place)) for place in self.places.values()):
            return None
        given = Given(number)
        for name, place in self.places.items():
            given.cells[name] = as_text(cells.get(place))
            self._take(given, self.part.by_name(name), cells.get(place))
        return given

    def _take(self, given: Given, column: PlanColumn, value: Value) -> None:
        if isinstance(value, Unusable):
            self.refuse(given, column.name, "計算式の結果がありません。値を書き直してください。")
            return
        try:
            given.values[column.name] = column.kind.take(value, self.lists)
        except ValueError as error:
            self.refuse(given, column.name, str(error))

    def refuse(self, given: Given, name: str, sentence: str) -> None:
        """Note what is wrong with one cell of the row."""
        given.problems.append(problem(self.part, self.table.sheet, self.places, given, name, sentence))


def problem(part: Part, sheet: str, places: dict[str, int], given: Given, name: str, sentence: str) -> Problem:
    place = places.get(name)
    cell = f"{letter(place)}{given.number}" if place else f"{given.number}行目"
    return Problem(sheet, cell, part.by_name(name).title, given.cells.get(name, ""), sentence)


def in_words(column: PlanColumn, value: Any, lists: Lists) -> str:
    """A plain value as people read it."""
    return as_text(column.kind.cell(value, lists))


def doubled(part: Part, rows: Iterable[Given]) -> dict[str, list[int]]:
    """{key: its rows} of keys that stand more than once; new rows without a name of their own may."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if key := part.key(row.values):
            found.setdefault(key, []).append(row.number)
    return {key: numbers for key, numbers in found.items() if len(numbers) > 1}
