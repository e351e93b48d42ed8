"""Every write bigger than one plain form save. Keyword-only, atomic, takes `by=`, returns the object."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import fiscal_year
from mine_welfare.toolkit.text import clean
from plans.models import Plan

from . import mail
from .fields import BY_NAME, MAX_LENGTH, REPEATED, missing
from .models import Action, Cycle, Direction, Entry, Grade, Responsibility, Scale, Transition
from .permissions import cycle_refusal, is_proxy, refusal
from .workflow import STAGES, CycleState, EntryState, Verb, move, next_stage, previous_stage

UNCHANGED = "前年度から変更なし"
LONGEST_REASON = 100  # what the history of a year has room for


class Refused(Exception):
    """The rule said no; the message is the sentence to show."""


class Conflict(Exception):
    """Somebody saved in between. Nothing was written; `entry` is what stands now."""

    def __init__(self, entry: Entry):
        self.entry = entry
        super().__init__("ほかの人が先に保存しました。")


def _locked(entry: Entry) -> Entry:
    """The row as it is now, locked until the transaction ends."""
    return (
        Entry.objects.select_for_update(of=("self",))
        .select_related("cycle", "action", "organization", "rating", "direction")
        .get(pk=entry.pk)
    )


def _allow(user: User, entry: Entry, verb: Verb) -> None:
    if sentence := refusal(user, entry, verb):
        raise Refused(sentence)


# ---- sheets ---------------------------------------------------------------
@transaction.atomic
def save_entry(*, entry: Entry, by: User, version: int, values: dict) -> Entry:
    """Write `values` (field name → value) into the sheet as read at `version`.

    Raises Conflict when it was saved in between, Refused when `by` may not
    write now. Values equal to what stands change nothing and make no version.
    """
    row = _locked(entry)
    _allow(by, row, Verb.SAVE)
    if row.version != version:
        raise Conflict(row)
    changes = _changes(row, values)
    if not changes:
        return row
    for name, value in changes.items():
        setattr(row, name, value)
    if row.no_budget:
        row.budget = row.settlement = None
    source, target = row.stage, move(Verb.SAVE, row.stage).target
    row.state = target
    if source != target and source != EntryState.EMPTY:
        _record(row, Verb.SAVE, source, by=by)
    if target == EntryState.SUBMITTED:
        # A row others already rely on may be mended, never made incomplete.
        _require_complete(row)
    row.unchanged_on = row.unchanged_by = None
    return _write(row, by=by)


def _changes(row: Entry, values: dict) -> dict:
    """What really differs, cleaned; unknown field names and floods of text are refused."""
    changes = {}
    for name, value in values.items():
        if name not in BY_NAME:
            raise Refused(f"「{name}」という項目はありません。")
        if isinstance(value, str):
            value = clean(value).strip()
            if len(value) > MAX_LENGTH:
                raise Refused(f"「{BY_NAME[name].label}」は{MAX_LENGTH:,}字までです。")
        if isinstance(value, Grade | Direction) and value.scale_id != row.cycle.scale_id:
            raise Refused(f"「{BY_NAME[name].label}」は、この年度の基準から選んでください。")
        if getattr(row, name) != value:
            changes[name] = value
    return changes


def _require_complete(row: Entry) -> None:
    if names := [field.label for field in missing(row)]:
        raise Refused(f"提出した個票の必須の項目は空にできません（{'、'.join(names)}）。")


def _write(row: Entry, *, by: User) -> Entry:
    row.version += 1
    row.saved_at, row.saved_by = timezone.now(), by
    row.is_proxy = row.is_proxy or is_proxy(by, row)
    row.save()
    return row


def _record(row: Entry, verb: Verb, source: EntryState, *, by: User, comment: str = "") -> None:
    Transition.objects.create(entry=row, verb=verb, source=source, target=row.state, by=by, comment=comment)


@transaction.atomic
def transition(*, entry: Entry, verb: Verb, by: User, comment: str = "", version: int | None = None) -> Entry:
    """The one door for state changes: lock, ask, move, record, mail on commit.

    `version`, where given, is the version the person looked at: a row that
    changed since raises Conflict, so nobody confirms what they have not read.
    """
    row = _locked(entry)
    _allow(by, row, verb)
    if version is not None and row.version != version:
        raise Conflict(row)
    step = move(verb, row.stage)
    comment = clean(comment).strip()
    if step.needs_comment and not comment:
        raise Refused(f"{verb.label}には理由が必要です。")
    if len(comment) > MAX_LENGTH:
        raise Refused(f"理由は{MAX_LENGTH:,}字までです。")
    source = row.stage
    row.state = step.target
    if verb == Verb.SUBMIT:
        _stamp_submission(row, by=by)
    row.version += 1
    row.save()
    _record(row, verb, source, by=by, comment=comment)
    if row.cycle.is_public:
        row.cycle.plan.touch()
    mail.announce(row, verb, by=by, comment=comment)
    return row


def _stamp_submission(row: Entry, *, by: User) -> None:
    """When the first answer came decides on time or late; a later correction does not change that."""
    row.is_proxy = row.is_proxy or is_proxy(by, row)
    if row.submitted_at is None:
        row.submitted_at = timezone.now()
        row.is_late = row.closed_unanswered or timezone.localdate() > row.cycle.due_on
        row.closed_unanswered = False


@transaction.atomic
def submit_unchanged(*, entry: Entry, by: User, version: int, replace: bool = False) -> Entry:
    """「前年度から変更なし」: repeat last year's words as this year's answer, signed and dated, and submit.

    What was already answered this year is lost only where `replace` says so.
    """
    row = _locked(entry)
    _allow(by, row, Verb.SAVE)
    if row.version != version:
        raise Conflict(row)
    before = row.previous
    if before is None or before.submitted_at is None:
        raise Refused(f"前年度の回答がないため、「{UNCHANGED}」は使えません。")
    if row.has_answers and not replace:
        raise Refused("入力した内容があります。前年度の内容に置き換えるときは、「置き換える」に印を付けてください。")
    for name in REPEATED:
        value = getattr(before, name)
        setattr(row, name, _in_scale(value, row.cycle.scale) if isinstance(value, Grade | Direction) else value)
    row.unchanged_on, row.unchanged_by = timezone.localdate(), by
    return transition(entry=_write(row, by=by), verb=Verb.SUBMIT, by=by, comment=UNCHANGED)


def _in_scale(before: Grade | Direction, scale: Scale) -> Grade | Direction:
    """Last year's choice as this year's scale has it: by its code."""
    if before.scale_id == scale.pk:
        return before
    choices = scale.grades if isinstance(before, Grade) else scale.directions
    if now := choices.filter(code=before.code).first():
        return now
    raise Refused(f"前年度の「{before}」が今年度の基準にないため、「{UNCHANGED}」は使えません。")


# ---- the year -------------------------------------------------------------
def _allow_cycle(user: User) -> None:
    if sentence := cycle_refusal(user):
        raise Refused(sentence)


@transaction.atomic
def prepare_cycle(
    *, plan: Plan, year: int, scale: Scale, opens_on: datetime.date, due_on: datetime.date, by: User, **fields
) -> Cycle:
    """A year in 準備, with one sheet for every action and organization that answers for it."""
    _allow_cycle(by)
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
    _allow_cycle(by)
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
    _allow_cycle(by)
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
    _allow_cycle(by)
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


# ---- responsibilities -----------------------------------------------------
# A year that still takes answers gets the new sheets at once.
TAKES_SHEETS = (CycleState.PREPARING, *STAGES[Verb.SAVE][Role.SECRETARIAT])


@transaction.atomic
def assign(*, responsibility: Responsibility, organizations: Iterable[Organization], by: User) -> list[Responsibility]:
    """Put real organizations in the place of 「関係各課」, keeping the plan's wording."""
    _allow_cycle(by)
    organizations = list(organizations)
    if not organizations:
        raise Refused("担当する組織を1つ以上選んでください。")
    open_row = Responsibility.objects.select_for_update().unassigned().filter(pk=responsibility.pk).first()
    if open_row is None:
        raise Refused("この担当は、もう決まっています。")
    action = responsibility.action
    if doubled := action.responsibilities.filter(organization__in=organizations, valid_to=None).first():
        raise Refused(f"「{doubled.organization}」は、もうこの取組を担当しています。")
    rows = [
        Responsibility(
            action=action,
            wording=open_row.wording,
            organization=organization,
            position=open_row.position,
            valid_from=open_row.valid_from,
        )
        for organization in organizations
    ]
    for row in rows:
        row.save()
    open_row.delete()
    for cycle in action.plan.cycles.filter(state__in=TAKES_SHEETS):
        add_missing_entries(cycle=cycle, by=by)
    action.plan.touch()
    return rows
