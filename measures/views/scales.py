"""評価の基準: read, copied, changed, deleted."""

import copy

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from plans.actions import Conflict
from plans.context import current_plan, plan_or_404

from .. import actions, lists, permissions
from ..actions.scales import scale_mark
from ..forms.scales import CopyForm, DirectionFormSet, GradeFormSet, ScaleForm, dropped, kept
from ..models import Scale
from .scale_merge import rebase


def scale_or_404(request: HttpRequest, pk: int) -> Scale:
    return get_object_or_404(Scale, pk=pk, plan=current_plan(request))


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def scales(request):
    """Every scale of the plan, with its printed definitions and the years that use it."""
    plan = plan_or_404(request)
    rows = plan.scales.prefetch_related("grades", "directions", "cycles").annotate(uses=Count("cycles")).order_by("pk")
    if file := as_file(request, "評価の基準", lists.SCALES, lists.marks(rows)):
        return file
    context = {"scales": rows, "refusal": permissions.cycle_refusal(request.user), "copy": CopyForm()}
    return render(request, "measures/scales.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def scale(request, pk: int):
    """One scale as a form; one that a published year used can only be read and copied."""
    row = scale_or_404(request, pk)
    refusal = permissions.scale_refusal(request.user, row)
    if request.method == "GET":
        return _page(request, _form(row), refusal=refusal)
    if refusal:
        messages.error(request, refusal)
        return _page(request, _form(row), refusal=refusal, status=422)
    if request.POST.get("seen") != scale_mark(row):
        return _beside(request, row)
    form = _form(row, request.POST)
    if not all(one.is_valid() for one in (form["form"], *form["tables"])):
        return _page(request, form, status=422)
    try:
        saved = _save(row, form, request)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return _page(request, form, status=409)
    except Conflict:
        return _beside(request, scale_or_404(request, pk))
    messages.success(request, f"「{saved}」を保存しました。")
    return redirect("staff:scale", pk=pk)


def _form(row: Scale, data: QueryDict | None = None) -> dict:
    """The form of the name and the two tables, as the page's context."""
    grades = GradeFormSet(data, queryset=row.grades.all(), prefix="grades")
    directions = DirectionFormSet(data, queryset=row.directions.all(), prefix="directions")
    # The form writes the name into its row, valid or not; the page's heading keeps what stands.
    return {
        "scale": row,
        "seen": data["seen"] if data else scale_mark(row),
        "form": ScaleForm(data, instance=copy.copy(row)),
        "grades": grades,
        "directions": directions,
        "tables": [grades, directions],
    }


def _save(row: Scale, form: dict, request: HttpRequest) -> Scale:
    return actions.save_scale(
        scale=row,
        name=form["form"].cleaned_data["name"],
        rows=[one for table in form["tables"] for one in kept(table)],
        dropped=[one for table in form["tables"] for one in dropped(table)],
        seen=form["seen"],
        by=request.user,
    )


def _beside(request: HttpRequest, row: Scale) -> HttpResponse:
    """Somebody saved in between: what was typed, upon what stands now."""
    data, merged = rebase(request.POST, row)
    return _page(request, _form(row, data), status=409, merged=merged)


def _page(request: HttpRequest, form: dict, *, status: int = 200, **context) -> HttpResponse:
    tables = form["tables"]
    context |= form | {
        "cycles": list(form["scale"].cycles.all()),
        "has_errors": bool(form["form"].errors)
        or any(any(table.errors) or table.non_form_errors() for table in tables),
        "copy": CopyForm(),
    }
    return render(request, "measures/scale.html", context, status=status)


@require_POST
@roles_required(Role.SECRETARIAT)
def scale_copy(request, pk: int):
    row = scale_or_404(request, pk)
    try:
        made = actions.copy_scale(scale=row, name=request.POST.get("name", ""), by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:scale", pk=pk)
    messages.success(request, f"「{row}」を写して「{made}」を作りました。記号と定義を直せます。")
    return redirect("staff:scale", pk=made.pk)


@require_POST
@roles_required(Role.SECRETARIAT)
def scale_delete(request, pk: int):
    row = scale_or_404(request, pk)
    try:
        actions.delete_scale(scale=row, by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:scale", pk=pk)
    messages.success(request, f"「{row}」を消しました。")
    return redirect("staff:scales")
