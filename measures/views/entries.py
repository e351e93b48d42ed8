"""The list of sheets."""

from django.db.models import Q, QuerySet
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.text import narrow

from .. import permissions
from ..forms import OVERDUE, EntryFilter
from ..models import Cycle
from ..queries import staff
from ..workflow import EntryState
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
    rows = staff.list_rows(filtered(visible, form.given(), cycle), cycle)
    context = {
        "cycle": cycle,
        "filter": form,
        "rows": rows,
        "is_filtered": any(value for name, value in form.cleaned_data.items() if name != "year"),
        "not_yet": permissions.counts_refusal(request.user, cycle),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/entries.html", context)


def filtered(entries: QuerySet, given: dict, cycle: Cycle) -> QuerySet:
    """`entries` of `cycle` narrowed by the cleaned values of `EntryFilter`."""
    if given.get("organization"):
        entries = entries.filter(organization=given["organization"])
    if given.get("state") == OVERDUE:
        entries = entries.filter(state__in=[state for state in EntryState if state.is_with_writer])
        if timezone.localdate() <= permissions.last_day(cycle):
            entries = entries.none()
    elif given.get("state"):
        entries = entries.filter(state=given["state"])
    if given.get("goal"):
        entries = entries.filter(action__measure__policy__goal__number=given["goal"])
    if given.get("q"):
        word = narrow(given["q"])
        entries = entries.filter(Q(action__code__icontains=word) | Q(action__title__icontains=word))
    return entries
