"""The staff side of the year: 提出状況 and its stages."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from plans.context import current_plan

from .. import actions, permissions
from ..forms import CycleForm
from ..queries import staff
from ..workflow import CycleState, EntryState, next_stage, previous_stage
from .years import cycle_or_404, cycles_of


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def cycles(request):
    rows = cycles_of(request)
    counts = staff.submitted_counts(rows)
    for row in rows:
        row.submitted, row.total = counts.get(row.pk, (0, 0))
    return render(request, "measures/cycles.html", {"cycles": rows})


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def cycle_new(request):
    """年度を用意する: dates and scale; the sheets come from the responsibilities."""
    plan = current_plan(request)
    if plan is None:
        raise Http404
    form = CycleForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            cycle = actions.prepare_cycle(plan=plan, by=request.user, **form.cleaned_data)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{cycle}を用意しました。個票は{cycle.entries.count()}件です。")
            return redirect("staff:cycle", year=cycle.year)
    return render(request, "measures/cycle_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def cycle(request, year: int):
    """提出状況: 課 × 状態."""
    cycle = cycle_or_404(request, year)
    today = timezone.localdate()
    rows = staff.matrix(cycle, is_overdue=today > permissions.last_day(cycle))
    totals = [(state, sum(row.counts.get(state, 0) for row in rows)) for state in EntryState]
    context = {
        "cycle": cycle,
        "rows": rows,
        "states": EntryState,
        "totals": totals,
        "total": sum(count for _, count in totals),
        "submitted": sum(row.submitted for row in rows),
        "overdue": sum(row.overdue for row in rows),
        "late_rows": [row for row in rows if row.overdue],
        "unassigned": staff.unassigned(cycle.plan, cycle.year).count(),
        "orphaned": staff.orphaned(cycle.plan, cycle.year).count(),
        "gaps": staff.gaps(rows) if cycle.stage in (CycleState.PREPARING, CycleState.OPEN) else None,
        "days_left": (cycle.due_on - today).days,
        "following": next_stage(cycle.stage),
        "preceding": previous_stage(cycle.stage),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/cycle.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def cycle_move(request, year: int):
    """Move the year to the next stage, or back with a reason."""
    cycle = cycle_or_404(request, year)
    seen = request.POST.get("seen", "")
    try:
        if "back" in request.POST:
            reason = request.POST.get("reason", "")
            cycle = actions.step_back(cycle=cycle, by=request.user, reason=reason, seen=seen)
        else:
            cycle = actions.advance(cycle=cycle, by=request.user, seen=seen)
        messages.success(request, f"{cycle}を「{cycle.stage.label}」の段階にしました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:cycle", year=year)
