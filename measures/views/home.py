"""Each persona's first page; a department's: what is left, until when, and what waits for its 課長."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import short_date

from .. import permissions
from ..models import Cycle, Notice
from ..queries import opinions, staff
from ..workflow import CycleState, EntryState, Verb
from .years import running_cycle


@require_GET
def home(request):
    """Each persona's first page: what is left for them to do."""
    user = request.user
    cycle = running_cycle(request)
    if user.has_role(Role.WRITER, Role.APPROVER) and cycle:
        return department_home(request, cycle)
    if user.has_role(Role.SECRETARIAT) and cycle:
        return redirect("staff:cycle", year=cycle.year)
    if user.has_role(Role.COMMITTEE, Role.AUDITOR):
        return redirect("staff:dashboard")
    if user.roles == {Role.SYSADMIN}:
        return redirect("staff:people")
    return render(request, "measures/home_empty.html")


def department_home(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    user = request.user
    own = cycle.entries.filter(organization__in=user.organization_ids(Role.WRITER, Role.APPROVER))
    entries = staff.with_previous(own, cycle)
    with_writer = staff.by_urgency(entry for entry in entries if entry.stage.is_with_writer)
    returns = staff.last_returns(with_writer)
    for entry in with_writer:
        entry.returned = returns.get(entry.pk)
    context = {
        "cycle": cycle,
        "entries": entries,
        "waiting": [entry for entry in with_writer if permissions.can_edit(user, entry)],
        "closed": [entry for entry in with_writer if not permissions.can_edit(user, entry)],
        "sent": [entry for entry in entries if not entry.stage.is_with_writer],
        "to_confirm": [entry for entry in entries if _waits_for(user, entry)],
        "takes_answers": cycle.stage == CycleState.OPEN and timezone.localdate() <= permissions.last_day(cycle),
        "time_left": time_left(cycle),
        "organizations": user.organizations,
        "notices": Notice.objects.shown_on(timezone.localdate()),
        "approvers": [person for person in staff.approvers(user.organizations) if person != user],
        "responses": opinions.waiting_for(user, cycle),
        "inquiries": staff.open_inquiries(user, cycle),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/home.html", context)


def _waits_for(user, entry) -> bool:
    """Submitted, and this person is the 課長 it waits for."""
    if entry.stage != EntryState.SUBMITTED or entry.organization.skips_approval:
        return False
    approves = entry.organization_id in user.organization_ids(Role.APPROVER)
    return approves and permissions.refusal(user, entry, Verb.APPROVE) is None


def time_left(cycle: Cycle) -> str:
    """The deadline in words."""
    days = (cycle.due_on - timezone.localdate()).days
    if days > 0:
        return f"あと{days}日"
    if days == 0:
        return "今日が締切です"
    last = permissions.last_day(cycle)
    if timezone.localdate() <= last:
        return f"締切を過ぎました。{short_date(last)}までは受け付けます"
    return "締切を過ぎました"
