"""Page-shaped reads of 施策の評価: how far the year's reviews are, and one review beside what it stands on."""

from collections import Counter
from dataclasses import dataclass

from ..models import Cycle, Grade, Measure, MeasureReview, Opinion
from ..reviewing import Suggestion, suggest
from .structure import Distribution, distributions, grades_of

RATINGS = ("first_rating", "second_rating")


@dataclass
class ReviewRow:
    """One measure in the list: its sheets, its review so far, and the 参考."""

    measure: Measure
    review: MeasureReview | None
    distribution: Distribution

    @property
    def state(self) -> MeasureReview.State:
        return self.review.state if self.review else MeasureReview.State.EMPTY

    @property
    def suggestion(self) -> Suggestion:
        return suggest(self.distribution.table, self.distribution.n)

    @property
    def open_texts(self) -> list[str]:
        """Which of the closing texts are still empty."""
        texts = [("主な評価と課題", "summary"), ("見直し方針", "policy")]
        return [label for label, name in texts if not (self.review and getattr(self.review, name))]


def review_rows(cycle: Cycle) -> list[ReviewRow]:
    """Every measure of the plan in its order, in four queries."""
    counts = distributions(cycle, "action__measure")
    empty = Distribution(grades_of(cycle.scale))
    reviews = {review.measure_id: review for review in cycle.reviews.select_related(*RATINGS)}
    return [
        ReviewRow(measure, reviews.get(measure.pk), counts.get(measure.pk, empty))
        for measure in Measure.objects.of_plan(cycle.plan)
    ]


def state_counts(rows: list[ReviewRow]) -> list[tuple[MeasureReview.State, int]]:
    """How many measures are at each state, in the order of the states."""
    counts = Counter(row.state for row in rows)
    return [(state, counts[state]) for state in MeasureReview.State]


@dataclass
class ReviewPage:
    """One review with what it stands on: the sheets by side, last year's review, what the committee said."""

    measure: Measure
    review: MeasureReview
    sides: list[tuple[str, Distribution]]
    whole: Distribution
    previous: MeasureReview | None
    opinions: list[Opinion]
    neighbours: tuple[Measure | None, Measure | None]

    @property
    def suggestion(self) -> Suggestion:
        return suggest(self.whole.table, self.whole.n)

    @property
    def table(self) -> list[tuple[str, list[int], int]]:
        """(rating in words, its sheets by side, in all); 未評価 last."""
        columns = [distribution for _, distribution in self.sides]
        rows = [
            (f"{grade.code} {grade.short_label}", [one.counts.get(grade.pk, 0) for one in columns], total)
            for grade, total in self.whole.table
        ]
        return [*rows, ("未評価", [one.unanswered for one in columns], self.whole.unanswered)]


def review_page(cycle: Cycle, code: str) -> ReviewPage | None:
    """The page of the measure `code`, or None where the plan has no such measure."""
    measures = list(Measure.objects.of_plan(cycle.plan))
    place = next((index for index, one in enumerate(measures) if one.code == code), None)
    if place is None:
        return None
    measure = measures[place]
    rows = MeasureReview.objects.filter(measure=measure, cycle__plan=cycle.plan_id)
    years = rows.filter(cycle__year__in=(cycle.year, cycle.year - 1)).select_related("cycle", *RATINGS)
    reviews = {review.cycle.year: review for review in years}
    sides = _sides(cycle, measure)
    opinions = cycle.opinions.filter(measure=measure, received_at__isnull=False).order_by("at", "pk")
    return ReviewPage(
        measure=measure,
        review=_of_this_year(reviews.get(cycle.year), cycle, measure),
        sides=sides,
        whole=_sum(sides[0][1].grades if sides else grades_of(cycle.scale), [side for _, side in sides]),
        previous=reviews.get(cycle.year - 1),
        opinions=list(opinions),
        neighbours=(
            measures[place - 1] if place else None,
            measures[place + 1] if place + 1 < len(measures) else None,
        ),
    )


def _of_this_year(review: MeasureReview | None, cycle: Cycle, measure: Measure) -> MeasureReview:
    """The review with its year and scale at hand; a new one where nobody has begun."""
    review = review or MeasureReview(measure=measure)
    review.cycle = cycle
    return review


def _sides(cycle: Cycle, measure: Measure) -> list[tuple[str, Distribution]]:
    """(担い手, its sheets) of those that have any: 社協 and 行政 side by side."""
    counts = distributions(cycle, "action__actor", entries=cycle.entries.filter(action__measure=measure))
    return [(actor.label, counts[actor.pk]) for actor in cycle.plan.actors.all() if actor.pk in counts]


def _sum(grades: list[Grade], parts: list[Distribution]) -> Distribution:
    counts: Counter[int | None] = Counter()
    for part in parts:
        counts.update(part.counts)
    return Distribution(grades, dict(counts))
