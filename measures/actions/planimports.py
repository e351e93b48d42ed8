"""What is done with a looked-at plan workbook: written as a whole in one transaction, or laid aside."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from plans.actions import LONGEST_REASON, allow_text
from plans.models import Plan
from plans.permissions import text_refusal

from ..models import PlanImport, PlanImportRow
from ..queries.planstate import plan_state
from .planjudge import Finding, Returned, digest, judge
from .planreturned import keep
from .planwriter import Writer

State, Kind = PlanImport.State, PlanImportRow.Kind
KEPT = "ポータルの内容を残しました。"
LEFT = "ファイルにありませんが、そのまま残しました。"


@dataclass(frozen=True)
class Decision:
    """What a person chose: of conflicts {row: {column: "file" or "portal"}}, rows that may go, years, why."""

    sides: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    gone: Collection[int] = ()
    since: int | None = None
    last_year: int | None = None
    reason: str = ""


def _held(record: PlanImport, by: User) -> PlanImport:
    """The record, locked; Refused when it is decided, or not by `by`."""
    if sentence := text_refusal(by):
        raise Refused(sentence)
    record = PlanImport.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if record.stage != State.CHECKED:
        raise Refused(f"この取込みは「{record.stage.label}」です。もう操作できません。")
    return record


@transaction.atomic
def apply_plan_import(*, record: PlanImport, by: User, decision: Decision) -> PlanImport:
    """Write the file, all or nothing.

    Where the plan has changed since it was looked at nothing is written: the
    record comes back with what the file would change now, still to be decided.
    """
    record = _held(record, by)
    plan = Plan.objects.select_for_update().get(pk=record.plan_id)
    reason = allow_text(by, plan, decision.reason)
    state = plan_state(plan)
    findings = judge(state, Returned.from_json(record.given))
    if digest(findings) != record.seen:
        keep(record, state, findings, by=by)
        return record
    if record.error:
        raise Refused("エラーのある行があるため、反映できません。直したファイルを、もう一度送ってください。")
    rows = {findings[row.position].key_in_file: row for row in record.rows.all()}
    chosen = [one for one in findings if not one.kind or _is_chosen(one, rows[one.key_in_file], decision)]
    words = f"{reason}（Excel：{record.file_name}）" if reason else f"Excelから反映（{record.file_name}）"
    writer = Writer(state, by=by, reason=words[:LONGEST_REASON], since=decision.since, last_year=decision.last_year)
    done = _write(writer, chosen)
    if not done:
        raise Refused("反映する行がありません。競合のある行は、どちらを残すかを選んでください。")
    _note(rows, done)
    record.applied, record.state, record.given = len(done), State.APPLIED, {}
    record.applied_at, record.applied_by, record.reason = timezone.now(), by, reason
    record.save()
    return record


def _is_chosen(found: Finding, row: PlanImportRow, decision: Decision) -> bool:
    """Whether the finding is to be written; of a conflict only the columns chosen from the file are kept."""
    if found.kind == Kind.REMOVED:
        return row.pk in decision.gone
    if found.kind != Kind.CONFLICT:
        return True
    sides = decision.sides.get(row.pk, {})
    if any(sides.get(name) not in ("file", "portal") for name in found.values):
        return False
    found.values = {name: value for name, value in found.values.items() if sides[name] == "file"}
    return bool(found.values)


def _write(writer: Writer, findings: list[Finding]) -> set[tuple]:
    done = set()
    for members, step in writer.steps(findings):
        _step(writer, members, step)
        done |= {found.key_in_file for found in members}
    return done


def _step(writer: Writer, members: list[Finding], step: Callable[[], None]) -> None:
    try:
        writer.run(step)
    except Refused as refused:
        found = members[0]
        place = f"{found.number}行目" if found.number else found.key
        raise Refused(f"シート「{found.part.sheet}」{place}：{refused}") from refused


def _note(rows: dict[tuple, PlanImportRow], done: set[tuple]) -> None:
    for key, row in rows.items():
        row.is_applied = key in done
        if not row.is_applied:
            row.note = KEPT if row.kind == Kind.CONFLICT else LEFT
    PlanImportRow.objects.bulk_update(rows.values(), ["is_applied", "note"], batch_size=500)


@transaction.atomic
def discard_plan_import(*, record: PlanImport, by: User) -> PlanImport:
    """Lay a looked-at workbook aside; nothing of it is written."""
    record = _held(record, by)
    record.state, record.given = State.DISCARDED, {}
    record.save()
    return record
