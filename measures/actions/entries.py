"""The sheets (個票): saving what was written, and the one door for every move."""

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from .. import mail
from ..fields import BY_NAME, MAX_LENGTH, REPEATED, missing
from ..models import Direction, Entry, Grade, Scale, Transition
from ..permissions import UNCHANGED, is_proxy, refusal, unchanged_refusal
from ..workflow import EntryState, Verb, move

BY_BUTTON = "提出した個票は、自動では保存しません。「保存する」を押して保存してください。"


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


@transaction.atomic
def save_entry(*, entry: Entry, by: User, version: int, values: dict) -> Entry:
    """Write `values` (field name → value) into the sheet as read at `version`.

    Raises Conflict when it was saved in between, Refused when `by` may not
    write now. Values equal to what stands change nothing and make no version:
    a save whose answer was lost on the way can be sent again.
    """
    row = _locked(entry)
    _allow(by, row, Verb.SAVE)
    changes = changes_of(row, values)
    if not changes:
        return row
    if row.version != version:
        raise Conflict(row)
    step = put(row, changes, by=by)
    row.save()
    if step:
        step.save()
    return row


def put(row: Entry, changes: dict, *, by: User) -> Transition | None:
    """Put `changes` into a sheet by the rules of a save, storing nothing: the move to be recorded, where it is one."""
    for name, value in changes.items():
        setattr(row, name, value)
    if row.no_budget:
        row.budget = row.settlement = None
    source, target = row.stage, move(Verb.SAVE, row.stage).target
    row.state = target
    if target == EntryState.SUBMITTED:
        # A row others already rely on may be mended, never made incomplete.
        _require_complete(row)
    row.unchanged_on = row.unchanged_by = None
    stamp(row, by=by)
    if source in (target, EntryState.EMPTY):
        return None
    return Transition(entry=row, verb=Verb.SAVE, source=source, target=target, by=by)


@transaction.atomic
def autosave_entry(*, entry: Entry, by: User, version: int, values: dict) -> Entry:
    """What is being typed, saved in passing: never a sheet that was submitted, which is mended knowingly."""
    row = _locked(entry)
    if row.version == version and not row.stage.is_with_writer:
        raise Refused(BY_BUTTON)
    return save_entry(entry=row, by=by, version=version, values=values)


def changes_of(row: Entry, values: dict) -> dict:
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


def stamp(row: Entry, *, by: User) -> None:
    """Who wrote it, when, and that it is a new version."""
    row.version += 1
    row.saved_at, row.saved_by = timezone.now(), by
    row.is_proxy = row.is_proxy or is_proxy(by, row)


def _record(row: Entry, verb: Verb, source: EntryState, *, by: User, comment: str = "") -> None:
    Transition.objects.create(entry=row, verb=verb, source=source, target=row.state, by=by, comment=comment)


@transaction.atomic
def transition(
    *, entry: Entry, verb: Verb, by: User, comment: str = "", version: int | None = None, quiet: bool = False
) -> Entry:
    """The one door for state changes: lock, ask, move, record, mail on commit.

    `version`, where given, is the version the person looked at: a row that
    changed since raises Conflict, so nobody confirms what they have not read.
    `quiet` sends no mail: the caller tells of many moves in one.
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
    if not quiet:
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
    if sentence := unchanged_refusal(by, row):
        raise Refused(sentence)
    before = row.previous
    if row.has_answers and not replace:
        raise Refused("入力した内容があります。前年度の内容に置き換えるときは、「置き換える」に印を付けてください。")
    for name in REPEATED:
        value = getattr(before, name)
        setattr(row, name, _in_scale(value, row.cycle.scale) if isinstance(value, Grade | Direction) else value)
    row.unchanged_on, row.unchanged_by = timezone.localdate(), by
    stamp(row, by=by)
    row.save()
    return transition(entry=row, verb=Verb.SUBMIT, by=by, comment=UNCHANGED)


def _in_scale(before: Grade | Direction, scale: Scale) -> Grade | Direction:
    """Last year's choice as this year's scale has it: by its code."""
    if before.scale_id == scale.pk:
        return before
    choices = scale.grades if isinstance(before, Grade) else scale.directions
    if now := choices.filter(code=before.code).first():
        return now
    raise Refused(f"前年度の「{before}」が今年度の基準にないため、「{UNCHANGED}」は使えません。")
