"""The list of sheets."""

from django.db.models import Q, QuerySet
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.text import narrow

from .. import lists, permissions
from ..forms import OVERDUE, UNANSWERED, UNSENT, EntryFilter
from ..models import Cycle
from ..queries import listed, slices
from ..queries.gaps import with_gap
from ..workflow import STAGES, WITH_WRITER, Verb
from .years import INSIDE, asked_cycle


@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def entries(request):
    """All sheets of a year this person may read, filtered by the address."""
    cycle = asked_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    form = EntryFilter(request.GET, cycle=cycle)
    visible = permissions.visible_to(cycle.entries.all(), request.user)
    rows = listed.list_lines(slices.sliced(filtered(visible, form.given(), cycle), request.GET), cycle)
    if file := as_file(request, f"個票の一覧_{cycle.year}年度", lists.entries(cycle), rows):
        return file
    sliced = slices.words(request.GET, cycle)
    picked, own = picks(request.user, cycle), permissions.writes_for(request.user, cycle)
    context = {
        "cycle": cycle,
        "filter": form,
        "rows": rows,
        "lines": [
            listed.drawn(line, with_box=bool(picked), repeats=line.can_repeat and line.organization_id in own)
            for line in rows
        ],
        "is_filtered": bool(sliced) or any(value for name, value in form.cleaned_data.items() if name != "year"),
        "sliced": sliced,
        "not_yet": permissions.counts_refusal(request.user, cycle),
        "picks": picked,
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/entries.html", context)


def picks(user, cycle: Cycle) -> list[Verb]:
    """What this person may do here to many sheets at once; the rows get boxes to tick."""
    if not user.has_role(Role.SECRETARIAT):
        return []
    return [verb for verb in (Verb.ACCEPT, Verb.RETURN) if cycle.stage in STAGES[verb][Role.SECRETARIAT]]


def filtered(entries: QuerySet, given: dict, cycle: Cycle) -> QuerySet:
    """`entries` of `cycle` narrowed by the cleaned values of `EntryFilter`."""
    if given.get("organization"):
        entries = entries.filter(organization=given["organization"])
    if given.get("state"):
        entries = in_state(entries, given["state"], cycle)
    if given.get("gap"):
        entries = with_gap(entries, given["gap"], cycle)
    if given.get("goal"):
        entries = entries.filter(action__measure__policy__goal__number=given["goal"])
    if given.get("q"):
        word = narrow(given["q"])
        entries = entries.filter(Q(action__code__icontains=word) | Q(action__title__icontains=word))
    return entries


def in_state(entries: QuerySet, state: str, cycle: Cycle) -> QuerySet:
    if state == UNANSWERED:
        return entries.filter(closed_unanswered=True)
    if state not in (OVERDUE, UNSENT):
        return entries.filter(state=state)
    if state == OVERDUE and timezone.localdate() <= permissions.last_day(cycle):
        return entries.none()
    return entries.filter(state__in=WITH_WRITER)
