"""計画の編集: the plan's text, changed in the browser by the secretariat."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from plans.actions import Conflict
from plans.context import plan_or_404
from plans.editor import as_citizens_see, edit
from plans.models import BasicPolicy, Plan

from ..actions import plantext as actions
from ..forms.plantext import ActionForm, EndForm, MeasureForm, NewMeasureForm, RoleFormSet, RolesForm, new_action
from ..models import Action, Measure
from ..queries import plantext as queries


def said(form) -> str:
    """The form's mistakes in one line, for a small form whose page is not shown again."""
    return "".join(error for errors in form.errors.values() for error in errors)


# ---- the whole plan -----------------------------------------------------------
@require_GET
@roles_required(Role.SECRETARIAT)
def plan(request, slug: str | None = None):
    """Everything that can be changed, in the order of the book."""
    edited = get_object_or_404(Plan, slug=slug) if slug else plan_or_404(request)
    return render(request, "measures/plantext.html", queries.contents(edited))


# ---- one measure ----------------------------------------------------------------
def measure_or_404(pk: int) -> Measure:
    return get_object_or_404(Measure.objects.select_related("plan", "policy__goal"), pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def measure(request, pk: int):
    """施策の名称と説明, and the ways to its roles and actions."""
    row = measure_or_404(pk)
    return edit(
        request,
        form=MeasureForm(request.POST or None, instance=row, plan=row.plan),
        row=row,
        plan=row.plan,
        path=reverse("measure", args=[row.code]),
        back=reverse("staff:plan-measure", args=[pk]),
        done=f"施策「{row}」を保存しました。",
        kind="measure",
        template="measures/plantext_measure.html",
        heading=f"施策 {row}",
        where=f"基本施策 {row.policy}",
        **queries.of_measure(row),
    )


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def roles(request, pk: int, actor: str):
    """役割分担 of one actor: lines added, changed, put in another order."""
    row = measure_or_404(pk)
    actor = get_object_or_404(row.plan.actors, code=actor)
    present = {item.pk: item for item in row.role_items.filter(actor=actor)}
    initial = [
        {"item": item.pk, "order": index * 10, "text": item.text}
        for index, item in enumerate(present.values(), start=1)
    ]
    form = RolesForm(request.POST or None, plan=row.plan, initial={"seen": actions.roles_mark(present.values())})
    lines = RoleFormSet(request.POST or None, prefix="lines", initial=initial)
    if request.method == "POST" and all([form.is_valid(), lines.is_valid()]):

        def keep():
            given = form.cleaned_data
            return actions.save_roles(
                measure=row, actor=actor, lines=lines.lines(present), seen=given["seen"], by=request.user,
                reason=given["reason"],
            )  # fmt: skip

        try:
            if "preview" in request.POST:
                return as_citizens_see(request, row.plan, reverse("measure", args=[row.code]), keep)
            keep()
        except Conflict:
            form.add_error(None, "開いている間に、ほかの人がこの役割を変えました。いまの内容を確かめてください。")
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{actor}の役割を保存しました。")
            return redirect("staff:plan-measure", pk=pk)
    failed = form.is_bound and bool(form.errors or lines.total_error_count())
    context = {
        "measure": row, "actor": actor, "form": form, "lines": lines, "edited_plan": row.plan, "failed": failed,
        "present": list(present.values()),
    }  # fmt: skip
    return render(request, "measures/plantext_roles.html", context, status=422 if failed else 200)


# ---- one action -------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def action_new(request, pk: int, actor: str):
    """取組を加える。"""
    row = measure_or_404(pk)
    actor = get_object_or_404(row.plan.actors.exclude(letter="").select_related("component"), code=actor)
    form = ActionForm(request.POST or None, instance=new_action(row, actor), plan=row.plan)

    def add(*, row, plan, values, seen, by, reason):
        return actions.add_action(measure=row, actor=actor, values=values, by=by, reason=reason, **form.beside)

    return edit(
        request,
        form=form,
        row=row,
        plan=row.plan,
        path=reverse("measure", args=[row.code]),
        back=reverse("staff:plan-measure", args=[pk]),
        done="取組を加えました。",
        kind="",
        write=add,
        heading=f"{actor}の取組を加える",
        where=f"施策 {row}　番号は {actions.next_code(row, actor)} になります",
    )


def action_or_404(pk: int) -> Action:
    rows = Action.objects.select_related("plan", "measure__policy__goal", "actor__component", "group", "repeats", "see")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def action(request, pk: int):
    """取組を直す。"""
    row = action_or_404(pk)
    form = ActionForm(request.POST or None, instance=row, plan=row.plan)

    def change(*, row, plan, values, seen, by, reason):
        return actions.change_action(action=row, values=values, seen=seen, by=by, reason=reason, **form.beside)

    return edit(
        request,
        form=form,
        row=row,
        plan=row.plan,
        path=reverse("action", args=[row.code]),
        back=reverse("staff:plan-measure", args=[row.measure_id]),
        done=f"取組「{row}」を保存しました。",
        kind="action",
        write=change,
        template="measures/plantext_action.html",
        heading=f"取組 {row}",
        where=f"施策 {row.measure}　{row.actor}の取組",
        end=EndForm(action=row, plan=row.plan),
        can_remove=row.plan.is_draft and not row.plan.is_current,
    )


@require_POST
@roles_required(Role.SECRETARIAT)
def action_end(request, pk: int):
    """取組を終える。"""
    row = action_or_404(pk)
    form = EndForm(request.POST, action=row, plan=row.plan)
    try:
        if not form.is_valid():
            raise actions.Refused(said(form))
        given = form.cleaned_data
        ended = actions.end_action(action=row, last_year=given["last_year"], by=request.user, reason=given["reason"])
        done = "を終える年度を決めました" if ended.valid_to else "は、終えないことにしました"
        messages.success(request, f"取組「{row}」{done}。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:plan-action", pk=pk)


# ---- a plan still being drafted -------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def measure_new(request, pk: int):
    """施策を加える（次期計画の素案）。"""
    policy = get_object_or_404(BasicPolicy.objects.select_related("goal__plan"), pk=pk)
    form = NewMeasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_measure(policy=policy, by=request.user, **form.cleaned_data)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"施策「{made}」を加えました。")
            return redirect("staff:plan-measure", pk=made.pk)
    context = {"form": form, "policy": policy, "edited_plan": policy.goal.plan}
    return render(request, "measures/plantext_measure_new.html", context, status=422 if form.errors else 200)


@require_POST
@roles_required(Role.SECRETARIAT)
def measure_remove(request, pk: int):
    """施策を素案から消す。"""
    row = measure_or_404(pk)
    try:
        actions.remove_measure(measure=row, by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:plan-measure", pk=pk)
    messages.success(request, f"施策「{row}」を素案から消しました。")
    return redirect("staff:plan-text-of", slug=row.plan.slug)


@require_POST
@roles_required(Role.SECRETARIAT)
def action_remove(request, pk: int):
    """取組を素案から消す。"""
    row = action_or_404(pk)
    try:
        actions.remove_action(action=row, by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:plan-action", pk=pk)
    messages.success(request, f"取組「{row}」を素案から消しました。")
    return redirect("staff:plan-measure", pk=row.measure_id)
