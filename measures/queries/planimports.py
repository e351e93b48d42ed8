"""What the page of a returned plan workbook shows: its rows by kind, each cell beside what stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..models import PlanImport, PlanImportRow
from .workbooks import FieldChange

Kind = PlanImportRow.Kind
WHERE = {"measure", "actor", "goal", "policy", "valid_from"}  # say where a new row belongs, not what it says


@dataclass(frozen=True)
class Line:
    """One row of the file with its cells."""

    row: PlanImportRow
    fields: list[FieldChange]


@dataclass(frozen=True)
class Found:
    """All rows of a record that are not as the plan is, by kind, in the order of the file."""

    lines: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def kinds(self) -> list[tuple[Kind, int]]:
        """[(kind, how many)] of those there are."""
        return [(kind, len(self.lines[kind])) for kind in Kind if kind in self.lines]

    @property
    def moves(self) -> bool:
        """Whether somebody else is to answer for an action that stands."""
        changed = [*self.lines.get(Kind.CHANGED, ()), *self.lines.get(Kind.CONFLICT, ())]
        return any(one.name == "organizations" for line in changed for one in line.fields)

    @property
    def goes(self) -> bool:
        """Whether an action that is gone from the file may end."""
        return any(line.row.part == "action" and line.row.can_go for line in self.lines.get(Kind.REMOVED, ()))


def found_in(record: PlanImport) -> Found:
    found = Found()
    for line in _lines(record.rows.all()):
        found.lines.setdefault(line.row.kind, []).append(line)
    return found


def _lines(rows: Iterable[PlanImportRow]) -> Iterable[Line]:
    for row in rows:
        yield Line(row, [FieldChange(**cell) for cell in row.fields])
