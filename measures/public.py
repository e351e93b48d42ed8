"""Citizens' side of the structure and of the published evaluations."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mine_welfare.accounts.models import Organization
from plans.context import current_plan
from plans.models import BasicGoal, BasicPolicy, Plan

from . import queries
from .models import Action, Cycle, Measure


def plan_or_404(request) -> Plan:
    plan = current_plan(request)
    if plan is None:
        raise Http404("計画がまだ公開されていません。")
    return plan


def shown(cycle: Cycle | None) -> dict:
    """The published year a page shows, and whether it is only a sample."""
    return {"cycle": cycle, "is_sample": bool(cycle and cycle.is_sample)}


@require_safe
@login_not_required
def goals(request):
    """施策をさがす: the whole structure on one page."""
    plan = plan_or_404(request)
    cycle = queries.latest_public_cycle(plan)
    context = {
        "goals": plan.goals.prefetch_related("policies__goal"),
        "measures": queries.measure_rows(plan, cycle),
        **shown(cycle),
    }
    return render(request, "measures/goals.html", context)


@require_safe
@login_not_required
def goal(request, number: int):
    plan = plan_or_404(request)
    goal = get_object_or_404(BasicGoal.objects.prefetch_related("policies__goal"), plan=plan, number=number)
    cycle = queries.latest_public_cycle(plan)
    rows = queries.measure_rows(plan, cycle, policy__goal=goal)
    context = {
        "goal": goal,
        "policies": [
            (policy, [row for row in rows if row.measure.policy_id == policy.pk]) for policy in goal.policies.all()
        ],
        "whole": queries.distributions(cycle, "action__measure__policy__goal").get(goal.pk) if cycle else None,
        **shown(cycle),
    }
    return render(request, "measures/goal.html", context)


@require_safe
@login_not_required
def policy(request, goal: int, number: int):
    plan = plan_or_404(request)
    policy = get_object_or_404(
        BasicPolicy.objects.select_related("goal"), goal__plan=plan, goal__number=goal, number=number
    )
    cycle = queries.latest_public_cycle(plan)
    rows = queries.measure_rows(plan, cycle, policy=policy)
    return render(request, "measures/policy.html", {"policy": policy, "measures": rows, **shown(cycle)})


@require_safe
@login_not_required
def measure(request, code: str):
    """One 施策: where it stands, who does what, its actions with the latest results, its years."""
    plan = plan_or_404(request)
    measure = get_object_or_404(Measure.objects.select_related("plan", "policy__goal"), plan=plan, code=code)
    cycle = queries.latest_public_cycle(plan)
    results = queries.distributions(cycle, entries=cycle.entries.filter(action__measure=measure)) if cycle else {}
    years = queries.year_cards(measure, cycle)
    tables = queries.action_tables(measure, cycle)
    context = {
        "measure": measure,
        "whole": results.get(()),
        "review": next((card.review for card in years if card.place == "latest"), None),
        "roles": queries.role_groups(measure),
        "tables": tables,
        "n_actions": sum(len(table.rows) for table in tables),
        "years": years,
        "opinions": queries.opinions_of(measure),
        "offices": offices(tables),
        **shown(cycle),
    }
    return render(request, "measures/measure.html", context)


def offices(tables: list[queries.ActionTable]) -> list[tuple[Organization, list[Action]]]:
    """Whom to ask about what: each organization with the actions it answers for."""
    found: dict[Organization, list[Action]] = {}
    for table in tables:
        for row in table.rows:
            for responsibility, _ in row.offices:
                if responsibility.organization:
                    found.setdefault(responsibility.organization, []).append(row.action)
    return sorted(found.items(), key=lambda pair: pair[0].position)


@require_safe
@login_not_required
def action(request, code: str):
    """One row of the plan through the years."""
    plan = plan_or_404(request)
    actions = Action.objects.select_related(
        "measure__policy__goal", "actor", "group__see", "repeats__measure", "see"
    ).prefetch_related("responsibilities__organization", "repeated_by__measure", "components")
    action = get_object_or_404(actions, plan=plan, code=code)
    context = {
        "action": action,
        "measure": action.measure,
        "responsibilities": action.responsibilities.all(),
        "history": queries.action_history(action.repeats or action),
        **shown(queries.latest_public_cycle(plan)),
    }
    return render(request, "measures/action.html", context)


@require_safe
@login_not_required
def organizations(request):
    plan = plan_or_404(request)
    return render(request, "measures/organizations.html", {"rows": queries.organizations_with_counts(plan)})


@require_safe
@login_not_required
def organization(request, slug: str):
    plan = plan_or_404(request)
    organization = get_object_or_404(Organization.objects.public(), slug=slug)
    cycle = queries.latest_public_cycle(plan)
    results = {}
    if cycle:
        entries = cycle.entries.public().filter(organization=organization).select_related("rating", "direction")
        results = {entry.action_id: entry for entry in entries}
    rows = [(action, results.get(action.pk)) for action in queries.organization_actions(plan, organization)]
    context = {"organization": organization, "rows": rows, **shown(cycle)}
    return render(request, "measures/organization.html", context)


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
    cycle = get_object_or_404(plan.cycles.public().select_related("scale"), year=year)
    by_goal = queries.distributions(cycle, "action__measure__policy__goal")
    context = {
        "whole": queries.distributions(cycle).get(()),
        "goals": [(goal, by_goal.get(goal.pk)) for goal in plan.goals.all()],
        "measures": queries.measure_rows(plan, cycle),
        "directions": queries.direction_counts(cycle),
        **shown(cycle),
    }
    return render(request, "measures/evaluation.html", context)
