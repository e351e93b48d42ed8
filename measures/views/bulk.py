"""Many sheets of the list at once: first what would happen to each, then what happened."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role

from .. import actions, permissions
from ..forms import EntryFilter, bulk
from ..models import Cycle
from ..queries import staff
from ..workflow import Verb
from .entries import filtered, picks
from .years import cycle_or_404

logger = logging.getLogger(__name__)


@require_POST
@roles_required(Role.SECRETARIAT)
def entries_bulk(request, year: int):
    """`do` moves the sheets; without it the page says what would happen to each of them."""
    cycle = cycle_or_404(request, year)
    verb = next((verb for verb in picks(request.user, cycle) if verb == request.POST.get("verb")), None)
    if verb is None:
        raise Http404
    ids = _shown(request, cycle) if "shown" in request.POST else bulk.numbers(request.POST.getlist("row"))
    comment = request.POST.get("comment", "")
    if "do" not in request.POST:
        return _preview(request, cycle, verb, ids)
    if verb == Verb.RETURN and not comment.strip():
        return _preview(request, cycle, verb, ids, error=f"{verb.label}には理由が必要です。", status=422)
    try:
        outcomes = actions.move_many(
            verb=verb, versions=bulk.versions(request.POST, ids), by=request.user, comment=comment
        )
    except actions.Refused as refused:
        return _preview(request, cycle, verb, ids, error=str(refused), status=422)
    context = {
        "cycle": cycle,
        "verb": verb,
        "done": [outcome.entry for outcome in outcomes if not outcome.refusal],
        "refused": [outcome for outcome in outcomes if outcome.refusal],
        "query": request.POST.get("query", ""),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/bulk_done.html", context)


def _shown(request: HttpRequest, cycle: Cycle) -> set[int]:
    """Everything the list showed, by the filter of its address."""
    form = EntryFilter(QueryDict(request.POST.get("query", "")), cycle=cycle)
    return set(filtered(cycle.entries.all(), form.given(), cycle).values_list("pk", flat=True))


def _preview(request, cycle: Cycle, verb: Verb, ids: set[int], *, error: str = "", status: int = 200) -> HttpResponse:
    rows = staff.with_previous(cycle.entries.filter(pk__in=ids), cycle)
    if strangers := ids - {row.pk for row in rows}:
        who = request.user.login_id
        logger.warning("%s: sheets %s asked for by %s are not of %s", verb.value, strangers, who, cycle)
    for row in rows:
        row.refusal = permissions.refusal(request.user, row, verb)
    context = {
        "cycle": cycle,
        "verb": verb,
        "ready": [row for row in rows if not row.refusal],
        "refused": [row for row in rows if row.refusal],
        "strangers": len(strangers),
        "comment": request.POST.get("comment", ""),
        "error": error,
        "query": request.POST.get("query", ""),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/bulk.html", context, status=status)
