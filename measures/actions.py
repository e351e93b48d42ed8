"""Every write bigger than one plain form save. Keyword-only, atomic, takes `by=`, returns the object."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.text import clean
from plans.models import Plan

from . import mail
from .fields import BY_NAME, REPEATED, missing
from .models import Action, Cycle, Entry, Responsibility, Scale, Transition
from .permissions import acting_roles, cycle_refusal, refusal
from .workflow import CycleState, EntryState, Verb, move, next_stage, previous_stage

MAX_LENGTH = 10_000  # characters in one field; far above any real answer, far below a flood


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
        if getattr(row, name) != value:
            changes[name] = value
    return changes


def _require_complete(row: Entry) -> None:
    if names := [field.label for field in missing(row)]:
        raise Refused(f"提出した個票の必須の項目は空にできません（{'、'.join(names)}）。")


def _write(row: Entry, *, by: User) -> Entry:
    row.version += 1
    row.saved_at, row.saved_by = timezone.now(), by
    row.is_proxy = row.is_proxy or acting_roles(by, row) == {Role.SECRETARIAT}
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
    mail.announce(row, verb, by=by, comment=comment)
    return row


def _stamp_submission(row: Entry, *, by: User) -> None:
    """When the first answer came decides on time or late; a later correction does not change that."""
    row.is_proxy = row.is_proxy or acting_roles(by, row) == {Role.SECRETARIAT}
    if row.submitted_at is None:
        row.submitted_at = timezone.now()
        row.is_late = timezone.localdate() > row.cycle.due_on


@transaction.atomic
def submit_unchanged(*, entry: Entry, by: User, version: int) -> Entry:
    """「前年度から変更なし」: repeat last year's words as this year's answer, signed and dated, and submit."""
    row = _locked(entry)
    _allow(by, row, Verb.SAVE)
    if row.version != version:
        raise Conflict(row)
    before = row.previous
    if before is None or before.submitted_at is None:
        raise Refused("前年度の回答がないため、「前年度から変更なし」は使えません。")
    for name in REPEATED:
        setattr(row, name, getattr(before, name))
    row.unchanged_on, row.unchanged_by = timezone.localdate(), by
    source = row.stage
    row.state = move(Verb.SAVE, row.stage).target
    row = _write(row, by=by)
    if source != row.stage:
        _record(row, Verb.SAVE, source, by=by, comment="前年度から変更なし")
    return transition(entry=row, verb=Verb.SUBMIT, by=by, comment="前年度から変更なし")


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
    if year not in plan.years:
        raise Refused(f"{year}年度は、この計画の期間（{plan.start_year}〜{plan.end_year}年度）に入りません。")
    if plan.cycles.filter(year=year).exists():
        raise Refused(f"{year}年度の評価は、もうあります。")
    if due_on < opens_on:
        raise Refused("締切日は、入力の開始日より後の日にしてください。")
    cycle = Cycle.objects.create(plan=plan, year=year, scale=scale, opens_on=opens_on, due_on=due_on, **fields)
    add_missing_entries(cycle=cycle, by=by)
    return cycle


@transaction.atomic
def add_missing_entries(*, cycle: Cycle, by: User) -> list[Entry]:
    """Sheets for responsibilities that have none yet, carrying over last year's 次年度の取組予定."""
    _allow_cycle(by)
    wanted = {
        (row.action_id, row.organization_id)
        for row in Responsibility.objects.valid_in(cycle.year).filter(
            action__in=Action.objects.filter(plan=cycle.plan).evaluated().active_in(cycle.year),
            organization__isnull=False,
        )
    }
    present = set(cycle.entries.values_list("action_id", "organization_id"))
    plans = {
        (entry.action_id, entry.organization_id): entry.next_plan
        for entry in Entry.objects.filter(cycle__plan=cycle.plan, cycle__year=cycle.year - 1)
    }
    new = [
        Entry(
            cycle=cycle, action_id=action, organization_id=organization, planned=plans.get((action, organization), "")
        )
        for action, organization in sorted(wanted - present)
    ]
    return Entry.objects.bulk_create(new)


@transaction.atomic
def advance(*, cycle: Cycle, by: User) -> Cycle:
    """Move the year to its next stage, doing what that stage begins with."""
    _allow_cycle(by)
    cycle = Cycle.objects.select_for_update().select_related("plan").get(pk=cycle.pk)
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
        running = cycle.plan.cycles.running().exclude(pk=cycle.pk).first()
        if running:
            raise Refused(f"{running}がまだ終わっていません。先に公表まで進めてください。")
        add_missing_entries(cycle=cycle, by=by)
    if target == CycleState.COLLECTING:
        # Silence is a fact of its own, never a rating.
        cycle.entries.filter(submitted_at__isnull=True).update(closed_unanswered=True)
    if target == CycleState.PUBLISHED:
        cycle.published_at, cycle.unpublished_at = timezone.now(), None


@transaction.atomic
def step_back(*, cycle: Cycle, by: User, reason: str) -> Cycle:
    """Move the year one stage back; the reason stays in its history."""
    _allow_cycle(by)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    target = previous_stage(cycle.stage)
    if target is None:
        raise Refused("「準備」より前には戻せません。")
    if not reason.strip():
        raise Refused("前の段階に戻すには、理由が必要です。")
    if cycle.stage == CycleState.PUBLISHED:
        cycle.unpublished_at = timezone.now()
        cycle.plan.touch()
    cycle.state = target
    cycle._change_reason = clean(reason).strip()[:100]
    cycle.save()
    return cycle


# ---- responsibilities -----------------------------------------------------
@transaction.atomic
def assign(*, responsibility: Responsibility, organizations: Iterable[Organization], by: User) -> list[Responsibility]:
    """Put real organizations in the place of 「関係各課」, keeping the plan's wording.

    A running year gets their sheets at once.
    """
    _allow_cycle(by)
    organizations = list(organizations)
    if not organizations:
        raise Refused("担当する組織を1つ以上選んでください。")
    if responsibility.organization_id is not None:
        raise Refused("この担当は、もう決まっています。")
    rows = [
        Responsibility(
            action=responsibility.action,
            wording=responsibility.wording,
            organization=organization,
            position=responsibility.position,
            valid_from=responsibility.valid_from,
        )
        for organization in organizations
    ]
    for row in rows:
        row.save()
    responsibility.delete()
    for cycle in Cycle.objects.filter(
        Q(state__in=[CycleState.PREPARING, CycleState.OPEN]), plan=responsibility.action.plan
    ):
        add_missing_entries(cycle=cycle, by=by)
    responsibility.action.plan.touch()
    return rows
