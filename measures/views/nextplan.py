"""次期計画: the closing table of this plan, the draft of the next, and what goes on in what."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from plans.context import current_plan, plan_or_404
from plans.editor import as_citizens_see
from plans.models import Plan

from .. import lists
from ..actions import currentplan
from ..actions import nextplan as actions
from ..forms.nextplan import LinkActionForm, LinkMeasureForm, NextPlanForm, SwitchForm
from ..models import Action, Measure
from ..queries import currentplan as turning
from ..queries import nextplan as queries

READERS = (Role.SECRETARIAT, Role.AUDITOR, Role.COMMITTEE)


# ---- 計画の評価・見直し -------------------------------------------------------
@require_GET
@roles_required(*READERS)
def review(request, slug: str):
    """計画の評価・見直し, generated from the reviews of the measures."""
    plan = get_object_or_404(Plan, slug=slug)
    rows = queries.closing_table(plan)
    if file := as_file(request, f"計画の評価・見直し_{plan}", lists.CLOSING, rows):
        return file
    context = {
        "reviewed": plan,
        "rows": rows,
        "written": sum(1 for row in rows if not row.is_empty),
        "is_sample": plan.cycles.filter(is_sample=True).exists(),
    }
    return render(request, "measures/plan_review.html", context)


# ---- the draft ----------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def wizard(request):
    """次期計画の素案をつくる。"""
    plan = plan_or_404(request)
    form = NextPlanForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.start_next_plan(predecessor=plan, fields=form.named, fates=form.fates, by=request.user)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"「{made}」の素案をつくりました。市民には、まだ見えません。")
            return redirect("staff:plan-lineage", slug=made.slug)
    context = {"form": form, "ending": plan, "existing": plan.successors.first()}
    return render(request, "measures/next_plan.html", context, status=422 if form.errors else 200)


# ---- what goes on in what -------------------------------------------------------
def successor_or_404(slug: str) -> Plan:
    return get_object_or_404(Plan.objects.select_related("predecessor"), slug=slug, predecessor__isnull=False)


@require_GET
@roles_required(*READERS)
def lineage(request, slug: str):
    """継続・統合・分割・新規・終了, measure by measure."""
    plan = successor_or_404(slug)
    lines = queries.lineage(plan)
    if file := as_file(request, f"計画のつながり_{plan}", lists.LINEAGE, lists.lineage(lines)):
        return file
    context = {
        "new": plan,
        "old": plan.predecessor,
        "lines": lines,
        "counts": queries.tally(lines),
        "action_counts": queries.tally(line for one in lines for line in one.actions),
        "may_edit": request.user.has_role(Role.SECRETARIAT),
        "reviews": plan.previous_reviews.count(),
    }
    return render(request, "measures/lineage.html", context)


def sent(request):
    """What was sent, if anything was: no tick at all is an answer too."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def link_measure(request, slug: str, pk: int):
    """どの施策を引き継ぐか。"""
    plan = successor_or_404(slug)
    row = get_object_or_404(Measure.objects.select_related("plan__predecessor"), pk=pk, plan=plan)
    form = LinkMeasureForm(sent(request), measure=row)
    if request.method == "POST" and form.is_valid():
        actions.link_measure(measure=row, before=form.cleaned_data["before"], by=request.user)
        messages.success(request, f"施策「{row}」のつながりを保存しました。")
        return redirect("staff:plan-lineage", slug=slug)
    return link_page(request, plan, form, f"施策 {row}")


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def link_action(request, slug: str, pk: int):
    """どの取組を引き継ぐか。"""
    plan = successor_or_404(slug)
    row = get_object_or_404(Action.objects.select_related("plan__predecessor"), pk=pk, plan=plan)
    form = LinkActionForm(sent(request), action=row)
    if request.method == "POST" and form.is_valid():
        actions.link_action(action=row, before=form.cleaned_data["before"], by=request.user)
        messages.success(request, f"取組「{row}」のつながりを保存しました。")
        return redirect("staff:plan-lineage", slug=slug)
    return link_page(request, plan, form, f"取組 {row}")


def link_page(request, plan: Plan, form, heading: str):
    context = {"form": form, "new": plan, "heading": heading}
    return render(request, "measures/lineage_link.html", context, status=422 if form.errors else 200)


@require_POST
@roles_required(Role.SECRETARIAT)
def take_reviews(request, slug: str):
    """前の計画の「計画の評価・見直し」を取り込み直す。"""
    plan = successor_or_404(slug)
    try:
        number = actions.take_reviews(plan=plan, by=request.user)
        messages.success(request, f"「計画の評価・見直し」を{number}件取り込みました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:plan-lineage", slug=slug)


# ---- which plan citizens see ----------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def switch(request, slug: str):
    """この計画に切り替える: what it does, what stands in the way, and a look at the citizens' page first."""
    plan, old = get_object_or_404(Plan, slug=slug), current_plan(request)
    if old is None or plan.is_current or plan.successors.exists():
        raise Http404("切り替える計画ではありません。")
    form = SwitchForm(request.POST or None, initial={"old": old.pk, "is_final": ""})
    if request.method == "POST" and form.is_valid():
        try:
            return _switched(request, plan, form.cleaned_data)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
    context = {
        "form": form,
        "new": plan,
        "old": old,
        "readiness": turning.readiness(plan, old),
        "sides": turning.side_by_side(old, plan),
    }
    return render(request, "measures/plan_switch.html", context, status=422 if form.errors else 200)


def _switched(request, plan: Plan, given: dict) -> HttpResponse:
    """Done, or shown as citizens will see it."""
    old = get_object_or_404(Plan, pk=given["old"])
    words = {"is_final": given["is_final"], "reason": given["reason"], "by": request.user}
    if "preview" in request.POST:
        return as_citizens_see(
            request, plan, reverse("home"), lambda: currentplan.make_current(plan=plan, old=old, **words)
        )
    currentplan.make_current(plan=plan, old=old, **words)
    messages.success(request, f"市民の画面を「{plan}」に切り替えました。")
    return redirect("staff:plan-text")


@require_POST
@roles_required(Role.SECRETARIAT)
def switch_back(request, slug: str):
    """前の計画に戻す。"""
    plan = successor_or_404(slug)
    try:
        old = currentplan.return_to_former(plan=plan, reason=request.POST.get("reason", ""), by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"市民の画面を「{old}」に戻しました。「{plan}」は素案に戻りました。")
    return redirect("staff:plan-text-of", slug=slug)
