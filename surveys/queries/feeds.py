"""What feeds the indicators: the values a source has by year, with n."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from measures.models import Indicator
from measures.queries.indicators import indicators_of
from plans.models import Plan

from ..models import IndicatorFeed, Series, Tally


@dataclass(frozen=True)
class Reading:
    """One year's value at its source. `n` is the base of a share; a statistic has none."""

    year: int
    value: Decimal
    n: int | None
    source: str
    derivation: str = ""


@dataclass
class FeedRow:
    """One indicator, where it takes its values from, and each year's reading beside the actual of the portal."""

    indicator: Indicator
    feed: IndicatorFeed | None
    readings: list[tuple[Reading, Decimal | None]] = field(default_factory=list)


def sources(plan: Plan) -> dict[str, list[tuple[str, str, str]]]:
    """{kind of source: [(value, label, unit)]} of everything with at least one value, in two queries."""
    series = Series.objects.filter(plan=plan, points__value__isnull=False).distinct().order_by("position")
    found: dict[str, tuple[str, str, str]] = {}
    for tally in _shares(plan).order_by("question__survey__year", "question__position", "pk"):
        part = f"{tally.item}：" if tally.item else ""
        # A question keeps its code from survey to survey: the newest of the same words stands for all.
        words = f"{tally.question.text}「{part}{tally.choice}」"
        found[_key(tally)] = (f"choice-{tally.choice_id}-{tally.item_id or ''}", words, "%")
    return {
        "統計": [(f"series-{one.pk}", f"{one.title}（{one.unit}）", one.unit) for one in series],
        "調査": list(found.values()),
    }


def _key(tally: Tally) -> tuple:
    return tally.question.code, tally.choice.label, tally.item.label if tally.item else ""


def _shares(plan: Plan):
    rows = Tally.objects.filter(question__survey__plan=plan, choice__isnull=False, percent__isnull=False, label="")
    return rows.select_related("question__survey", "choice", "item")


def readings(feeds: Iterable[IndicatorFeed], plan: Plan) -> dict[int, list[Reading]]:
    """{feed: its values by year}, in two queries for all of them."""
    found: dict[int, list[Reading]] = defaultdict(list)
    by_series, by_choice = defaultdict(list), defaultdict(list)
    for feed in feeds:
        if feed.series_id:
            by_series[feed.series_id].append(feed.pk)
        else:
            key = (feed.choice.question.code, feed.choice.label, feed.item.label if feed.item else "")
            by_choice[key].append(feed.pk)
    for one in Series.objects.filter(pk__in=by_series).prefetch_related("points"):
        for point in one.points.all():
            if point.value is not None:
                reading = Reading(point.year, point.value, None, one.source, point.derivation)
                for feed in by_series[one.pk]:
                    found[feed].append(reading)
    if by_choice:
        for tally in _shares(plan).filter(question__code__in={code for code, *_ in by_choice}):
            survey = tally.question.survey
            reading = Reading(survey.year, tally.percent, tally.question.base, survey.title, tally.derivation)
            for feed in by_choice.get(_key(tally), []):
                found[feed].append(reading)
    return {feed: sorted(rows, key=lambda row: row.year) for feed, rows in found.items()}


def feed_rows(plan: Plan) -> list[FeedRow]:
    """Every indicator of the plan with its feed, in six queries at any number."""
    chosen = IndicatorFeed.objects.filter(indicator__measure__plan=plan)
    feeds = {feed.indicator_id: feed for feed in chosen.select_related("series", "choice__question", "item")}
    found = readings(feeds.values(), plan)
    rows = []
    for indicator in indicators_of(plan.pk):
        actuals = {value.year: value.actual for value in indicator.values.all()}
        feed = feeds.get(indicator.pk)
        read = [(one, actuals.get(one.year)) for one in found.get(feed.pk, [])] if feed else []
        rows.append(FeedRow(indicator, feed, read))
    return rows
