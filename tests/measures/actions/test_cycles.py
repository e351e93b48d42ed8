"""The year on the desk: prepared through the wizard, rows left out and taken in, dates mended."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from measures import actions
from measures.actions import Refused
from measures.models import CycleDraft, Omission
from measures.workflow import CycleState
from tests.factories import ActionFactory, OrganizationFactory, PlanFactory, ResponsibilityFactory, ScaleFactory

pytestmark = pytest.mark.django_db
DATES = {"opens_on": datetime.date(2027, 5, 15), "due_on": datetime.date(2027, 6, 20)}
NOT_YOURS = "^年度の進行と割当ては、事務局だけが行えます。$"


@pytest.fixture
def two(action, office):
    """Two evaluated actions of one office."""
    second = ActionFactory(measure=action.measure)
    ResponsibilityFactory(action=second, organization=office)
    return action, second


def prepare(plan, by, **values):
    scale = plan.scales.first() or ScaleFactory(plan=plan)
    return actions.prepare_cycle(plan=plan, year=2026, scale=scale, by=by, **DATES, **values)


# ---- rows left out --------------------------------------------------------
def test_what_is_left_out_gets_no_sheet_and_that_is_kept(plan, two, secretariat):
    kept, left_out = two
    cycle = prepare(plan, secretariat, omitted=[left_out], omitted_because=" 隔年で\x00評価するため ")
    assert [entry.action for entry in cycle.entries.all()] == [kept]
    assert list(cycle.omissions.values_list("action", "reason", "by")) == [
        (left_out.pk, "隔年で評価するため", secretariat.pk)
    ]
    # Neither opening the year nor a later assignment makes the sheet after all.
    cycle = actions.advance(cycle=cycle, by=secretariat)
    assert cycle.entries.count() == 1


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [(" ", "評価しない取組があるときは、その理由が必要です。"), ("長" * 201, "評価しない理由は200字までです。")],
)
def test_leaving_out_needs_a_reason(plan, action, secretariat, reason, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        prepare(plan, secretariat, omitted=[action], omitted_because=reason)
    assert (plan.cycles.count(), Omission.objects.count()) == (0, 0)


def test_only_this_plans_actions_can_be_left_out(plan, action, secretariat):
    plan.is_current = False
    plan.save()
    stranger = ActionFactory(measure__policy__goal__plan=PlanFactory())
    with pytest.raises(Refused, match="^評価しない取組は、この計画の取組から選んでください。$"):
        prepare(plan, secretariat, omitted=[stranger], omitted_because="理由")


def test_taking_in_makes_the_sheet_at_once(plan, two, secretariat, writer):
    cycle = prepare(plan, secretariat, omitted=two, omitted_because="隔年")
    first, second = cycle.omissions.all()
    with pytest.raises(Refused, match=NOT_YOURS):
        actions.take_in(omission=first, by=writer)
    made = actions.take_in(omission=first, by=secretariat)
    assert ([entry.action for entry in made], list(cycle.omissions.all())) == ([two[0]], [second])
    first.pk = made[0].pk + 1000
    with pytest.raises(Refused, match="^この取組は、もう評価に加えてあります。$"):
        actions.take_in(omission=first, by=secretariat)
    cycle.state = CycleState.FIXED
    cycle.save()
    with pytest.raises(Refused, match=f"^{cycle}は「確定」の段階です。いまは、取組を加えられません。$"):
        actions.take_in(omission=second, by=secretariat)


def test_more_can_be_left_out_before_the_year_begins(plan, two, secretariat, writer):
    first, second = two
    cycle = prepare(plan, secretariat)
    with pytest.raises(Refused, match=NOT_YOURS):
        actions.leave_out(cycle=cycle, omitted=[first], reason="隔年", by=writer)
    with pytest.raises(Refused, match="^評価しない取組を1つ以上選んでください。$"):
        actions.leave_out(cycle=cycle, omitted=[], reason="隔年", by=secretariat)
    actions.leave_out(cycle=cycle, omitted=[first], reason="隔年", by=secretariat)
    assert [entry.action for entry in cycle.entries.all()] == [second]
    with pytest.raises(Refused, match="^選んだ取組に、もう評価しないと決めたものがあります。$"):
        actions.leave_out(cycle=cycle, omitted=two, reason="隔年", by=secretariat)
    # Going back to 準備 does not open a way to lose what was written.
    cycle.entries.update(version=1)
    with pytest.raises(Refused, match=f"^「{second.title}」の個票は、もう書かれています。$"):
        actions.leave_out(cycle=cycle, omitted=[second], reason="隔年", by=secretariat)
    cycle.state = CycleState.OPEN
    cycle.save()
    with pytest.raises(Refused, match="「準備」の段階で決めてください。$"):
        actions.leave_out(cycle=cycle, omitted=[second], reason="隔年", by=secretariat)
    assert cycle.entries.count() == 1


def test_the_database_keeps_omissions_whole(plan, action, cycle, secretariat):
    given = {"cycle": cycle, "action": action, "by": secretariat}
    Omission.objects.create(reason="隔年", **given)
    for reason in ("隔年", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            Omission.objects.create(reason=reason, **given)


# ---- dates ------------------------------------------------------------------
def test_the_deadline_can_be_put_off(cycle, secretariat):
    later = datetime.date(2026, 7, 31)
    revised = actions.revise_cycle(cycle=cycle, by=secretariat, due_on=later, grace_days=5, instructions="急ぎません。")
    revised.refresh_from_db()
    assert (revised.due_on, revised.grace_days, revised.instructions) == (later, 5, "急ぎません。")
    assert revised.history.first().due_on == later


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"due_on": datetime.date(2026, 5, 14)}, "締切日は、入力の開始日より後の日にしてください。"),
        (
            {"opens_on": datetime.date(2024, 5, 1)},
            "入力の開始日と締切日の年を確かめてください（2025年度の評価です）。",
        ),
        ({"year": 2030, "state": "closed"}, "「state、year」は、ここでは変えられません。"),
    ],
)
def test_dates_a_year_cannot_have(cycle, secretariat, values, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        actions.revise_cycle(cycle=cycle, by=secretariat, **values)
    cycle.refresh_from_db()
    assert (cycle.year, cycle.state, cycle.opens_on) == (2025, "open", datetime.date(2026, 5, 15))


@pytest.mark.parametrize("stage", [CycleState.PUBLISHED, CycleState.CLOSED])
def test_a_year_that_is_over_keeps_its_dates(cycle, secretariat, stage):
    cycle.state = stage
    cycle.save()
    with pytest.raises(Refused, match=f"^{cycle}は「{stage.label}」の段階です。日程は変えられません。$"):
        actions.revise_cycle(cycle=cycle, by=secretariat, grace_days=9)


def test_others_do_not_touch_the_dates(cycle, writer):
    with pytest.raises(Refused, match=NOT_YOURS):
        actions.revise_cycle(cycle=cycle, by=writer, grace_days=9)


# ---- the wizard's draft -----------------------------------------------------
def test_a_draft_is_kept_page_by_page(plan, secretariat, writer):
    actions.save_draft(plan=plan, page="year", answers={"year": ["2026"]}, by=secretariat)
    actions.save_draft(plan=plan, page="dates", answers={"due_on": ["2027-06-20"]}, by=secretariat)
    actions.save_draft(plan=plan, page="year", answers={"year": ["2027"]}, by=secretariat)
    draft = CycleDraft.objects.get()
    assert (draft.answers, draft.saved_by) == (
        {"year": {"year": ["2027"]}, "dates": {"due_on": ["2027-06-20"]}},
        secretariat,
    )
    actions.drop_draft(plan=plan, by=secretariat)
    assert CycleDraft.objects.count() == 0
    for attempt in (
        lambda: actions.save_draft(plan=plan, page="year", answers={}, by=writer),
        lambda: actions.drop_draft(plan=plan, by=writer),
        lambda: actions.prepare_from_draft(plan=plan, owners={}, by=writer),
    ):
        with pytest.raises(Refused, match=NOT_YOURS):
            attempt()


def test_the_year_is_made_at_one_stroke(plan, action, office, secretariat):
    general = OrganizationFactory(name="総務課")
    open_row = ResponsibilityFactory(action=action, organization=None)
    actions.save_draft(plan=plan, page="year", answers={}, by=secretariat)
    year = {"year": 2026, "scale": ScaleFactory(plan=plan), **DATES}
    with pytest.raises(Refused, match="^締切日は、入力の開始日より後の日にしてください。$"):
        actions.prepare_from_draft(
            plan=plan, owners={open_row: [general]}, by=secretariat, **{**year, "due_on": datetime.date(2027, 5, 1)}
        )
    assert (action.responsibilities.unassigned().count(), CycleDraft.objects.count(), plan.cycles.count()) == (1, 1, 0)
    cycle = actions.prepare_from_draft(plan=plan, owners={open_row: [general]}, by=secretariat, **year)
    assert {entry.organization for entry in cycle.entries.all()} == {office, general}
    assert (action.responsibilities.unassigned().count(), CycleDraft.objects.count()) == (0, 0)


def test_an_assignment_reaches_the_year_that_runs(plan, action, cycle, secretariat):
    open_row = ResponsibilityFactory(action=action, organization=None)
    general = OrganizationFactory(name="総務課")
    actions.prepare_from_draft(
        plan=plan, owners={open_row: [general]}, by=secretariat, year=2026, scale=cycle.scale, **DATES
    )
    assert cycle.entries.filter(organization=general).count() == 1
    assert plan.cycles.filter(entries__organization=general).count() == 2
