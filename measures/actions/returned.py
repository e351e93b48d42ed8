"""A returned workbook, checked row by row; what it would change is noted, nothing is changed."""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import IO

from django.db.models import Count
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.cells import Problem
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.sheet import Table, find_table
from mine_welfare.toolkit.text import fold

from .. import sheets
from ..choices import Choices
from ..fields import BY_NAME, FIELDS
from ..models import Cycle, Entry, WorkbookImport, WorkbookRow
from ..permissions import acting_roles, refusal, upload_refusal
from ..queries import staff
from ..workflow import EntryState, Verb
from .entries import changes_of, put

CHUNK = 500  # rows in memory at once
FORGOTTEN = datetime.timedelta(hours=1)
State, Kind = WorkbookImport.State, WorkbookRow.Kind
APPROVAL_LOST = "反映すると、課長の確認をもう一度受けます。"
STILL_MISSING = "反映したあとも、提出に必要な{number}項目（{labels}）が空いています。"
NOT_A_FORM = (
    f"シート「{sheets.FORM}」に「{'」「'.join(sheets.NEEDED)}」の見出しがありません。"
    "ポータルからダウンロードした調査票を選んでください。"
)
PLAN_DIFFERS = (
    "計画の文が、いまのポータルの文と違います。ダウンロードのあとに計画の文が直されたときは、"
    "調査票をもう一度ダウンロードして、記入し直してください。計画の文は、このファイルでは変えられません。"
)


# ---- checking ----------------------------------------------------------------------
@dataclass(frozen=True)
class Progress:
    """How far a workbook is: rows so far, size of the sheet in bytes when read, and the record at the end."""

    rows: int
    weight: int = 0
    record: WorkbookImport | None = None


def receive_workbook(*, cycle: Cycle, by: User, file: IO[bytes], name: str) -> Iterator[Progress]:
    """Read a returned workbook and note what it would change; nothing is written to any sheet (個票).

    Step by step, so that a page can say how far it is: the first step has
    opened the file, the last brings the record. Refused at any step leaves
    nothing behind.
    """
    if sentence := upload_refusal(by, cycle):
        raise Refused(sentence)
    book = excel.read(file, name)
    table = find_table(book, list(sheets.BY_TITLE), sheets.NEEDED, prefer=sheets.FORM)
    if table is None:
        raise Refused(NOT_A_FORM)
    weight = book.weight(table.sheet)
    yield Progress(0, weight)
    size = file.seek(0, 2)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    # What a process that was killed left half read.
    cycle.imports.filter(by=by, state=State.READING, at__lt=timezone.now() - FORGOTTEN).delete()
    record = WorkbookImport.objects.create(cycle=cycle, by=by, file_name=name[-255:], sha256=digest, size=size)
    try:
        check = _Check(record, table, by)
        rows = ((number, cells) for number, cells in book.rows(table.sheet) if number > table.header)
        while chunk := list(islice(rows, CHUNK)):
            check.take(chunk)
            yield Progress(check.rows, weight)
        yield Progress(check.rows, weight, check.finish())
    except BaseException:
        # Also when nobody waits for the answer any more.
        record.delete()
        raise


class _Check:
    """Judges the rows of one workbook, chunk by chunk."""

    def __init__(self, record: WorkbookImport, table: Table, by: User):
        self.record, self.cycle, self.by = record, record.cycle, by
        self.choices = Choices(self.cycle.scale)
        self.reader = sheets.Reader(table, self.choices)
        self.extra = list(table.extra.values())
        self.rows = 0
        self.lines: dict[int, list[int]] = {}
        self.index: dict[str, dict[str, int]] = {}
        for pk, code, organization in self.cycle.entries.values_list("pk", "action__code", "organization__name"):
            self.index.setdefault(fold(code), {})[fold(organization)] = pk

    def take(self, chunk: Iterable[tuple[int, dict]]) -> None:
        rows = [row for number, cells in chunk if (row := self.reader.row(number, cells))]
        found = {row.number: self.index.get(fold(row.code), {}).get(fold(row.organization)) for row in rows}
        wanted = self.cycle.entries.select_related("action__measure").filter(pk__in=set(found.values()) - {None})
        entries = {entry.pk: entry for entry in staff.with_previous(wanted, self.cycle)}
        pairs = [(row, entries[found[row.number]]) for row in rows if found[row.number] in entries]
        bases = _bases(pairs)
        judged = [self.judge(row, entries.get(found[row.number]), bases) for row in rows]
        WorkbookRow.objects.bulk_create(judged)
        self.rows += len(rows)

    def judge(self, row: sheets.Returned, entry: Entry | None, bases: dict) -> WorkbookRow:
        found = WorkbookRow(workbook=self.record, number=row.number, code=row.code[:60], given=row.given, entry=entry)
        if entry is None:
            self._refuse_unknown(row)
        else:
            found.title, found.seen, found.before = entry.action.title[:200], entry.version, snapshot(entry)
            self._refuse_foreign(row, entry)
            self.lines.setdefault(entry.pk, []).append(row.number)
        if not row.problems and entry is not None:
            self._compare(found, row, entry, bases.get((entry.pk, row.version)))
        if row.problems:
            found.kind, found.values = Kind.ERROR, {}
            found.problems = [asdict(problem) for problem in row.problems]
        return found

    def _refuse_unknown(self, row: sheets.Returned) -> None:
        offices = self.index.get(fold(row.code))
        if fold(row.year) not in self._years:
            self._refuse_year(row)
        elif not row.code:
            self.reader.refuse(row, "code", "番号がありません。ダウンロードした調査票の行に書いてください。")
        elif offices is None:
            self.reader.refuse(row, "code", f"この番号の個票は、{self.cycle}にありません。")
        else:
            self.reader.refuse(row, "organization", "この番号の個票は、この課・団体の担当ではありません。")

    def _refuse_foreign(self, row: sheets.Returned, entry: Entry) -> None:
        """Another year's row, another organization's, or a row whose plan text was changed."""
        if fold(row.year) not in self._years:
            self._refuse_year(row)
        elif not acting_roles(self.by, entry):
            self.reader.refuse(
                row, "organization", "ほかの課・団体の個票です。書けるのは、担当する組織の人と事務局だけです。"
            )
        for name in sheets.plan_differs(row, entry):
            self.reader.refuse(row, name, PLAN_DIFFERS)

    def _refuse_year(self, row: sheets.Returned) -> None:
        own = wareki_year(self.cycle.year)
        self.reader.refuse(row, "year", f"{own}の行ではありません。受け取れるのは、{own}の調査票だけです。")

    @property
    def _years(self) -> tuple[str, str]:
        return fold(wareki_year(self.cycle.year)), str(self.cycle.year)

    def _compare(self, found: WorkbookRow, row: sheets.Returned, entry: Entry, base: dict | None) -> None:
        """Beside what stands: unchanged, in conflict, or to be written."""
        now = sheets.plain(entry)
        values = sheets.differences(row, now)
        is_old = row.version is not None and row.version < entry.version
        if not values or (is_old and base is not None and not sheets.differences(row, base)):
            found.kind = Kind.UNCHANGED
            return
        for name, sentence in [*self._wrong_version(row, entry), *sheets.too_long(values), *_money(values, now)]:
            self.reader.refuse(row, name, sentence)
        if sentence := refusal(self.by, entry, Verb.SAVE):
            self.reader.refuse(row, "code", sentence)
        if row.problems:
            return
        found.values = values
        if is_old:
            found.kind, found.suggested = Kind.CONFLICT, suggested(values, now, base)
        else:
            self._try(found, row, entry)

    @staticmethod
    def _wrong_version(row: sheets.Returned, entry: Entry) -> list[tuple[str, str]]:
        newer = row.version is not None and row.version > entry.version
        return [("version", "この版は、まだありません。ダウンロードしたときの数に戻してください。")] if newer else []

    def _try(self, found: WorkbookRow, row: sheets.Returned, entry: Entry) -> None:
        """What a save would say to it, without saving."""
        found.kind = Kind.NEW if entry.stage == EntryState.EMPTY else Kind.CHANGED
        found.note = APPROVAL_LOST if entry.stage == EntryState.APPROVED else ""
        try:
            put(entry, changes_of(entry, as_values(found.values, self.choices)), by=self.by)
        except Refused as refused:
            self.reader.refuse(row, "code", str(refused))
        else:
            if missing := entry.missing_labels:
                found.note = STILL_MISSING.format(number=len(missing), labels="、".join(missing))

    def finish(self) -> WorkbookImport:
        self._refuse_doubles()
        record = self.record
        count(record)
        record.missing_columns = self.reader.missing
        # The column the portal itself adds to a file with errors is no news to anyone.
        record.extra_columns = [title for title in self.extra if title != sheets.ERROR]
        record.state = State.CHECKED
        record.save()
        return record

    def _refuse_doubles(self) -> None:
        """Two rows of one sheet: nobody can say which is meant."""
        doubled = [numbers for numbers in self.lines.values() if len(numbers) > 1]
        rows = {
            row.number: row for row in self.record.rows.filter(number__in=[one for many in doubled for one in many])
        }
        for numbers in doubled:
            words = "・".join(f"{number}行目" for number in numbers)
            for number in numbers:
                row = rows[number]
                sentence = f"同じ個票の行が、{words}にあります。"
                problem = Problem(self.reader.table.sheet, self.reader.cell("code", number), "番号", row.code, sentence)
                row.kind, row.values, row.problems = Kind.ERROR, {}, [*row.problems, asdict(problem)]
        WorkbookRow.objects.bulk_update(rows.values(), ["kind", "values", "problems"], batch_size=CHUNK)


def count(record: WorkbookImport) -> None:
    """Set the record's numbers to its rows as they stand; the caller saves."""
    found = dict(record.rows.order_by().values_list("kind").annotate(number=Count("pk")))
    for kind in Kind:
        setattr(record, kind, found.get(kind, 0))


def snapshot(entry: Entry) -> dict:
    """All that an undo needs to put back."""
    signed = entry.unchanged_on.isoformat() if entry.unchanged_on else None
    more = {
        "state": entry.state,
        "is_proxy": entry.is_proxy,
        "unchanged_on": signed,
        "unchanged_by": entry.unchanged_by_id,
    }
    return sheets.plain(entry) | more


def _bases(rows: list[tuple[sheets.Returned, Entry]]) -> dict[tuple[int, int], dict]:
    """{(sheet, version): answers as they stood then} for the rows that were read at an older version."""
    old = {(entry.pk, row.version) for row, entry in rows if row.version is not None and row.version < entry.version}
    if not old:
        return {}
    history = Entry.history.filter(id__in={pk for pk, _ in old}, version__in={version for _, version in old})
    bases = {(one.id, one.version): sheets.plain(one) for one in history.select_related("rating", "direction")}
    # Before its first save a sheet holds nothing but the plan carried over, and that may have come later.
    return {key: EMPTY for key in old if key[1] == 0} | {key: bases[key] for key in old if key in bases}


EMPTY = {field.name: {"text": "", "flag": False}.get(field.kind) for field in FIELDS}


def suggested(values: dict, now: dict, base: dict | None) -> dict[str, str]:
    """Who changed each field since the file was made: file, portal, or "" for both (or unknown)."""
    if base is None:
        return dict.fromkeys(values, "")
    sides = {}
    for name, value in values.items():
        if sheets.same(value, base[name]):
            sides[name] = "portal"
        else:
            sides[name] = "file" if now[name] == base[name] else ""
    return sides


def _money(values: dict, now: dict) -> list[tuple[str, str]]:
    after = now | values
    has_amounts = after["budget"] is not None or after["settlement"] is not None
    if after["no_budget"] and has_amounts:
        return [("no_budget", "金額を入れるときは、「予算を伴わない」を空にしてください。")]
    return []


def as_values(values: dict, choices: Choices) -> dict:
    """Plain values as a sheet holds them: choices in place of codes."""
    return {
        name: choices.choice(name, value) if BY_NAME[name].kind == "choice" else value for name, value in values.items()
    }
