"""Which year a page is about, and who reads it."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from mine_welfare.accounts.roles import Role
from plans.context import current_plan

from ..models import Cycle

INSIDE = (Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR)


def cycles_of(request: HttpRequest) -> list[Cycle]:
    """The years of the current plan, the one staff are working on first: the running one, then the newest."""
    plan = current_plan(request)
    if plan is None:
        return []
    cycles = list(plan.cycles.select_related("plan", "scale"))
    running = [cycle for cycle in cycles if cycle.is_running]
    return running + [cycle for cycle in cycles if not cycle.is_running]


def running_cycle(request: HttpRequest) -> Cycle | None:
    return next(iter(cycles_of(request)), None)


def asked_cycle(request: HttpRequest, cycles: list[Cycle] | None = None) -> Cycle | None:
    """The year named in the address, else the one staff are working on; of `cycles` if they are known."""
    cycles = cycles_of(request) if cycles is None else cycles
    asked = request.GET.get("year", "")
    return next((cycle for cycle in cycles if str(cycle.year) == asked), None) or next(iter(cycles), None)


def cycle_or_404(request: HttpRequest, year: int) -> Cycle:
    return get_object_or_404(Cycle.objects.select_related("plan", "scale"), plan=current_plan(request), year=year)
