"""Page-shaped reads of the committee's opinions and of the answers asked of organizations."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role

from ..models import Cycle, Opinion, Response
from ..permissions import opinion_edit_refusal, opinions_visible_to, responses_visible_to
from ..workflow import RESPONSE_STAGES, ResponseState


# ---- opinions ---------------------------------------------------------------
def opinion_rows(cycle: Cycle, user: User) -> list[Opinion]:
    """The opinions of the year `user` may read, with the answers asked for: the whole plan first, then by measure.

    `may_edit` says whether this person may still mend the opinion.
    """
    answers = Prefetch(
        "responses", responses_visible_to(Response.objects.select_related("organization"), user), to_attr="answers"
    )
    rows = opinions_visible_to(cycle.opinions.all(), user).select_related("measure", "by").prefetch_related(answers)
    opinions = list(rows.in_order())
    for opinion in opinions:
        opinion.cycle = cycle
        opinion.may_edit = opinion_edit_refusal(user, opinion) is None
    return opinions


def meetings(cycle: Cycle) -> list[str]:
    """The meetings named so far, newest first, for the form to offer."""
    names = cycle.opinions.exclude(meeting="").order_by("-at", "-pk").values_list("meeting", flat=True)
    return list(dict.fromkeys(names))


# ---- answers ----------------------------------------------------------------
def _answers(cycle: Cycle) -> QuerySet:
    return Response.objects.filter(opinion__cycle=cycle).select_related(
        "organization", "opinion__measure", "opinion__cycle", "answered_by"
    )


def response_rows(cycle: Cycle, user: User) -> list[Response]:
    """The answers of the year `user` may read: what is still with an organization first, the earliest due first."""
    rows = responses_visible_to(_answers(cycle), user)
    today = timezone.localdate()
    found = sorted(rows, key=lambda row: (ORDER[row.stage], row.due_on or today.max, row.pk))
    for row in found:
        row.is_overdue = is_overdue(row)
    return found


ORDER = {
    ResponseState.RETURNED: 0,
    ResponseState.ASKED: 1,
    ResponseState.ANSWERED: 2,
    ResponseState.ACCEPTED: 3,
}


def is_overdue(response: Response) -> bool:
    return response.stage.is_with_office and response.due_on is not None and response.due_on < timezone.localdate()


def waiting_for(user: User, cycle: Cycle) -> list[Response]:
    """What `user`'s organizations have still to answer while answers are taken: for the home page."""
    own = user.organization_ids(Role.WRITER, Role.APPROVER)
    if not own or cycle.stage not in RESPONSE_STAGES:
        return []
    rows = list(_answers(cycle).filter(organization__in=own).waiting().order_by("due_on", "pk"))
    for row in rows:
        row.is_overdue = is_overdue(row)
    return rows


@dataclass
class OfficeRow:
    """One organization: its answers by state, and how many are past their due date."""

    organization: Organization
    counts: Counter = field(default_factory=Counter)
    overdue: int = 0

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def cells(self) -> list[tuple[ResponseState, int]]:
        return [(state, self.counts[state]) for state in ResponseState]


def office_rows(rows: list[Response]) -> list[OfficeRow]:
    """課 × 状態 of the answers, in the city's order."""
    found: dict[Organization, OfficeRow] = {}
    for row in rows:
        office = found.setdefault(row.organization, OfficeRow(row.organization))
        office.counts[row.stage] += 1
        office.overdue += is_overdue(row)
    return sorted(found.values(), key=lambda office: (office.organization.position, office.organization.pk))


def public_opinions(cycle: Cycle) -> list[Opinion]:
    """委員会意見 on the whole plan as citizens read them, with the answers the secretariat has confirmed."""
    answers = Prefetch("responses", Response.objects.confirmed().select_related("organization"))
    rows = cycle.opinions.received().filter(measure__isnull=True).prefetch_related(answers)
    return list(rows.order_by("at", "pk"))


def offered(opinion: Opinion, year: int) -> list[tuple[Organization, bool]]:
    """(organization, answers for the measure) of those who may be asked; the responsible ones first."""
    owners: dict[int, int] = defaultdict(int)
    if opinion.measure_id:
        rows = opinion.measure.actions.filter(responsibilities__organization__isnull=False)
        for organization in rows.values_list("responsibilities__organization", flat=True):
            owners[organization] += 1
    every = Organization.objects.valid_in(year).exclude(kind=Organization.Kind.OUTSIDE)
    return sorted(((one, one.pk in owners) for one in every), key=lambda row: (not row[1], row[0].position, row[0].pk))
