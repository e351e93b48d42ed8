"""評価の基準: read, copied, changed, deleted."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from plans.context import current_plan

from .. import actions, permissions
from ..forms.scales import CopyForm, DirectionFormSet, GradeFormSet, ScaleForm, dropped, kept
from ..models import Scale


def scale_or_404(request: HttpRequest, pk: int) -> Scale:
    return get_object_or_404(Scale, pk=pk, plan=current_plan(request))


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def scales(request):
    """Every scale of the plan, with its printed definitions and the years that use it."""
    plan = current_plan(request)
    if plan is None:
        raise Http404
    rows = plan.scales.prefetch_related("grades", "directions", "cycles").annotate(uses=Count("cycles"))
    context = {"scales": rows.order_by("pk"), "refusal": permissions.cycle_refusal(request.user), "copy": CopyForm()}
    return render(request, "measures/scales.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def scale(request, pk: int):
    """One scale as a form; one that a published year used can only be read and copied."""
    row = scale_or_404(request, pk)
    refusal = permissions.scale_refusal(request.user, row)
    data = request.POST if request.method == "POST" and not refusal else None
    name = ScaleForm(data, instance=row)
    tables = {
        "grades": GradeFormSet(data, queryset=row.grades.all(), prefix="grades"),
        "directions": DirectionFormSet(data, queryset=row.directions.all(), prefix="directions"),
    }
    if refusal and request.method == "POST":
        messages.error(request, refusal)
    elif data is not None and all(one.is_valid() for one in (name, *tables.values())):
        if _saved(request, pk, name, tables):
            return redirect("staff:scale", pk=pk)
        return _page(request, row, name, tables, status=409)
    return _page(request, row, name, tables, refusal=refusal, status=422 if request.method == "POST" else 200)


def _saved(request: HttpRequest, pk: int, name: ScaleForm, tables: dict) -> bool:
    try:
        saved = actions.save_scale(
            scale=scale_or_404(request, pk),
            name=name.cleaned_data["name"],
            rows=[row for table in tables.values() for row in kept(table)],
            dropped=[row for table in tables.values() for row in dropped(table)],
            by=request.user,
        )
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, f"「{saved}」を保存しました。")
    return True


def _page(request, row: Scale, name: ScaleForm, tables: dict, *, refusal=None, status: int = 200) -> HttpResponse:
    context = {
        "scale": row,
        "form": name,
        "cycles": list(row.cycles.all()),
        "refusal": refusal,
        "has_errors": bool(name.errors)
        or any(any(table.errors) or table.non_form_errors() for table in tables.values()),
        "copy": CopyForm(),
        "tables": list(tables.values()),
        **tables,
    }
    return render(request, "measures/scale.html", context, status=status)


@require_POST
@roles_required(Role.SECRETARIAT)
def scale_copy(request, pk: int):
    row = scale_or_404(request, pk)
    try:
        copy = actions.copy_scale(scale=row, name=request.POST.get("name", ""), by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:scale", pk=pk)
    messages.success(request, f"「{row}」を写して「{copy}」を作りました。記号と定義を直せます。")
    return redirect("staff:scale", pk=copy.pk)


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
