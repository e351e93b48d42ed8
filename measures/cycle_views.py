"""The staff side of the year: 提出状況, its stages, assignments, counts."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from plans.context import current_plan

from . import actions, permissions, queries, staff_queries
from .forms import AssignForm, CycleForm
from .models import Cycle, Responsibility
from .workflow import CycleState, EntryState, next_stage, previous_stage

INSIDE = (Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR)


# ---- which year -------------------------------------------------------------
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


def asked_cycle(request: HttpRequest) -> Cycle | None:
    """The year named in the address, else the one staff are working on."""
    cycles = cycles_of(request)
    asked = request.GET.get("year", "")
    return next((cycle for cycle in cycles if str(cycle.year) == asked), None) or next(iter(cycles), None)


def cycle_or_404(request: HttpRequest, year: int) -> Cycle:
    return get_object_or_404(Cycle.objects.select_related("plan", "scale"), plan=current_plan(request), year=year)


# ---- the year -------------------------------------------------------------
@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def cycles(request):
    rows = cycles_of(request)
    counts = staff_queries.submitted_counts(rows)
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
    rows = staff_queries.matrix(cycle, is_overdue=today > permissions.last_day(cycle))
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
        "unassigned": staff_queries.unassigned(cycle.plan, cycle.year).count(),
        "orphaned": staff_queries.orphaned(cycle.plan, cycle.year).count(),
        "gaps": staff_queries.gaps(rows) if cycle.stage in (CycleState.PREPARING, CycleState.OPEN) else None,
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


# ---- who answers for what ---------------------------------------------------
@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def responsibilities(request):
    """担当の割当て: the 「関係各課」 that name nobody yet."""
    plan = current_plan(request)
    if plan is None:
        raise Http404
    cycle = running_cycle(request)
    year = cycle.year if cycle else plan.start_year
    context = {
        "rows": list(staff_queries.unassigned(plan, year)),
        "orphaned": list(staff_queries.orphaned(plan, year)),
        "organizations": AssignForm().offered.values(),
        "year": year,
        "refusal": permissions.cycle_refusal(request.user),
    }
    return render(request, "measures/responsibilities.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def assign(request, pk: int):
    row = (
        Responsibility.objects.select_related("action__plan").filter(pk=pk, action__plan=current_plan(request)).first()
    )
    form = AssignForm(request.POST)
    try:
        if row is None:
            raise actions.Refused("この担当は見つかりません。ほかの人が先に割り当てたようです。")
        if not form.is_valid():
            raise actions.Refused("担当する組織を、一覧から1つ以上選んでください。")
        done = actions.assign(responsibility=row, organizations=form.cleaned_data["organizations"], by=request.user)
        names = "、".join(one.organization.name for one in done)
        messages.success(request, f"「{row.action.title}」の担当を{names}にしました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:responsibilities")


# ---- counts ---------------------------------------------------------------
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
    by_goal = queries.distributions(cycle, "action__measure__policy__goal")
    empty = queries.Distribution(queries.grades_of(cycle.scale))
    return {
        "goals": [(goal, by_goal.get(goal.pk, empty)) for goal in cycle.plan.goals.all()],
        "measures": queries.measure_rows(cycle.plan, cycle),
        "whole": queries.distributions(cycle).get((), empty),
        "directions": queries.direction_counts(cycle),
        "is_sample": cycle.is_sample,
    }
