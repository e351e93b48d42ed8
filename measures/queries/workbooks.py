"""What the page of a returned workbook shows: each row beside the sheet it is about."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from mine_welfare.toolkit.diff import compare

from ..choices import Choices
from ..fields import BY_NAME
from ..models import Cycle, WorkbookImport, WorkbookRow
from ..sheets import words


@dataclass(frozen=True)
class FieldChange:
    """One field: what stands in the portal, what the file says; `side` is the side a conflict leans to."""

    name: str
    label: str
    before: str
    after: str
    side: str = ""

    @property
    def marked(self) -> tuple[SafeString, SafeString]:
        """(before, after) with what went and what came marked."""
        return compare(self.before, self.after)


@dataclass(frozen=True)
class RowChanges:
    """One row of the file with its changed fields."""

    row: WorkbookRow
    fields: list[FieldChange]


def changes(rows: Iterable[WorkbookRow], cycle: Cycle) -> list[RowChanges]:
    """The rows with their old and new answers in words, in the order of the form."""
    choices = Choices(cycle.scale)
    return [RowChanges(row, [_change(row, name, choices) for name in BY_NAME if name in row.values]) for row in rows]


def _change(row: WorkbookRow, name: str, choices: Choices) -> FieldChange:
    return FieldChange(
        name,
        BY_NAME[name].label,
        words(choices, name, row.before.get(name)),
        words(choices, name, row.values[name]),
        row.suggested.get(name, ""),
    )


def twin(record: WorkbookImport) -> WorkbookImport | None:
    """The import of the very same file that was applied and still stands."""
    applied = WorkbookImport.objects.filter(cycle=record.cycle_id, sha256=record.sha256, state="applied")
    return applied.exclude(pk=record.pk).select_related("applied_by").first()
