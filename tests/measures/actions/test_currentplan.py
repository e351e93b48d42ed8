"""公開する計画: what a switch does, what refuses it, and the way back."""

import pytest

from measures.actions import currentplan as actions
from measures.actions.currentplan import STALE, Refused
from measures.queries.currentplan import readiness, side_by_side
from measures.workflow import CycleState
from plans.models import Plan
from tests.factories import (
    ActionFactory,
    CycleFactory,
    MeasureFactory,
    PlanFactory,
    ResponsibilityFactory,
    ScaleFactory,
    SectionFactory,
)
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db
WHY = "議会の議決を経たため"


@pytest.fixture
def old(plan):
    plan.short_title, plan.start_year, plan.end_year = "第3次計画", 2025, 2026
    plan.save()
    scale = ScaleFactory(plan=plan, name="前の基準")
    for year in plan.years:
        CycleFactory(plan=plan, scale=scale, year=year, state=CycleState.CLOSED)
    return plan


@pytest.fixture
def new(old):
    draft = PlanFactory(
        slug="next", short_title="第4次計画", is_current=False, start_year=2027, end_year=2031, predecessor=old
    )
    ScaleFactory(plan=draft)
    SectionFactory(plan=draft)
    ResponsibilityFactory(action=ActionFactory(measure__policy__goal__plan=draft))
    draft.previous_reviews.create(position=1, title="一")
    return draft


def turn(new, old, by, *, is_final=False, reason=WHY) -> Plan:
    return actions.make_current(plan=new, old=old, is_final=is_final, reason=reason, by=by)


def shown() -> list[str]:
    return [plan.short_title for plan in Plan.objects.filter(is_current=True)]


@pytest.mark.parametrize(("is_final", "status"), [(False, "draft"), (True, "final")])
def test_citizens_see_the_next_plan_from_now_on(old, new, secretariat, is_final, status):
    versions = old.version, new.version
    turn(new, old, secretariat, is_final=is_final)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (shown(), new.status, new.predecessor, old.is_current) == (["第4次計画"], status, old, False)
    assert (old.version, new.version) == (versions[0] + 1, versions[1] + 1)
    assert [plan.history.first().history_change_reason for plan in (old, new)] == [WHY, WHY]


def test_a_plan_from_files_becomes_the_next_one(old, new, secretariat):
    Plan.objects.filter(pk=new.pk).update(predecessor=None)
    turn(new, old, secretariat)
    new.refresh_from_db()
    assert (new.predecessor, new.is_current) == (old, True)


@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "secretariat"])
def test_only_the_secretariat_decides(request, old, new, persona):
    by = request.getfixturevalue(persona)
    sentence = "^公開する計画を切り替えられるのは、事務局だけです。$"
    with pytest.raises(Refused, match=sentence):
        turn(new, old, by)
    with pytest.raises(Refused, match=sentence):
        actions.return_to_former(plan=new, reason=WHY, by=by)
    assert shown() == ["第3次計画"]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [(" ", "公開する計画を切り替える理由を入力してください。"), ("長" * 101, "理由は100字までです。")],
)
def test_a_switch_says_why(old, new, secretariat, reason, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        turn(new, old, secretariat, reason=reason)


def test_a_second_switch_is_told(old, new, secretariat):
    turn(new, old, secretariat)
    with pytest.raises(Refused, match=f"^{STALE}$"):
        turn(new, old, secretariat)


def test_a_former_plan_and_a_stranger_do_not_come_next(old, new, secretariat):
    turn(new, old, secretariat)
    stranger = PlanFactory(slug="x", short_title="別の計画", is_current=False, predecessor=old)
    for plan in (old, stranger):
        with pytest.raises(Refused, match=f"^「{plan}」は、「{new}」の次の計画ではありません。$"):
            turn(plan, new, secretariat)


# ---- what stands in the way --------------------------------------------------------
def test_a_complete_draft_is_ready(old, new):
    found = readiness(new, old)
    assert (found.refusals, found.warnings) == ([], ["「第4次計画」が始まるのは令和9年度です。"])


@pytest.mark.parametrize("state", [state for state in CycleState if state not in ("preparing", "closed")])
def test_a_year_under_way_is_closed_first(old, new, secretariat, state):
    old.cycles.filter(year=2026).update(state=state)
    sentence = f"「第3次計画」の令和8年度の評価が、「{state.label}」の段階です。先に締めてください。"
    assert readiness(new, old).refusals == [sentence]
    with pytest.raises(Refused, match=f"^{sentence}$"):
        turn(new, old, secretariat)


@pytest.mark.parametrize("is_prepared", [True, False])
def test_a_year_nobody_evaluated_is_told(old, new, is_prepared):
    if is_prepared:
        old.cycles.filter(year=2026).update(state=CycleState.PREPARING)
    else:
        old.cycles.filter(year=2026).delete()
    found = readiness(new, old)
    assert (found.refusals, found.warnings[0]) == (
        [],
        "「第3次計画」の令和8年度は、評価を行っていません。切り替えたあとは、この計画の評価を始められません。",
    )


def test_an_empty_draft_lacks_everything(old):
    draft = PlanFactory(slug="x", is_current=False, start_year=2020, end_year=2021)
    found = readiness(draft, old)
    assert found.refusals == [
        "施策が1つもありません。",
        "取組が1つもありません。",
        "計画書の本文がありません。",
        "評価の基準がありません。",
    ]
    assert found.warnings == ["「計画の評価・見直し」が、まだ取り込まれていません。"]


def test_actions_nobody_answers_for_and_measures_without_actions(old, new):
    measure = new.measures.get()
    alone = ActionFactory(measure=measure)
    ActionFactory(measure=measure, repeats=alone)
    MeasureFactory(policy=measure.policy)
    found = readiness(new, old)
    assert found.refusals == ["担当の書かれていない取組が1件あります。"]
    assert "取組のない施策が1件あります。" in found.warnings


def test_the_two_plans_side_by_side(old, new):
    rows = {label: (before, after) for label, before, after in side_by_side(old, new)}
    assert rows["期間"] == ("令和7年度〜令和8年度", "令和9年度〜令和13年度")
    assert (rows["施策"], rows["取組"], rows["公表した年度"]) == (("0", "1"), ("0", "1"), ("0", "0"))


# ---- back --------------------------------------------------------------------------
def test_the_plan_before_is_shown_again(old, new, secretariat):
    turn(new, old, secretariat, is_final=True)
    actions.return_to_former(plan=new, reason="誤って切り替えたため", by=secretariat)
    new.refresh_from_db()
    assert (shown(), new.status) == (["第3次計画"], "draft")
    assert new.history.first().history_change_reason == "誤って切り替えたため"
    turn(new, old, secretariat)
    assert shown() == ["第4次計画"]


def test_not_once_its_first_year_is_prepared(old, new, secretariat):
    turn(new, old, secretariat)
    CycleFactory(plan=new, scale=new.scales.get(), year=2027)
    sentence = "^「第4次計画」の年度の評価を、もう用意しています。前の計画には戻せません。$"
    with pytest.raises(Refused, match=sentence):
        actions.return_to_former(plan=new, reason=WHY, by=secretariat)


def test_a_draft_and_a_first_plan_have_no_way_back(old, new, secretariat):
    with pytest.raises(Refused, match=f"^{STALE}$"):
        actions.return_to_former(plan=new, reason=WHY, by=secretariat)
    with pytest.raises(Refused, match="^前の計画がありません。$"):
        actions.return_to_former(plan=old, reason=WHY, by=secretariat)
