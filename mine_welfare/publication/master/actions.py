"""A file of master data in two steps: looked at (nothing is written), and applied as it was looked at."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from import_export.results import RowResult
from tablib import Dataset

from measures.actions.cycles import TAKES_SHEETS, add_missing_entries
from mine_welfare.accounts.models import User
from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.refusal import Refused
from plans.models import Plan

from .resources import Master, Responsibilities

MOST = 5000
KINDS = {
    RowResult.IMPORT_TYPE_NEW: "追加",
    RowResult.IMPORT_TYPE_UPDATE: "変更",
    RowResult.IMPORT_TYPE_SKIP: "同じ",
}
# What is read of a cell whose formula has no result.
UNUSABLE = ("=", "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
# What a constraint of the database asks, in words.
CONSTRAINTS = {
    "organization_name_unique_while_valid": "同じ名称の組織が、ほかにあります。",
    "organization_ends_after_it_begins": "廃止年度が、設置年度より前になっています。",
    "user_email_unique_when_given": "同じ電子メールの人が、ほかにいます。",
    "responsibility_unique_while_valid": "続いている同じ担当が、ほかにあります。",
    "responsibility_unassigned_once": "決まっていない同じ担当が、ほかにあります。",
    "responsibility_ends_after_it_begins": "終わりの年度が、始まりの年度より前になっています。",
    "indicator_target_names_its_year": "目標値には、目標の年度が要ります。",
    "point_derived_says_how": "計算した値には、計算の方法が要ります。",
}


@dataclass(frozen=True)
class Changed:
    """One row of the file that adds or changes something: (column, old, new) of each cell that differs."""

    row: int
    kind: str
    key: str
    cells: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    sentence: str


@dataclass
class Preview:
    """What applying a file would do; nothing of it is written yet."""

    counts: Counter = field(default_factory=Counter)
    changes: list[Changed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def can_be_applied(self) -> bool:
        return bool(self.changes) and not self.problems

    @property
    def digest(self) -> str:
        """What was looked at: another one when somebody has changed the rows since."""
        said = json.dumps([[one.row, one.key, one.cells] for one in self.changes], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def checked_table(master: Master, table: Table) -> None:
    """Refuse a table that is not of this master."""
    if missing := [name for name in master.columns if name not in table.columns]:
        raise Refused(f"「{'」「'.join(missing)}」の列がありません。「Excelで保存」したファイルを使ってください。")
    if strange := [name for name in table.columns if name not in master.columns]:
        raise Refused(f"「{'」「'.join(strange)}」の列は使いません。列を取り除いてから送ってください。")
    if len(table.rows) > MOST:
        raise Refused(f"一度に取り込めるのは{MOST:,}行までです。ファイルを分けて送ってください。")


def preview(*, master: Master, table: Table, by: User) -> Preview:
    """What the file would change, found by changing it and taking everything back."""
    with transaction.atomic():
        found = _run(master, table, by)
        transaction.set_rollback(True)
    return found


@transaction.atomic
def apply(*, master: Master, table: Table, seen: str, by: User) -> Preview:
    """Write what the file says, if it is still what `seen` (a digest) was made of."""
    plan = Plan.objects.select_for_update().get(pk=master.plan.pk)
    found = _run(master, table, by)
    if not found.can_be_applied:
        raise Refused("直すところが残っているか、変わる値がないため、取り込めません。")
    if found.digest != seen:
        raise Refused("確かめている間に、元の内容が変わりました。もう一度、変わる値を確かめてください。")
    if isinstance(master, Responsibilities):
        for cycle in plan.cycles.filter(state__in=TAKES_SHEETS):
            add_missing_entries(cycle=cycle, by=by)
    plan.touch()
    return found


def _run(master: Master, table: Table, by: User) -> Preview:
    if sentence := type(master).refusal(by):
        raise Refused(sentence)
    checked_table(master, table)
    dataset = Dataset(*(cells for _, cells in table.rows), headers=table.columns)
    result = master.import_data(dataset, use_transactions=True)
    found = Preview(problems=list(_unusable(table)))
    # A row of the result for each of the file, in its order.
    for (number, _), row in zip(table.rows, result.rows, strict=True):
        if row.import_type in KINDS:
            found.counts[KINDS[row.import_type]] += 1
        if row.import_type in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE):
            found.changes.append(_changed(master, number, row))
        found.problems += _problems(master, number, row)
    return found


def _unusable(table: Table) -> Iterator[Problem]:
    for number, cells in table.rows:
        for name, cell in zip(table.columns, cells, strict=True):
            if cell in UNUSABLE:
                yield Problem(number, name, f"式の結果がありません（{cell}）。式ではなく、値を書いてください。")


def _changed(master: Master, number: int, row: RowResult) -> Changed:
    before, after = row.original, row.instance
    cells = [
        (one.column_name, one.export(before) if before else "", one.export(after)) for one in master.get_export_fields()
    ]
    key = "　".join(str(master.fields[name].export(after)) for name in master.get_import_id_fields())
    changed = [(name, str(old), str(new)) for name, old, new in cells if str(old) != str(new)]
    return Changed(number, KINDS[row.import_type], key, changed)


def _problems(master: Master, number: int, row: RowResult) -> Iterator[Problem]:
    names = {one.attribute: one.column_name for one in master.fields.values()}
    names |= {name: one.column_name for name, one in master.fields.items()}
    for error in row.errors:
        # A rule of the house says its own sentence; anything else is our mistake, and must be seen.
        if not isinstance(error.error, Refused):
            raise error.error
        yield Problem(number, "", str(error.error))
    if row.validation_error is None:
        return
    if not hasattr(row.validation_error, "error_dict"):
        yield from (Problem(number, "", sentence) for sentence in row.validation_error.messages)
        return
    for name, sentences in row.validation_error.message_dict.items():
        yield from (Problem(number, names.get(name, ""), _in_words(sentence)) for sentence in sentences)


def _in_words(sentence: str) -> str:
    return next((words for name, words in CONSTRAINTS.items() if name in sentence), sentence)
