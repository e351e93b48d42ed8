"""What preparing a year would make: read by the last page of the wizard, and by the action that makes it."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year
from plans.models import Plan

from ..models import Action, Entry, Responsibility
from . import staff

# (id of an action, id of the organization that writes)
Place = tuple[int, int]


@dataclass(frozen=True)
class Acting:
    """Who acts for each organization in one fiscal year; where it was split, for each of its actions."""

    organizations: Mapping[int, Organization | None]
    handed: Mapping[Place, int]

    def writer(self, action: int, organization: int) -> Organization | None:
        return self.organizations[self.handed.get((action, organization), organization)]


def acting_on(day: datetime.date) -> Acting:
    """Who acts for each organization on the day the year opens: after a 組織改編, the successor."""
    year = fiscal_year(day)
    return Acting(Organization.objects.acting_in(year), Responsibility.objects.carried_on(year))


def places(plan: Plan, year: int, acting: Acting, omitted: Collection[int] = ()) -> set[Place]:
    """The sheets a year has: one for every evaluated action and organization that answers for it."""
    return _places(_responsibilities(plan, year, omitted), acting)


def _responsibilities(plan: Plan, year: int, omitted: Collection[int]) -> list[Place]:
    """(action, organization) as the plan has it, before anybody acts for anybody."""
    rows = Responsibility.objects.valid_in(year).filter(
        action__in=Action.objects.filter(plan=plan).evaluated().active_in(year).exclude(pk__in=omitted),
        organization__isnull=False,
    )
    return list(rows.values_list("action_id", "organization_id"))


def _places(responsibilities: Iterable[Place], acting: Acting) -> set[Place]:
    found = set()
    for action, organization in responsibilities:
        if writer := acting.writer(action, organization):
            found.add((action, writer.pk))
    return found


def plans_of_last_year(plan: Plan, year: int, acting: Acting) -> dict[Place, str]:
    """{sheet: last year's 次年度の取組予定}; what several merged organizations planned stands in paragraphs."""
    plans: dict[Place, str] = {}
    before = Entry.objects.filter(cycle__plan=plan, cycle__year=year - 1).in_order()
    for action, organization, text in before.values_list("action_id", "organization_id", "next_plan"):
        if text and (writer := acting.writer(action, organization)):
            key = (action, writer.pk)
            plans[key] = f"{plans[key]}\n{text}" if key in plans else text
    return plans


@dataclass
class Forecast:
    """What the wizard's last page says before anything is made."""

    rows: list[tuple[Organization, int]]
    carried: int
    unassigned: int
    orphaned: int
    gaps: staff.Gaps

    @property
    def total(self) -> int:
        return sum(number for _, number in self.rows)


def forecast(
    plan: Plan,
    year: int,
    opens_on: datetime.date,
    *,
    omitted: Collection[int] = (),
    open_rows: Iterable[Responsibility] = (),
    owners: Mapping[Responsibility, Iterable[Organization]] | None = None,
) -> Forecast:
    """Counts of a year not yet made, in five queries.

    `open_rows` are the responsibilities that name nobody, `owners` who is to
    take the place of nobody.
    """
    acting = acting_on(opens_on)
    responsibilities = _responsibilities(plan, year, omitted)
    sheets = _places(responsibilities, acting)
    given = {row: offices for row, offices in (owners or {}).items() if row.action_id not in omitted}
    sheets |= {(row.action_id, office.pk) for row, offices in given.items() for office in offices}
    counts = Counter(organization for _, organization in sheets)
    known = {organization.pk: organization for organization in acting.organizations.values() if organization}
    organizations = sorted((known[pk] for pk in counts), key=lambda one: (one.position, one.pk))
    plans = plans_of_last_year(plan, year, acting)
    return Forecast(
        rows=[(organization, counts[organization.pk]) for organization in organizations],
        carried=sum(1 for place in sheets if place in plans),
        unassigned=sum(1 for row in open_rows if row not in given and row.action_id not in omitted),
        orphaned=sum(1 for place in responsibilities if acting.writer(*place) is None),
        gaps=staff.gaps([staff.MatrixRow(organization, {}, 0) for organization in organizations]),
    )
