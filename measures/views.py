"""The staff side of the year: home, list, sheet, progress table, assignments, counts."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.text import narrow
from plans.context import current_plan

from . import actions, permissions, queries
from .entry_page import conflict_page, entry_page
from .forms import AssignForm, CommentForm, CycleForm, EntryFilter, EntryForm
from .models import Cycle, Entry, Responsibility
from .workflow import EntryState, Verb, next_stage, previous_stage

INSIDE = (Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR)


def running_cycle(request: HttpRequest) -> Cycle | None:
    """The year staff are working on: the one running, else the newest."""
    plan = current_plan(request)
    if plan is None:
        return None
    cycles = plan.cycles.select_related("plan", "scale")
    return cycles.running().first() or cycles.first()


def cycle_or_404(request: HttpRequest, year: int) -> Cycle:
    return get_object_or_404(Cycle.objects.select_related("plan", "scale"), plan=current_plan(request), year=year)


# ---- home -----------------------------------------------------------------
@require_GET
def home(request):
    """Each persona's first page: what is left for them to do."""
    user = request.user
    cycle = running_cycle(request)
    if user.has_role(Role.SECRETARIAT) and cycle:
        return redirect("staff:cycle", year=cycle.year)
    if user.has_role(Role.WRITER, Role.APPROVER):
        return writer_home(request, cycle)
    if user.has_role(Role.COMMITTEE, Role.AUDITOR):
        return redirect("staff:dashboard")
    return render(request, "measures/home_empty.html", {"cycle": cycle})


def writer_home(request, cycle: Cycle | None) -> HttpResponse:
    if cycle is None:
        return render(request, "measures/home_empty.html", {"cycle": None})
    own = request.user.organization_ids(Role.WRITER, Role.APPROVER)
    rows = queries.entry_rows(cycle.entries.filter(organization__in=own))
    entries = queries.with_previous(rows, cycle)
    waiting = queries.by_urgency(entry for entry in entries if entry.stage.is_with_writer)
    returns = queries.last_returns(waiting)
    for entry in waiting:
        entry.returned = returns.get(entry.pk)
    context = {
        "cycle": cycle,
        "entries": entries,
        "waiting": waiting,
        "sent": [entry for entry in entries if not entry.stage.is_with_writer],
        "to_confirm": [entry for entry in entries if entry.stage == EntryState.SUBMITTED]
        if request.user.has_role(Role.APPROVER)
        else [],
        "days_left": (cycle.due_on - timezone.localdate()).days,
        "organizations": request.user.organizations,
        **steps(cycle),
    }
    return render(request, "measures/home.html", context)


# ---- the list of sheets ---------------------------------------------------
@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def entries(request):
    """All sheets this person may read, filtered by the address."""
    cycle = running_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html", {"cycle": None})
    given = EntryFilter(request.GET)
    given.fields["state"].choices = [("", "すべて"), ("overdue", "締切超過"), *EntryState.choices]
    goals = cycle.plan.goals.all()
    given.fields["goal"].choices = [("", "すべて"), *((goal.number, str(goal)) for goal in goals)]
    given.is_valid()
    visible = permissions.visible_to(queries.entry_rows(cycle.entries.all()), request.user)
    rows = queries.with_previous(filtered(visible, getattr(given, "cleaned_data", {})), cycle)
    return render(
        request, "measures/entries.html", {"cycle": cycle, "filter": given, "rows": rows, "is_sample": cycle.is_sample}
    )


def filtered(entries, given: dict):
    """`entries` narrowed by the cleaned values of `EntryFilter`."""
    if given.get("organization"):
        entries = entries.filter(organization=given["organization"])
    if given.get("state") == "overdue":
        entries = entries.filter(state__in=[state for state in EntryState if state.is_with_writer])
    elif given.get("state"):
        entries = entries.filter(state=given["state"])
    if given.get("goal"):
        entries = entries.filter(action__measure__policy__goal__number=given["goal"])
    if given.get("q"):
        word = narrow(given["q"]).strip()
        entries = entries.filter(Q(action__code__icontains=word) | Q(action__title__icontains=word))
    return entries


# ---- one sheet ------------------------------------------------------------
def visible_entry(request, pk: int) -> Entry:
    """The sheet, or 404 for one this person may not even know about."""
    sheets = Entry.objects.select_related(
        "cycle__plan", "cycle__scale", "organization", "rating", "direction", "action__measure", "action__actor",
        "saved_by", "unchanged_by",
    )  # fmt: skip
    return get_object_or_404(permissions.visible_to(sheets, request.user), pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(*INSIDE, Role.COMMITTEE)
def entry(request, pk: int):
    """One sheet: read it, or write it where this person may."""
    sheet = visible_entry(request, pk)
    if request.method == "GET":
        return entry_page(request, sheet, EntryForm(instance=sheet))
    form = EntryForm(request.POST, instance=sheet)
    if not form.is_valid():
        return entry_page(request, sheet, form, status=422)
    try:
        sheet = actions.save_entry(
            entry=sheet, by=request.user, version=form.cleaned_data["version"], values=form.values()
        )
        if "submit" in request.POST:
            actions.transition(entry=sheet, verb=Verb.SUBMIT, by=request.user)
    except actions.Conflict as conflict:
        return conflict_page(request, conflict.entry, form)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return entry_page(request, visible_entry(request, pk), form, status=409)
    return after_save(request, sheet)


def after_save(request, sheet: Entry) -> HttpResponse:
    """提出 and 「保存して次へ」 go on to the next unfinished sheet; 「保存」 stays."""
    if "submit" in request.POST:
        messages.success(request, f"「{sheet.action.title}」を提出しました。")
    elif "next" not in request.POST:
        messages.success(request, "保存しました。")
        return redirect("staff:entry", pk=sheet.pk)
    following = next_waiting(request, sheet)
    return redirect("staff:entry", pk=following.pk) if following else redirect("staff:home")


def next_waiting(request, sheet: Entry) -> Entry | None:
    """The next sheet of the same organization that still waits for its writer, in the plan's order."""
    rows = list(
        sheet.cycle.entries.filter(organization=sheet.organization_id)
        .in_order()
        .only("pk", "state", "cycle", "action", "organization")
    )
    place = next((index for index, row in enumerate(rows) if row.pk == sheet.pk), 0)
    around = rows[place + 1 :] + rows[:place]
    return next((row for row in around if row.stage.is_with_writer), None)


@require_POST
@roles_required(*INSIDE)
def entry_do(request, pk: int, verb: str):
    """The one POST for every move of a sheet."""
    sheet = visible_entry(request, pk)
    if verb not in Verb.values or verb == Verb.SAVE:
        raise Http404
    form = CommentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "送られた内容を読み取れませんでした。もう一度操作してください。")
        return redirect("staff:entry", pk=pk)
    try:
        sheet = actions.transition(
            entry=sheet,
            verb=Verb(verb),
            by=request.user,
            comment=form.cleaned_data["comment"],
            version=form.cleaned_data["version"],
        )
        messages.success(request, f"「{sheet.action.title}」の{Verb(verb).label}をしました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    except actions.Conflict:
        messages.warning(request, "開いている間に内容が変わりました。読み直してから、もう一度操作してください。")
    return redirect("staff:entry", pk=pk)


@require_POST
@roles_required(*INSIDE)
def entry_unchanged(request, pk: int):
    """「前年度から変更なし」として提出する。"""
    sheet = visible_entry(request, pk)
    try:
        version = int(request.POST.get("version", ""))
    except ValueError:
        raise Http404 from None
    try:
        sheet = actions.submit_unchanged(entry=sheet, by=request.user, version=version)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:entry", pk=pk)
    except actions.Conflict:
        messages.warning(request, "開いている間に内容が変わりました。読み直してから、もう一度操作してください。")
        return redirect("staff:entry", pk=pk)
    messages.success(request, f"「{sheet.action.title}」を、前年度から変更なしとして提出しました。")
    following = next_waiting(request, sheet)
    return redirect("staff:entry", pk=following.pk) if following else redirect("staff:home")


# ---- the year -------------------------------------------------------------
@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def cycles(request):
    plan = current_plan(request)
    rows = plan.cycles.all() if plan else []
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
    rows = queries.matrix(cycle, is_overdue=today > permissions.last_day(cycle))
    totals = {state: sum(row.counts.get(state, 0) for row in rows) for state in EntryState}
    context = {
        "cycle": cycle,
        "rows": rows,
        "states": EntryState,
        "totals": totals.values(),
        "total": sum(totals.values()),
        "submitted": sum(row.submitted for row in rows),
        "overdue": sum(row.overdue for row in rows),
        "unassigned": queries.unassigned(cycle.plan, cycle.year).count(),
        "days_left": (cycle.due_on - today).days,
        "following": following(cycle),
        "preceding": previous_stage(cycle.stage),
        **steps(cycle),
    }
    return render(request, "measures/cycle.html", context)


def following(cycle: Cycle) -> dict | None:
    """The next stage and what it does."""
    stage = next_stage(cycle.stage)
    return {"stage": stage, "note": stage.explanation} if stage else None


def steps(cycle: Cycle) -> dict:
    return {"steps_label": f"{wareki_year(cycle.year)}実績の進みぐあい", "is_sample": cycle.is_sample}


@require_POST
@roles_required(Role.SECRETARIAT)
def cycle_move(request, year: int):
    """Move the year to the next stage, or back with a reason."""
    cycle = cycle_or_404(request, year)
    try:
        if "back" in request.POST:
            cycle = actions.step_back(cycle=cycle, by=request.user, reason=request.POST.get("reason", ""))
        else:
            cycle = actions.advance(cycle=cycle, by=request.user)
        messages.success(request, f"{cycle}を「{cycle.stage.label}」にしました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:cycle", year=year)


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def responsibilities(request):
    """担当の割当て: the 「関係各課」 that name nobody yet."""
    plan = current_plan(request)
    if plan is None:
        raise Http404
    cycle = running_cycle(request)
    year = cycle.year if cycle else plan.start_year
    rows = list(queries.unassigned(plan, year))
    organizations = AssignForm().fields["organizations"].queryset
    context = {"rows": rows, "organizations": list(organizations), "year": year}
    return render(request, "measures/responsibilities.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def assign(request, pk: int):
    responsibility = get_object_or_404(
        Responsibility.objects.select_related("action__plan"), pk=pk, action__plan=current_plan(request)
    )
    form = AssignForm(request.POST)
    if not form.is_valid():
        messages.error(request, "担当する組織を1つ以上選んでください。")
        return redirect("staff:responsibilities")
    try:
        rows = actions.assign(
            responsibility=responsibility, organizations=form.cleaned_data["organizations"], by=request.user
        )
        names = "、".join(row.organization.name for row in rows)
        messages.success(request, f"「{responsibility.action.title}」の担当を{names}にしました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:responsibilities")


# ---- counts ---------------------------------------------------------------
@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def dashboard(request):
    """The year in counts: by basic goal and by measure."""
    cycle = running_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html", {"cycle": None})
    goals = list(cycle.plan.goals.all())
    by_goal = queries.distributions(cycle, "action__measure__policy__goal")
    context = {
        "cycle": cycle,
        "goals": [(goal, by_goal.get(goal.pk)) for goal in goals],
        "measures": queries.measure_rows(cycle.plan, cycle),
        "whole": queries.distributions(cycle).get((), queries.Distribution(queries.grades_of(cycle.scale))),
        "directions": queries.direction_counts(cycle),
        **steps(cycle),
    }
    return render(request, "measures/dashboard.html", context)
