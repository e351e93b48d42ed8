"""A returned workbook of a plan's structure, looked at: what it would change is tried, noted, and taken back."""

import hashlib
from typing import IO

from django.db import transaction

from mine_welfare.accounts.models import User
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.cells import as_text, as_whole
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.sheet import find_table
from plans.models import Plan
from plans.permissions import text_refusal

from ..models import PlanImport, PlanImportRow
from ..plansheets import BASE, BASE_NEEDED, PARTS, Part, Reader, marks, problem
from ..queries.planstate import PlanState, plan_state
from .planjudge import Finding, Returned, digest, judge, rows_of
from .planwriter import Writer

Kind = PlanImportRow.Kind
MOST = 5000  # rows of one sheet; the plan has 270 in its longest
NOT_A_PLAN = (
    f"シート「{BASE}」がないか、変わっています。"
    "ポータルの「計画をExcelで直す」の画面からダウンロードしたファイルを選んでください。"
)


@transaction.atomic
def receive_plan_workbook(*, plan: Plan, by: User, file: IO[bytes], name: str) -> PlanImport:
    """Read a returned workbook and note what it would change; nothing of the plan is written."""
    if sentence := text_refusal(by):
        raise Refused(sentence)
    book = excel.read(file, name)
    state = plan_state(plan)
    returned, missing, extra = _read(book, state)
    size = file.seek(0, 2)
    file.seek(0)
    record = PlanImport(
        plan=plan,
        by=by,
        file_name=name[-255:],
        sha256=hashlib.file_digest(file, "sha256").hexdigest(),
        size=size,
        version=returned.version,
        given=returned.as_json(),
        missing=missing,
        extra=extra,
    )
    keep(record, state, judge(state, returned), by=by)
    return record


def keep(record: PlanImport, state: PlanState, findings: list[Finding], *, by: User) -> None:
    """Note these findings as what was looked at, in place of those before."""
    record.seen = digest(findings)
    rehearse(state, findings, by=by)
    rows = rows_of(findings, state)
    for kind in Kind:
        setattr(record, kind, sum(row.kind == kind for row in rows))
    record.unchanged = sum(found.kind is None for found in findings)
    record.save()
    record.rows.all().delete()
    for row in rows:
        row.record = record
    PlanImportRow.objects.bulk_create(rows)


def rehearse(state: PlanState, findings: list[Finding], *, by: User) -> None:
    """Do all of it, and take it back: what an action refuses becomes the problem of its rows."""
    with transaction.atomic():
        writer = Writer(state, by=by, reason="取込みの確かめ", last_year=state.plan.end_year)
        for members, step in writer.steps(findings):
            try:
                with transaction.atomic():
                    writer.run(step)
            except Refused as refused:
                _note(members, str(refused))
            else:
                for found in members:
                    found.can_go = found.kind == Kind.REMOVED
        transaction.set_rollback(True)


def _note(members: list[Finding], sentence: str) -> None:
    for found in members:
        if found.kind == Kind.REMOVED:
            found.note = sentence
        else:
            key = found.part.keys[0].name
            found.problems.append(problem(found.part, found.part.sheet, {}, found.given, key, sentence))
            found.kind, found.values = Kind.ERROR, {}


# ---- the file ----------------------------------------------------------------------------
def _read(book: excel.Book, state: PlanState) -> tuple[Returned, list[str], list[str]]:
    """(what the workbook says, sheets and columns it lacks, columns nobody reads)."""
    returned = _base(book, state.plan)
    missing: list[str] = []
    extra: list[str] = []
    for part in PARTS.values():
        table = find_table(book, [column.title for column in part.columns], part.needed, prefer=part.sheet)
        if table is None:
            missing.append(f"シート「{part.sheet}」")
            continue
        reader = Reader(part, table, state.lists)
        rows = [reader.row(number, cells) for number, cells in book.rows(table.sheet) if number > table.header]
        returned.rows[part.name] = [row for row in rows if row]
        returned.sheets[part.name], returned.places[part.name] = table.sheet, reader.places
        missing += [f"{part.sheet}の「{title}」" for title in reader.missing]
        extra += [f"{part.sheet}の「{title}」" for title in table.extra.values() if title]
        _refuse_more(part, returned)
    return returned, missing, extra


def _refuse_more(part: Part, returned: Returned) -> None:
    if len(returned.rows[part.name]) > MOST:
        raise Refused(f"シート「{part.sheet}」の行が多すぎます。一度に取り込めるのは{MOST:,}行までです。")


def _base(book: excel.Book, plan: Plan) -> Returned:
    """What stood when the workbook was made, as its sheet 控え tells; Refused for another plan's."""
    table = find_table(book, BASE_NEEDED, BASE_NEEDED, prefer=BASE)
    if table is None:
        raise Refused(NOT_A_PLAN)
    sheet, key, version, mark = (table.places[title] for title in BASE_NEEDED)
    names = {part.sheet: part.name for part in PARTS.values()}
    returned = Returned(0, bases={name: {} for name in PARTS})
    for number, cells in book.rows(table.sheet):
        name = names.get(as_text(cells.get(sheet)))
        if number > table.header and name:
            returned.bases[name][as_text(cells.get(key))] = marks(as_text(cells.get(mark)))
            returned.version = _version(cells.get(version))
    slugs = list(returned.bases["plan"])
    if not slugs:
        raise Refused(NOT_A_PLAN)
    if slugs != [plan.slug]:
        raise Refused(f"別の計画（{'・'.join(slugs)}）のファイルです。その計画の画面で選んでください。")
    return returned


def _version(value) -> int:
    try:
        return as_whole(value) or 0
    except ValueError as error:
        raise Refused(NOT_A_PLAN) from error
