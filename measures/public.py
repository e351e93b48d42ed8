"""Citizens' side of the structure and of the published evaluations."""

import re
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mine_welfare.accounts.directory import directory
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit import chart
from mine_welfare.toolkit.fiscal import fiscal_year
from mine_welfare.toolkit.richtext import plain
from plans.context import plan_or_404
from plans.models import BasicGoal, BasicPolicy, Plan

from . import charts
from .models import Action, Cycle, Responsibility
from .queries import corrections, public, structure
from .queries.dashboard import Board, Filters, board
from .queries.measure_page import measure_page
from .queries.opinions import public_opinions


def shown(cycle: Cycle | None) -> dict:
    """The published year a page shows, and whether it is only a sample."""
    return {"cycle": cycle, "is_sample": bool(cycle and cycle.is_sample)}


def segments(rows: list[structure.MeasureRow]) -> list:
    """What the bars of a list are made of, for its legend; nothing where no bar is drawn."""
    return next((row.distribution.parts for row in rows if row.distribution), [])


def chart_files(cycle: Cycle | None, **narrowed) -> dict:
    """Where the bars of a page are saved: the chart of the year with only its measures."""
    if cycle is None:
        return {}
    return {"files": f"{reverse('evaluation', args=[cycle.year])}charts/sheets", "query": f"?{urlencode(narrowed)}"}


@require_safe
@login_not_required
def goals(request):
    """施策をさがす: the whole structure on one page."""
    plan = plan_or_404(request)
    cycle = public.latest_public_cycle(plan)
    rows = structure.measure_rows(plan, cycle)
    context = {"goals": by_policy(plan.goals.prefetch_related("policies__goal"), rows), "segments": segments(rows)}
    return render(request, "measures/goals.html", context | shown(cycle))


def by_policy(goals, rows: list[structure.MeasureRow]) -> list:
    """[(goal, [(policy, its rows)])]."""
    found: dict[int, list[structure.MeasureRow]] = {}
    for row in rows:
        found.setdefault(row.measure.policy_id, []).append(row)
    return [(goal, [(policy, found.get(policy.pk, [])) for policy in goal.policies.all()]) for goal in goals]


@require_safe
@login_not_required
def goal(request, number: int):
    plan = plan_or_404(request)
    goal = get_object_or_404(BasicGoal.objects.prefetch_related("policies__goal"), plan=plan, number=number)
    cycle = public.latest_public_cycle(plan)
    rows = structure.measure_rows(plan, cycle, policy__goal=goal)
    # The plan's own words about the goal, where its book has a section of that name.
    section = plan.sections.filter(marker=f"基本目標{number}").first()
    context = {
        "goal": goal,
        "lead": plain(section.body) if section else [],
        "policies": by_policy([goal], rows)[0][1],
        "whole": structure.distributions(cycle, "action__measure__policy__goal").get(goal.pk) if cycle else None,
    }
    return render(request, "measures/goal.html", context | shown(cycle) | chart_files(cycle, goal=number))


@require_safe
@login_not_required
def policy(request, goal: int, number: int):
    plan = plan_or_404(request)
    policy = get_object_or_404(
        BasicPolicy.objects.select_related("goal"), goal__plan=plan, goal__number=goal, number=number
    )
    cycle = public.latest_public_cycle(plan)
    rows = structure.measure_rows(plan, cycle, policy=policy)
    context = {"policy": policy, "measures": rows, "segments": segments(rows)}
    return render(request, "measures/policy.html", context | shown(cycle) | chart_files(cycle, policy=policy.code))


@require_safe
@login_not_required
def measure(request, code: str):
    """One 施策: where it stands, who does what, its actions with the latest results, its years."""
    page = measure_page(plan_or_404(request), code, directory(request))
    if page is None:
        raise Http404("この番号の施策はありません。")
    context = {
        "measure": page.measure,
        "page": page,
        "whole": page.published.whole,
        "conclusion": page.conclusion,
    }
    return render(
        request, "measures/measure.html", context | shown(page.latest) | chart_files(page.latest, measure=code)
    )


def answering_now(plan: Plan) -> Prefetch:
    """Who answers for an action this year; before the plan begins and after its end, its nearest year."""
    year = min(max(fiscal_year(timezone.localdate()), plan.start_year), plan.end_year)
    return Prefetch("responsibilities", Responsibility.objects.valid_in(year).select_related("organization"))


@require_safe
@login_not_required
def action(request, code: str):
    """One row of the plan through the years."""
    plan = plan_or_404(request)
    actions = Action.objects.select_related(
        "measure__policy__goal", "actor", "group__see", "repeats__measure", "see"
    ).prefetch_related(answering_now(plan), "repeated_by__measure", "components")
    action = get_object_or_404(actions, plan=plan, code=code)
    history = public.action_history(plan, action)
    context = {
        "action": action,
        "measure": action.measure,
        "responsibilities": action.responsibilities.all(),
        "history": history,
        "corrections": corrections.of_action(plan, action),
    }
    return render(request, "measures/action.html", context | shown(history.latest))


@require_safe
@login_not_required
def organizations(request):
    rows = list(public.organizations_with_counts(plan_or_404(request)))
    context = {"rows": rows, "has_phones": any(row.phone for row in rows)}
    return render(request, "measures/organizations.html", context)


@require_safe
@login_not_required
def organization(request, slug: str):
    plan = plan_or_404(request)
    organization = get_object_or_404(Organization.objects.public(), slug=slug)
    cycle = public.latest_public_cycle(plan)
    rows = public.organization_rows(plan, organization, cycle)
    context = {"organization": organization, "rows": rows, "n_actions": sum(len(own) for _, own in rows)}
    return render(request, "measures/organization.html", context | shown(cycle))


@require_safe
@login_not_required
def evaluations(request):
    """評価: every published year."""
    plan = plan_or_404(request)
    return render(request, "measures/evaluations.html", {"cycles": plan.cycles.public().order_by("-year")})


def public_board(plan: Plan, year: int) -> Board:
    """The counts of a published year beside the published year before; 404 for any other."""
    cycles = list(plan.cycles.public().select_related("plan", "scale"))
    by_year = {cycle.year: cycle for cycle in cycles}
    if year not in by_year:
        raise Http404("この年度の評価は、公表されていません。")
    return board(by_year[year], by_year.get(year - 1), [one for one in cycles if one.year <= year], public=True)


@require_safe
@login_not_required
def evaluation(request, year: int):
    """One published year in counts: 施策 × 年度, and by goal, policy, department, side and component."""
    plan = plan_or_404(request)
    counts = public_board(plan, year)
    context = charts.page(counts) | {
        "grades": counts.grades,
        "opinions": public_opinions(counts.cycle),
        "corrections": corrections.public_corrections(plan).filter(cycle=counts.cycle),
    }
    return render(request, "measures/evaluation.html", context)


@require_safe
@login_not_required
def evaluation_chart(request, year: int, name: str, form: str):
    """One chart of a published year as a file, or to touch."""
    if name not in charts.CHARTS:
        raise Http404
    counts = public_board(plan_or_404(request), year).narrowed(asked(request))
    if not counts.measures:
        raise Http404
    return chart.answer(request, charts.CHARTS[name](counts), form, back=reverse("evaluation", args=[year]))


def asked(request) -> Filters:
    """The part of the plan the address asks for; a goal that is no number has no measures."""
    given = {name: request.GET.get(name, "") for name in ("goal", "policy", "measure")}
    goal = int(given["goal"]) if re.fullmatch(r"[0-9]{1,3}", given["goal"]) else -1
    return Filters(goal=goal if given["goal"] else None, policy=given["policy"], measure=given["measure"])


@require_safe
@login_not_required
def corrections_page(request):
    """訂正履歴: every correction of the published years."""
    rows = Paginator(corrections.public_corrections(plan_or_404(request)), 20)
    return render(request, "measures/corrections_page.html", {"page": rows.get_page(request.GET.get("page"))})
