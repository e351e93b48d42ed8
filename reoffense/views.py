"""The staff side of the component: its counts, the partners and the events."""

from operator import attrgetter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures import permissions as year_permissions
from measures.views.years import INSIDE, asked_cycle, cycles_of
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused
from plans.context import plan_or_404
from plans.models import Plan

from . import actions, lists
from .forms import EventForm, PartnerForm
from .models import Event, Partner
from .permissions import keep_refusal
from .queries import ComponentPlan, component_plan, indicators


@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def overview(request):
    """再犯防止: the counts of one year by area, with its rows, papers and lists."""
    plan, cycles = plan_or_404(request), cycles_of(request)
    cycle = asked_cycle(request, cycles)
    not_yet = year_permissions.counts_refusal(request.user, cycle) if cycle else None
    sheets = None if not_yet or cycle is None else year_permissions.visible_to(cycle.entries.all(), request.user)
    published = max((one for one in cycles if one.is_public), key=attrgetter("year"), default=None)
    page = component_plan(plan, published if not_yet else cycle, sheets)
    if page is None:
        return render(request, "reoffense/none.html")
    if file := table_file(request, plan, page):
        return file
    context = {
        "page": page,
        "component": page.component,
        "indicators": indicators(page),
        "cycle": page.cycle,
        "not_yet": not_yet,
        "is_sample": bool(page.cycle and page.cycle.is_sample),
        "cycles": [one for one in cycles if not year_permissions.counts_refusal(request.user, one)],
        "partners": Partner.objects.filter(plan=plan),
        "events": Event.objects.filter(plan=plan).order_by("-starts_on"),
        "refusal": keep_refusal(request.user),
    }
    return render(request, "reoffense/overview.html", context)


def table_file(request, plan: Plan, page: ComponentPlan) -> HttpResponse | None:
    """The table of the overview the address asks for by `of`."""
    of, name, cycle = request.GET.get("of", ""), f"{page.component}", page.cycle
    match of:
        case "partners":
            return as_file(request, f"協力者_{name}", lists.PARTNERS, Partner.objects.filter(plan=plan), of=of)
        case "events":
            rows = Event.objects.filter(plan=plan).order_by("-starts_on")
            return as_file(request, f"行事のお知らせ_{name}", lists.EVENTS, rows, of=of)
        case "indicators":
            return as_file(request, f"目標指標_{name}", lists.INDICATORS, lists.years(indicators(page)), of=of)
        case "areas" if page.whole:
            counted = [row for row in page.area_counts() if row[1]]
            return as_file(request, f"重点項目_{name}_{cycle.year}年度", lists.areas(cycle), counted, of=of)
        case "" if page.whole:
            return as_file(request, f"取組の状況_{name}_{cycle.year}年度", lists.rows(cycle), lists.lines(page))
    return None


def answer(request, form, template: str, save, title: str) -> HttpResponse:
    """Show `form`, or save it and go back to the overview."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = save(form.instance)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"「{done}」を保存しました。")
                return redirect("staff:reoffense")
    return render(request, template, {"form": form, "title": title}, status=status)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def partner(request, pk: int | None = None):
    """Add or change one partner."""
    plan = plan_or_404(request)
    row = get_object_or_404(Partner, pk=pk, plan=plan) if pk else Partner(plan=plan)
    form = PartnerForm(request.POST or None, instance=row)
    title = f"{row}の登録" if pk else "協力者を加える"
    return answer(
        request,
        form,
        "reoffense/partner.html",
        lambda one: actions.keep_partner(partner=one, plan=plan, by=request.user),
        title,
    )


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def event(request, pk: int | None = None):
    """Add or change one notice."""
    plan = plan_or_404(request)
    row = get_object_or_404(Event, pk=pk, plan=plan) if pk else Event(plan=plan)
    form = EventForm(request.POST or None, instance=row)
    title = f"{row}のお知らせ" if pk else "行事のお知らせを加える"
    return answer(
        request,
        form,
        "reoffense/event_form.html",
        lambda one: actions.keep_event(event=one, plan=plan, by=request.user),
        title,
    )


@require_POST
@roles_required(Role.SECRETARIAT)
def partner_remove(request, pk: int):
    row = get_object_or_404(Partner, pk=pk, plan=plan_or_404(request))
    actions.remove_partner(partner=row, by=request.user)
    messages.success(request, f"「{row}」を名簿から外しました。")
    return redirect("staff:reoffense")


@require_POST
@roles_required(Role.SECRETARIAT)
def event_remove(request, pk: int):
    row = get_object_or_404(Event, pk=pk, plan=plan_or_404(request))
    actions.remove_event(event=row, by=request.user)
    messages.success(request, f"「{row}」のお知らせを取り下げました。")
    return redirect("staff:reoffense")
