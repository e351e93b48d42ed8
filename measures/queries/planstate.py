"""The whole structure of a plan as its workbook shows it, in a dozen queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from mine_welfare.accounts.models import Organization
from plans.models import BasicPolicy, Plan

from ..models import Action, ActionGroup, Measure, Responsibility, RoleItem
from ..plancells import ACTORS, COMMISSIONS, COMPONENTS, FORMS, OFFICES, Lists
from ..plansheets import PARTS


@dataclass(frozen=True)
class PlanState:
    """One plan at one moment: its rows, and the same as plain values, by sheet and key; what cells may name."""

    plan: Plan
    lists: Lists
    rows: dict[str, dict[str, Any]]
    plain: dict[str, dict[str, dict[str, Any]]]


def plan_state(plan: Plan) -> PlanState:
    rows: dict[str, dict[str, Any]] = {}
    plain: dict[str, dict[str, dict[str, Any]]] = {}
    for part in PARTS.values():
        rows[part.name], plain[part.name] = {}, {}
        for row in _rows(plan)[part.name]:
            values = part.plain(row)
            rows[part.name][part.key(values)] = row
            plain[part.name][part.key(values)] = values
    return PlanState(plan, lists_of(plan), rows, plain)


def _rows(plan: Plan) -> dict[str, QuerySet | list]:
    groups = ActionGroup.objects.filter(measure__plan=plan).select_related("measure", "see")
    roles = RoleItem.objects.filter(measure__plan=plan).select_related("measure", "actor")
    actions = Action.objects.filter(plan=plan).in_order()
    order = ("measure__policy__goal__number", "measure__policy__number", "measure__number")
    return {
        "plan": [plan],
        "goal": plan.goals.all(),
        "policy": BasicPolicy.objects.filter(goal__plan=plan).select_related("goal"),
        "measure": Measure.objects.of_plan(plan),
        "group": groups.order_by(*order, "position"),
        "role": roles.order_by(*order, "actor__position", "position"),
        "action": actions.select_related("measure", "actor__component", "group", "repeats", "see").prefetch_related(
            "components", Prefetch("responsibilities", Responsibility.objects.select_related("organization"))
        ),
    }


def lists_of(plan: Plan) -> Lists:
    """What the cells of this plan may name; of the organizations those that still exist or still answer."""
    answering = Q(responsibilities__action__plan=plan, responsibilities__valid_to=None)
    offices = Organization.objects.filter(Q(valid_to=None) | answering).distinct()
    return Lists(
        {
            ACTORS: {one.code: one.label for one in plan.actors.all()},
            COMMISSIONS: {code: label for code, label in Action.Commission.choices if code},
            FORMS: dict(Action.Form.choices),
            COMPONENTS: {one.code: str(one) for one in plan.components.all()},
            OFFICES: {one.slug: one.name for one in offices},
        }
    )
