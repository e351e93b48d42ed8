"""What a 組織改編 moves: read by its preview, and by the action that carries it out."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from mine_welfare.accounts.models import Membership, Organization

from ..models import (
    Entry,
    Indicator,
    Reorganization,
    ReorganizationMove,
    ReorganizationTarget,
    Response,
    Responsibility,
)
from ..workflow import CycleState, EntryState

Kind = ReorganizationMove.Kind
# A sheet the secretariat has confirmed keeps the name it was written under.
AT_REST = (CycleState.PUBLISHED, CycleState.CLOSED)
CONFIRMED = (EntryState.ACCEPTED, EntryState.FIXED)


@dataclass
class Item:
    """One thing that goes with an organization: what it is, whose it is now, and the rows behind it."""

    kind: Kind
    pk: int
    label: str
    source: Organization
    rows: list = field(default_factory=list)
    note: str = ""

    @property
    def key(self) -> str:
        """Its name in the form of a split."""
        return f"{self.kind}-{self.pk}"

    @property
    def is_chosen(self) -> bool:
        """Whether a split asks where it goes; a sheet goes with its action."""
        return self.kind != Kind.SHEET


def items(sources: Collection[Organization], year: int) -> list[Item]:
    """Everything that goes with `sources` from fiscal year `year` on, in the order of the preview."""
    by_id = {source.pk: source for source in sources}
    return [
        *_responsibilities(by_id, year),
        *_people(by_id),
        *_sheets(by_id),
        *_indicators(by_id),
        *_responses(by_id),
    ]


def _responsibilities(sources: dict[int, Organization], year: int) -> list[Item]:
    rows = (
        Responsibility.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=year), organization__in=sources)
        .select_related("action__plan")
        .order_by("action__plan__start_year", "action__code", "organization__position", "pk")
    )
    return [
        Item(
            Kind.RESPONSIBILITY,
            row.pk,
            str(row.action),
            sources[row.organization_id],
            [row],
            "" if row.action.plan.is_current else str(row.action.plan),
        )
        for row in rows
    ]


def _people(sources: dict[int, Organization]) -> list[Item]:
    """People in use; one person of two merged departments stands once for each."""
    found: dict[tuple[int, int], Item] = {}
    rows = Membership.objects.filter(organization__in=sources, user__is_active=True).select_related("user")
    for row in rows.order_by("organization__position", "user__login_id", "role"):
        place = (row.user_id, row.organization_id)
        item = found.setdefault(place, Item(Kind.PERSON, row.user_id, row.user.name, sources[row.organization_id]))
        item.rows.append(row)
        item.note = "・".join(one.get_role_display() for one in item.rows)
    return list(found.values())


def _sheets(sources: dict[int, Organization]) -> list[Item]:
    rows = (
        Entry.objects.filter(organization__in=sources)
        .exclude(cycle__state__in=AT_REST)
        .exclude(state__in=CONFIRMED)
        .select_related("cycle", "action")
        .in_order()
    )
    return [
        Item(Kind.SHEET, row.pk, f"{row.cycle}　{row.action}", sources[row.organization_id], [row], row.stage.label)
        for row in rows
    ]


def _indicators(sources: dict[int, Organization]) -> list[Item]:
    rows = Indicator.objects.filter(organization__in=sources).select_related("measure")
    return [Item(Kind.INDICATOR, row.pk, f"{row.code} {row.name}", sources[row.organization_id], [row]) for row in rows]


def _responses(sources: dict[int, Organization]) -> list[Item]:
    rows = Response.objects.waiting().filter(organization__in=sources).select_related("opinion__measure")
    return [
        Item(Kind.RESPONSE, row.pk, f"{row.opinion.subject}への意見", sources[row.organization_id], [row])
        for row in rows.order_by("pk")
    ]


def kept_sheets(sources: Collection[Organization]) -> int:
    """How many sheets stay under the old name."""
    rows = Entry.objects.filter(organization__in=sources)
    return rows.filter(Q(cycle__state__in=AT_REST) | Q(state__in=CONFIRMED)).count()


@dataclass
class Group:
    """The items of one kind, for the preview."""

    kind: Kind
    rows: list[Item]

    @property
    def is_chosen(self) -> bool:
        return self.rows[0].is_chosen


def groups(found: list[Item]) -> list[Group]:
    by_kind = [Group(kind, [item for item in found if item.kind == kind]) for kind in Kind]
    return [group for group in by_kind if group.rows]


def reorganizations() -> list[Reorganization]:
    """Every 組織改編 with its organizations, those not carried out yet first."""
    rows = Reorganization.objects.select_related("applied_by", "drafted_by").prefetch_related("sources", "targets")
    return sorted(rows, key=lambda row: row.applied_at is not None)


def leaves(reorganization: Reorganization, targets: Collection[ReorganizationTarget]) -> list[Organization]:
    """The organizations that end: all sources but one that goes on among the targets."""
    staying = {target.organization_id for target in targets}
    return [source for source in reorganization.sources.all() if source.pk not in staying]
