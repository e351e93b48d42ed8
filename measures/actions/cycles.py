"""The year: prepared, moved on, moved back."""

import datetime

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit.fiscal import fiscal_year
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean
from plans.models import Plan

from ..models import Action, Cycle, Entry, Responsibility, Scale
from ..permissions import cycle_refusal
from ..workflow import CycleState, EntryState, Verb, next_stage, previous_stage
from .entries import transition

LONGEST_REASON = 100  # what the history of a year has room for


def allow_cycle(user: User) -> None:
    if sentence := cycle_refusal(user):
        raise Refused(sentence)


@transaction.atomic
def prepare_cycle(
    *, plan: Plan, year: int, scale: Scale, opens_on: datetime.date, due_on: datetime.date, by: User, **fields
) -> Cycle:
    """A year in 準備, with one sheet for every action and organization that answers for it."""
    allow_cycle(by)
    # One at a time: the second of two people who prepare the same year is told.
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if year not in plan.years:
        raise Refused(f"{year}年度は、この計画の期間（{plan.start_year}〜{plan.end_year}年度）に入りません。")
    if plan.cycles.filter(year=year).exists():
        raise Refused(f"{year}年度の評価は、もうあります。")
    if due_on < opens_on:
        raise Refused("締切日は、入力の開始日より後の日にしてください。")
    if not year <= opens_on.year <= due_on.year <= year + 10:
        raise Refused(f"入力の開始日と締切日の年を確かめてください（{year}年度の評価です）。")
    cycle = Cycle.objects.create(plan=plan, year=year, scale=scale, opens_on=opens_on, due_on=due_on, **fields)
    add_missing_entries(cycle=cycle, by=by)
    return cycle


@transaction.atomic
def add_missing_entries(*, cycle: Cycle, by: User) -> list[Entry]:
    """Sheets for responsibilities that have none yet, carrying over last year's 次年度の取組予定.

    Who writes is the organization as it stands when the year opens: after a
    組織改編 that is the successor.
    """
    allow_cycle(by)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    acting = Organization.objects.acting_in(fiscal_year(cycle.opens_on))
    wanted = {
        (row.action_id, acting[row.organization_id].pk)
        for row in Responsibility.objects.valid_in(cycle.year).filter(
            action__in=Action.objects.filter(plan=cycle.plan_id).evaluated().active_in(cycle.year),
            organization__isnull=False,
        )
        if acting[row.organization_id]
    }
    present = set(cycle.entries.values_list("action_id", "organization_id"))
    plans = _plans_of_last_year(cycle, acting)
    new = [
        Entry(
            cycle=cycle, action_id=action, organization_id=organization, planned=plans.get((action, organization), "")
        )
        for action, organization in sorted(wanted - present)
    ]
    return Entry.objects.bulk_create(new)


def _plans_of_last_year(cycle: Cycle, acting: dict) -> dict[tuple[int, int], str]:
    """{(action, organization that carries it on): last year's 次年度の取組予定}; of several, each a paragraph."""
    plans: dict[tuple[int, int], str] = {}
    before = Entry.objects.filter(cycle__plan=cycle.plan_id, cycle__year=cycle.year - 1).in_order()
    for action, organization, text in before.values_list("action_id", "organization_id", "next_plan"):
        if text and acting[organization]:
            key = (action, acting[organization].pk)
            plans[key] = f"{plans[key]}\n{text}" if key in plans else text
    return plans


def _at_stage(cycle: Cycle, seen: str | None) -> Cycle:
    """The year, locked; Refused when it has moved since the person looked at it: a double click moves once."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if seen is not None and seen != cycle.state:
        raise Refused(f"{cycle}は、もう「{cycle.stage.label}」の段階です。画面を確かめてください。")
    return cycle


@transaction.atomic
def advance(*, cycle: Cycle, by: User, seen: str | None = None) -> Cycle:
    """Move the year to its next stage, doing what that stage begins with."""
    allow_cycle(by)
    cycle = _at_stage(cycle, seen)
    target = next_stage(cycle.stage)
    if target is None:
        raise Refused("この年度は、もう締めてあります。")
    _before_stage(cycle, target, by=by)
    cycle.state = target
    cycle.save()
    if target == CycleState.FIXED:
        for entry in cycle.entries.filter(state=EntryState.ACCEPTED).select_related("cycle", "organization"):
            transition(entry=entry, verb=Verb.FIX, by=by)
    if target == CycleState.PUBLISHED:
        cycle.plan.touch()
    return cycle


def _before_stage(cycle: Cycle, target: CycleState, *, by: User) -> None:
    if target == CycleState.OPEN:
        _refuse_second_running(cycle)
        add_missing_entries(cycle=cycle, by=by)
    if target == CycleState.COLLECTING:
        # Silence is a fact of its own, never a rating.
        cycle.entries.filter(submitted_at__isnull=True).update(closed_unanswered=True)
    if target == CycleState.PUBLISHED:
        cycle.published_at, cycle.unpublished_at = timezone.now(), None


def _refuse_second_running(cycle: Cycle) -> None:
    running = cycle.plan.cycles.running().exclude(pk=cycle.pk).first()
    if running:
        raise Refused(f"{running}がまだ終わっていません。先に公表まで進めてください。")


@transaction.atomic
def step_back(*, cycle: Cycle, by: User, reason: str, seen: str | None = None) -> Cycle:
    """Move the year one stage back; the reason stays in its history."""
    allow_cycle(by)
    cycle = _at_stage(cycle, seen)
    target = previous_stage(cycle.stage)
    if target is None:
        raise Refused("「準備」より前には戻せません。")
    reason = clean(reason).strip()
    if not reason:
        raise Refused("前の段階に戻すには、理由が必要です。")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"理由は{LONGEST_REASON}字までです。")
    if target == CycleState.OPEN:
        # The silent ones get their chance again.
        cycle.entries.update(closed_unanswered=False)
    if cycle.stage == CycleState.PUBLISHED:
        _refuse_second_running(cycle)
        cycle.unpublished_at = timezone.now()
        cycle.plan.touch()
    cycle.state = target
    cycle._change_reason = reason
    cycle.save()
    return cycle
