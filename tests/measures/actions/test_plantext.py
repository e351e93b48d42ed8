"""What the plan says of measures: roles, actions, who answers; codes that never come back."""

import pytest

from measures.actions import plantext as actions
from measures.actions.plantext import Conflict, Refused, action_mark, roles_mark
from measures.models import Action, ActionGroup, Entry, Measure, RoleItem
from measures.workflow import CycleState, EntryState
from plans.models import Component, Plan
from tests.factories import (
    ActionFactory,
    ActorFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OrganizationFactory,
    PlanFactory,
    ResponsibilityFactory,
    RoleItemFactory,
    fill,
)
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db

WORDS = {"title": "新しい取組", "content": "始めます。", "commission": "", "form": "standard"}


@pytest.fixture
def measure(action):
    return action.measure


@pytest.fixture
def actor(action):
    return action.actor


@pytest.fixture
def general(db):
    return OrganizationFactory(name="総務課", slug="general")


def add(measure, actor, by, *organizations, since=None, components=(), **values) -> Action:
    return actions.add_action(
        measure=measure, actor=actor, values=WORDS | values, components=components, organizations=organizations,
        since=since, by=by,
    )  # fmt: skip


def change(action, by, *organizations, since=None, components=(), seen=None, **values) -> Action:
    words = {name: getattr(action, name) for name in WORDS} | {"group": action.group} | values
    return actions.change_action(
        action=action, values=words, components=components, organizations=organizations, since=since,
        seen=action_mark(action) if seen is None else seen, by=by,
    )  # fmt: skip


def answering(action) -> list[tuple]:
    rows = action.responsibilities.order_by("pk")
    return [(row.organization and row.organization.name, row.valid_from, row.valid_to) for row in rows]


# ---- who may --------------------------------------------------------------------
@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "secretariat"])
def test_only_the_secretariat_changes_measures(request, persona, action, measure, actor, office):
    user = request.getfixturevalue(persona)
    for write in (
        lambda: actions.save_roles(measure=measure, actor=actor, lines=[(None, "x")], seen=roles_mark([]), by=user),
        lambda: add(measure, actor, user, office),
        lambda: change(action, user, office, title="x"),
        lambda: actions.end_action(action=action, last_year=2025, by=user),
        lambda: actions.add_measure(policy=measure.policy, title="x", introduction="", by=user),
        lambda: actions.remove_measure(measure=measure, by=user),
        lambda: actions.remove_action(action=action, by=user),
    ):
        with pytest.raises(Refused, match="^計画の本文を直せるのは、事務局だけです。$"):
            write()
    assert (Action.objects.get().title, RoleItem.objects.count(), Measure.objects.count()) == (action.title, 0, 1)


# ---- roles ------------------------------------------------------------------------
def test_lines_come_go_and_change_places(measure, actor, secretariat):
    first, second, third = (
        RoleItemFactory(measure=measure, actor=actor, position=n, text=text) for n, text in enumerate("あいう", start=1)
    )
    other = RoleItemFactory(measure=measure, actor__code="citizen", actor__letter="", actor__plan=measure.plan)
    saved = actions.save_roles(
        measure=measure, actor=actor, lines=[(third, "う"), (None, "え"), (first, "あ改"), (second, " ")],
        seen=roles_mark([first, second, third]), by=secretariat,
    )  # fmt: skip
    rows = list(measure.role_items.filter(actor=actor).order_by("position").values_list("pk", "position", "text"))
    assert rows == [(third.pk, 1, "う"), (saved[1].pk, 2, "え"), (first.pk, 3, "あ改")]
    assert RoleItem.history.filter(id=second.pk, history_type="-").count() == 1
    other.refresh_from_db()
    assert other.position == 4 or other.text == "窓口を知りましょう。"


def test_what_stays_as_it_is_writes_no_history(measure, actor, secretariat):
    item = RoleItemFactory(measure=measure, actor=actor, position=1)
    actions.save_roles(measure=measure, actor=actor, lines=[(item, item.text)], seen=roles_mark([item]), by=secretariat)
    item.refresh_from_db()
    assert (item.position, item.history.count()) == (1, 1)


def test_of_two_who_change_the_roles_the_second_is_told(measure, actor, secretariat):
    item = RoleItemFactory(measure=measure, actor=actor)
    seen = roles_mark([item])
    actions.save_roles(measure=measure, actor=actor, lines=[(item, "先")], seen=seen, by=secretariat)
    with pytest.raises(Conflict):
        actions.save_roles(measure=measure, actor=actor, lines=[(item, "後")], seen=seen, by=secretariat)
    assert RoleItem.objects.get().text == "先"


# ---- codes --------------------------------------------------------------------------
def test_a_new_action_gets_the_next_code(action, measure, actor, office, secretariat):
    for rows in (Action.objects, Action.history):
        rows.update(code=f"{measure.code}-G07", number=1)
    made = add(measure, actor, secretariat, office)
    assert (made.code, made.number, made.valid_from) == (f"{measure.code}-G08", 2, None)
    assert (made.history.count(), measure.plan.version + 1) == (1, Plan.objects.get().version)


def test_a_code_never_comes_back(action, measure, actor, office, secretariat):
    """Not after an ending, and not after a deletion."""
    first = add(measure, actor, secretariat, office)
    actions.end_action(action=first, last_year=2026, by=secretariat)
    second = add(measure, actor, secretariat, office)
    code = second.code
    second.responsibilities.all().delete()
    second.delete()
    third = add(measure, actor, secretariat, office)
    numbers = [int(one.rpartition("G")[2]) for one in (first.code, code, third.code)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert Action.objects.get(pk=first.pk).valid_to == 2026


def test_codes_that_are_no_numbers_do_not_count(action, measure, actor, office, secretariat):
    Action.objects.update(code=f"{measure.code}-Gx")
    Action.history.update(code=f"{measure.code}-Gx")
    assert add(measure, actor, secretariat, office).code == f"{measure.code}-G01"


def test_the_new_one_stands_last_of_its_own(action, measure, actor, office, secretariat):
    """Those outside a group first, then group by group, as the plan prints them."""
    group = ActionGroup.objects.create(measure=measure, label="ア", title="就労", position=1)
    Action.objects.update(number=1)
    grouped = ActionFactory(measure=measure, actor=actor, group=group, number=2)
    plain = add(measure, actor, secretariat, office)
    inside = add(measure, actor, secretariat, office, group=group)
    rows = measure.actions.order_by("number").values_list("pk", "number")
    assert list(rows) == [(action.pk, 1), (plain.pk, 2), (grouped.pk, 3), (inside.pk, 4)]


# ---- adding -------------------------------------------------------------------------------
def test_an_action_added_mid_plan(action, measure, actor, office, general, secretariat):
    """It begins with its year, belongs to its actor's plan, and gets its sheets at once."""
    own = Component.objects.create(plan=measure.plan, code="own", title="地域福祉計画", owner="市", position=1)
    more = Component.objects.create(plan=measure.plan, code="more", title="再犯防止", owner="市", position=2)
    actor.component = own
    actor.save()
    cycle = CycleFactory(plan=measure.plan, year=2026, state=CycleState.OPEN)
    made = add(measure, actor, secretariat, office, general, since=2026, components=[more])
    assert set(made.components.all()) == {own, more}
    assert answering(made) == [("福祉課", 2026, None), ("総務課", 2026, None)]
    assert {row.organization for row in cycle.entries.filter(action=made)} == {office, general}
    assert made.responsibilities.get(organization=general).wording == "総務課"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"since": 2035}, "令和17年度は、この計画の期間に入りません。"),
        ({"title": " "}, "取組と内容を入力してください。"),
        ({"content": ""}, "取組と内容を入力してください。"),
        ({"title": "x" * 121}, "「取組」は120字までです。"),
    ],
)
def test_an_action_that_cannot_be_added(action, measure, actor, office, secretariat, more, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        add(measure, actor, secretariat, office, **more)
    assert Action.objects.count() == 1


def test_nobody_answers_for_nothing(action, measure, actor, secretariat):
    with pytest.raises(Refused, match="^担当する組織を1つ以上選んでください。$"):
        add(measure, actor, secretariat)
    assert Action.objects.count() == 1


def test_citizens_have_no_actions(measure, office, secretariat):
    citizen = ActorFactory(plan=measure.plan, code="citizen", letter="", label="市民")
    with pytest.raises(Refused, match="^「市民」は、取組を持たない担い手です。$"):
        add(measure, citizen, secretariat, office)


def test_a_group_of_another_measure_is_none_of_ours(action, measure, actor, office, secretariat):
    other = ActionGroup.objects.create(
        measure=MeasureFactory(policy=measure.policy), label="ア", title="就労", position=1
    )  # fmt: skip
    with pytest.raises(Refused, match="^まとまりは、同じ施策のものから選んでください。$"):
        add(measure, actor, secretariat, office, group=other)


# ---- changing -------------------------------------------------------------------------------
def test_new_words_keep_the_code(action, office, secretariat):
    code, rows = action.code, action.history.count()
    done = change(action, secretariat, office, title="改めた取組")
    assert (done.code, done.title, action.history.count()) == (code, "改めた取組", rows + 1)
    done = change(done, secretariat, office)
    assert done.history.count() == rows + 1


def test_a_new_group_renumbers(action, measure, actor, office, secretariat):
    group = ActionGroup.objects.create(measure=measure, label="ア", title="就労", position=1)
    Action.objects.update(number=1)
    other = ActionFactory(measure=measure, actor=actor, number=2)
    change(Action.objects.get(pk=action.pk), secretariat, office, group=group)
    assert list(measure.actions.order_by("number").values_list("pk", flat=True)) == [other.pk, action.pk]


def test_of_two_who_change_an_action_the_second_is_told(action, office, general, secretariat):
    seen = action_mark(action)
    change(action, secretariat, office, general)
    with pytest.raises(Conflict):
        change(action, secretariat, office, title="後", seen=seen)
    assert Action.objects.get().title == action.title


def test_another_office_from_a_year_on(entry, action, office, general, secretariat):
    """The years before keep theirs; untouched sheets of the years after change hands."""
    later = CycleFactory(plan=action.plan, scale=entry.cycle.scale, year=2026, state=CycleState.PREPARING)
    untouched = EntryFactory(cycle=later, action=action, organization=office)
    change(action, secretariat, general, since=2026)
    assert answering(action) == [("福祉課", None, 2025), ("総務課", 2026, None)]
    assert list(later.entries.values_list("organization__name", flat=True)) == ["総務課"]
    assert not Entry.objects.filter(pk=untouched.pk).exists()
    assert Entry.objects.filter(pk=entry.pk).exists()


def test_a_mistake_mended_from_the_beginning(entry, action, office, general, secretariat):
    fill(entry, state=EntryState.DRAFT, version=1)
    change(action, secretariat, general)
    assert answering(action) == [("総務課", None, None)]
    # What somebody has written is not taken away.
    assert set(Entry.objects.values_list("organization__name", flat=True)) == {"福祉課", "総務課"}


def test_one_that_begins_with_the_change_goes(action, office, general, secretariat):
    action.responsibilities.update(valid_from=2026)
    change(action, secretariat, general, since=2026)
    assert answering(action) == [("総務課", 2026, None)]


def test_the_wording_without_an_office_stays(action, office, secretariat):
    ResponsibilityFactory(action=action, organization=None)
    change(action, secretariat)
    assert answering(action) == [(None, None, None)]


# ---- ending -----------------------------------------------------------------------------------
def test_an_ended_action_stays_in_the_plan(entry, action, secretariat):
    later = CycleFactory(plan=action.plan, scale=entry.cycle.scale, year=2026, state=CycleState.PREPARING)
    gone = EntryFactory(cycle=later, action=action, organization=entry.organization)
    actions.end_action(action=action, last_year=2025, by=secretariat)
    action.refresh_from_db()
    assert (action.valid_to, Entry.objects.filter(pk=gone.pk).exists()) == (2025, False)
    assert Entry.objects.get() == entry
    actions.end_action(action=action, last_year=None, by=secretariat)
    action.refresh_from_db()
    assert (action.valid_to, later.entries.count()) == (None, 1)


@pytest.mark.parametrize("year", [2024, 2030])
def test_an_ending_lies_within_the_plan(action, secretariat, year):
    with pytest.raises(Refused, match="^終える年度は、"):
        actions.end_action(action=action, last_year=year, by=secretariat)


# ---- a plan still being drafted ------------------------------------------------------------------
@pytest.fixture
def draft_measure(db):
    return MeasureFactory(policy__goal__plan=PlanFactory(slug="next", is_current=False), number=1, code="1-1-1")


def test_measures_and_actions_of_a_draft_come_and_go(draft_measure, secretariat):
    policy = draft_measure.policy
    made = actions.add_measure(policy=policy, title="新しい施策", introduction="", by=secretariat)
    assert (made.code, made.number) == ("1-1-2", 2)
    first = ActionFactory(measure=made)
    repeat = ActionFactory(measure=made, actor=first.actor, repeats=first)
    with pytest.raises(Refused, match="が、この取組を再掲しています。"):
        actions.remove_action(action=first, by=secretariat)
    actions.remove_measure(measure=made, by=secretariat)
    assert not Action.objects.filter(pk__in=[first.pk, repeat.pk]).exists()
    assert actions.add_measure(policy=policy, title="また", introduction="", by=secretariat).code == "1-1-3"


def test_an_action_of_a_draft_goes(draft_measure, secretariat):
    row = ActionFactory(measure=draft_measure)
    actions.remove_action(action=row, by=secretariat)
    assert Action.objects.count() == 0


def test_a_measure_others_repeat_stays(draft_measure, secretariat):
    other = MeasureFactory(policy=draft_measure.policy)
    ActionFactory(measure=other, see=draft_measure)
    with pytest.raises(Refused, match="が、この施策の取組を再掲しています。"):
        actions.remove_measure(measure=draft_measure, by=secretariat)


def test_a_measure_needs_a_name(draft_measure, secretariat):
    with pytest.raises(Refused, match="^施策の名称を入力してください。$"):
        actions.add_measure(policy=draft_measure.policy, title=" \x07", introduction="", by=secretariat)


@pytest.mark.parametrize("change", ["is_current", "status", "cycle"])
def test_what_citizens_have_seen_does_not_vanish(draft_measure, secretariat, change):
    plan = draft_measure.plan
    if change == "cycle":
        CycleFactory(plan=plan)
    else:
        Plan.objects.filter(pk=plan.pk).update(**{change: {"is_current": True, "status": "final"}[change]})
    with pytest.raises(Refused, match="^施策や取組の数を変えられるのは、公開する前の素案だけです。"):
        actions.remove_measure(measure=Measure.objects.get(pk=draft_measure.pk), by=secretariat)
