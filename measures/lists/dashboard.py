"""Tables of the dashboard: counts of one year beside the year before, measures through the years, indicators."""

from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.lists import Field

from ..queries.dashboard import Board, HeatRow
from ..queries.measure_sheet import SheetRow
from ..queries.structure import Distribution
from .columns import counts, graded, moved, of_year


def tallies(board: Board, head: str) -> list[Field]:
    """The counts by `head`: rows are `queries.dashboard.CountRow`."""
    change = [Field("A・Bの増減", lambda row: _change(row.now, row.before), 12, "plain-number")]
    return [
        of_year(board.cycle),
        Field(head, lambda row: row.label, 36),
        *counts(board.grades, lambda row: row.now),
        *(change if board.before else []),
    ]


def _change(now: Distribution, before: Distribution | None) -> int | None:
    """How many more sheets stand at plan or above than the year before; None without one."""
    return now.good - before.good if before and before.n else None


def heat(board: Board) -> list[Field]:
    """施策 × 年度: rows are `queries.dashboard.HeatRow`."""
    before = [Field(f"{wareki_year(board.before.year)}から", moved("move"), 16)] if board.before else []
    return [
        Field("基本目標", lambda row: str(row.measure.policy.goal), 30),
        Field("番号", lambda row: row.measure.code, 10),
        Field("施策", lambda row: row.measure.title, 36),
        *(_rating(place, year) for place, year in enumerate(board.plan.years)),
        *before,
        *counts(board.grades, lambda row: row.counts.now if row.counts else None),
    ]


def _rating(place: int, year: int) -> Field:
    def words(row: HeatRow) -> str:
        grade, has_begun = row.ratings[place]
        return f"{grade.code} {grade.label}" if grade else "未評価" if has_begun else "これから"

    return Field(wareki_year(year), words, 16)


# 施策1つの、取組ごとの個票: rows are `queries.measure_sheet.SheetRow`.
SHEETS = [
    Field("番号", lambda row: row.entry.action.code, 12),
    Field("取組", lambda row: row.entry.action.title, 40),
    Field("担当", lambda row: row.entry.organization.name, 18),
    Field("前の年度", graded("rating_before"), 18),
    Field("達成度", lambda row: _letter(row), 18),
    Field("前の年度から", moved("move"), 14),
    Field("今後の方向性", lambda row: str(row.entry.direction or "") if row.rating else "", 14),
    Field("課題", lambda row: row.entry.issues if row.is_shown else "", 50),
]


def _letter(row: SheetRow) -> str:
    if row.entry.closed_unanswered and not row.rating:
        return "未回答のまま締切"
    return graded("rating")(row)


# 目標指標: rows are `queries.indicators.Progress`.
INDICATORS = [
    Field("年度", lambda row: row.year, 8, "plain-number"),
    Field("施策", lambda row: row.indicator.measure.code, 10),
    Field("指標", lambda row: str(row.indicator), 30),
    Field("種類", lambda row: row.indicator.get_kind_display(), 10),
    Field("望ましい向き", lambda row: row.indicator.get_trend_display(), 14),
    Field("基準値", lambda row: row.indicator.baseline, 12, "plain-number"),
    Field("基準の時点", lambda row: row.indicator.baseline_year, 14),
    Field("実績値", lambda row: row.actual, 12, "plain-number"),
    Field("値なしの理由", lambda row: row.reason, 30),
    Field("目標値", lambda row: row.indicator.target, 12, "plain-number"),
    Field("目標の年度", lambda row: row.indicator.target_year, 12, "plain-number"),
    Field("単位", lambda row: row.indicator.unit, 10),
    Field("度合い", lambda row: row.words, 20),
    Field("前年度から", lambda row: row.change_words, 14),
    Field("出所", lambda row: row.indicator.source, 30),
]
