"""The year: prepared, moved on, moved back."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean
from plans.models import Plan

from ..models import Action, Cycle, Entry, Omission, Scale
from ..permissions import cycle_refusal
from ..queries import wizard
from ..workflow import STAGES, CycleState, EntryState, Verb, next_stage, previous_stage
from .entries import transition

LONGEST_REASON = 100  # what the history of a year has room for
LONGEST_OMISSION = 200
# A year that still takes answers gets new sheets at once.
TAKES_SHEETS = (CycleState.PREPARING, *STAGES[Verb.SAVE][Role.SECRETARIAT])
OVER = (CycleState.PUBLISHED, CycleState.CLOSED)
REVISED = {"opens_on", "due_on", "grace_days", "liaison_on", "committee_on", "publish_on", "instructions"}


def allow_cycle(user: User) -> None:
    if sentence := cycle_refusal(user):
        raise Refused(sentence)


@transaction.atomic
def prepare_cycle(
    *,
    plan: Plan,
    year: int,
    scale: Scale,
    opens_on: datetime.date,
    due_on: datetime.date,
    by: User,
    omitted: Iterable[Action] = (),
    omitted_because: str = "",
    **fields,
) -> Cycle:
    """A year in 準備, with one sheet for every action and organization that answers for it.

    `omitted` get none this year; that, and the reason, is kept.
    """
    allow_cycle(by)
    # One at a time: the second of two people who prepare the same year is told.
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if year not in plan.years:
        raise Refused(f"{year}年度は、この計画の期間（{plan.start_year}〜{plan.end_year}年度）に入りません。")
    if plan.cycles.filter(year=year).exists():
        raise Refused(f"{year}年度の評価は、もうあります。")
    _check_dates(year, opens_on, due_on)
    cycle = Cycle.objects.create(plan=plan, year=year, scale=scale, opens_on=opens_on, due_on=due_on, **fields)
    _omit(cycle, omitted, omitted_because, by=by)
    add_missing_entries(cycle=cycle, by=by)
    return cycle


def _check_dates(year: int, opens_on: datetime.date, due_on: datetime.date) -> None:
    if due_on < opens_on:
        raise Refused("締切日は、入力の開始日より後の日にしてください。")
    if not year <= opens_on.year <= due_on.year <= year + 10:
        raise Refused(f"入力の開始日と締切日の年を確かめてください（{year}年度の評価です）。")


def _omit(cycle: Cycle, omitted: Iterable[Action], reason: str, *, by: User) -> None:
    omitted, reason = list(omitted), clean(reason).strip()
    if omitted and not reason:
        raise Refused("評価しない取組があるときは、その理由が必要です。")
    if len(reason) > LONGEST_OMISSION:
        raise Refused(f"評価しない理由は{LONGEST_OMISSION}字までです。")
    if any(action.plan_id != cycle.plan_id for action in omitted):
        raise Refused("評価しない取組は、この計画の取組から選んでください。")
    if cycle.omissions.filter(action__in=omitted).exists():
        raise Refused("選んだ取組に、もう評価しないと決めたものがあります。")
    for action in omitted:
        Omission.objects.create(cycle=cycle, action=action, reason=reason, by=by)


@transaction.atomic
def leave_out(*, cycle: Cycle, omitted: Iterable[Action], reason: str, by: User) -> Cycle:
    """Leave more actions out of a year that has not begun; their untouched sheets go."""
    allow_cycle(by)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if cycle.stage != CycleState.PREPARING:
        raise Refused(f"{cycle}は「{cycle.stage.label}」の段階です。評価しない取組は、「準備」の段階で決めてください。")
    omitted = list(omitted)
    if not omitted:
        raise Refused("評価しない取組を1つ以上選んでください。")
    sheets = cycle.entries.filter(action__in=omitted)
    if written := sheets.filter(version__gt=0).select_related("action").first():
        raise Refused(f"「{written.action.title}」の個票は、もう書かれています。")
    _omit(cycle, omitted, reason, by=by)
    sheets.delete()
    return cycle


@transaction.atomic
def take_in(*, omission: Omission, by: User) -> list[Entry]:
    """Evaluate an action after all that had been left out of the year: its sheets are made at once."""
    allow_cycle(by)
    cycle = Cycle.objects.select_for_update().get(pk=omission.cycle_id)
    if cycle.stage not in TAKES_SHEETS:
        raise Refused(f"{cycle}は「{cycle.stage.label}」の段階です。いまは、取組を加えられません。")
    if not cycle.omissions.filter(pk=omission.pk).exists():
        raise Refused("この取組は、もう評価に加えてあります。")
    omission.delete()
    return add_missing_entries(cycle=cycle, by=by)


@transaction.atomic
def revise_cycle(*, cycle: Cycle, by: User, **fields) -> Cycle:
    """Change dates, days of grace and instructions of a year that is not over yet."""
    allow_cycle(by)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if cycle.stage in OVER:
        raise Refused(f"{cycle}は「{cycle.stage.label}」の段階です。日程は変えられません。")
    if unknown := set(fields) - REVISED:
        raise Refused(f"「{'、'.join(sorted(unknown))}」は、ここでは変えられません。")
    for name, value in fields.items():
        setattr(cycle, name, value)
    _check_dates(cycle.year, cycle.opens_on, cycle.due_on)
    cycle.save()
    return cycle


@transaction.atomic
def add_missing_entries(*, cycle: Cycle, by: User) -> list[Entry]:
    """Sheets for responsibilities that have none yet, carrying over last year's 次年度の取組予定.

    Who writes is the organization as it stands when the year opens: after a
    組織改編 that is the successor.
    """
    allow_cycle(by)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    acting = wizard.acting_on(cycle.opens_on)
    wanted = wizard.places(cycle.plan, cycle.year, acting, list(cycle.omissions.values_list("action_id", flat=True)))
    present = set(cycle.entries.values_list("action_id", "organization_id"))
    plans = wizard.plans_of_last_year(cycle.plan, cycle.year, acting)
    new = [
        Entry(
            cycle=cycle, action_id=action, organization_id=organization, planned=plans.get((action, organization), "")
        )
        for action, organization in sorted(wanted - present)
    ]
    return Entry.objects.bulk_create(new)


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
