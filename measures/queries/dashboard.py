"""What the committee reads of a year: counts every way, beside the year before.

A board is read in a fixed number of queries, whatever the plan holds: the
sheets of two years once, as plain tuples, and counted here in every direction.
Letters are never averaged; every count comes with its n and its 未評価.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from mine_welfare.accounts.models import Organization
from plans.models import Plan

from ..models import Action, Cycle, Direction, Entry, Grade, Measure, MeasureReview
from .slices import NOT_RATED, address_of
from .structure import ANSWERED, Distribution

FIELDS = (
    "cycle_id",
    "action_id",
    "action__measure_id",
    "action__actor__code",
    "action__actor__label",
    "organization_id",
    "rating_id",
    "direction_id",
    "state",
    "is_late",
    "closed_unanswered",
    "submitted_at",
)


class Sheet(NamedTuple):
    """What the counts need of one sheet."""

    cycle: int
    action: int
    measure: int
    side: str
    side_label: str
    organization: str
    organization_name: str
    position: int
    rating: int | None
    direction: int | None
    state: str
    is_late: bool
    closed_unanswered: bool
    submitted_at: object

    @property
    def is_answered(self) -> bool:
        return self.state in ANSWERED


@dataclass(frozen=True)
class Filters:
    """What the address asks for; every part is optional."""

    goal: int | None = None
    organization: str = ""
    side: str = ""
    component: str = ""
    policy: str = ""
    measure: str = ""

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def keep(self, measure: Measure) -> bool:
        """Whether the measure lies within the goal, the policy or the measure asked for."""
        return (
            self.goal in (None, measure.policy.goal.number)
            and self.policy in ("", measure.policy.code)
            and self.measure in ("", measure.code)
        )


@dataclass
class CountRow:
    """One row of a table of counts, beside the year before where there is one."""

    label: str
    now: Distribution
    before: Distribution | None
    cells: list[tuple[Grade, int, str]]
    unrated: tuple[int, str]
    all: tuple[int, str]

    @property
    def change(self) -> str:
        """How many more (or fewer) sheets stand at plan or above than a year before: +3, −2, ±0; — without one."""
        if not (self.before and self.before.n):
            return "—"
        gap = self.now.good - self.before.good
        return f"{'+' if gap > 0 else '−'}{abs(gap)}" if gap else "±0"


@dataclass
class Board:
    """Two years of one plan, filtered; `before` is None in the first year."""

    cycle: Cycle
    before: Cycle | None
    cycles: list[Cycle]  # every year that may be shown, oldest first
    filters: Filters
    public: bool = False
    sheets: dict[int, list[Sheet]] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)
    reviews: dict[tuple[int, int], MeasureReview] = field(default_factory=dict)
    components: dict[int, list[tuple[str, str, int]]] = field(default_factory=dict)

    # ---- the years ------------------------------------------------------------
    @property
    def plan(self) -> Plan:
        return self.cycle.plan

    @property
    def is_consecutive(self) -> bool:
        """Whether the year beside it is the one just before: only then does anything last 「2年続けて」."""
        return self.before is not None and self.before.year == self.cycle.year - 1

    @property
    def grades(self) -> list[Grade]:
        return list(self.cycle.scale.grades.all())

    @property
    def now(self) -> list[Sheet]:
        return self.sheets.get(self.cycle.pk, [])

    @property
    def then(self) -> list[Sheet]:
        return self.sheets.get(self.before.pk, []) if self.before else []

    @cached_property
    def whole(self) -> Distribution:
        return self.count(self.cycle, self.now)

    @cached_property
    def whole_before(self) -> Distribution | None:
        return self.count(self.before, self.then) if self.before else None

    def count(self, cycle: Cycle, sheets: Iterable[Sheet]) -> Distribution:
        """A sheet counts with its rating once the secretariat confirmed it; until then it is 未評価."""
        counts = Counter(sheet.rating if sheet.is_answered else None for sheet in sheets)
        return Distribution(list(cycle.scale.grades.all()), dict(counts))

    # ---- narrowing --------------------------------------------------------------
    @property
    def choices(self) -> dict[str, list[tuple]]:
        """What there is to narrow to, by the name of its parameter: read off what the board holds."""
        everything = [one for sheets in self.sheets.values() for one in sheets]
        offices = sorted({(one.position, one.organization, one.organization_name) for one in everything})
        parts = sorted({part for parts in self.components.values() for part in parts}, key=lambda part: part[2])
        return {
            "goal": list({one.policy.goal.number: str(one.policy.goal) for one in self.measures}.items()),
            "organization": [(slug, name) for _, slug, name in offices],
            "side": sorted({one.side: one.side_label for one in everything}.items()),
            "component": [(code, title) for code, title, _ in parts],
        }

    def narrowed(self, filters: Filters) -> "Board":
        """The same years with only the measures and the sheets that `filters` ask for."""
        if not filters:
            return self
        measures = [one for one in self.measures if filters.keep(one)]
        kept = {measure.pk for measure in measures}

        def wanted(sheet: Sheet) -> bool:
            belongs = (part[0] for part in self.components.get(sheet.action, []))
            return (
                sheet.measure in kept
                and (not filters.organization or sheet.organization == filters.organization)
                and (not filters.side or sheet.side == filters.side)
                and (not filters.component or filters.component in belongs)
            )

        return replace(
            self,
            filters=filters,
            sheets={year: [one for one in sheets if wanted(one)] for year, sheets in self.sheets.items()},
            measures=measures,
        )

    # ---- tables of counts -------------------------------------------------------
    def rows(
        self, key: Callable[[Sheet], object], names: Sequence[tuple[object, str]], parameter: str
    ) -> list[CountRow]:
        """One row for each (value, label) of `names`; `parameter` is the address parameter that finds its rows."""
        rows = []
        for value, label in names:
            now = self.count(self.cycle, (one for one in self.now if key(one) == value))
            then = [one for one in self.then if key(one) == value]
            before = self.count(self.before, then) if self.before else None
            rows.append(self._row(label, now, before, {parameter: value}))
        return [row for row in rows if row.now.n or (row.before and row.before.n)]

    def _row(self, label: str, now: Distribution, before: Distribution | None, wanted: dict) -> CountRow:
        def link(**more: object) -> str:
            return self._link(**{**wanted, **more})

        cells = [(grade, count, link(rating=grade.code)) for grade, count in now.table]
        return CountRow(label, now, before, cells, (now.unanswered, link(rating=NOT_RATED)), (now.n, link()))

    def _link(self, **wanted: object) -> str:
        """The list of these sheets, within the filters of the board; citizens have no such list."""
        return "" if self.public else address_of(self.cycle, **{**vars(self.filters), **wanted})

    @cached_property
    def by_goal(self) -> list[CountRow]:
        goals = {measure.policy.goal.number: str(measure.policy.goal) for measure in self.measures}
        of_measure = {measure.pk: measure.policy.goal.number for measure in self.measures}
        return self.rows(lambda one: of_measure.get(one.measure), list(goals.items()), "goal")

    @cached_property
    def by_policy(self) -> list[CountRow]:
        names = {measure.policy.code: str(measure.policy) for measure in self.measures}
        of_measure = {measure.pk: measure.policy.code for measure in self.measures}
        return self.rows(lambda one: of_measure.get(one.measure), list(names.items()), "policy")

    @cached_property
    def by_measure(self) -> dict[int, CountRow]:
        codes = {measure.pk: measure.code for measure in self.measures}
        return {
            measure.pk: row
            for measure in self.measures
            for row in self.rows(lambda one: codes.get(one.measure), [(measure.code, str(measure))], "measure")
        }

    @cached_property
    def by_organization(self) -> list[CountRow]:
        found = {(one.position, one.organization): one.organization_name for one in [*self.now, *self.then]}
        names = [(slug, name) for (_, slug), name in sorted(found.items())]
        return self.rows(lambda one: one.organization, names, "organization")

    @cached_property
    def by_side(self) -> list[CountRow]:
        names = {one.side: one.side_label for one in [*self.now, *self.then]}
        return self.rows(lambda one: one.side, sorted(names.items()), "side")

    @cached_property
    def by_component(self) -> list[CountRow]:
        """One action may belong to several: the rows do not add up to the whole."""
        names = sorted({part for parts in self.components.values() for part in parts}, key=lambda part: part[2])
        rows = []
        for code, title, _ in names:
            mine = {action for action, parts in self.components.items() if any(part[0] == code for part in parts)}
            rows += self.rows(
                lambda one, mine=mine, code=code: one.action in mine and code, [(code, title)], "component"
            )
        return rows

    # ---- directions and freshness ---------------------------------------------
    @cached_property
    def directions(self) -> list[tuple[Direction, int, str]]:
        """今後の方向性 of the confirmed sheets, in the scale's order, each with the address of its rows."""
        counts = Counter(one.direction for one in self.now if one.is_answered)
        return [(one, counts[one.pk], self._link(direction=one.code)) for one in self.cycle.scale.directions.all()]

    @cached_property
    def freshness(self) -> list[tuple[str, int, str]]:
        """(kind, sheets, address): sent on time, late, 未回答のまま締切, not sent yet. Apart from the ratings."""
        counts = Counter(freshness(one) for one in self.now)
        order = ("intime", "late", "unanswered", "open")
        return [(kind, counts[kind], self._link(answer=kind)) for kind in order]

    # ---- the reviews of measures ------------------------------------------------
    def review(self, measure: Measure, cycle: Cycle | None) -> MeasureReview | None:
        return self.reviews.get((measure.pk, cycle.pk)) if cycle else None

    def rating(self, measure: Measure, cycle: Cycle | None) -> Grade | None:
        review = self.review(measure, cycle)
        return review.rating if review else None

    def move(self, measure: Measure) -> str:
        """rise, fall or same from the year before; "" where one of the two is not rated or on another scale."""
        now, then = self.rating(measure, self.cycle), self.rating(measure, self.before)
        return move(then, now)

    @cached_property
    def moves(self) -> list[tuple[Measure, Grade, Grade, str]]:
        """(measure, then, now, rise or fall) of those that moved; what fell first."""
        found = [
            (one, self.rating(one, self.before), self.rating(one, self.cycle), self.move(one)) for one in self.measures
        ]
        return sorted((row for row in found if row[3] in ("rise", "fall")), key=lambda row: row[3] != "fall")

    @cached_property
    def move_counts(self) -> Counter:
        return Counter(self.move(measure) for measure in self.measures)


def freshness(sheet: Sheet) -> str:
    """How a sheet came in: a key of `slices.ANSWERS`."""
    if sheet.submitted_at is None:
        return "unanswered" if sheet.closed_unanswered else "open"
    return "late" if sheet.is_late else "intime"


def move(then: Grade | None, now: Grade | None) -> str:
    """How a rating moved: only between two rated letters of one scale."""
    if not then or not now or not (then.is_rated and now.is_rated) or then.scale_id != now.scale_id:
        return ""
    return "same" if then.pk == now.pk else "rise" if now.position < then.position else "fall"


def board(cycle: Cycle, before: Cycle | None, cycles: Sequence[Cycle], *, public: bool = False) -> Board:
    """The counts of `cycle` beside `before`, in seven queries. `cycles` are all that may be shown; no cell of a
    `public` board leads to the staff side.
    """
    made = Board(cycle, before, sorted(cycles, key=lambda one: one.year), Filters(), public)
    prefetch_related_objects(_unique_scales(made.cycles), "grades", "directions")
    made.measures = list(Measure.objects.of_plan(cycle.plan))
    made.reviews = _reviews(made.cycles)
    belongs = Action.components.through.objects.filter(component__plan=cycle.plan)
    for action, *part in belongs.values_list("action_id", "component__code", "component__title", "component__position"):
        made.components.setdefault(action, []).append(tuple(part))
    years = [one.pk for one in (cycle, before) if one]
    for sheet in _sheets(years):
        made.sheets.setdefault(sheet.cycle, []).append(sheet)
    return made


def _sheets(years: Sequence[int]) -> list[Sheet]:
    """The sheets of `years` with their organizations, which are read by key: a join would read every plan's."""
    rows = list(Entry.objects.filter(cycle__in=years).order_by().values_list(*FIELDS))
    place = FIELDS.index("organization_id")
    offices = Organization.objects.filter(pk__in={row[place] for row in rows})
    names = {pk: part for pk, *part in offices.order_by().values_list("pk", "slug", "name", "position")}
    return [Sheet(*row[:place], *names[row[place]], *row[place + 1 :]) for row in rows]


@dataclass(frozen=True)
class HeatRow:
    """One measure in the table of 施策 × 年度: its ratings, how it moved, and this year's sheets."""

    measure: Measure
    ratings: list[tuple[Grade | None, bool]]  # (rating, whether the year has begun) by year of the plan
    move: str
    counts: CountRow | None


def heat_rows(board: Board) -> list[tuple[str, list[HeatRow]]]:
    """[(基本目標, its measures)] in the plan's order."""
    by_year = {cycle.year: cycle for cycle in board.cycles}
    found: dict[str, list[HeatRow]] = {}
    for measure in board.measures:
        ratings = [(board.rating(measure, by_year.get(year)), year in by_year) for year in board.plan.years]
        row = HeatRow(measure, ratings, board.move(measure), board.by_measure.get(measure.pk))
        found.setdefault(str(measure.policy.goal), []).append(row)
    return list(found.items())


def _reviews(cycles: Sequence[Cycle]) -> dict[tuple[int, int], MeasureReview]:
    """The reviews by (measure, year). Their letters are those the scales have read: no join over every plan's."""
    grades = {grade.pk: grade for cycle in cycles for grade in cycle.scale.grades.all()}
    found = {}
    for review in MeasureReview.objects.filter(cycle__in=[one.pk for one in cycles]).order_by():
        for name in ("first_rating", "second_rating"):
            if grade := grades.get(getattr(review, f"{name}_id")):
                setattr(review, name, grade)
        found[review.measure_id, review.cycle_id] = review
    return found


def _unique_scales(cycles: Sequence[Cycle]) -> list:
    """One object a scale, so that the years share what was read."""
    scales: dict = {}
    for cycle in cycles:
        cycle.scale = scales.setdefault(cycle.scale_id, cycle.scale)
    return list(scales.values())
