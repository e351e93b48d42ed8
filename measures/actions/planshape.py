"""The shape of a plan still being drafted: goals, policies, groups of actions, and what an action repeats.

Once citizens have seen a plan its shape stands; see `plantext.still_drafted`.
Numbers are given once, like the codes of actions.
"""

from django.db import transaction
from django.db.models import Max

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from plans.actions import cleaned
from plans.models import BasicGoal, BasicPolicy, Plan

from ..models import Action, ActionGroup, Measure
from .plantext import still_drafted


def _next(model: type, **of) -> int:
    """The number after the highest ever given."""
    numbers = [rows.filter(**of).aggregate(most=Max("number"))["most"] for rows in (model.objects, model.history)]
    return max(number or 0 for number in numbers) + 1


@transaction.atomic
def add_goal(*, plan: Plan, title: str, by: User) -> BasicGoal:
    """A new goal at the end of a plan being drafted."""
    plan = still_drafted(plan, by)
    goal = BasicGoal(plan=plan, number=_next(BasicGoal, plan_id=plan.pk))
    goal.title = cleaned(goal, {"title": title})["title"]
    goal.save()
    plan.touch()
    return goal


@transaction.atomic
def add_policy(*, goal: BasicGoal, title: str, issues: str, by: User) -> BasicPolicy:
    """A new policy at the end of a goal of a plan being drafted."""
    plan = still_drafted(goal.plan, by)
    policy = BasicPolicy(goal=goal, number=_next(BasicPolicy, goal_id=goal.pk))
    for name, value in cleaned(policy, {"title": title, "issues": issues}).items():
        setattr(policy, name, value)
    policy.save()
    plan.touch()
    return policy


@transaction.atomic
def add_group(*, measure: Measure, label: str, title: str, closing: str, see: Measure | None, by: User) -> ActionGroup:
    """A new group at the end of a measure of a plan being drafted."""
    plan = still_drafted(measure.plan, by)
    if measure.groups.filter(label=label).exists():
        raise Refused(f"「{label}」のまとまりは、もうこの施策にあります。")
    last = measure.groups.aggregate(most=Max("position"))["most"] or 0
    group = ActionGroup(measure=measure, position=last + 1, see=see)
    for name, value in cleaned(group, {"label": label, "title": title, "closing": closing}).items():
        setattr(group, name, value)
    group.save()
    plan.touch()
    return group


@transaction.atomic
def remove_goal(*, goal: BasicGoal, by: User) -> None:
    """Leave an empty goal out of a plan being drafted."""
    plan = still_drafted(goal.plan, by)
    if goal.policies.exists():
        raise Refused("基本施策が残っています。先に、基本施策を消してください。")
    goal.delete()
    plan.touch()


@transaction.atomic
def remove_policy(*, policy: BasicPolicy, by: User) -> None:
    """Leave an empty policy out of a plan being drafted."""
    plan = still_drafted(policy.goal.plan, by)
    if policy.measures.exists():
        raise Refused("施策が残っています。先に、施策を消してください。")
    policy.delete()
    plan.touch()


@transaction.atomic
def remove_group(*, group: ActionGroup, by: User) -> None:
    """Leave a group without actions out of a plan being drafted."""
    plan = still_drafted(group.measure.plan, by)
    if group.actions.exists():
        raise Refused("このまとまりの取組が残っています。先に、取組を別のまとまりに移すか、消してください。")
    group.delete()
    plan.touch()


@transaction.atomic
def refer(*, action: Action, repeats: Action | None, see: Measure | None, by: User) -> Action:
    """再掲: say which action (or measure) this one repeats, and is evaluated with."""
    plan = still_drafted(action.plan, by)
    if repeats and see:
        raise Refused("「再掲元の取組」と「参照する施策」は、どちらか一方だけを書いてください。")
    if repeats and (repeats.pk == action.pk or not repeats.is_evaluated):
        raise Refused("再掲元には、それ自身が再掲でない、ほかの取組を書いてください。")
    if repeats and action.repeated_by.exists():
        raise Refused("ほかの取組の再掲元になっている取組は、再掲にできません。")
    row = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    row.repeats, row.see = repeats, see
    row.save()
    plan.touch()
    return row
