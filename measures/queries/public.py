"""Page-shaped reads of the citizens' side: the plan's structure with what was published about it."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.addresses import address
from plans.models import BasicGoal, Plan

from ..models import (
    Action,
    Cycle,
    Entry,
    Grade,
    Measure,
)
from ..workflow import EntryState
from .structure import Distribution, distributions

# Why a row of the table has no rating.
UNANSWERED, UNASSIGNED, REPEATED, ELSEWHERE = "未回答", "担当の調整中", "再掲", "—"


def latest_public_cycle(plan: Plan) -> Cycle | None:
    """The latest year citizens may read, with its scale and grades."""
    cycles = plan.cycles.public().select_related("scale").prefetch_related("scale__grades")
    return cycles.order_by("-year").first()


# ---- the home page --------------------------------------------------------
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


# ---- the page of an action --------------------------------------------------
@dataclass
class ActionHistory:
    """The published sheets of one action: `sheets` in full, newest first, and the years side by side."""

    years: range
    cycles: dict[int, Cycle]  # the public ones, newest first
    sheets: list[Entry] = field(default_factory=list)
    unanswered: list[Entry] = field(default_factory=list)

    @property
    def latest(self) -> Cycle | None:
        return next(iter(self.cycles.values()), None)

    @property
    def table(self) -> list[tuple[Organization, list[tuple[int, Grade | None, str]]]]:
        """(organization, its years): each year with the rating, or with why there is none."""
        rows = [*self.sheets, *self.unanswered]
        organizations = sorted({row.organization for row in rows}, key=lambda one: (one.position, one.pk))
        found = {(row.organization_id, row.cycle_id): row for row in self.sheets}
        silent = {(row.organization_id, row.cycle_id) for row in self.unanswered}

        def year(organization: Organization, number: int) -> tuple[int, Grade | None, str]:
            cycle = self.cycles.get(number)
            if cycle is None:
                return number, None, "これから"
            place = (organization.pk, cycle.pk)
            if place in found:
                return number, found[place].rating, ""
            return number, None, UNANSWERED if place in silent else ELSEWHERE

        return [(one, [year(one, number) for number in self.years]) for one in organizations]


def action_history(plan: Plan, action: Action) -> ActionHistory:
    """What was published about `action`, or about the one it repeats."""
    cycles = {cycle.year: cycle for cycle in plan.cycles.public().order_by("-year")}
    rows = (
        (action.repeats or action)
        .entries.filter(cycle__in=[cycle.pk for cycle in cycles.values()])
        .select_related("cycle", "organization", "rating", "direction")
        .order_by("-cycle__year", "organization__position", "organization")
    )
    history = ActionHistory(plan.years, cycles)
    for row in rows:
        (history.sheets if row.state == EntryState.FIXED else history.unanswered).append(row)
    return history


# ---- organizations --------------------------------------------------------
@dataclass
class OwnAction:
    """One action of an organization, with its published sheet or in `gap` why there is none."""

    action: Action
    sheet: Entry | None
    gap: str

    @property
    def url(self) -> str:
        return address("action", self.action.code)


def organization_rows(
    plan: Plan, organization: Organization, cycle: Cycle | None
) -> list[tuple[Measure, list[OwnAction]]]:
    """[(measure, its actions the organization answers for)] in the plan's order, with the results of `cycle`."""
    actions = (
        Action.objects.filter(plan=plan, responsibilities__organization=organization)
        .distinct()
        .select_related("measure")
        .in_order()
    )
    results = {}
    if cycle:
        sheets = cycle.entries.public().filter(organization=organization).select_related("rating", "direction")
        results = {sheet.action_id: sheet for sheet in sheets}
    found: dict[int, tuple[Measure, list[OwnAction]]] = {}
    for action in actions:
        own = OwnAction(action, results.get(action.pk), UNANSWERED if action.is_evaluated else REPEATED)
        found.setdefault(action.measure_id, (action.measure, []))[1].append(own)
    return list(found.values())


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
