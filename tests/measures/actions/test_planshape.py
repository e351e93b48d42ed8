"""The shape of a plan still being drafted: what its own rules refuse, whoever asks."""

import pytest

from measures.actions import planshape
from measures.models import ActionGroup, Measure
from mine_welfare.toolkit.refusal import Refused
from plans.models import BasicGoal
from tests.factories import CycleFactory
from tests.planbooks import small_plan

pytestmark = pytest.mark.django_db
CLOSED = "施策や取組の数を変えられるのは、公開する前の素案だけです。取組は、終える年度を決めてください。"


@pytest.fixture
def draft(office):
    return small_plan(is_current=False)


def steps(plan, by) -> dict:
    """Every door into the shape of a plan."""
    goal, measure, action = plan.goals.get(), plan.measures.get(number=1), plan.actions.first()
    policy, group = goal.policies.get(), measure.groups.get()
    return {
        "add goal": lambda: planshape.add_goal(plan=plan, title="次", by=by),
        "add policy": lambda: planshape.add_policy(goal=goal, title="次", issues="", by=by),
        "add group": lambda: planshape.add_group(measure=measure, label="イ", title="次", closing="", see=None, by=by),
        "remove goal": lambda: planshape.remove_goal(goal=goal, by=by),
        "remove policy": lambda: planshape.remove_policy(policy=policy, by=by),
        "remove group": lambda: planshape.remove_group(group=group, by=by),
        "refer": lambda: planshape.refer(action=action, repeats=None, see=measure, by=by),
    }


def refusals(plan, by) -> set[str]:
    found = set()
    for step in steps(plan, by).values():
        with pytest.raises(Refused) as refused:
            step()
        found.add(str(refused.value))
    return found


def test_only_the_secretariat_shapes_a_plan(draft, writer):
    assert refusals(draft, writer) == {"計画の本文を直せるのは、事務局だけです。"}


@pytest.mark.parametrize("seen", ["is_current", "status", "cycle"])
def test_a_plan_that_was_seen_keeps_its_shape(draft, secretariat, seen):
    if seen == "cycle":
        CycleFactory(plan=draft)
    else:
        setattr(draft, seen, {"is_current": True, "status": "final"}[seen])
        draft.save()
    assert refusals(draft, secretariat) == {CLOSED}


def test_a_sign_stands_once_in_a_measure(draft, secretariat):
    measure = draft.measures.get(number=1)
    with pytest.raises(Refused, match="「ア」のまとまりは、もうこの施策にあります。"):
        planshape.add_group(measure=measure, label="ア", title="次", closing="", see=None, by=secretariat)
    made = planshape.add_group(measure=measure, label="イ", title="次", closing="", see=None, by=secretariat)
    assert (made.position, ActionGroup.history.filter(id=made.pk).count()) == (2, 1)


def test_numbers_are_given_once(draft, secretariat):
    two = planshape.add_goal(plan=draft, title="次", by=secretariat)
    planshape.remove_goal(goal=two, by=secretariat)
    assert planshape.add_goal(plan=draft, title="その次", by=secretariat).number == 3
    assert BasicGoal.objects.filter(plan=draft).count() == 2


def test_what_is_too_long_is_told(draft, secretariat):
    with pytest.raises(Refused, match="「名称」は120字までです。"):
        planshape.add_goal(plan=draft, title="あ" * 121, by=secretariat)


def test_citizens_pages_are_told_of_a_new_shape(draft, secretariat):
    before = draft.version
    planshape.refer(action=draft.actions.first(), repeats=None, see=Measure.objects.get(code="1-1-2"), by=secretariat)
    draft.refresh_from_db()
    assert (draft.version, draft.actions.first().see.code) == (before + 1, "1-1-2")
