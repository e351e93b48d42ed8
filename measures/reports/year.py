"""The context of the yearly papers: 達成状況評価報告書, and 主な意見と市の考え方.

Numbers are numbers of sheets (個票). A share is of the rated sheets only
(A–D of the usual scale), printed with its n; letters are never averaged.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string

from mine_welfare.toolkit import chart, typography
from mine_welfare.toolkit.chart import Stacked
from mine_welfare.toolkit.fiscal import wareki_year_both
from plans.models import BasicGoal, Component

from ..charts import shares_chart
from ..models import (
    Cycle,
    Direction,
    Entry,
    Grade,
    Indicator,
    IndicatorValue,
    Measure,
    MeasureReview,
    Opinion,
    Response,
)
from ..queries.structure import ANSWERED, Distribution, distributions, grades_of


@dataclass
class Shares:
    """One line of the counts: a distribution and the shares of its rated sheets."""

    label: str
    counts: Distribution

    @property
    def rated(self) -> list[tuple[Grade, int]]:
        return [(grade, number) for grade, number in self.counts.table if grade.is_rated]

    @property
    def unrated(self) -> list[tuple[Grade, int]]:
        return [(grade, number) for grade, number in self.counts.table if not grade.is_rated]

    @property
    def n(self) -> int:
        """The rated sheets: what the shares are of."""
        return sum(number for _, number in self.rated)

    @property
    def n_unrated(self) -> int:
        return sum(number for _, number in self.unrated)

    @property
    def good_share(self) -> float:
        return 100 * self.counts.good / self.n if self.n else 0.0


@dataclass
class Freshness:
    """How the year's answers came: apart from what they say."""

    on_time: int = 0
    late: int = 0
    unanswered: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        return self.on_time + self.late + self.unanswered


@dataclass
class MeasurePage:
    """One 施策 of the report."""

    measure: Measure
    rows: list[Entry]
    counts: Distribution | None
    review: MeasureReview | None = None
    indicators: list[tuple[Indicator, IndicatorValue | None]] = field(default_factory=list)


@dataclass
class YearReport:
    """Everything 達成状況評価報告書 of one year shows; of one component where `component` is given."""

    cycle: Cycle
    component: Component | None
    whole: Shares
    goals: list[Shares]
    directions: list[Direction]
    by_direction: list[tuple[str, list[int]]]
    freshness: Freshness
    pages: list[MeasurePage]

    @property
    def grades(self) -> list[Grade]:
        return self.whole.counts.grades

    @property
    def chart(self) -> Stacked:
        """図1: the shares of the whole and of each goal."""
        return shares_chart([(line.label, line.counts) for line in (self.whole, *self.goals)], self.cycle)

    @property
    def direction_totals(self) -> list[int]:
        return [sum(column) for column in zip(*(counts for _, counts in self.by_direction), strict=True)]


def year_report(cycle: Cycle, component: Component | None = None) -> YearReport:
    """The report of `cycle`, in a fixed number of queries."""
    entries = cycle.entries.all()
    if component:
        entries = entries.filter(action__components=component)
    by_goal = distributions(cycle, "action__measure__policy__goal", entries=entries)
    goals = [goal for goal in cycle.plan.goals.all() if goal.pk in by_goal]
    whole = distributions(cycle, entries=entries).get((), Distribution(grades_of(cycle.scale)))
    directions = list(cycle.scale.directions.all())
    return YearReport(
        cycle,
        component,
        Shares("全体", whole),
        [Shares(str(goal), by_goal[goal.pk]) for goal in goals],
        directions,
        _by_direction(entries, goals, directions),
        _freshness(entries),
        _pages(cycle, entries),
    )


def _by_direction(
    entries: QuerySet, goals: Iterable[BasicGoal], directions: list[Direction]
) -> list[tuple[str, list[int]]]:
    found: dict[tuple[int, int], int] = defaultdict(int)
    rows = entries.filter(state__in=ANSWERED).order_by().values_list("action__measure__policy__goal", "direction")
    for goal, direction in rows:
        found[goal, direction] += 1
    return [(str(goal), [found[goal.pk, direction.pk] for direction in directions]) for goal in goals]


def _freshness(entries: QuerySet) -> Freshness:
    found = Freshness()
    for submitted, is_late, unchanged in entries.order_by().values_list("submitted_at", "is_late", "unchanged_on"):
        if submitted is None:
            found.unanswered += 1
        elif is_late:
            found.late += 1
        else:
            found.on_time += 1
        found.unchanged += bool(unchanged)
    return found


def _pages(cycle: Cycle, entries: QuerySet) -> list[MeasurePage]:
    rows = entries.select_related("organization", "rating", "direction", "action__measure__policy__goal").in_order()
    by_measure: dict[int, MeasurePage] = {}
    counts = distributions(cycle, "action__measure", entries=entries)
    for row in rows:
        row.is_shown = row.stage in ANSWERED  # what was not confirmed is no result yet
        measure = row.action.measure
        by_measure.setdefault(measure.pk, MeasurePage(measure, [], counts.get(measure.pk))).rows.append(row)
    for review in cycle.reviews.filter(measure__in=by_measure).select_related("first_rating", "second_rating"):
        by_measure[review.measure_id].review = review
    of_year = Prefetch("values", IndicatorValue.objects.filter(year=cycle.year), to_attr="of_year")
    for indicator in Indicator.objects.in_year(cycle.year).filter(measure__in=by_measure).prefetch_related(of_year):
        by_measure[indicator.measure_id].indicators.append((indicator, next(iter(indicator.of_year), None)))
    return list(by_measure.values())


def opinions(cycle: Cycle) -> list[Opinion]:
    """The received opinions of a year in the plan's order, each with its confirmed answers."""
    answers = Prefetch("responses", Response.objects.confirmed().select_related("organization"))
    return list(cycle.opinions.received().in_order().select_related("measure").prefetch_related(answers))


REPORT = "達成状況評価報告書"
OPINIONS = "主な意見と市の考え方"
CONTENTS = (("r1", "1　この報告書の見方"), ("r2", "2　達成状況のまとめ"), ("r3", "3　施策ごとの評価"))


def report_html(cycle: Cycle, component: Component | None = None, **head) -> str:
    """達成状況評価報告書 as HTML for the PDF engine; `head` is what its cover says (made, is_public, occasion …)."""
    name = f"{component.title}　{REPORT}" if component else REPORT
    report = year_report(cycle, component)
    context = {"report": report, "contents": CONTENTS, "notes": chart.notes(report.chart)}
    return _paper("pdf/year/report.html", cycle, name, **context, **head)


def opinions_html(cycle: Cycle, **head) -> str:
    """主な意見と市の考え方 as HTML for the PDF engine."""
    reflections = [(one.label, one.definition) for one in Response.Reflection]
    return _paper("pdf/year/opinions.html", cycle, OPINIONS, opinions=opinions(cycle), reflections=reflections, **head)


def _paper(template: str, cycle: Cycle, name: str, **context) -> str:
    title = f"{wareki_year_both(cycle.year)}{name}"
    context = {"plan": cycle.plan, "cycle": cycle, "names": name.split("　"), "title": title, **context}
    return typography.hold_line_ends(render_to_string(template, context))
