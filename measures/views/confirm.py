"""課長確認: read many sheets on one page, confirm all or some, return with a reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file

from .. import actions, lists
from ..actions.bulk import Outcome
from ..forms import bulk
from ..models import Cycle
from ..queries import confirm as queries
from ..workflow import STAGES, EntryState, Verb
from .years import running_cycle


@require_http_methods(["GET", "POST"])
@roles_required(Role.APPROVER)
def confirm(request):
    """All sheets that wait for this 課長, with what changed against last year marked."""
    cycle = running_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    if request.method == "GET":
        return _page(request, cycle)
    verb, ids = _asked(request)
    try:
        outcomes = actions.move_many(
            verb=verb, versions=bulk.versions(request.POST, ids), by=request.user,
            comments=bulk.comments(request.POST, ids),
        )  # fmt: skip
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return _page(request, cycle, status=422)
    done = [outcome for outcome in outcomes if not outcome.refusal]
    if done:
        messages.success(request, f"{len(done)}件を{verb.done}。")
    if len(done) == len(outcomes):
        return redirect("staff:confirm")
    return _page(request, cycle, outcomes=outcomes, status=409)


def _asked(request: HttpRequest) -> tuple[Verb, set[int]]:
    """What the button that was pressed means: a verb and the sheets it is about."""
    what, _, pk = request.POST.get("do", "").partition("-")
    if pk:
        return (Verb.RETURN if what == "return" else Verb.APPROVE), bulk.numbers([pk])
    groups = {"all": "shown", "unchanged": "unchanged"}
    return Verb.APPROVE, bulk.numbers(request.POST.getlist(groups.get(what, "row")))


def _page(request: HttpRequest, cycle: Cycle, *, outcomes: list[Outcome] = (), status: int = 200) -> HttpResponse:
    """The sheets still waiting; refused ones say why, and what was typed beside them stays."""
    refusals = {outcome.entry.pk: outcome.refusal for outcome in outcomes if outcome.entry}
    readings = queries.waiting_for(request.user, cycle)
    for reading in readings:
        reading.comment = request.POST.get(f"comment-{reading.entry.pk}", "")
        reading.refusal = refusals.get(reading.entry.pk, "")
    if file := as_file(request, f"課長確認_{cycle.year}年度", lists.readings(cycle), readings):
        return file
    shown = {reading.entry.pk for reading in readings}
    context = {
        "cycle": cycle,
        "changed": [reading for reading in readings if not reading.is_unchanged],
        "unchanged": [reading for reading in readings if reading.is_unchanged],
        "total": len(readings),
        "gone": [outcome for outcome in outcomes if outcome.refusal and getattr(outcome.entry, "pk", 0) not in shown],
        "is_time": cycle.stage in STAGES[Verb.APPROVE][Role.APPROVER],
        **_department(request, cycle),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/confirm.html", context, status=status)


def _department(request: HttpRequest, cycle: Cycle) -> dict:
    """How far the department is, and whether it confirms at all."""
    offices = [
        membership.organization for membership in request.user.memberships_now if membership.role == Role.APPROVER
    ]
    own = cycle.entries.filter(organization__in=offices)
    return {
        "offices": offices,
        "skipped": [office for office in offices if office.skips_approval],
        "not_yet": own.filter(state__in=[state for state in EntryState if state.is_with_writer]).count(),
    }
