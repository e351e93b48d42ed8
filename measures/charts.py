"""The counts of a year as charts; no drawing."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from mine_welfare.toolkit.chart import Bars, Chart, HeatMap, Lines, Series, Stacked, Value, values
from mine_welfare.toolkit.chart.words import change, full
from mine_welfare.toolkit.fiscal import wareki_year

from .models import Cycle, Grade, Indicator, Measure
from .queries.dashboard import Board, heat_rows
from .queries.slices import ANSWERS
from .queries.structure import Distribution

NOT_AVERAGED = "文字は平均していません。"
NO_SHEETS = "個票は、まだありません。"
COUNTED = "事務局が確認していない個票は「未回答」に数えます。"
ANSWER_TONES = {"intime": "1", "late": "3", "unanswered": "0", "open": "n"}


def source(board: Board) -> str:
    words = f"{board.plan.short_title}の個票（{wareki_year(board.cycle.year)}実績）"
    return f"{words}【サンプル】" if board.cycle.is_sample else words


def short_year(year: int) -> str:
    """2027 → 令和9: the head of a narrow column."""
    return wareki_year(year).removesuffix("年度")


# ---- 施策 × 年度 ----------------------------------------------------------------
def rating_value(grade: Grade | None, said: str) -> Value:
    """One cell of the heat map."""
    if grade is None:
        return Value(said=said)
    return Value(words=grade.code, tone=grade.tone, icon=grade.mark, said=grade.label)


def measures_chart(board: Board) -> HeatMap:
    """施策 × 年度: the committee's rating, and before it the city hall's."""
    by_year = {cycle.year: cycle for cycle in board.cycles}
    rows = [
        Series(str(measure), [_cell(board, measure, by_year.get(year)) for year in board.plan.years],
               group=str(measure.policy.goal))
        for measure in board.measures
    ]  # fmt: skip
    return HeatMap(
        title="施策と年度の評価",
        corner="施策",
        labels=[short_year(year) for year in board.plan.years],
        series=rows,
        unit="",
        reading=measures_reading(board),
        source=source(board),
        notes=["2次評価（委員会）を示し、まだないときは1次評価（庁内）を示します。", NOT_AVERAGED],
    )


def _cell(board: Board, measure: Measure, cycle) -> Value:
    return rating_value(board.rating(measure, cycle), "これから" if cycle is None else "未評価")


def measures_reading(board: Board) -> str:
    """How many measures stand at plan or above, and which have been low for two years."""
    ratings = {measure: board.rating(measure, board.cycle) for measure in board.measures}
    rated = {measure: grade for measure, grade in ratings.items() if grade}
    if not rated:
        return f"{wareki_year(board.cycle.year)}の施策の評価は、まだありません。"
    good = sum(grade.tone in (Grade.Tone.A, Grade.Tone.B) for grade in rated.values())
    words = f"評価のある{len(rated)}施策のうち、{good}施策が計画どおり以上（A・B）です。"
    low = (Grade.Tone.C, Grade.Tone.D)
    twice = [
        measure.code
        for measure, grade in rated.items()
        if board.is_consecutive
        and grade.tone in low
        and (then := board.rating(measure, board.before))
        and then.tone in low
    ]
    return words + (f"{'、'.join(twice)}は、2年続けてC以下です。" if twice else "")


# ---- distributions ----------------------------------------------------------------
def _parts(rows: list[Distribution]) -> list[Series]:
    """The segments of each bar, in the words and patterns of every other bar of ratings."""
    if not rows:
        return []
    segments = [row.parts for row in rows]
    return [
        Series(label, values(parts[place][2] for parts in segments), tone=tone)
        for place, (tone, label, _) in enumerate(segments[0])
    ]


def goals_chart(board: Board) -> Stacked:
    """基本目標ごとの達成度: two years under each other where there are two on one scale."""
    pairs = []
    for row in board.by_goal:
        both = row.before and row.before.n and board.before.scale_id == board.cycle.scale_id
        if both:
            pairs.append((f"{row.label}　{wareki_year(board.before.year)}", row.before, ""))
        label = f"{row.label}　{wareki_year(board.cycle.year)}" if both else row.label
        pairs.append((label, row.now, row.all[1]))
    return Stacked(
        title="基本目標ごとの達成度",
        labels=[label for label, _, _ in pairs],
        series=_parts([counts for _, counts, _ in pairs]),
        bases=[counts.n for _, counts, _ in pairs],
        hrefs=[href for _, _, href in pairs],
        unit="件",
        head="基本目標",
        reading=goals_reading(board),
        source=source(board),
        notes=[NOT_AVERAGED, COUNTED],
    )


def sheets_chart(board: Board) -> Stacked:
    """施策ごとの達成度 of the sheets: the bars of a list of measures."""
    rows = [(one, board.by_measure[one.pk]) for one in board.measures if one.pk in board.by_measure]
    whole = board.whole
    return Stacked(
        title="施策ごとの達成度",
        labels=[str(measure) for measure, _ in rows],
        series=_parts([row.now for _, row in rows]),
        bases=[row.now.n for _, row in rows],
        unit="件",
        head="施策",
        reading=f"個票{whole.n}件のうち、計画どおり以上（A・B）は{whole.good}件です。" if whole.n else NO_SHEETS,
        source=source(board),
        notes=[NOT_AVERAGED, COUNTED],
    )


def shares_chart(rows: Iterable[tuple[str, Distribution]], cycle: Cycle) -> Stacked:
    """The yearly report's: of the rated sheets of each line, how many percent got which rating."""
    bars = [(label, counts, sum(number for grade, number in counts.table if grade.is_rated)) for label, counts in rows]
    grades = [grade for grade in cycle.scale.grades.all() if grade.is_rated]
    return Stacked(
        title=f"{wareki_year(cycle.year)}の達成度の構成比",
        labels=[label for label, _, _ in bars],
        series=[
            Series(
                f"{grade.code} {grade.label}",
                [Value(Decimal(100 * counts.counts.get(grade.pk, 0)) / n if n else None) for _, counts, n in bars],
                tone=grade.tone,
            )
            for grade in grades
        ],
        bases=[n for _, _, n in bars],
        head="基本目標",
        gap="評価なし",
        notes=["割合に入れない達成度と未回答は含みません。"],
        source=f"{wareki_year(cycle.year)}の個票（表1と同じ件数から計算）",
    )


def goals_reading(board: Board) -> str:
    whole, before = board.whole, board.whole_before
    if not whole.n:
        return NO_SHEETS
    words = f"個票{whole.n}件のうち、計画どおり以上（A・B）は{whole.good}件です"
    if before and before.n:
        gap = whole.good - before.good
        change = "同じ件数です" if not gap else f"{abs(gap)}件{'多く' if gap > 0 else '少なく'}なりました"
        last = f"{wareki_year(board.before.year)}（{before.n}件のうち{before.good}件）"
        return f"{words}。{last}と{'' if not gap else '比べ、'}{change}。"
    return f"{words}。"


def directions_chart(board: Board) -> Bars:
    """今後の方向性 of the confirmed sheets."""
    found = board.directions
    return Bars(
        title="今後の方向性",
        labels=[direction.label for direction, _, _ in found],
        series=[Series("個票", [Value(count, href=href if count else "") for _, count, href in found])],
        unit="件",
        n=sum(count for _, count, _ in found),
        head="方向性",
        source=source(board),
        notes=["事務局が確認した個票だけを数えます。"],
    )


def freshness_chart(board: Board) -> Stacked:
    """回答のそろい方: on time, late, never; apart from how the actions were rated."""
    counts = {kind: number for kind, number, _ in board.freshness}
    total = sum(counts.values())
    return Stacked(
        title="回答のそろい方",
        labels=["個票"],
        series=[
            Series(ANSWERS[kind], values([number]), tone=ANSWER_TONES[kind])
            for kind, number in counts.items()
            if number or kind != "open"
        ],
        bases=[total],
        unit="件",
        reading=freshness_reading(counts, total),
        source=source(board),
        notes=["提出の時期だけを数えたもので、達成度とは関係がありません。"],
    )


def freshness_reading(counts: dict[str, int], total: int) -> str:
    if not total:
        return NO_SHEETS
    words = [f"{total}件のうち{counts['intime']}件が締切内に提出されました"]
    words += [f"{counts['late']}件は締切後の提出です"] if counts["late"] else []
    words += [f"{counts['unanswered']}件は未回答のまま締め切りました"] if counts["unanswered"] else []
    words += [f"{counts['open']}件はまだ提出されていません"] if counts["open"] else []
    return "。".join(words) + "。"


# ---- indicators -------------------------------------------------------------------
def indicator_chart(indicator: Indicator, years: range) -> Lines:
    """The actuals of one indicator through the plan's years, and its yearly targets where the city set them."""
    found = {value.year: value for value in indicator.values.all()}
    rows = [Series("実績値", values(_of(found, year, "actual") for year in years))]
    if any(value.target is not None for value in found.values()) or indicator.target is not None:
        targets = [indicator.target if year == indicator.target_year else _of(found, year, "target") for year in years]
        rows.append(Series("目標値", values(targets)))
    return Lines(
        title=indicator.name,
        labels=[short_year(year) for year in years],
        series=rows,
        unit=indicator.unit,
        head="年度",
        source=indicator.source,
        reading=_indicator_reading(indicator, rows, years),
        gap="値なし",
        anchor=f"indicator-{indicator.pk}",
        notes=[
            f"「{wareki_year(value.year)}」に実績値がない理由：{value.reason}"
            for value in found.values()
            if value.reason
        ],
    )


def _indicator_reading(indicator: Indicator, rows: list[Series], years: range) -> str:
    """How the actuals changed, then the target the city set."""
    said = [change(rows[0], [wareki_year(year) for year in years], indicator.unit)]
    if indicator.target is not None:
        said.append(f"目標値は、{wareki_year(indicator.target_year)}に{full(indicator.target, indicator.unit)}です")
    return "".join(f"{words}。" for words in said if words) or "実績値は、まだありません。"


def _of(found: dict, year: int, name: str):
    return getattr(found[year], name) if year in found else None


def page(board: Board) -> dict:
    """What the staff side and the citizens' side show of a board alike."""
    return {
        "board": board,
        "cycle": board.cycle,
        "whole": board.whole,
        "heat": measures_chart(board),
        "heat_rows": heat_rows(board),
        "years": [short_year(year) for year in board.plan.years],
        "goals": goals_chart(board),
        "directions": directions_chart(board),
        "freshness": freshness_chart(board),
        "is_sample": board.cycle.is_sample,
    }


CHARTS: dict[str, Callable[[Board], Chart]] = {
    "measures": measures_chart,
    "goals": goals_chart,
    "sheets": sheets_chart,
    "directions": directions_chart,
    "freshness": freshness_chart,
}
