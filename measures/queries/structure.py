"""Page-shaped reads of the evaluation: counts, tables, this year beside last year.

Counts are numbers of sheets (個票). A share is never computed here from
letters; every count comes with its n.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Prefetch, QuerySet

from mine_welfare.toolkit.addresses import address
from plans.models import BasicGoal, BasicPolicy, Plan

from ..models import (
    Action,
    ActionGroup,
    Actor,
    Cycle,
    Direction,
    Grade,
    Measure,
    Responsibility,
    RoleItem,
    Scale,
)
from ..workflow import EntryState

ANSWERED = (EntryState.ACCEPTED, EntryState.FIXED)


# ---- counting -------------------------------------------------------------
@dataclass
class Distribution:
    """How many sheets got which rating. `counts` is by grade id, None = not answered (or not confirmed yet)."""

    grades: list[Grade]
    counts: dict[int | None, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def unanswered(self) -> int:
        return self.counts.get(None, 0)

    @property
    def answered(self) -> int:
        return self.n - self.unanswered

    @property
    def good(self) -> int:
        """Sheets at or above plan: the two best tones of the scale."""
        return sum(self.counts.get(grade.pk, 0) for grade in self.grades if grade.tone in (Grade.Tone.A, Grade.Tone.B))

    @property
    def low(self) -> int:
        """Sheets below plan."""
        return sum(self.counts.get(grade.pk, 0) for grade in self.grades if grade.tone in (Grade.Tone.C, Grade.Tone.D))

    @cached_property
    def parts(self) -> list[tuple[str, str, int]]:
        """(tone, label, count) from left to right of the bar; the unrated letters stand together."""
        rated = [(g.tone, f"{g.code} {g.short_label}", self.counts.get(g.pk, 0)) for g in self.grades if g.is_rated]
        others = [grade for grade in self.grades if not grade.is_rated]
        label = f"対象外 {'・'.join(grade.code for grade in others)}"
        rest = [("n", label, sum(self.counts.get(grade.pk, 0) for grade in others))] if others else []
        return [*rated, *rest, ("0", "未回答", self.unanswered)]

    @property
    def table(self) -> list[tuple[Grade, int]]:
        return [(grade, self.counts.get(grade.pk, 0)) for grade in self.grades]


def grades_of(scale: Scale) -> list[Grade]:
    return list(scale.grades.all())


def distributions(cycle: Cycle, *keys: str, entries: QuerySet | None = None) -> dict:
    """Distributions of a year's sheets by `keys` (lookups from Entry), in one query.

    With one key the dictionary is by its value, with several by tuple, with
    none it holds one distribution under (). A sheet counts with its rating
    once the secretariat confirmed it; until then it counts as unanswered.
    """
    rows = (
        (cycle.entries if entries is None else entries)
        .order_by()
        .values_list(*keys, "rating", "state")
        .annotate(number=Count("pk"))
    )
    grades = grades_of(cycle.scale)
    found: dict = defaultdict(lambda: Distribution(grades))
    for row in rows:
        *values, rating, state, number = row
        key = values[0] if len(keys) == 1 else tuple(values)
        answered = rating if state in ANSWERED else None
        counts = found[key].counts
        counts[answered] = counts.get(answered, 0) + number
    return dict(found)


# ---- the plan's structure ---------------------------------------------------
def outline(plan: Plan) -> QuerySet:
    """施策の体系: goals with their policies and measures, in three queries."""
    return plan.goals.prefetch_related("policies__goal", "policies__measures")


@dataclass
class ActionRow:
    """One action in a measure's table, and who answers for it."""

    action: Action
    offices: list[Responsibility]

    @property
    def url(self) -> str:
        return address("action", self.action.code)

    @property
    def wordings(self) -> list[str]:
        """The offices as the plan prints them, each once: several may have taken the place of 「関係各課」."""
        return list(dict.fromkeys(office.wording for office in self.offices))


@dataclass
class ActionTable:
    """One actor's actions, or one group of them (ア〜オ)."""

    actor: Actor
    heading: str
    group: ActionGroup | None
    rows: list[ActionRow]


def _actions(year: int) -> QuerySet:
    """Actions with everything their table shows, in printed order; `offices` are those of `year`."""
    offices = (
        Responsibility.objects.valid_in(year)
        .select_related("organization")
        .order_by("position", "organization__position")
    )
    return (
        Action.objects.active_in(year)
        .select_related("actor", "group__see", "repeats__measure", "see")
        .prefetch_related(Prefetch("responsibilities", queryset=offices, to_attr="offices"))
        .order_by("actor__position", "number")
    )


def _tables(measure: Measure, actions: Iterable[Action]) -> list[ActionTable]:
    tables: dict[tuple, ActionTable] = {}
    for action in actions:
        key = (action.actor_id, action.group_id)
        if key not in tables:
            heading = measure.action_headings.get(action.actor.code, action.actor.actions_heading)
            tables[key] = ActionTable(action.actor, heading, action.group, [])
        tables[key].rows.append(ActionRow(action, action.offices))
    return list(tables.values())


@dataclass
class MeasurePart:
    """One measure as chapter 4 prints it."""

    measure: Measure
    roles: list[tuple[Actor, list[RoleItem]]]
    tables: list[ActionTable]


@dataclass
class PolicyPart:
    policy: BasicPolicy
    measures: list[MeasurePart]


@dataclass
class GoalPart:
    goal: BasicGoal
    policies: list[PolicyPart]


def goal_parts(plan: Plan, year: int | None = None) -> list[GoalPart]:
    """All of chapter 4 as it stands in `year` (at first the plan's own), in a fixed number of queries."""
    year = year or plan.start_year
    actors = list(plan.actors.all())
    roles: dict[tuple[int, int], list[RoleItem]] = defaultdict(list)
    for item in RoleItem.objects.filter(measure__plan=plan).order_by("position"):
        roles[item.measure_id, item.actor_id].append(item)
    actions: dict[int, list[Action]] = defaultdict(list)
    for action in _actions(year).filter(plan=plan):
        actions[action.measure_id].append(action)
    parts: dict[int, list[MeasurePart]] = defaultdict(list)
    for measure in Measure.objects.of_plan(plan):
        own_roles = [(actor, roles[measure.pk, actor.pk]) for actor in actors]
        parts[measure.policy_id].append(MeasurePart(measure, own_roles, _tables(measure, actions[measure.pk])))
    goals = plan.goals.prefetch_related("policies__goal")
    return [GoalPart(goal, [PolicyPart(policy, parts[policy.pk]) for policy in goal.policies.all()]) for goal in goals]


# ---- a year by measure and by direction ------------------------------------
@dataclass
class MeasureRow:
    """One measure in a list: how many actions it has, how a year's sheets went and what was concluded."""

    measure: Measure
    n_actions: int
    distribution: Distribution | None
    rating: Grade | None

    @property
    def url(self) -> str:
        return address("measure", self.measure.code)


def measure_rows(plan: Plan, cycle: Cycle | None, **narrowed) -> list[MeasureRow]:
    """The measures of `plan` (narrowed by lookups such as `policy=…`) in order, with counts of `cycle`."""
    found = distributions(cycle, "action__measure") if cycle else {}
    reviews = cycle.reviews.select_related("first_rating", "second_rating") if cycle else ()
    ratings = {review.measure_id: review.rating for review in reviews}
    measures = Measure.objects.of_plan(plan).filter(**narrowed).annotate(n_actions=Count("actions"))
    return [
        MeasureRow(measure, measure.n_actions, found.get(measure.pk), ratings.get(measure.pk)) for measure in measures
    ]


def direction_counts(cycle: Cycle) -> list[tuple[Direction, int]]:
    """今後の方向性 of the year's confirmed sheets, in the scale's order."""
    counts = dict(
        cycle.entries.filter(state__in=ANSWERED).order_by().values_list("direction").annotate(number=Count("pk"))
    )
    return [(direction, counts.get(direction.pk, 0)) for direction in cycle.scale.directions.all()]
