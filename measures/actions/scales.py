"""評価の基準: copied, changed until a year is published by it, deleted while unused."""

import json
from collections.abc import Iterable

from django.db import transaction
from django.db.models import ProtectedError

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean
from plans.actions import Conflict
from plans.models import Plan

from ..models import Direction, Grade, Scale
from ..permissions import scale_refusal
from .cycles import allow_cycle

Row = Grade | Direction
COPIED = {
    Grade: ("code", "label", "short_label", "mark", "tone", "definition", "is_rated", "needs_reason", "position"),
    Direction: ("code", "label", "needs_improvement", "ends_action", "position"),
}
LONGEST_NAME = 60
# What the form of a scale shows of each row, by the table it stands in.
SHOWN = {
    "grades": ("code", "label", "short_label", "mark", "tone", "definition", "is_rated", "needs_reason"),
    "directions": ("label", "needs_improvement", "ends_action"),
}


def scale_as_shown(scale: Scale) -> dict:
    """{"name": …, "grades": {"12": {"code": "A", …, "ORDER": 1}}, "directions": …}: rows by their key, in order."""
    return {"name": scale.name} | {
        table: {
            str(row.pk): {name: getattr(row, name) for name in names} | {"ORDER": place}
            for place, row in enumerate(getattr(scale, table).all(), start=1)
        }
        for table, names in SHOWN.items()
    }


def scale_mark(scale: Scale) -> str:
    """The whole scale as it stands: a form that was opened on another one is told, and knows what has changed since."""
    return json.dumps(scale_as_shown(scale), ensure_ascii=False, sort_keys=True)


@transaction.atomic
def copy_scale(*, scale: Scale, name: str, by: User) -> Scale:
    """A new scale with the same letters and directions, free to be changed."""
    allow_cycle(by)
    name = _free_name(scale.plan, name)
    copy = Scale.objects.create(plan=scale.plan, name=name)
    for row in (*scale.grades.all(), *scale.directions.all()):
        model = type(row)
        model.objects.create(scale=copy, **{field: getattr(row, field) for field in COPIED[model]})
    return copy


@transaction.atomic
def save_scale(
    *, scale: Scale, name: str, rows: Iterable[Row], dropped: Iterable[Row] = (), seen: str, by: User
) -> Scale:
    """Write the whole scale: its name, its grades and directions in this order, without those `dropped`.

    Conflict when it is no longer as it was when `seen` was taken. A letter that
    sheets already carry can neither go nor become another one: that would
    change what a department said.
    """
    scale = Scale.objects.select_for_update().get(pk=scale.pk)
    if sentence := scale_refusal(by, scale):
        raise Refused(sentence)
    if scale_mark(scale) != seen:
        raise Conflict(scale)
    rows = list(rows)
    scale.name = _free_name(scale.plan, name, but=scale)
    _check_whole(scale, rows)
    scale.save()
    before = {(type(row), row.pk): row for row in (*scale.grades.all(), *scale.directions.all())}
    for row in dropped:
        _delete(before[type(row), row.pk])
    for row in rows:
        # Another letter is another row; the old ones go first, so that two letters may change places.
        if row.pk and before[type(row), row.pk].code != row.code:
            _delete(before[type(row), row.pk])
            row.pk = None
    for row in rows:
        row.save(force_insert=row.pk is None)
    return scale


def _free_name(plan: Plan, name: str, but: Scale | None = None) -> str:
    name = clean(name).strip()
    if not name:
        raise Refused("基準の名称を入れてください。")
    if len(name) > LONGEST_NAME:
        raise Refused(f"基準の名称は{LONGEST_NAME}字までです。")
    if plan.scales.filter(name=name).exclude(pk=but.pk if but else None).exists():
        raise Refused(f"「{name}」という基準が、もうあります。")
    return name


def _check_whole(scale: Scale, rows: list[Row]) -> None:
    """Places are counted anew; letters are unique; there is something to choose."""
    _code_directions(rows)
    for model, label in ((Grade, "達成度"), (Direction, "今後の方向性")):
        own = [row for row in rows if isinstance(row, model)]
        # What is not rated stands apart, below.
        own.sort(key=lambda row: isinstance(row, Grade) and not row.is_rated)
        for position, row in enumerate(own, start=1):
            row.scale, row.position = scale, position
        codes = [row.code for row in own]
        if doubled := sorted({code for code in codes if codes.count(code) > 1}):
            raise Refused(f"{label}に、同じ記号（{'、'.join(doubled)}）が2つあります。")
        if not own:
            raise Refused(f"{label}が1つもありません。")
    if not any(row.is_rated for row in rows if isinstance(row, Grade)):
        raise Refused("「評価の対象」の達成度が1つもありません。")


def _code_directions(rows: list[Row]) -> None:
    """A new direction gets a code no other of the scale has or had: next year finds it by its code."""
    number = 0
    for row in rows:
        if isinstance(row, Direction) and not row.code:
            used = {other.code for other in rows if isinstance(other, Direction)}
            number = next(n for n in range(number + 1, number + 1000) if f"added-{n}" not in used)
            row.code = f"added-{number}"


def _delete(row: Row) -> None:
    try:
        row.delete()
    except ProtectedError:
        raise Refused(f"「{row}」は、もう評価に使われています。記号を変えたり、消したりはできません。") from None


@transaction.atomic
def delete_scale(*, scale: Scale, by: User) -> None:
    """Take away a scale no year uses."""
    if sentence := scale_refusal(by, scale):
        raise Refused(sentence)
    if scale.plan.scales.count() == 1:
        raise Refused("最後の1つの基準は、消せません。")
    try:
        scale.delete()
    except ProtectedError:
        raise Refused(f"「{scale}」は、年度の評価で使っています。消せません。") from None
