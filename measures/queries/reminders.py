"""督促: what is still out at each organization, who is asked next, and the words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from mine_welfare.accounts.models import Membership, Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import wareki_year

from ..models import Cycle, Entry, Reminder
from ..permissions import last_day
from ..workflow import WITH_WRITER, CycleState, EntryState

# Whom the first, the second and every later reminder goes to.
LADDER = (Role.WRITER, Role.APPROVER, Role.SECRETARIAT)
LISTED = 12  # sheets named in a letter; more are counted, and stand behind its link
# What departments can still act on: after closing, only what was returned to them.
STILL_OUT = {CycleState.OPEN: WITH_WRITER, CycleState.COLLECTING: frozenset({EntryState.RETURNED})}


def still_out(cycle: Cycle) -> QuerySet:
    """The sheets a reminder may name now. A submitted one is never among them."""
    return cycle.entries.filter(state__in=STILL_OUT.get(cycle.stage, ()))


@dataclass
class Chase:
    """One organization with sheets still out: its people by role, and what it has been sent."""

    cycle: Cycle
    organization: Organization
    entries: list[Entry] = field(default_factory=list)
    people: dict[str, list[User]] = field(default_factory=dict)
    sent: list[Reminder] = field(default_factory=list)

    @property
    def rungs(self) -> list[Role]:
        """Whom the next reminder may go to: everyone up to the first who has not been reminded."""
        reached = {reminder.addressee for reminder in self.sent}
        there = [role for role in LADDER if self.people.get(role)]
        open_rungs = [role for role in there if role not in reached]
        return there[: there.index(open_rungs[0]) + 1] if open_rungs else there

    @property
    def rung(self) -> Role | None:
        """Whom it goes to unless the secretariat says otherwise; None where nobody is registered."""
        return self.rungs[-1] if self.rungs else None

    @property
    def others(self) -> int:
        """How many sheets besides the first."""
        return len(self.entries) - 1

    @property
    def filter(self) -> str:
        """What the list is asked for to show exactly these sheets."""
        return "unsent" if self.cycle.stage == CycleState.OPEN else EntryState.RETURNED.value

    @property
    def last_saved(self):
        return max((entry.saved_at for entry in self.entries if entry.saved_at), default=None)

    @property
    def is_overdue(self) -> bool:
        return timezone.localdate() > self.cycle.due_on

    def readers(self, role: str) -> list[tuple[str, str]]:
        """(name, address or "") of those in `role`."""
        return [(user.name, user.email) for user in self.people.get(role, ())]

    def has_address(self, role: str) -> bool:
        return any(address for _, address in self.readers(role))

    @property
    def subject(self) -> str:
        word = "督促" if self.is_overdue else "提出のお願い"
        return f"【{word}】{wareki_year(self.cycle.year)}実績の個票　{self.organization} {len(self.entries)}件"


def chases(cycle: Cycle, organizations: Iterable[str] | None = None) -> list[Chase]:
    """Organizations with sheets still out, those with most first; `organizations` are slugs. Four queries."""
    rows = still_out(cycle).select_related("action", "organization").in_order()
    if organizations is not None:
        rows = rows.filter(organization__slug__in=list(organizations))
    found: dict[int, Chase] = {}
    for entry in rows:
        chase = found.setdefault(entry.organization_id, Chase(cycle, entry.organization))
        chase.entries.append(entry)
    people = _people(found)
    for reminder in cycle.reminders.filter(organization__in=found).defer("text"):
        found[reminder.organization_id].sent.append(reminder)
    for pk, chase in found.items():
        chase.people = {role: people[pk, role] or people[None, role] for role in LADDER}
    return sorted(found.values(), key=lambda chase: (-len(chase.entries), chase.organization.position))


def _people(organizations: Iterable[int]) -> dict[tuple[int | None, str], list[User]]:
    """{(organization, or None for the whole plan; role): active people}."""
    rows = Membership.objects.filter(user__is_active=True, role__in=LADDER).select_related("user").order_by("user")
    wanted = set(organizations)
    people: dict[tuple[int | None, str], list[User]] = defaultdict(list)
    for row in rows:
        if row.role == Role.SECRETARIAT:
            people[None, row.role].append(row.user)
        elif row.organization_id in wanted:
            people[row.organization_id, row.role].append(row.user)
    return people


def letter(chase: Chase, role: str, *, foot: str, base: str) -> str:
    """The words to send to those in `role`. `foot` is the sender, `base` the portal's address without a path."""
    only = chase.entries[0] if len(chase.entries) == 1 else None
    listed = f"{reverse('staff:entries')}?year={chase.cycle.year}&organization={chase.organization.slug}"
    path = listed if role == Role.SECRETARIAT else only.get_absolute_url() if only else reverse("staff:home")
    today = timezone.localdate()
    context = {
        "chase": chase,
        "listed": chase.entries[:LISTED],
        "others": max(0, len(chase.entries) - LISTED),
        "cycle": chase.cycle,
        "role": role,
        "times": len(chase.sent),
        "is_open": chase.cycle.stage == CycleState.OPEN and today <= last_day(chase.cycle),
        "last_day": last_day(chase.cycle),
        "returned": any(entry.stage == EntryState.RETURNED for entry in chase.entries),
        "foot": foot,
        "url": base + path,
    }
    return render_to_string("measures/mail/reminder.txt", context).strip()


def sender(by: User) -> str:
    """福祉課 地域福祉班　name　電話: the foot of every letter of this person. One query."""
    office = Organization.objects.current().filter(is_secretariat=True).first()
    parts = [f"{office} {office.section}".strip() if office else "", by.name]
    parts += [f"電話 {office.phone}"] if office and office.phone else []
    return "　".join(part for part in parts if part)
