"""One 施策 for the meeting: its ratings through the years, its sheets beside last year's, indicators, opinions."""

from collections.abc import Sequence
from dataclasses import dataclass

from mine_welfare.accounts.models import User

from ..models import Cycle, Entry, Grade, Indicator, Measure, MeasureReview, Opinion
from ..permissions import opinions_visible_to, visible_to
from .dashboard import move
from .structure import ANSWERED, Distribution, grades_of

# So many opinions stand on the sheet of paper; the others are read on the screen.
PAPER_OPINIONS = 3
# Rows up to which a sheet of paper is printed larger, with more of the long texts.
DENSITIES = (("few", 9), ("some", 12), ("many", 20))


@dataclass
class SheetRow:
    """One sheet of the measure beside the one of the year before."""

    entry: Entry
    before: Entry | None
    is_shown: bool  # whether this person may open it

    @property
    def rating(self) -> Grade | None:
        return self.entry.rating if self.entry.state in ANSWERED else None

    @property
    def rating_before(self) -> Grade | None:
        return self.before.rating if self.before and self.before.state in ANSWERED else None

    @property
    def move(self) -> str:
        return move(self.rating_before, self.rating)


@dataclass
class MeasureSheet:
    """The page of one measure; `reviews` by year, the measures before and after it for turning over."""

    measure: Measure
    ratings: list[tuple[int, Grade | None]]
    review: MeasureReview | None
    rows: list[SheetRow]
    now: Distribution
    before: Distribution | None
    indicators: list[Indicator]
    opinions: list[Opinion]
    neighbours: tuple[Measure | None, Measure | None]

    @property
    def move(self) -> str:
        """From the year before; the last of `ratings` is this year."""
        then = self.ratings[-2][1] if len(self.ratings) > 1 else None
        return move(then, self.ratings[-1][1])

    @property
    def density(self) -> str:
        """How full the one sheet of paper is: indicators take the room of three rows, and of two more each."""
        weight = len(self.rows) + (3 + 2 * len(self.indicators) if self.indicators else 0)
        return next((name for name, most in DENSITIES if weight <= most), "full")

    @property
    def paper_opinions(self) -> int:
        return PAPER_OPINIONS

    @property
    def opinions_left(self) -> int:
        """How many opinions the paper does not show."""
        return max(len(self.opinions) - PAPER_OPINIONS, 0)


def measure_sheet(cycle: Cycle, cycles: Sequence[Cycle], code: str, user: User) -> MeasureSheet | None:
    """The measure `code` in the year `cycle`, or None where the plan has none. `cycles` are those `user` may see."""
    measures = list(Measure.objects.of_plan(cycle.plan))
    place = next((index for index, one in enumerate(measures) if one.code == code), None)
    if place is None:
        return None
    measure = measures[place]
    last = next((one for one in cycles if one.year == cycle.year - 1), None)
    reviews = {
        review.cycle_id: review
        for review in MeasureReview.objects.filter(
            measure=measure, cycle__in=[one.pk for one in cycles]
        ).select_related("first_rating", "second_rating")
    }
    past = sorted((one for one in cycles if one.year <= cycle.year), key=lambda one: one.year)
    rows = _rows(cycle, last, measure, user)
    return MeasureSheet(
        measure=measure,
        ratings=[(one.year, reviews[one.pk].rating if one.pk in reviews else None) for one in past],
        review=reviews.get(cycle.pk),
        rows=rows,
        now=_count(cycle, [row.rating for row in rows]),
        before=_count(last, [row.rating_before for row in rows if row.before]) if last else None,
        indicators=list(measure.indicators.in_year(cycle.year).prefetch_related("values")),
        opinions=list(opinions_visible_to(cycle.opinions.filter(measure=measure), user).order_by("at", "pk")),
        neighbours=(
            measures[place - 1] if place else None,
            measures[place + 1] if place + 1 < len(measures) else None,
        ),
    )


def _rows(cycle: Cycle, last: Cycle | None, measure: Measure, user: User) -> list[SheetRow]:
    found = (
        Entry.objects.filter(action__measure=measure, cycle__in=[one.pk for one in (cycle, last) if one])
        .select_related("action__actor", "organization", "rating", "direction")
        .in_order()
    )
    before = {(one.action_id, one.organization_id): one for one in found if last and one.cycle_id == last.pk}
    open_to = set(visible_to(cycle.entries.filter(action__measure=measure), user).values_list("pk", flat=True))
    return [
        SheetRow(one, before.get((one.action_id, one.organization_id)), one.pk in open_to)
        for one in found
        if one.cycle_id == cycle.pk
    ]


def _count(cycle: Cycle, ratings: list[Grade | None]) -> Distribution:
    counts: dict[int | None, int] = {}
    for grade in ratings:
        key = grade.pk if grade else None
        counts[key] = counts.get(key, 0) + 1
    return Distribution(grades_of(cycle.scale), counts)
