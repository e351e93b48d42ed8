"""What the pages of 計画の編集 show."""

from typing import Any

from plans.models import Plan, Section

from ..models import Action, Measure, RoleItem


def can_be_reshaped(plan: Plan) -> bool:
    """Until citizens have seen it: from then on rows end, they do not vanish."""
    return plan.is_draft and not plan.is_current and not plan.cycles.exists()


def contents(plan: Plan) -> dict[str, Any]:
    """The whole plan as a list of what can be changed: chapters, goals, the other plans there are."""
    # A plan that was public before stands behind the one that followed it.
    is_former = not plan.is_current and plan.successors.exists()
    chapters: dict[int, list[Section]] = {}
    for section in plan.sections.defer("body"):
        chapters.setdefault(section.chapter, []).append(section)
    return {
        "edited_plan": plan,
        "plans": list(Plan.objects.all()),
        "chapters": list(chapters.values()),
        "goals": plan.goals.prefetch_related("policies__goal", "policies__measures"),
        "terms": plan.terms.count(),
        "can_reshape": can_be_reshaped(plan),
        "is_former": is_former,
        "may_switch": not plan.is_current and not is_former,
        "may_return": plan.is_current and plan.predecessor_id is not None and not plan.cycles.exists(),
    }


def of_measure(measure: Measure) -> dict[str, Any]:
    """The roles and actions of one measure, by actor; ended actions stand with the others."""
    items: dict[int, list[RoleItem]] = {}
    for item in measure.role_items.all():
        items.setdefault(item.actor_id, []).append(item)
    rows: dict[int, list[Action]] = {}
    actions = measure.actions.select_related("group").prefetch_related("responsibilities__organization")
    for action in actions.order_by("actor__position", "number"):
        rows.setdefault(action.actor_id, []).append(action)
    actors = list(measure.plan.actors.all())
    return {
        "measure": measure,
        "role_groups": [(actor, items.get(actor.pk, [])) for actor in actors],
        "action_groups": [(actor, rows.get(actor.pk, [])) for actor in actors if actor.letter],
        "can_reshape": can_be_reshaped(measure.plan),
    }
