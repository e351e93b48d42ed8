"""The staff side of the year: 提出状況 and its stages."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from plans.context import current_plan

from .. import actions, lists, permissions
from ..actions.cycles import OVER, TAKES_SHEETS
from ..forms import CycleForm
from ..forms.wizard import Known, RowsPage
from ..models import Cycle, CycleDraft
from ..queries import reminders, staff
from ..workflow import CycleState, EntryState, previous_stage
from .years import cycle_or_404, cycles_of

CHASED = 8  # organizations on the page of the year; the page of reminders has all


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def cycles(request):
    rows = cycles_of(request)
    counts = staff.submitted_counts(rows)
    for row in rows:
        row.submitted, row.total = counts.get(row.pk, (0, 0))
    if file := as_file(request, "年度の評価", lists.CYCLES, rows):
        return file
    plan = current_plan(request)
    draft = CycleDraft.objects.filter(plan=plan).select_related("saved_by").first()
    return render(request, "measures/cycles.html", {"cycles": rows, "draft": draft})


def matrix_of(cycle: Cycle) -> list[staff.MatrixRow]:
    """Nothing is overdue before departments may write."""
    is_over = timezone.localdate() > permissions.last_day(cycle)
    return staff.matrix(cycle, is_overdue=is_over and cycle.stage != CycleState.PREPARING)


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def cycle(request, year: int):
    """提出状況: 課 × 状態."""
    cycle = cycle_or_404(request, year)
    today, rows = timezone.localdate(), matrix_of(cycle)
    if file := as_file(request, f"提出状況_{cycle.year}年度", lists.matrix(cycle), rows):
        return file
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
        "omitted": cycle.omissions.count(),
        "gaps": staff.gaps(rows) if cycle.stage in (CycleState.PREPARING, CycleState.OPEN) else None,
        "days_left": (cycle.due_on - today).days,
        "may_edit": permissions.cycle_refusal(request.user) is None and cycle.stage not in OVER,
        "step": staff.next_step(cycle, rows, today),
        "preceding": previous_stage(cycle.stage),
        "is_sample": cycle.is_sample,
        **chase(request, cycle),
    }
    return render(request, "measures/cycle.html", context)


def chase(request, cycle: Cycle) -> dict:
    """Who still has sheets out, and the letter to the one named in the address, else to the first."""
    chases = reminders.chases(cycle)
    asked = request.GET.get("letter", "")
    shown = next((one for one in chases if one.organization.slug == asked), next(iter(chases), None))
    if shown is None:
        return {"chases": []}
    base = request.build_absolute_uri("/").rstrip("/")
    words = reminders.letter(shown, shown.rung or Role.WRITER, foot=reminders.sender(request.user), base=base)
    return {"chases": chases[:CHASED], "rest": max(0, len(chases) - CHASED), "shown": shown, "letter": words}


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def cycle_edit(request, year: int):
    """締切を延ばす・日程と記入のお願いを直す."""
    cycle = cycle_or_404(request, year)
    form = CycleForm(request.POST or None, cycle=cycle)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revise_cycle(cycle=cycle, by=request.user, **form.cleaned_data)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{cycle}の日程を直しました。")
            return redirect("staff:cycle", year=year)
    context = {"cycle": cycle, "form": form, "is_sample": cycle.is_sample}
    return render(request, "measures/cycle_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def omissions(request, year: int):
    """今年度は評価しない取組: read, and more of them chosen while the year is being prepared."""
    cycle = cycle_or_404(request, year)
    rows = list(cycle.omissions.select_related("action", "by").order_by("action__code"))
    if file := as_file(request, f"評価しない取組_{cycle.year}年度", lists.OMISSIONS, rows):
        return file
    known = Known(cycle.plan, [], [], cycle.year)
    form = RowsPage(request.POST or None, known=known, without=[row.action_id for row in rows])
    if request.method == "POST" and form.is_valid():
        try:
            actions.leave_out(cycle=cycle, by=request.user, **form.cleaned_data)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "評価しない取組に加えました。個票は取り除きました。")
            return redirect("staff:omissions", year=year)
    may_change = permissions.cycle_refusal(request.user) is None
    context = {
        "cycle": cycle,
        "rows": rows,
        "form": form,
        "may_take_in": may_change and cycle.stage in TAKES_SHEETS,
        "may_leave_out": may_change and cycle.stage == CycleState.PREPARING,
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/omissions.html", context, status=422 if form.errors else 200)


@require_POST
@roles_required(Role.SECRETARIAT)
def omission_end(request, year: int, pk: int):
    """Evaluate one of them after all."""
    omission = get_object_or_404(cycle_or_404(request, year).omissions.select_related("action"), pk=pk)
    try:
        made = actions.take_in(omission=omission, by=request.user)
        messages.success(request, f"「{omission.action.title}」を評価に加え、個票を{len(made)}件作りました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:omissions", year=year)


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
