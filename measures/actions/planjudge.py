"""The rows of a returned plan workbook beside the plan as it stands: what each of them would change.

Nothing here touches the database; the same rows beside the same plan give the
same findings, so that what is written is what was looked at.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from mine_welfare.toolkit.cells import Problem

from ..models import PlanImportRow
from ..plancells import ACTORS
from ..plansheets import NEW, PARTS, Given, Part, doubled, fingerprint, in_words, problem, same
from ..queries.planstate import PlanState

Kind = PlanImportRow.Kind
# Columns that name a row of another sheet.
NAMES = {"goal": "goal", "policy": "policy", "measure": "measure", "see": "measure", "repeats": "action"}
GONE = "ダウンロードしたあとに、ポータルで消されました。必要なときは、番号を空にして、新しい行にしてください。"
FIXED = "もうある行の「{}」は変えられません。元の値に戻してください。"
UNKNOWN = "「{}」という{}は、この計画にもこのファイルにもありません。"
CHANGED_SINCE = "ダウンロードしたあとに、ポータルで直されています。"


@dataclass
class Returned:
    """What a workbook says, by the name of the part: rows, where their columns are, and what stood when it was made."""

    version: int
    rows: dict[str, list[Given]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[str, int]] = field(default_factory=dict)
    bases: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Returned":
        rows = {
            name: [Given(**one | {"problems": [Problem(**two) for two in one["problems"]]}) for one in given]
            for name, given in kept["rows"].items()
        }
        return cls(**kept | {"rows": rows})


@dataclass
class Finding:
    """One row beside the plan. `now` is what stands (None: nothing), `values` what the file would make of it.

    `kind` is None where nothing changes; `sides` says of a conflict who changed
    each column: "file", "portal", or "" for both.
    """

    part: Part
    key: str
    given: Given | None = None
    now: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    kind: Kind | None = None
    sides: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    note: str = ""
    can_go: bool = False

    @property
    def number(self) -> int | None:
        return self.given.number if self.given else None

    @property
    def key_in_file(self) -> tuple[str, int | str]:
        """What tells the finding from every other of the same file."""
        return (self.part.name, self.number or self.key)

    @property
    def whole(self) -> dict[str, Any]:
        """All values of the row as the file would leave it."""
        return (self.now or {}) | self.values


def judge(state: PlanState, returned: Returned) -> list[Finding]:
    """Every row of the file, and every row that is gone from it, in the order of the sheets."""
    return [one for part in PARTS.values() for one in _Judge(state, returned, part).findings()]


def digest(findings: list[Finding]) -> str:
    """What was looked at: another one when the plan has changed in between."""
    said = [[one.part.name, one.number, one.key, one.kind, one.now, one.values] for one in findings if one.kind]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


class _Judge:
    """Judges the rows of one sheet."""

    def __init__(self, state: PlanState, returned: Returned, part: Part):
        self.state, self.returned, self.part = state, returned, part
        self.rows = returned.rows.get(part.name)
        self.bases = returned.bases.get(part.name, {})
        self.now = state.plain[part.name]
        self.doubles = doubled(part, self.rows or [])

    def findings(self) -> Iterator[Finding]:
        if self.rows is None:  # a sheet that is not there says nothing
            return
        for given in self.rows:
            yield self._row(given)
        seen = {self.part.key(given.values) for given in self.rows}
        for key in self.bases:
            if key in self.now and key not in seen and (found := self._removed(key)):
                yield found

    # ---- a row of the file ---------------------------------------------------------
    def _row(self, given: Given) -> Finding:
        key = self.part.key(given.values)
        found = Finding(self.part, key, given, self.now.get(key))
        found.problems = [*given.problems]
        if numbers := self.doubles.get(key):
            words = "・".join(f"{number}行目" for number in numbers)
            self._refuse(found, self.part.keys[0].name, f"同じ番号の行が、{words}にあります。")
        if not found.problems:
            self._judge(found, given)
        if found.problems:
            found.kind, found.values = Kind.ERROR, {}
        return found

    def _judge(self, found: Finding, given: Given) -> None:
        if found.now is not None:
            self._existing(found, given)
        elif found.key in self.bases:
            if any(fingerprint(given.values[name]) != mark for name, mark in self._base(found) if name in given.values):
                self._refuse(found, self.part.keys[0].name, GONE)
        elif self._is_new(found.key):
            self._new(found, given)
        else:
            sentence = f"この番号の{self.part.what}はありません。新しい行は、番号を空にしてください。"
            self._refuse(found, self.part.keys[0].name, sentence)

    def _is_new(self, key: str) -> bool:
        """A group is known by the sign it is given; of all others a new row has no number yet."""
        if self.part.name == "plan":
            return False
        return self.part.name == "group" or not key or key.startswith(NEW)

    def _new(self, found: Finding, given: Given) -> None:
        for column in self.part.read:
            if column.name in given.values:
                found.values[column.name] = given.values[column.name]
                continue
            try:
                found.values[column.name] = column.kind.take(None, self.state.lists)
            except ValueError as error:
                self._refuse(found, column.name, str(error))
        places = self.part.keys if self.part.name == "group" else self.part.fixed
        for column in places:
            if not found.values.get(column.name) and column.name != "valid_from":
                self._refuse(found, column.name, "空にはできません。")
        self._check_names(found)
        found.kind = Kind.NEW

    def _existing(self, found: Finding, given: Given) -> None:
        for column in self.part.fixed:
            if column.name in given.values and given.values[column.name] != found.now[column.name]:
                self._refuse(found, column.name, FIXED.format(column.title))
        values = self._settled(found, given)
        changed = {one.name: values[one.name] for one in self.part.words if one.name in values}
        changed = {name: value for name, value in changed.items() if not same(value, found.now[name])}
        base = dict(self._base(found))
        by_file = {name for name in changed if fingerprint(changed[name]) != base.get(name)}
        if not by_file:
            return
        by_portal = {one.name for one in self.part.words if fingerprint(found.now[one.name]) != base.get(one.name)}
        found.values, found.kind = changed, Kind.CONFLICT if by_portal else Kind.CHANGED
        if by_portal:
            found.sides = {name: _side(name in by_file, name in by_portal) for name in changed}
        self._check_names(found)

    def _base(self, found: Finding) -> list[tuple[str, str]]:
        return list(self.bases.get(found.key, {}).items())

    def _settled(self, found: Finding, given: Given) -> dict[str, Any]:
        """The values of the row, with what the portal adds by itself."""
        values = dict(given.values)
        row = self.state.rows[self.part.name][found.key]
        if self.part.name == "action" and row.actor.component and "components" in values:
            values["components"] = sorted({*values["components"], row.actor.component.code})
        if self.part.name == "role" and values.get("position") is None:
            values.pop("position", None)
        return values

    def _check_names(self, found: Finding) -> None:
        for name, of in NAMES.items():
            wanted = found.values.get(name)
            if wanted and not self._is_named(of, wanted):
                self._refuse(found, name, UNKNOWN.format(wanted, PARTS[of].what))
        group = found.values.get("group")
        if group and not self._is_named("group", f"{found.whole['measure']} {group}"):
            self._refuse(found, "group", f"この施策に「{group}」というまとまりはありません。")

    def _is_named(self, of: str, key: str) -> bool:
        if key in self.state.plain[of]:
            return True
        new = self.returned.rows.get(of, [])
        return any(PARTS[of].key(one.values) == key for one in new) and (of == "group" or key.startswith(NEW))

    def _refuse(self, found: Finding, name: str, sentence: str) -> None:
        places = self.returned.places[self.part.name]
        sheet = self.returned.sheets[self.part.name]
        found.problems.append(problem(self.part, sheet, places, found.given, name, sentence))

    # ---- a row that is gone ----------------------------------------------------------
    def _removed(self, key: str) -> Finding | None:
        now = self.now[key]
        if self.part.name == "plan" or now.get("valid_to") is not None:  # an ended action stays anyway
            return None
        found = Finding(self.part, key, None, now, kind=Kind.REMOVED)
        if any(fingerprint(now[name]) != mark for name, mark in self._base(found) if name in now):
            found.note = CHANGED_SINCE
        return found


def _side(by_file: bool, by_portal: bool) -> str:
    if by_file and by_portal:
        return ""
    return "file" if by_file else "portal"


# ---- as it is kept ---------------------------------------------------------------------
def rows_of(findings: list[Finding], state: PlanState) -> list[PlanImportRow]:
    """The findings that are worth a line, as rows of a record."""
    return [_row_of(one, place, state) for place, one in enumerate(findings) if one.kind]


def _said(found: Finding, whole: dict[str, Any], state: PlanState) -> str:
    """The number people know a row by; a role has none, but a place."""
    if found.part.name != "role":
        return found.key
    return f"{whole.get('measure', '')} {state.lists.words[ACTORS].get(whole.get('actor', ''), '')}".strip()


def _row_of(found: Finding, place: int, state: PlanState) -> PlanImportRow:
    shown = [column for column in found.part.read if column.name in found.values and column.part != "key"]
    fields = [
        {
            "name": column.name,
            "label": column.title,
            "before": in_words(column, found.now[column.name], state.lists) if found.now else "",
            "after": in_words(column, found.values[column.name], state.lists),
            "side": found.sides.get(column.name, ""),
        }
        for column in shown
    ]
    whole = found.whole or (found.given.values if found.given else {})
    return PlanImportRow(
        position=place,
        kind=found.kind,
        part=found.part.name,
        sheet=found.part.sheet,
        number=found.number,
        key=_said(found, whole, state)[:120],
        title=found.part.title_of(whole),
        fields=[one for one in fields if one["before"] or one["after"]],
        problems=[asdict(one) for one in found.problems],
        note=found.note[:200],
        can_go=found.can_go,
    )
