"""Page-shaped reads of the staff side: sheets in lists, this year beside last year, 提出状況."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from mine_welfare.accounts.models import Membership, Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import fiscal_year
from plans.models import Plan

from ..models import Action, Cycle, Entry, Inquiry, Responsibility, Transition
from ..models.year import paired
from ..permissions import last_day
from ..workflow import WITH_WRITER, CycleState, EntryState, Verb, next_stage


# ---- this year and last year ----------------------------------------------
def with_previous(entries: QuerySet, cycle: Cycle) -> list[Entry]:
    """Sheets of `cycle` with `previous` set on each, in the plan's order."""
    rows = list(entries.select_related("action", "organization", "rating", "direction").in_order())
    before = _before(cycle).select_related("rating", "direction").filter(action__in={row.action_id for row in rows})
    for row in rows:
        row.cycle = cycle
    return _paired(rows, before, cycle)


def _before(cycle: Cycle) -> QuerySet:
    return Entry.objects.filter(cycle__plan=cycle.plan_id, cycle__year=cycle.year - 1)


def _paired(rows: Iterable[Entry], before: Iterable[Entry], cycle: Cycle) -> list[Entry]:
    found = list(rows)
    by_row = paired(found, before, cycle)
    for row in found:
        row.previous = by_row[row.pk]
    return found


# Returned rows first, then begun, then untouched: the order a writer should take them in.
URGENCY = {EntryState.RETURNED: 0, EntryState.DRAFT: 1, EntryState.EMPTY: 2}


def by_urgency(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: URGENCY[entry.stage])


def last_returns(entries: Iterable[Entry]) -> dict[int, Transition]:
    """The latest 差戻し of each returned sheet, by the sheet's id."""
    ids = [entry.pk for entry in entries if entry.stage == EntryState.RETURNED]
    rows = Transition.objects.filter(entry__in=ids, verb=Verb.RETURN).select_related("by").order_by("at", "pk")
    return {row.entry_id: row for row in rows}


def approvers(organizations: Iterable[Organization]) -> list[User]:
    """The 課長 who will confirm what these organizations submit, in the order of their names."""
    waited_for = [organization for organization in organizations if not organization.skips_approval]
    return list(
        User.objects.filter(is_active=True, memberships__role=Role.APPROVER, memberships__organization__in=waited_for)
        .distinct()
        .order_by("name")
    )


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


def state_counts(entries: QuerySet, key: str) -> dict[int, dict[str, int]]:
    """{value of `key`: {state: number of sheets}} in one query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for value, state, number in entries.order_by().values_list(key, "state").annotate(number=Count("pk")):
        found[value][state] = number
    return dict(found)


def submitted_counts(cycles: Iterable[Cycle]) -> dict[int, tuple[int, int]]:
    """{id of the year: (sheets submitted, sheets in all)} in one query."""
    counts = state_counts(Entry.objects.filter(cycle__in=list(cycles)), "cycle")
    return {
        pk: (
            sum(number for state, number in states.items() if not EntryState(state).is_with_writer),
            sum(states.values()),
        )
        for pk, states in counts.items()
    }


def matrix(cycle: Cycle, *, is_overdue: bool) -> list[MatrixRow]:
    """課 × 状態, the organizations with most overdue sheets first."""
    counts = state_counts(cycle.entries, "organization")
    rows = []
    for organization in Organization.objects.filter(pk__in=counts):
        states = counts[organization.pk]
        waiting = sum(number for state, number in states.items() if EntryState(state).is_with_writer)
        rows.append(MatrixRow(organization, states, waiting if is_overdue else 0))
    return sorted(rows, key=lambda row: (-row.overdue, row.organization.position, row.organization.pk))


# The day after which a stage has had its time; without one it is over when the secretariat says so.
TIMES = {
    CycleState.PREPARING: "opens_on",
    CycleState.LIAISON: "liaison_on",
    CycleState.COMMITTEE: "committee_on",
    CycleState.FIXED: "publish_on",
}


@dataclass
class Step:
    """The next stage of a year: whether its time has come, and how many sheets it would leave behind.

    `is_too_late`: departments would be let in after their deadline.
    """

    stage: CycleState
    is_ripe: bool
    remaining: int
    is_too_late: bool = False


def next_step(cycle: Cycle, rows: Iterable[MatrixRow], today: datetime.date) -> Step | None:
    """What the year is moved to next; None after 締め."""
    following = next_stage(cycle.stage)
    if following is None:
        return None
    stay = {CycleState.COLLECTING: WITH_WRITER, CycleState.FIXED: set(EntryState) - {EntryState.ACCEPTED}}
    left = stay.get(following, ())
    remaining = sum(number for row in rows for state, number in row.counts.items() if state in left)
    if cycle.stage == CycleState.OPEN:
        return Step(following, today > last_day(cycle) or not remaining, remaining)
    day = getattr(cycle, TIMES[cycle.stage]) if cycle.stage in TIMES else None
    is_too_late = following == CycleState.OPEN and today > last_day(cycle)
    return Step(following, day is None or today >= day, remaining, is_too_late)


@dataclass
class Gaps:
    """Departments of a year that cannot answer, or whose answers would wait for a 課長 who is not there."""

    without_writer: list[Organization]
    without_approver: list[Organization]


def gaps(rows: Iterable[MatrixRow]) -> Gaps:
    organizations = [row.organization for row in rows]
    present = set(
        Membership.objects.filter(user__is_active=True, organization__in=organizations).values_list(
            "organization_id", "role"
        )
    )
    return Gaps(
        without_writer=[one for one in organizations if not present & {(one.pk, Role.WRITER), (one.pk, Role.APPROVER)}],
        without_approver=[
            one for one in organizations if not one.skips_approval and (one.pk, Role.APPROVER) not in present
        ],
    )


def _open_responsibilities(plan: Plan, year: int) -> QuerySet:
    actions = Action.objects.filter(plan=plan).evaluated().active_in(year)
    return (
        Responsibility.objects.valid_in(year)
        .filter(action__in=actions)
        .select_related("action__measure", "organization")
        .order_by("action__code", "position")
    )


def unassigned(plan: Plan, year: int) -> QuerySet:
    """Responsibilities nobody has been given: rows that would get no sheet."""
    return _open_responsibilities(plan, year).unassigned()


def orphaned(plan: Plan, year: int) -> QuerySet:
    """Responsibilities of organizations that have ended without a successor: they get no sheet either."""
    acting = Organization.objects.acting_in(fiscal_year(timezone.localdate()))
    ended = [pk for pk, organization in acting.items() if organization is None]
    return _open_responsibilities(plan, year).filter(organization__in=ended)


# ---- questions ------------------------------------------------------------
def open_inquiries(user: User, cycle: Cycle) -> list[Inquiry]:
    """Questions of the secretariat that wait for an answer by the departments of `user`, the oldest first."""
    return list(
        Inquiry.objects.open()
        .filter(entry__cycle=cycle, entry__organization__in=user.organization_ids(Role.WRITER, Role.APPROVER))
        .select_related("entry__action", "entry__organization", "asked_by")
        .order_by("asked_at", "pk")
    )
