"""計画をExcelで直す: the plan's structure out as a workbook, back as a check, a decision, and a record."""

from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.refusal import Refused
from plans.models import Plan

from ..actions.planimports import Decision, apply_plan_import, discard_plan_import
from ..actions.planreturned import receive_plan_workbook
from ..forms.planworkbooks import PlanApplyForm, PlanUploadForm
from ..models import PlanImport
from ..planworkbook import plan_workbook
from ..queries.planimports import Found, found_in
from ..queries.planstate import plan_state
from ..queries.plantext import can_be_reshaped
from .plantext import said
from .workbooks import chosen_sides

PER_PAGE = 20


# ---- out, and back -------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def workbook(request, slug: str):
    """The three steps: download, write, return; and what came back so far."""
    plan = get_object_or_404(Plan, slug=slug)
    form = PlanUploadForm(request.POST, request.FILES) if request.method == "POST" else PlanUploadForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            return redirect(receive_plan_workbook(plan=plan, by=request.user, file=upload.file, name=upload.name))
        except Refused as refused:
            form.add_error("file", str(refused))
    records = plan.imports.select_related("by").defer("given")
    context = {
        "edited_plan": plan,
        "upload": form,
        "can_reshape": can_be_reshaped(plan),
        "page": Paginator(records, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "measures/plan_workbook.html", context, status=422 if form.errors else 200)


@require_GET
@roles_required(Role.SECRETARIAT)
def workbook_file(request, slug: str):
    """The plan as it stands, in the columns that are read."""
    plan = get_object_or_404(Plan, slug=slug)
    address = request.build_absolute_uri(reverse("staff:plan-workbook", args=[slug]))
    book = excel.write(plan_workbook(plan_state(plan), address=address), title=str(plan), creator=plan.portal_name)
    name = f"計画_{plan.slug}_{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(BytesIO(book), as_attachment=True, filename=name, content_type=excel.CONTENT_TYPE)


# ---- one that came back ----------------------------------------------------------------
def record_or_404(pk: int) -> PlanImport:
    return get_object_or_404(PlanImport.objects.select_related("plan", "by", "applied_by").defer("given"), pk=pk)


def decision_form(record: PlanImport, found: Found, data=None) -> PlanApplyForm:
    ends = found.goes and not can_be_reshaped(record.plan)
    return PlanApplyForm(data, plan=record.plan, moves=found.moves, ends=ends)


@require_GET
@roles_required(Role.SECRETARIAT)
def plan_import(request, pk: int):
    """What the file would change, or what it changed."""
    record = record_or_404(pk)
    found = found_in(record)
    is_open = record.stage == PlanImport.State.CHECKED and record.can_be_applied
    # What is decided about stands in the form below, whole.
    tabs = [(kind, count) for kind, count in found.kinds if not (is_open and kind in ("conflict", "removed"))]
    asked = request.GET.get("kind")
    kind = next((one for one, _ in tabs if one == asked), tabs[0][0] if tabs else None)
    context = {
        "record": record,
        "edited_plan": record.plan,
        "kinds": tabs,
        "kind": kind,
        "page": Paginator(found.lines.get(kind, []), PER_PAGE).get_page(request.GET.get("page")),
        "form": decision_form(record, found) if is_open else None,
        "ready": record.new + record.changed,
        "conflicts": found.lines.get("conflict", []),
        "gone": found.lines.get("removed", []),
    }
    return render(request, "measures/plan_import.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def plan_import_apply(request, pk: int):
    """反映する。"""
    record = record_or_404(pk)
    form = decision_form(record, found_in(record), request.POST)
    try:
        if not form.is_valid():
            raise Refused(said(form))
        done = apply_plan_import(record=record, by=request.user, decision=decision(request, form))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(record)
    if done.stage == PlanImport.State.CHECKED:
        messages.warning(request, "確かめている間に、計画が変わりました。変わるところを、もう一度確かめてください。")
    else:
        messages.success(request, f"{done.applied:,}件を計画に反映しました。")
    return redirect(done)


def decision(request: HttpRequest, form: PlanApplyForm) -> Decision:
    """What was chosen on the page: conflicts as `side-<row>-<column>`, rows that may go as `gone`."""
    return Decision(
        sides=chosen_sides(request),
        gone={int(pk[:18]) for pk in request.POST.getlist("gone") if pk.isdecimal()},
        **form.cleaned_data,
    )


@require_POST
@roles_required(Role.SECRETARIAT)
def plan_import_discard(request, pk: int) -> HttpResponse:
    """取りやめる。"""
    record = record_or_404(pk)
    try:
        discard_plan_import(record=record, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(record)
    messages.success(request, "この取込みを取りやめました。計画は変わっていません。")
    return redirect("staff:plan-workbook", slug=record.plan.slug)
