"""公表: what citizens will see, publishing, taking back, and 訂正."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused
from plans.context import current_plan

from .. import lists, permissions
from ..actions import publication as actions
from ..actions.changes import Overtaken
from ..forms.publication import CORRECTION_FORMS
from ..models import Correction, Cycle, Entry, MeasureReview, Opinion, Response
from ..queries import publication as queries
from ..workflow import CycleState, next_stage
from .merging import Merge, merge
from .years import asked_cycle, cycle_or_404, cycles_of

# The citizens' pages that show a year's evaluation, and what their addresses begin with.
PREVIEWED = {
    "home", "goals", "goal", "policy", "measure", "action", "organizations", "organization",
    "evaluations", "evaluation", "evaluation-chart", "corrections", "reoffense",
}  # fmt: skip
_SECTIONS = b"goals|policies|measures|actions|organizations|evaluations|corrections|reoffense"
LINKS = re.compile(rb'(<a [^>]*?href=")(/(?:(?:' + _SECTIONS + rb')/[^"]*)?)"')


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def publication_now(request):
    """公表 of the year staff are working on."""
    cycle = asked_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    return redirect("staff:publication", year=cycle.year)


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def publication(request, year: int):
    """How a year stands with the public: what is still open, the preview, publishing, corrections."""
    cycle = cycle_or_404(request, year)
    corrections = queries.corrections(cycle)
    if file := as_file(request, f"訂正_{cycle.year}年度", lists.CORRECTIONS, corrections):
        return file
    context = {
        "cycle": cycle,
        "cycles": cycles_of(request),
        "checks": queries.checks(cycle),
        "corrections": corrections,
        "following": next_stage(cycle.stage),
        "is_next": next_stage(cycle.stage) == CycleState.PUBLISHED,
        "unpublish_refusal": permissions.unpublish_refusal(request.user, cycle),
        "republish_refusal": permissions.republish_refusal(request.user, cycle),
        "correction_refusal": permissions.correction_refusal(request.user, cycle),
        "taken_back": queries.taken_back(cycle),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/publication.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def unpublish(request, year: int):
    cycle = cycle_or_404(request, year)
    try:
        actions.unpublish(cycle=cycle, by=request.user, reason=request.POST.get("reason", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{cycle}の公表を取り下げました。市民の画面には、この年度の内容は出ません。")
    return redirect("staff:publication", year=year)


@require_POST
@roles_required(Role.SECRETARIAT)
def republish(request, year: int):
    cycle = cycle_or_404(request, year)
    try:
        actions.republish(cycle=cycle, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{cycle}を、もう一度公表しました。")
    return redirect("staff:publication", year=year)


# ---- preview ----------------------------------------------------------------
@require_GET
@roles_required(Role.SECRETARIAT)
def preview(request, year: int, path: str = ""):
    """A citizens' page as it will be once the year is published, drawn by the citizens' own view."""
    cycle = cycle_or_404(request, year)
    try:
        match = resolve(f"/{path}")
    except Resolver404:
        raise Http404("この番地のページはありません。") from None
    if match.view_name not in PREVIEWED:
        raise Http404("このページは、評価の公表では変わりません。")
    with actions.as_if_published(cycle=cycle, by=request.user):
        # Nothing of it may be remembered for citizens: what a process keeps, it keeps by the plan's edition.
        current_plan(request).changed_at = timezone.now()
        request.preview, request.path = cycle, f"/{path}"
        page = match.func(request, *match.args, **match.kwargs)
    page.content = _linked(page.content, reverse("staff:preview", args=[year]))
    page["Cache-Control"] = "private, no-store"
    return page


def _linked(html: bytes, home: str) -> bytes:
    """The links among the citizens' pages, led back into the preview."""
    prefix = home.rstrip("/").encode()
    return LINKS.sub(lambda link: link[1] + prefix + link[2] + b'"', html)


# ---- 訂正 -------------------------------------------------------------------
ROWS = {"entry": Entry, "review": MeasureReview, "opinion": Opinion, "response": Response}


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def correction(request, kind: str, pk: int):
    """Correct what a fixed row says; the reason is asked for and stands in 訂正履歴."""
    if kind not in ROWS:
        raise Http404("この種類の訂正はありません。")
    model = ROWS[kind]
    row = get_object_or_404(model.objects.select_related(*actions.RELATED[model]), pk=pk)
    form = CORRECTION_FORMS[model](request.POST or None, instance=row)
    if request.method == "GET":
        return _correction_page(request, row, form)
    if not form.is_valid():
        return _correction_page(request, row, form, status=422)
    try:
        made = actions.correct(
            row=row,
            by=request.user,
            version=form.cleaned_data["version"],
            values=form.values(),
            reason=form.cleaned_data["why"],
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _correction_page(request, row, form, status=409)
    except Overtaken as overtaken:
        merged = merge(form, overtaken.row, actions.CORRECTABLE[model])
        return _correction_page(request, overtaken.row, form, status=409, merged=merged)
    messages.success(request, f"{len(made)}項目を訂正しました。訂正の前の内容と理由は、記録に残りました。")
    return redirect("staff:publication", year=_cycle_of(row).year)


def _cycle_of(row: actions.Row) -> Cycle:
    return row.opinion.cycle if isinstance(row, Response) else row.cycle


def _correction_page(
    request: HttpRequest, row: actions.Row, form, *, status: int = 200, merged: Merge | None = None
) -> HttpResponse:
    cycle = _cycle_of(row)
    clashes = merged.clashes if merged else {}
    context = {
        "cycle": cycle,
        "place": Correction(**{next(name for name, model in ROWS.items() if model is type(row)): row}).place,
        "form": form,
        "fields": [(bound, clashes.get(bound.name)) for bound in form if not bound.is_hidden and bound.name != "why"],
        "merged": merged,
        "refusal": permissions.correction_refusal(request.user, cycle),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/correction.html", context, status=status)
