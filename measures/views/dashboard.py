"""The counts of a year."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role

from .. import permissions
from ..models import Cycle
from ..queries import structure
from .years import INSIDE, cycles_of


@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def dashboard(request):
    """The newest year this person may see in counts: by basic goal and by measure."""
    cycles = cycles_of(request)
    if not cycles:
        return render(request, "measures/home_empty.html")
    not_yet = permissions.counts_refusal(request.user, cycles[0])
    cycle = next((one for one in cycles if not permissions.counts_refusal(request.user, one)), None)
    context = {"running": cycles[0], "not_yet": not_yet, "cycle": cycle, **(counts(cycle) if cycle else {})}
    return render(request, "measures/dashboard.html", context)


def counts(cycle: Cycle) -> dict:
    by_goal = structure.distributions(cycle, "action__measure__policy__goal")
    empty = structure.Distribution(structure.grades_of(cycle.scale))
    return {
        "goals": [(goal, by_goal.get(goal.pk, empty)) for goal in cycle.plan.goals.all()],
        "measures": structure.measure_rows(cycle.plan, cycle),
        "whole": structure.distributions(cycle).get((), empty),
        "directions": structure.direction_counts(cycle),
        "is_sample": cycle.is_sample,
    }
