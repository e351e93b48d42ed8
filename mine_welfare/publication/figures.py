"""What a figure line of the plan's text becomes: charts, tables of the 資料編, or an honest gap.

`Figures` reads everything the figures of a set of sections need in a few
queries, then draws each; the page and the paper differ only in the folder of
templates they draw with.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.template.loader import render_to_string

import measures.queries
from mine_welfare.toolkit import fiscal
from mine_welfare.toolkit.richtext import Figure, figures
from plans.models import Plan, Section
from surveys.models import Point, Question, Ranking, ResidentMeeting, Series


class Figures:
    """The figures of `sections`; call it with one `Figure` to get its HTML."""

    def __init__(self, plan: Plan, sections: Iterable[Section], templates: str = "publication/figures"):
        self.plan, self.templates = plan, templates
        wanted = [figure for section in sections for figure in figures(section.body)]
        self.refs = {scheme: list(_refs(wanted, scheme)) for scheme in {figure.scheme for figure in wanted}}
        self.series = self._series() if "series" in self.refs else {}
        self.questions = self._questions() if "question" in self.refs else {}

    def _series(self) -> dict[str, Series]:
        rows = self.plan.series.filter(code__in=self.refs["series"]).prefetch_related("points")
        return {series.code: series for series in rows}

    def _questions(self) -> dict[str, Question]:
        rows = Question.objects.filter(survey__plan=self.plan, code__in=self.refs["question"]).prefetch_related(
            "tallies__choice", "tallies__item", "rankings__item", "measures"
        )
        return {question.code: question for question in rows}

    def __call__(self, figure: Figure, **more: object) -> str:
        """The HTML of `figure`; `more` joins the context of its template."""
        name = figure.scheme if figure.scheme in DRAWN else "lost"
        context = {"figure": figure, "plan": self.plan, **self._data(figure), **more}
        return render_to_string(f"{self.templates}/{name}.html", context)

    def _data(self, figure: Figure) -> dict:
        match figure.scheme:
            case "series":
                series = [self.series[code] for code in figure.ref.split(",") if code in self.series]
                bars = series_bars(series)
                return {"series": series, "bars": bars, "drawn": any(bar.share for _, rows in bars for bar in rows)}
            case "question":
                question = self.questions.get(figure.ref)
                bars = question_bars(question) if question else []
                ranks = question_rankings(question) if question else []
                drawn = any(bar.share for bar in bars)
                rows = [bar.row for bar in bars]
                return {"question": question, "bars": bars, "rows": rows, "rankings": ranks, "drawn": drawn}
            case "tiers":
                return {"tiers": list(self.plan.tiers.all())}
            case "related-plans":
                blocks = related_plan_blocks(self.plan)
                own = [component.title for component in self.plan.components.all()]
                return {"blocks": blocks, "columns": range(1, COLUMNS + 1), "periods": periods(blocks, own)}
            case "previous-review":
                return {"reviews": self.plan.previous_reviews.prefetch_related("measures")}
            case "meetings":
                rows = ResidentMeeting.objects.filter(plan=self.plan)
                return {"meetings": rows.prefetch_related("topics__measures")}
            case "structure":
                return {"goals": measures.queries.outline(self.plan)}
        return {}


# Columns of the draft's table of periods.
COLUMNS = 10
DRAWN = ("series", "question", "tiers", "related-plans", "previous-review", "meetings", "structure")


def _refs(wanted: list[Figure], scheme: str) -> Iterator[str]:
    for figure in wanted:
        if figure.scheme == scheme:
            yield from figure.ref.split(",")


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

    @property
    def row(self) -> tuple:
        """As the page's bars take it: (tone, label, value, mark); a derived value is hatched and marked."""
        return ("3", self.label, self.value, "※") if self.derivation else ("1", self.label, self.value)


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


def question_for_chart(pk: int) -> Question:
    """One question with everything its figure needs."""
    rows = Question.objects.select_related("survey").prefetch_related(
        "tallies__choice", "tallies__item", "rankings__item", "measures__policy__goal"
    )
    return rows.get(pk=pk)


def reading(bars: list[Bar]) -> str:
    """One sentence that reads the chart: its largest share, or nothing where no number is known."""
    known = [bar for bar in bars if bar.value is not None]
    if not known:
        return ""
    largest = max(known, key=lambda bar: bar.value or 0)
    return f"「{largest.label}」が{largest.value}%で最も高くなっています。"


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
    return Bar(f"{year}（{point.year}）", point.value, point.wording, share, point.derivation)
