"""What a figure line of the plan's text becomes: charts, tables of the 資料編, or an honest gap.

`Figures` reads everything the figures of a set of sections need in a few
queries, then draws each; the page and the paper differ only in the folder of
templates they draw with.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from django.template.loader import render_to_string

from measures.queries import structure
from mine_welfare.toolkit import chart, fiscal
from mine_welfare.toolkit.richtext import Figure, figures
from plans.models import Plan, Section
from surveys.charts import DERIVED, question_chart, series_chart
from surveys.models import Point, Question, Ranking, ResidentMeeting, Series
from surveys.queries.plan import questions_of_the_plan, series_of_the_plan
from surveys.queries.public import drawn_together, series_notes

# From how many known values on a paper draws a chart. One or two are read faster as numbers, and two bars
# of years far apart would pass for a course.
DRAWN_FROM = 3


class Figures:
    """The figures of `sections`; call it with one `Figure` to get its HTML."""

    def __init__(self, plan: Plan, sections: Iterable[Section], templates: str = "publication/figures"):
        self.plan, self.templates = plan, templates
        wanted = [figure for section in sections for figure in figures(section.body)]
        self.refs = {scheme: list(_refs(wanted, scheme)) for scheme in {figure.scheme for figure in wanted}}
        # What can be drawn is what the sentences say in numbers.
        self.has_numbers = not {"series", "question"}.isdisjoint(self.refs)
        self.kept: dict[str, dict] = {}
        self.series = series_of_the_plan(plan, self.refs["series"]) if "series" in self.refs else {}
        self.questions = questions_of_the_plan(plan, self.refs["question"]) if "question" in self.refs else {}

    def __call__(self, figure: Figure, **more: object) -> str:
        """The HTML of `figure`; `more` joins the context of its template."""
        name = figure.scheme if figure.scheme in DRAWN else "lost"
        context = {"figure": figure, "plan": self.plan, **self._data(figure), **more}
        return render_to_string(f"{self.templates}/{name}.html", context)

    def _data(self, figure: Figure) -> dict:
        if figure.scheme == "series":
            return self._series_data(figure.ref, figure.caption)
        if figure.scheme == "question":
            return self._question_data(figure.ref)
        if figure.scheme in OF_THE_PLAN and figure.scheme not in self.kept:
            self.kept[figure.scheme] = OF_THE_PLAN[figure.scheme](self.plan)
        return self.kept.get(figure.scheme, {})

    def _series_data(self, ref: str, caption: str) -> dict:
        series = [self.series[code] for code in ref.split(",") if code in self.series]
        bars = series_bars(series)
        groups = [(series_chart(*part), part[1]) for part in drawn_together(caption, series)]
        charts = [(spec, group) for spec, group in groups if is_drawn(spec)]
        shown = [one for _, group in charts for one in group]
        rest = Grid([(one, points) for one, points in bars if one not in shown])
        notes = [note for spec, _ in charts for note in chart.notes(spec)]
        notes += [f"{DERIVED} {one.title}の{bar.label}は、{bar.derivation}です。" for one, bar in rest.derivations]
        notes += [f"{names}　{note}" for names, note in series_notes(series)]
        return {
            "series": series,
            "grid": Grid(bars),
            "charts": [spec for spec, _ in charts],
            "rest": rest,
            "notes": notes,
        }

    def _question_data(self, ref: str) -> dict:
        question = self.questions.get(ref)
        bars = question_bars(question) if question else []
        spec = question_chart(question.survey, question) if question else None
        return {
            "question": question,
            "bars": bars,
            "rows": [bar.row for bar in bars],
            "rankings": question_rankings(question) if question else [],
            "drawn": any(bar.share for bar in bars),
            "chart": spec if spec and is_drawn(spec) else None,
            "notes": chart.notes(spec) if spec else [],
        }


# Columns of the draft's table of periods.
COLUMNS = 10
# The figures that show all the plan has of their kind: read once, however often the book shows them.
OF_THE_PLAN: dict[str, Callable[[Plan], dict]] = {
    "tiers": lambda plan: {"tiers": list(plan.tiers.all())},
    "related-plans": lambda plan: related_plans(plan),
    "previous-review": lambda plan: {"reviews": list(plan.previous_reviews.prefetch_related("measures"))},
    "meetings": lambda plan: {"meetings": list(ResidentMeeting.objects.filter(plan=plan).prefetch_related("topics"))},
    "structure": lambda plan: {"goals": list(structure.outline(plan))},
}
DRAWN = ("series", "question", *OF_THE_PLAN)


def _refs(wanted: list[Figure], scheme: str) -> Iterator[str]:
    for figure in wanted:
        if figure.scheme == scheme:
            yield from figure.ref.split(",")


def related_plans(plan: Plan) -> dict:
    """The table of periods for the paper (`blocks`) and for the screen (`periods`)."""
    blocks = related_plan_blocks(plan)
    own = [component.title for component in plan.components.all()]
    return {"blocks": blocks, "columns": range(1, COLUMNS + 1), "periods": periods(blocks, own)}


def related_plan_blocks(plan: Plan) -> list[dict]:
    """[{"names", "lines": [[bar, …], …]}] of the table of periods, each bar with its span in columns."""
    blocks: dict[int, dict] = {}
    for bar in plan.related_plans.order_by("block", "line", "column"):
        block = blocks.setdefault(bar.block, {"names": bar.names, "lines": {}})
        block["lines"].setdefault(bar.line, []).append(bar)
    return [{"names": block["names"], "lines": list(block["lines"].values())} for block in blocks.values()]


def periods(blocks: list[dict], own: list[str]) -> list[tuple[list[str], list[tuple[int, list[str]]], bool]]:
    """One row for each block of the table of periods: (its plans, its cells, whether it is one of `own`).

    A cell is (columns spanned, labels). It reaches to the next one; the draft gives
    no ends. A cell without labels stands before a first bar that does not begin in column 1.
    """
    rows = []
    for block in blocks:
        bars = [bar for line in block["lines"] for bar in line]
        starts = sorted({bar.column for bar in bars} | {1})
        ends = [*starts[1:], COLUMNS + 1]
        cells = [
            (end - start, [bar.label for bar in bars if bar.column == start])
            for start, end in zip(starts, ends, strict=True)
        ]
        names = block["names"].split("　")
        rows.append((names, cells, any(name in own for name in names)))
    return rows


@dataclass
class Bar:
    """One row of a table of numbers: `value` as a number or in the plan's words, `share` its length in percent."""

    label: str
    value: Decimal | None
    wording: str
    share: float | None
    derivation: str = ""
    year: int = 0  # of a point in a series

    @property
    def row(self) -> tuple:
        """As the page's bars take it: (tone, label, value, mark); a derived value is hatched and marked.

        Where the plan gives a value only in words, they stand in the mark's place.
        """
        mark = self.wording if self.value is None else "※" if self.derivation else ""
        return ("3" if self.derivation else "1", self.label, self.value, mark)


class Grid:
    """Series side by side: a column for each year any of them has, a row for each series."""

    def __init__(self, bars: list[tuple[Series, list[Bar]]]):
        self.years = sorted({bar.label: bar.year for _, points in bars for bar in points}.items(), key=itemgetter(1))
        by_year = [(one, {bar.year: bar for bar in points}) for one, points in bars]
        self.rows = [(one, [points.get(year) for _, year in self.years]) for one, points in by_year]
        self.derivations = [
            (one, bar) for one, points in bars for bar in points if bar.derivation and bar.value is not None
        ]


def is_drawn(spec: chart.Chart) -> bool:
    """Whether a paper draws it; else its numbers stand in a table."""
    return len(spec.numbers) >= DRAWN_FROM


def question_bars(question: Question) -> list[Bar]:
    """The shares of a question's choices; several answers (MA) from the largest down, others as printed.

    Sums of choices are left to the text: beside the choices they would count twice.
    """
    tallies = [tally for tally in question.tallies.all() if tally.choice]
    if question.kind == Question.Kind.MULTIPLE:
        tallies.sort(key=lambda tally: tally.percent or 0, reverse=True)
    else:
        tallies.sort(key=lambda tally: (tally.item.number if tally.item else 0, tally.choice.position))
    return [
        Bar(
            f"{tally.item}：{tally.choice}" if tally.item else str(tally.choice),
            tally.percent, tally.wording, tally.percent, tally.derivation,
        )
        for tally in tallies
    ]  # fmt: skip


def question_rankings(question: Question) -> list[tuple[str, list[Ranking]]]:
    """(criterion, its items from the first) in the order of the plan's sentences."""
    found: dict[str, list[Ranking]] = defaultdict(list)
    for row in sorted(question.rankings.all(), key=lambda row: (row.line or 0, row.rank)):
        found[row.criterion].append(row)
    return list(found.items())


def series_bars(series: list[Series]) -> list[tuple[Series, list[Bar]]]:
    """(series, its years). Values of one unit share one scale, whose longest bar is 100; a single one gets no bar."""
    values: dict[str, list[Decimal]] = defaultdict(list)
    for one in series:
        values[one.unit] += [point.value for point in one.points.all() if point.value is not None]
    largest = {unit: max(found) for unit, found in values.items() if len(found) > 1}
    return [(one, [_bar(point, largest.get(one.unit)) for point in one.points.all()]) for one in series]


def _bar(point: Point, largest: Decimal | None) -> Bar:
    share = round(100 * point.value / largest, 1) if point.value is not None and largest else None
    year = fiscal.wareki_year(point.year).removesuffix("度")
    return Bar(f"{year}（{point.year}）", point.value, point.wording, share, point.derivation, point.year)
