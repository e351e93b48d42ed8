"""Two people changed one scale: what the second typed, carried over onto what stands now."""

import json
from collections.abc import Iterator

from django.db.models import Model
from django.http import QueryDict

from ..actions.scales import SHOWN, scale_as_shown, scale_mark
from ..forms.scales import MARKS
from ..models import Direction, Grade, Scale
from .merging import Merge, in_words

MODELS = {"grades": Grade, "directions": Direction}
MOST = 40  # rows of one table that are read back; its form takes half as many
TICKS = ("is_rated", "needs_reason", "needs_improvement", "ends_action", "DELETE")
GONE = "（この行は、消されました）"
# A row as a form sends it: its fields, ORDER, id and DELETE, all of them words; "on" or "" for a tick.
Row = dict[str, str]


def rebase(data: QueryDict, scale: Scale) -> tuple[QueryDict, Merge]:
    """The form to send again, and what differs.

    A box only one of the two changed is as that one left it; what both changed keeps what was typed.
    """
    opened, now, merged = _opened(data), scale_as_shown(scale), Merge()
    sent = QueryDict(mutable=True)
    sent["seen"] = scale_mark(scale)
    names = (str(opened.get("name", "")), now["name"], data.get("name", ""))
    sent["name"] = _box(Scale, "name", "", names, merged)
    for table in MODELS:
        before, theirs = (_sent(rows.get(table, {})) for rows in (opened, now))
        _write(sent, table, list(_rows(table, before, theirs, list(_typed(data, table)), merged)))
    return sent, merged


def _opened(data: QueryDict) -> dict:
    """The scale as it was when the form was opened; nothing where the browser sent something else."""
    try:
        found = json.loads(data.get("seen", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) and all(isinstance(found.get(table), dict) for table in MODELS) else {}


def _sent(rows: dict) -> dict[str, Row]:
    return {key: {n: _word(value) for n, value in row.items()} for key, row in rows.items() if isinstance(row, dict)}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value)


def _typed(data: QueryDict, table: str) -> Iterator[Row]:
    for place in range(MOST):
        names = (*SHOWN[table], "ORDER", "id", "DELETE")
        row = {name: data.get(f"{table}-{place}-{name}", "").strip() for name in names}
        if row["id"] or any(row.get(name) for name in ("code", "label", "definition")):
            yield row


def _rows(table: str, before: dict, theirs: dict, typed: list[Row], merged: Merge) -> Iterator[Row]:
    """Those that stand, then those to be added."""
    mine = {row["id"]: row for row in typed if row["id"]}
    for key, their in theirs.items():
        yield _stands(table, key, (before.get(key), their, mine.pop(key, None)), merged)
    for key, row in mine.items():
        if any(row[name] != before.get(key, {}).get(name) for name in SHOWN[table]):
            words = "、".join(_said(MODELS[table], name, row[name]) for name in SHOWN[table])
            merged.clashes[row["label"]] = (GONE, words)
            yield row | {"id": "", "DELETE": ""}
        else:
            merged.taken.append(f"{row['label']}の削除")
    yield from (row for row in typed if not row["id"])


def _stands(table: str, key: str, versions: tuple[Row | None, Row, Row | None], merged: Merge) -> Row:
    before, theirs, mine = versions
    if mine is None:
        merged.taken.append(f"{theirs['label']}の追加")
        return theirs | {"id": key, "DELETE": ""}
    before, model = before or {}, MODELS[table]
    boxes = {
        name: _box(model, name, theirs["label"], (before.get(name, ""), theirs[name], mine[name]), merged)
        for name in SHOWN[table]
    }
    moved = mine["ORDER"] != before.get("ORDER")
    return boxes | {"ORDER": (mine if moved else theirs)["ORDER"], "id": key, "DELETE": mine["DELETE"]}


def _box(model: type[Model], name: str, row: str, versions: tuple[str, str, str], merged: Merge) -> str:
    """What the box holds: of (before, theirs, mine)."""
    before, theirs, mine = versions
    if mine == theirs:
        return mine
    where = f"{row}　{model._meta.get_field(name).verbose_name}".strip()
    if mine == before:
        merged.taken.append(where)
        return theirs
    if theirs != before:
        merged.clashes[where] = (_said(model, name, theirs), _said(model, name, mine))
    return mine


def _said(model: type[Model], name: str, value: str) -> str:
    """The word of a box as people read it."""
    if name in TICKS:
        return in_words(value == "on")
    words = {"mark": MARKS, "tone": dict(Grade.Tone.choices)}.get(name, {})
    return words.get(value, value)


def _write(sent: QueryDict, table: str, rows: list[Row]) -> None:
    """As the browser would send it, with the empty row for one more."""
    for place, row in enumerate([*rows, _empty(table)]):
        for name, value in row.items():
            # What is not ticked is not sent.
            if value or name not in TICKS:
                sent[f"{table}-{place}-{name}"] = value
    sent[f"{table}-TOTAL_FORMS"] = str(len(rows) + 1)
    sent[f"{table}-INITIAL_FORMS"] = str(sum(bool(row["id"]) for row in rows))


def _empty(table: str) -> Row:
    """The row for one more, untouched: boxes with a default carry it."""
    model = MODELS[table]
    fields = {name: model._meta.get_field(name) for name in SHOWN[table]}
    given = {name: _word(field.get_default() or "") for name, field in fields.items()}
    return given | ({"mark": next(iter(MARKS))} if "mark" in given else {})
