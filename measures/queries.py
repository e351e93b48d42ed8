"""Page-shaped reads of the evaluation: counts, tables, this year beside last year.

Counts are numbers of sheets (個票). A share is never computed here from
letters; every count comes with its n.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Prefetch, Q, QuerySet

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import wareki_date
from plans.models import BasicGoal, BasicPolicy, Plan

from .models import (
    Action,
    ActionGroup,
    Actor,
    Cycle,
    Direction,
    Entry,
    Grade,
    Measure,
    MeasureReview,
    Opinion,
    Responsibility,
    RoleItem,
    Scale,
    Transition,
)
from .workflow import EntryState, Verb

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
    def good(self) -> int:
        """Sheets at or above plan: the two best tones of the scale."""
        return sum(self.counts.get(grade.pk, 0) for grade in self.grades if grade.tone in (Grade.Tone.A, Grade.Tone.B))

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


def state_counts(entries: QuerySet, key: str) -> dict[int, dict[str, int]]:
    """{value of `key`: {state: number of sheets}} in one query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for value, state, number in entries.order_by().values_list(key, "state").annotate(number=Count("pk")):
        found[value][state] = number
    return dict(found)


# ---- this year and last year ----------------------------------------------
def with_previous(entries: Iterable[Entry], cycle: Cycle) -> list[Entry]:
    """The sheets with `previous` set on each, from one query."""
    entries = list(entries)
    before = Entry.objects.filter(cycle__plan=cycle.plan_id, cycle__year=cycle.year - 1).select_related(
        "rating", "direction"
    )
    if len(entries) < 50:
        before = before.filter(action__in={entry.action_id for entry in entries})
    by_row = {(entry.action_id, entry.organization_id): entry for entry in before}
    for entry in entries:
        entry.previous = by_row.get((entry.action_id, entry.organization_id))
    return entries


def entry_rows(entries: QuerySet) -> QuerySet:
    """Sheets with everything a list shows, in the plan's order."""
    return entries.select_related(
        "cycle", "organization", "rating", "direction", "action__measure", "action__actor"
    ).in_order()


# Returned rows first, then begun, then untouched: the order a writer should take them in.
URGENCY = {EntryState.RETURNED: 0, EntryState.DRAFT: 1, EntryState.EMPTY: 2}


def by_urgency(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: URGENCY.get(entry.stage, 9))


def last_returns(entries: Iterable[Entry]) -> dict[int, Transition]:
    """The latest 差戻し of each returned sheet, by the sheet's id."""
    ids = [entry.pk for entry in entries if entry.stage == EntryState.RETURNED]
    rows = Transition.objects.filter(entry__in=ids, verb=Verb.RETURN).select_related("by").order_by("at", "pk")
    return {row.entry_id: row for row in rows}


# ---- the secretariat's table ----------------------------------------------
@dataclass
class MatrixRow:
    """One organization in 提出状況: sheets by state, those past the deadline, and the whole."""

    organization: Organization
    counts: dict[str, int]
    overdue: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def submitted(self) -> int:
        return sum(number for state, number in self.counts.items() if not EntryState(state).is_with_writer)

    @property
    def cells(self) -> list[tuple[EntryState, int]]:
        return [(state, self.counts.get(state, 0)) for state in EntryState]


def matrix(cycle: Cycle, *, is_overdue: bool) -> list[MatrixRow]:
    """課 × 状態, the organizations with most overdue sheets first."""
    counts = state_counts(cycle.entries, "organization")
    rows = []
    for organization in Organization.objects.filter(pk__in=counts):
        states = counts[organization.pk]
        waiting = sum(number for state, number in states.items() if EntryState(state).is_with_writer)
        rows.append(MatrixRow(organization, states, waiting if is_overdue else 0))
    return sorted(rows, key=lambda row: (-row.overdue, row.organization.position, row.organization.pk))


def unassigned(plan: Plan, year: int) -> QuerySet:
    """Responsibilities nobody has been given: rows that would get no sheet."""
    actions = Action.objects.filter(plan=plan).evaluated().active_in(year)
    return (
        Responsibility.objects.valid_in(year)
        .unassigned()
        .filter(action__in=actions)
        .select_related("action__measure")
        .order_by("action__code", "position")
    )


# ---- what citizens read ---------------------------------------------------
def latest_public_cycle(plan: Plan) -> Cycle | None:
    return plan.cycles.public().select_related("scale").order_by("-year").first()


@dataclass
class GoalCard:
    """One basic goal on the home page."""

    goal: BasicGoal
    policies: int
    measures: int
    actions: int
    distribution: Distribution | None

    @property
    def words(self) -> list[tuple[str, int]]:
        return [("基本施策", self.policies), ("施策", self.measures), ("取組", self.actions)]

    @property
    def result(self) -> str:
        """The bar in words, with its n."""
        if self.distribution is None:
            return ""
        return f"計画どおり以上（A・B） {self.distribution.good}件 ／ 個票 {self.distribution.n}件"


def goal_cards(plan: Plan, cycle: Cycle | None) -> list[GoalCard]:
    """The goals with their counts and the latest published ratings."""
    goals = plan.goals.annotate(
        n_policies=Count("policies", distinct=True),
        n_measures=Count("policies__measures", distinct=True),
        n_actions=Count("policies__measures__actions", distinct=True),
    )
    found = distributions(cycle, "action__measure__policy__goal") if cycle else {}
    return [GoalCard(goal, goal.n_policies, goal.n_measures, goal.n_actions, found.get(goal.pk)) for goal in goals]


@dataclass
class ActionRow:
    """One action in a measure's table: who answers for it and what each answered."""

    action: Action
    offices: list[tuple[Responsibility, Entry | None]]

    @property
    def office_names(self) -> list[str]:
        return [office.organization.name if office.organization else office.wording for office, _ in self.offices]


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
        Action.objects.select_related("actor", "group__see", "repeats__measure", "see")
        .prefetch_related(Prefetch("responsibilities", queryset=offices, to_attr="offices"))
        .order_by("actor__position", "number")
    )


def _tables(measure: Measure, actions: Iterable[Action], results: dict) -> list[ActionTable]:
    tables: dict[tuple, ActionTable] = {}
    for action in actions:
        key = (action.actor_id, action.group_id)
        if key not in tables:
            heading = measure.action_headings.get(action.actor.code, action.actor.actions_heading)
            tables[key] = ActionTable(action.actor, heading, action.group, [])
        rows = [(office, results.get((action.pk, office.organization_id))) for office in action.offices]
        tables[key].rows.append(ActionRow(action, rows))
    return list(tables.values())


def action_tables(measure: Measure, cycle: Cycle | None) -> list[ActionTable]:
    """The tables of a measure in the order the plan prints them, with the results of `cycle`."""
    results = {}
    if cycle:
        entries = cycle.entries.public().filter(action__measure=measure).select_related("rating", "direction")
        results = {(entry.action_id, entry.organization_id): entry for entry in entries}
    year = cycle.year if cycle else measure.plan.start_year
    return _tables(measure, _actions(year).filter(measure=measure), results)


def role_groups(measure: Measure) -> list[tuple[Actor, list[RoleItem]]]:
    """[(actor, role lines)] of every actor of the plan, in order; an actor without lines has an empty list."""
    found: dict[int, list[RoleItem]] = defaultdict(list)
    for item in measure.role_items.order_by("position"):
        found[item.actor_id].append(item)
    return [(actor, found[actor.pk]) for actor in measure.plan.actors.all()]


@dataclass
class MeasureRow:
    """One measure in a list: how many actions it has and how the latest published year went."""

    measure: Measure
    n_actions: int
    distribution: Distribution | None


def measure_rows(plan: Plan, cycle: Cycle | None, **narrowed) -> list[MeasureRow]:
    """The measures of `plan` (narrowed by lookups such as `policy=…`) in order, with counts of `cycle`."""
    found = distributions(cycle, "action__measure") if cycle else {}
    measures = Measure.objects.of_plan(plan).filter(**narrowed).annotate(n_actions=Count("actions"))
    return [MeasureRow(measure, measure.n_actions, found.get(measure.pk)) for measure in measures]


def outline(plan: Plan) -> QuerySet:
    """施策の体系: goals with their policies and measures, in three queries."""
    return plan.goals.prefetch_related("policies__goal", "policies__measures")


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


def structure(plan: Plan) -> list[GoalPart]:
    """All of chapter 4, from a fixed number of queries whatever its size."""
    actors = list(plan.actors.all())
    roles: dict[tuple[int, int], list[RoleItem]] = defaultdict(list)
    for item in RoleItem.objects.filter(measure__plan=plan).order_by("position"):
        roles[item.measure_id, item.actor_id].append(item)
    actions: dict[int, list[Action]] = defaultdict(list)
    for action in _actions(plan.start_year).filter(plan=plan):
        actions[action.measure_id].append(action)
    parts: dict[int, list[MeasurePart]] = defaultdict(list)
    for measure in Measure.objects.of_plan(plan):
        own_roles = [(actor, roles[measure.pk, actor.pk]) for actor in actors]
        parts[measure.policy_id].append(MeasurePart(measure, own_roles, _tables(measure, actions[measure.pk], {})))
    goals = plan.goals.prefetch_related("policies__goal")
    return [GoalPart(goal, [PolicyPart(policy, parts[policy.pk]) for policy in goal.policies.all()]) for goal in goals]


def opinions_of(measure: Measure) -> QuerySet:
    """Published opinions on a measure with their answers, latest year first."""
    return (
        Opinion.objects.filter(measure=measure, cycle__in=Cycle.objects.public())
        .select_related("cycle")
        .prefetch_related("responses__organization")
        .order_by("-cycle__year", "pk")
    )


@dataclass
class YearCard:
    """One year of the plan on a measure's page, as the years strip shows it."""

    year: int
    note: str
    place: str  # "latest", "next", or "" for a published year before it
    grade: Grade | None = None
    text: str = ""
    review: MeasureReview | None = None


def year_cards(measure: Measure, latest: Cycle | None) -> list[YearCard]:
    """Every year of the plan, those not yet published included."""
    plan = measure.plan
    cycles = {cycle.year: cycle for cycle in plan.cycles.all()}
    reviews = {
        review.cycle.year: review
        for review in MeasureReview.objects.filter(measure=measure, cycle__in=plan.cycles.public()).select_related(
            "cycle", "first_rating", "second_rating"
        )
    }
    return [_year_card(year, cycles.get(year), reviews.get(year), latest) for year in plan.years]


def _year_card(year: int, cycle: Cycle | None, review: MeasureReview | None, latest: Cycle | None) -> YearCard:
    if cycle is None or not cycle.is_public:
        note = cycle.stage.label if cycle else ""
        text = "これから"
        if cycle and cycle.publish_on:
            text = f"公表は{wareki_date(cycle.publish_on)}の予定です。"
        return YearCard(year, note, "next", text=text)
    is_latest = latest is not None and year == latest.year
    note, place = ("最新の公表", "latest") if is_latest else ("公表済", "")
    grade = (review.second_rating or review.first_rating) if review else None
    return YearCard(year, note, place, grade, review.summary if review else "", review)


def action_history(action: Action) -> list[Entry]:
    """All published sheets of one action, newest year first."""
    return list(
        action.entries.public()
        .select_related("cycle", "organization", "rating", "direction")
        .order_by("-cycle__year", "organization__position")
    )


def organization_actions(plan: Plan, organization: Organization) -> QuerySet:
    """The actions an organization answers for, in the plan's order."""
    return (
        Action.objects.filter(plan=plan, responsibilities__organization=organization)
        .distinct()
        .select_related("measure", "actor")
        .in_order()
    )


def organizations_with_counts(plan: Plan) -> QuerySet:
    """Organizations that answer for something in the plan, with how many actions."""
    return (
        Organization.objects.public()
        .annotate(
            n_actions=Count("responsibilities__action", filter=Q(responsibilities__action__plan=plan), distinct=True)
        )
        .filter(n_actions__gt=0)
        .order_by("position", "pk")
    )


def direction_counts(cycle: Cycle) -> list[tuple[Direction, int]]:
    """今後の方向性 of the year's confirmed sheets, in the scale's order."""
    counts = dict(
        cycle.entries.filter(state__in=ANSWERED).order_by().values_list("direction").annotate(number=Count("pk"))
    )
    return [(direction, counts.get(direction.pk, 0)) for direction in cycle.scale.directions.all()]
