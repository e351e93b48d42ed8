"""Tables of the plan's years, of its scales, of what goes on in the next plan, and of what has been changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mine_welfare.toolkit.lists import Field

from ..models import Reorganization, ReorganizationTarget, Scale
from ..queries.april import Item
from ..queries.nextplan import Line
from .columns import graded, joined

# 年度の評価: years with `submitted` and `total`.
CYCLES = [
    Field("年度", lambda cycle: cycle.year, 8, "plain-number"),
    Field("段階", lambda cycle: cycle.stage.label, 16),
    Field("受付の始まり", lambda cycle: cycle.opens_on, 14, "date"),
    Field("締切", lambda cycle: cycle.due_on, 14, "date"),
    Field("提出済", lambda cycle: cycle.submitted, 10, "count"),
    Field("個票", lambda cycle: cycle.total, 10, "count"),
    Field("公表", lambda cycle: cycle.published_at if cycle.is_public else None, 18, "moment"),
]

# お知らせ, with where today `stands` in each.
NOTICES = [
    Field("題名", lambda notice: notice.title, 36),
    Field("本文", lambda notice: notice.text, 60),
    Field("掲載を始める日", lambda notice: notice.from_on, 16, "date"),
    Field("掲載を終える日", lambda notice: notice.to_on, 16, "date"),
    Field("状態", lambda notice: notice.stands, 12),
]

# 変更の記録: rows are `queries.history.Recent`.
CHANGES = [
    Field("日時", lambda row: row.at, 18, "moment"),
    Field("種類", lambda row: row.kind.label, 16),
    Field("対象", lambda row: row.words or "（名前なし）", 40),
    Field("変更", lambda row: row.what, 10),
    Field("回数", lambda row: row.saves, 8, "count"),
    Field("人", lambda row: row.who, 14),
    Field("理由", lambda row: row.why, 40),
]


# ---- 評価の基準 ---------------------------------------------------------------
@dataclass(frozen=True)
class Mark:
    """達成度 or 今後の方向性 as the page of the scales tells it."""

    scale: str
    kind: str
    label: str
    definition: str = ""
    rated: str = ""
    asks: str = ""


def marks(scales: Iterable[Scale]) -> Iterator[Mark]:
    for scale in scales:
        for one in scale.grades.all():
            rated = "対象" if one.is_rated else "対象外"
            yield Mark(scale.name, "達成度", str(one), one.definition, rated, "理由" if one.needs_reason else "")
        for one in scale.directions.all():
            yield Mark(scale.name, "今後の方向性", one.label, asks="改善策" if one.needs_improvement else "")


SCALES = [
    Field("評価の基準", lambda mark: mark.scale, 24),
    Field("区分", lambda mark: mark.kind, 16),
    Field("記号・名称", lambda mark: mark.label, 24),
    Field("定義", lambda mark: mark.definition, 50),
    Field("評価の対象", lambda mark: mark.rated, 12),
    Field("必要な記入", lambda mark: mark.asks, 14),
]


# ---- 次期計画 -----------------------------------------------------------------
# 計画の評価・見直し: rows are `queries.nextplan.ClosingRow`.
CLOSING = [
    Field("施策番号", lambda row: row.measure.code, 10),
    Field("施策", lambda row: row.measure.title, 36),
    Field("主な評価と課題", lambda row: joined(row.evaluation), 60),
    Field("見直し方針", lambda row: joined(row.policy), 60),
    Field("評価", graded("rating"), 18),
    Field("評価の年度", lambda row: row.year, 10, "plain-number"),
    Field("次期計画の施策", lambda row: joined(measure.code for measure in row.carried), 14),
]


def lineage(lines: Iterable[Line]) -> Iterator[tuple[str, Line]]:
    """Each measure's line, and under it those of its actions."""
    for line in lines:
        yield "施策", line
        for own in line.actions:
            yield "取組", own


# 計画のつながり: rows are pairs of `lineage`.
LINEAGE = [
    Field("区分", lambda row: row[0], 8),
    Field("前の計画", lambda row: joined(row[1].before), 44),
    Field("つながり", lambda row: row[1].kind.label, 10),
    Field("次の計画", lambda row: joined(row[1].after), 44),
]


# ---- 組織改編 -----------------------------------------------------------------
def _state(row: Reorganization) -> str:
    return "反映済" if row.applied_at else "用意の途中"


REORGANIZATIONS = [
    Field("元の組織", lambda row: joined(row.sources.all()), 30),
    Field("種類", lambda row: row.get_kind_display(), 16),
    Field("新しい組織", lambda row: joined(row.targets.all()), 30),
    Field("いつから", lambda row: row.year, 10, "plain-number"),
    Field("状態", _state, 12),
    Field("日時", lambda row: row.applied_at or row.drafted_at, 18, "moment"),
    Field("人", lambda row: (row.applied_by or row.drafted_by).name, 14),
]

# What one 組織改編 moved.
MOVES = [
    Field("種類", lambda move: move.get_kind_display(), 16),
    Field("移したもの", lambda move: move.label, 50),
    Field("元の組織", lambda move: move.source, 20),
    Field("移した先", lambda move: move.target, 20),
]


def items(targets: Iterable[ReorganizationTarget], *, is_split: bool) -> list[Field]:
    """What one 組織改編 is going to move; of a split, where each goes is still to be chosen."""
    first = next(iter(targets), "")

    def target(item: Item) -> str:
        if not is_split:
            return str(first)
        return "これから選ぶ" if item.is_chosen else "担当と同じ"

    return [
        Field("種類", lambda item: item.kind.label, 16),
        Field("移すもの", lambda item: item.label, 50),
        Field("備考", lambda item: item.note, 20),
        Field("元の組織", lambda item: str(item.source), 20),
        Field("移し先", target, 20),
    ]
