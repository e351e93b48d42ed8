"""Numbers of surveys and statistics as charts; no drawing."""

from collections.abc import Iterable, Sequence

from mine_welfare.toolkit.chart import Bars, Chart, GroupedBars, HeatMap, Lines, RankedBars, Stacked, Value
from mine_welfare.toolkit.chart import Series as Line
from mine_welfare.toolkit.chart.words import change

from .models import GAP, Point, Question, Series, Survey, Tally
from .models.statistics import calendar_year
from .queries.tables import HIDDEN, NO_ANSWER, SEVERAL, AnswerTable, Row

DERIVED = "※"
ADDED = "＊"
ADDED_NOTE = f"{ADDED} 計画の策定後に加えた値です。"
# From how many known years on a line says more than bars.
LINE_FROM = 3


# ---- surveys --------------------------------------------------------------------
def question_chart(survey: Survey, question: Question) -> Chart | None:
    """The shares of a question's choices, with a gap for each that has none; None where no share is known.

    Sums of choices are left to the text: beside the choices they would count twice.
    """
    tallies = {(tally.item_id, tally.choice_id): tally for tally in question.tallies.all() if not tally.label}
    if not any(tally.choice_id and tally.percent is not None for tally in tallies.values()):
        return None
    planned = _is_planned(question)
    common = {
        "title": question.text,
        "n": question.base,
        "source": f"{survey.title}（{calendar_year(survey.year)}度）",
        "reading": "".join(question.statements),
        "gap": GAP,
        "anchor": question.page_anchor,
        "notes": _notes(question, tallies, planned),
    }
    if question.kind == Question.Kind.MATRIX:
        return _matrix(question, tallies, planned, common)
    choices = [one for one in question.choices.all() if not one.is_no_answer or (None, one.pk) in tallies]
    values = [_share(tallies.get((None, choice.pk)), planned) for choice in choices]
    series = [Line("割合", values)]
    labels = [choice.label for choice in choices]
    if question.kind == Question.Kind.MULTIPLE:
        last = [choice.label for choice in choices if choice.is_no_answer]
        return RankedBars(labels=labels, series=series, last=last, head="答え", **common)
    return Bars(labels=labels, series=series, head="答え", **common)


def _is_planned(question: Question) -> bool:
    """Whether the plan says something of it: then what was added is marked. All of a later survey is later anyway."""
    return bool(question.statements) or any(tally.is_of_the_plan for tally in question.tallies.all())


def _matrix(question: Question, tallies: dict, planned: bool, common: dict) -> Chart:
    """One bar for each item, its parts the choices."""
    items, choices = list(question.items.all()), list(question.choices.all())
    series = [
        Line(
            choice.label,
            [_share(tallies.get((item.pk, choice.pk)), planned) for item in items],
            "0" * choice.is_no_answer,
        )
        for choice in choices
    ]
    return Stacked(labels=[item.label for item in items], series=series, head="項目", **common)


def _share(tally: Tally | None, planned: bool) -> Value:
    if tally is None or tally.percent is None:
        return Value(words=tally.wording if tally else "")
    return Value(tally.percent, mark=_mark(tally, planned))


def _mark(row: Tally | Point, planned: bool = True) -> str:
    return (DERIVED if row.derivation else "") + (ADDED if planned and not row.is_of_the_plan else "")


def _notes(question: Question, tallies: dict, planned: bool) -> list[str]:
    notes = [SEVERAL] if question.kind == Question.Kind.MULTIPLE else []
    notes += [
        f"{DERIVED} 「{tally.choice}」は、{tally.derivation}です。" for tally in tallies.values() if tally.derivation
    ]
    return notes + (_added(tallies.values()) if planned else [])


def _added(rows: Iterable[Tally | Point]) -> list[str]:
    return [] if all(row.is_of_the_plan for row in rows) else [ADDED_NOTE]


# ---- statistics -----------------------------------------------------------------
def series_chart(title: str, group: Sequence[Series]) -> Chart:
    """Series of one unit on one scale: lines from three known years on, else bars."""
    common = _about(title, group)
    if any(sum(point.value is not None for point in one.points.all()) >= LINE_FROM for one in group):
        return _lines(group, common)
    years = sorted({point.year for one in group for point in one.points.all()})
    labels = [calendar_year(year) for year in years]
    if len(group) == 1:
        line = Line(group[0].title, _years(group[0], years))
        said = change(line, labels, common["unit"])
        common["reading"] = f"{said}。" if said else ""
        return Bars(labels=labels, series=[line], head="年", **common)
    by_year = [
        Line(label, [_years(one, [year])[0] for one in group]) for label, year in zip(labels, years, strict=True)
    ]
    names = [one.title for one in group]
    if len(years) == 1:
        common["title"] = f"{title}　{labels[0]}"
        return Bars(labels=names, series=by_year, **common)
    return GroupedBars(labels=names, series=by_year, **common)


def _about(title: str, group: Sequence[Series]) -> dict:
    """What the chart of these series has, whatever its kind."""
    return {
        "title": title,
        "unit": _unit(group),
        "source": group[0].source + (f"（{group[0].as_of}）" if group[0].as_of else ""),
        "gap": GAP,
        "anchor": group[0].page_anchor,
        "most": "大きい",
        "notes": _point_notes(group),
    }


def _lines(group: Sequence[Series], common: dict) -> Chart:
    """Every year from the first to the last, so that a year without a value is seen as a gap."""
    known = [point.year for one in group for point in one.points.all()]
    years = range(min(known), max(known) + 1)
    series = [Line(one.title, _years(one, years)) for one in group]
    return Lines(labels=[calendar_year(year) for year in years], series=series, **common)


def _unit(group: Sequence[Series]) -> str:
    """Shares are printed with one decimal; a rate the draft gives with two keeps them under another sign."""
    unit = group[0].shown_unit
    values = [point.value for one in group for point in one.points.all() if point.value is not None]
    return "％" if unit == "%" and any(value != round(value, 1) for value in values) else unit


def _years(series: Series, years: Sequence[int]) -> list[Value]:
    points = {point.year: point for point in series.points.all()}
    return [_value(series, points.get(year)) for year in years]


def _value(series: Series, point: Point | None) -> Value:
    if point is None or point.value is None:
        return Value(words=f"{point.wording}{series.shown_unit}" if point else "")
    return Value(point.value, mark=_mark(point))


def _point_notes(group: Sequence[Series]) -> list[str]:
    points = [point for one in group for point in one.points.all()]
    return _derivations(group) + _added(points)


def _derivations(group: Sequence[Series]) -> list[str]:
    return [
        f"{DERIVED} {one.title}の{point.wareki}は、{point.derivation}です。"
        for one in group
        for point in one.points.all()
        if point.derivation
    ]


# ---- raw answers ----------------------------------------------------------------
def answer_chart(survey: Survey, table: AnswerTable) -> Chart | None:
    """A table of raw answers: bars for everyone, 100 % bars by groups, of several answers (MA) a heat map."""
    rows = [row for row in table.rows if row.mark not in ("非表示", "該当なし")]
    if not rows:
        return None
    common = {
        "title": table.title,
        "source": f"{survey.title}の回答データ",
        "gap": f"{HIDDEN}（少ない人数のため非表示）",
        "notes": table.notes,
    }
    if table.by is None:
        return _everyone(table, rows[0], common)
    common["title"] = f"{table.title}（{table.by.text}別）"
    labels = [row.label for row in rows]
    if table.question.kind == Question.Kind.MULTIPLE:
        series = [Line(f"{row.label}（n={row.base:,}）", _cells(row)) for row in rows]
        return HeatMap(labels=table.heads, series=series, corner=table.by.text, **common)
    parts = [
        Line(head, [_cells(row)[place] for row in rows], "0" if head == NO_ANSWER else "")
        for place, head in enumerate(table.heads)
    ]
    return Stacked(labels=labels, series=parts, bases=[row.base for row in rows], head=table.by.text, **common)


def _everyone(table: AnswerTable, row: Row, common: dict) -> Chart:
    series = [Line("割合", _cells(row))]
    if table.question.kind == Question.Kind.MULTIPLE:
        return RankedBars(labels=table.heads, series=series, n=row.base, last=[NO_ANSWER], head="答え", **common)
    return Bars(labels=table.heads, series=series, n=row.base, head="答え", **common)


def _cells(row: Row) -> list[Value]:
    return [Value(cell.percent, words=HIDDEN if cell.percent is None else "") for cell in row.cells]
