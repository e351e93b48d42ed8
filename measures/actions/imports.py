"""What is done with a checked workbook: applied in one transaction, taken back as a whole, or laid aside."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit import bulk
from mine_welfare.toolkit.cells import Problem
from mine_welfare.toolkit.refusal import Refused

from ..choices import Choices
from ..fields import BY_NAME
from ..models import Cycle, Entry, Transition, WorkbookImport, WorkbookRow
from ..permissions import import_refusal, refusal
from ..queries import staff
from ..sheets import FORM, plain
from ..workflow import EntryState, Verb
from .entries import changes_of, put, stamp
from .returned import CHUNK, Progress, as_values, count, snapshot, suggested

State, Kind = WorkbookImport.State, WorkbookRow.Kind
OVERTAKEN = "確かめている間に、ほかの人がこの個票を書き換えました。"
KEPT = "ポータルの内容を残しました。"
UNDONE = "Excelからの反映の取消し"
STAMPED = ("state", "version", "saved_at", "saved_by", "is_proxy", "unchanged_on", "unchanged_by")
ROW_FIELDS = ("kind", "seen", "values", "before", "suggested", "problems", "note", "is_applied")


def _held(record: WorkbookImport, by: User) -> WorkbookImport:
    """The record, locked; Refused when `by` may not decide about it."""
    record = WorkbookImport.objects.select_for_update(of=("self",)).select_related("cycle__scale").get(pk=record.pk)
    if sentence := import_refusal(by, record):
        raise Refused(sentence)
    return record


def _chunks(record: WorkbookImport, **wanted) -> Iterator[list[WorkbookRow]]:
    ids = list(record.rows.filter(**wanted).values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        yield list(record.rows.filter(pk__in=ids[start : start + CHUNK]))


# ---- applying ----------------------------------------------------------------------
def apply_import(
    *, record: WorkbookImport, by: User, chosen: dict[int, dict[str, str]] | None = None
) -> WorkbookImport:
    """All steps of `apply_steps`; the record as it stands afterwards."""
    *_, last = apply_steps(record=record, by=by, chosen=chosen)
    return last.record


def apply_steps(
    *, record: WorkbookImport, by: User, chosen: dict[int, dict[str, str]] | None = None
) -> Iterator[Progress]:
    """Write the good rows, all at once; of the conflicts those for which every field was `chosen`.

    `chosen` is {row: {field: "file" or "portal"}}. A sheet that somebody saved
    since the check becomes a conflict, one that may no longer be written an error.
    Step by step, so that a page can say how far it is; whoever stops before the
    last step, which brings the record, has written nothing.
    """
    with transaction.atomic():
        record = _held(record, by)
        if record.stage not in (State.CHECKED, State.APPLIED):
            raise Refused(f"この取込みは「{record.stage.label}」です。反映はできません。")
        writer = _Apply(record, by)
        for rows in _chunks(record, is_applied=False, kind__in=[Kind.NEW, Kind.CHANGED, Kind.CONFLICT]):
            writer.write([row for row in rows if _decided(row, (chosen or {}).get(row.pk, {}))])
            yield Progress(writer.decided)
        _close(record, writer)
    yield Progress(writer.decided, record=record)


def _close(record: WorkbookImport, writer: "_Apply") -> None:
    """Keep what was done, and by whom; Refused when nothing was."""
    if not writer.decided:
        raise Refused("反映する行がありません。競合のある行は、どちらを残すかを選んでから反映してください。")
    count(record)
    record.applied += writer.applied
    record.state, record.applied_at, record.applied_by = State.APPLIED, timezone.now(), writer.by
    record.save()


def _decided(row: WorkbookRow, sides: dict[str, str]) -> bool:
    """Keep of a conflict what was chosen from the file; False where a field was left open."""
    if row.kind != Kind.CONFLICT:
        return True
    if any(sides.get(name) not in ("file", "portal") for name in row.values):
        return False
    row.values = {name: value for name, value in row.values.items() if sides[name] == "file"}
    return True


class _Apply:
    """The set-based twin of `save_entry`: the same questions for each row, a few statements for all."""

    def __init__(self, record: WorkbookImport, by: User):
        self.record, self.by = record, by
        self.applied = self.decided = 0
        self.choices = Choices(record.cycle.scale)

    def write(self, rows: list[WorkbookRow]) -> None:
        entries = _locked_entries(self.record.cycle, rows)
        saved, moves, names = [], [], set()
        for row in rows:
            changes, move = self._put(row, entries.get(row.entry_id))
            if changes:
                saved.append(entries[row.entry_id])
                names |= set(changes)
                row.is_applied = True
            if move:
                moves.append(move)
        _store(saved, names, by=self.by, reason=f"Excelから反映（{self.record.file_name}）")
        Transition.objects.bulk_create(moves)
        _note(rows)
        self.applied += len(saved)
        self.decided += len(rows)

    def _put(self, row: WorkbookRow, entry: Entry | None) -> tuple[dict, Transition | None]:
        """(what was changed, the move to record) of one sheet; nothing where the row could not be taken."""
        if entry is None:
            return _fail(row, "この個票は、なくなりました。")
        if not row.values:
            row.kind, row.note = Kind.UNCHANGED, KEPT
            return {}, None
        if entry.version != row.seen:
            _overtaken(row, entry)
            return {}, None
        if sentence := refusal(self.by, entry, Verb.SAVE):
            return _fail(row, sentence)
        try:
            changes = changes_of(entry, as_values(row.values, self.choices))
            return changes, put(entry, changes, by=self.by)
        except Refused as refused:
            return _fail(row, str(refused))


def _overtaken(row: WorkbookRow, entry: Entry) -> None:
    """What was checked no longer stands: the row becomes a conflict to be looked at."""
    row.suggested = suggested(row.values, plain(entry), row.before)
    row.kind, row.seen, row.before, row.note = Kind.CONFLICT, entry.version, snapshot(entry), OVERTAKEN


def _fail(row: WorkbookRow, sentence: str) -> tuple[dict, None]:
    row.kind, row.problems = Kind.ERROR, [asdict(Problem(FORM, f"{row.number}行目", "番号", row.code, sentence))]
    return {}, None


def _note(rows: list[WorkbookRow]) -> None:
    """Most rows went as they were checked: for them one statement is enough."""
    simple = [row.pk for row in rows if row.is_applied and row.kind != Kind.CONFLICT]
    WorkbookRow.objects.filter(pk__in=simple).update(is_applied=True)
    others = [row for row in rows if not row.is_applied or row.kind == Kind.CONFLICT]
    WorkbookRow.objects.bulk_update(others, ROW_FIELDS, batch_size=CHUNK)


def _locked_entries(cycle: Cycle, rows: list[WorkbookRow]) -> dict[int, Entry]:
    ids = [row.entry_id for row in rows if row.entry_id]
    entries = cycle.entries.select_for_update(of=("self",)).filter(pk__in=ids)
    return {entry.pk: entry for entry in staff.with_previous(entries, cycle)}


def _store(entries: list[Entry], names: Iterable[str], *, by: User, reason: str) -> None:
    """Write these fields of many sheets, each with its row of history."""
    bulk.change(entries, {*names, *STAMPED, "budget", "settlement"}, by=by, reason=reason)


# ---- taking back ---------------------------------------------------------------------
@transaction.atomic
def undo_import(*, record: WorkbookImport, by: User) -> WorkbookImport:
    """Put every applied sheet back as it stood, as a new version; Refused when one was touched since."""
    record = _held(record, by)
    if record.stage != State.APPLIED:
        raise Refused(f"この取込みは「{record.stage.label}」です。取り消せるのは、反映した取込みだけです。")
    choices = Choices(record.cycle.scale)
    for rows in _chunks(record, is_applied=True):
        _undo(record, rows, choices, by=by)
    record.state, record.undone_at, record.undone_by = State.UNDONE, timezone.now(), by
    record.save()
    return record


def _undo(record: WorkbookImport, rows: list[WorkbookRow], choices: Choices, *, by: User) -> None:
    entries = _locked_entries(record.cycle, rows)
    _refuse_touched(rows, entries)
    moves = []
    for row in rows:
        entry = entries[row.entry_id]
        if sentence := refusal(by, entry, Verb.SAVE):
            raise Refused(f"{row.code}：{sentence}")
        source = entry.stage
        _put_back(entry, row.before, choices, by=by)
        if source != entry.stage and entry.stage != EntryState.EMPTY:
            moves.append(
                Transition(entry=entry, verb=Verb.SAVE, source=source, target=entry.state, by=by, comment=UNDONE)
            )
    _store(list(entries.values()), BY_NAME, by=by, reason=f"{UNDONE}（{record.file_name}）")
    Transition.objects.bulk_create(moves)


def _refuse_touched(rows: list[WorkbookRow], entries: dict[int, Entry]) -> None:
    touched = [row.code for row in rows if row.entry_id not in entries or entries[row.entry_id].version != row.seen + 1]
    if touched:
        few = "、".join(touched[:5]) + ("など" if len(touched) > 5 else "")
        raise Refused(f"反映のあとに変わった個票が{len(touched)}件（{few}）あるため、まとめて取り消せません。")


def _put_back(entry: Entry, before: dict, choices: Choices, *, by: User) -> None:
    answers = {name: before[name] for name in BY_NAME}
    for name, value in as_values(answers, choices).items():
        setattr(entry, name, value)
    stamp(entry, by=by)
    day = before["unchanged_on"]
    entry.unchanged_on = datetime.date.fromisoformat(day) if day else None
    entry.unchanged_by_id, entry.state, entry.is_proxy = before["unchanged_by"], before["state"], before["is_proxy"]


# ---- laying aside ----------------------------------------------------------------------
@transaction.atomic
def discard_import(*, record: WorkbookImport, by: User) -> WorkbookImport:
    """Lay a checked workbook aside; nothing of it is written."""
    record = _held(record, by)
    if record.stage != State.CHECKED:
        raise Refused(f"この取込みは「{record.stage.label}」です。取りやめることはできません。")
    record.state = State.DISCARDED
    record.save()
    return record
