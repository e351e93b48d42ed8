"""Citizens' side of the structure and of the published evaluations."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mine_welfare.accounts.directory import directory
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.richtext import plain
from plans.context import current_plan
from plans.models import BasicGoal, BasicPolicy, Plan

from .models import Action, Cycle
from .queries import public, structure
from .queries.measure_page import measure_page


def plan_or_404(request) -> Plan:
    plan = current_plan(request)
    if plan is None:
        raise Http404("計画がまだ公開されていません。")
    return plan


def shown(cycle: Cycle | None) -> dict:
    """The published year a page shows, and whether it is only a sample."""
    return {"cycle": cycle, "is_sample": bool(cycle and cycle.is_sample)}


def segments(rows: list[structure.MeasureRow]) -> list:
    """What the bars of a list are made of, for its legend; nothing where no bar is drawn."""
    return next((row.distribution.parts for row in rows if row.distribution), [])


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
    return render(request, "measures/goal.html", context | shown(cycle))


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
    return render(request, "measures/policy.html", context | shown(cycle))


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
    return render(request, "measures/measure.html", context | shown(page.latest))


@require_safe
@login_not_required
def action(request, code: str):
    """One row of the plan through the years."""
    plan = plan_or_404(request)
    actions = Action.objects.select_related(
        "measure__policy__goal", "actor", "group__see", "repeats__measure", "see"
    ).prefetch_related("responsibilities__organization", "repeated_by__measure", "components")
    action = get_object_or_404(actions, plan=plan, code=code)
    history = public.action_history(plan, action)
    context = {
        "action": action,
        "measure": action.measure,
        "responsibilities": action.responsibilities.all(),
        "history": history,
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


@require_safe
@login_not_required
def evaluation(request, year: int):
    """One published year in counts, by goal and by measure."""
    plan = plan_or_404(request)
    cycles = plan.cycles.public().select_related("scale").prefetch_related("scale__grades")
    cycle = get_object_or_404(cycles, year=year)
    by_goal = structure.distributions(cycle, "action__measure__policy__goal")
    context = {
        "whole": structure.distributions(cycle).get(()),
        "goals": [(goal, by_goal.get(goal.pk)) for goal in plan.goals.all()],
        "measures": structure.measure_rows(plan, cycle),
        "directions": structure.direction_counts(cycle),
        "grades": structure.grades_of(cycle.scale),
    }
    return render(request, "measures/evaluation.html", context | shown(cycle))
