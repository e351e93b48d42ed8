"""Values of statistics: one by one, or all those of a file."""

from decimal import Decimal

from django.db import transaction

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused

from .. import permissions
from ..models import Origin, Point, Series
from ..sheets.cells import Reading


@transaction.atomic
def save_point(
    *, series: Series, year: int, value: Decimal | None, wording: str = "", derivation: str = "", by: User
) -> Point:
    """Keep the value of one year, in the place of the one it has."""
    if sentence := permissions.change_refusal(by):
        raise Refused(sentence)
    if value is None and not wording:
        raise Refused("値か表記の、どちらかを書いてください。")
    if series.unit == "%" and value is not None and not 0 <= value <= 100:
        raise Refused("割合は0から100までです。")
    origin = Origin.DERIVED if derivation else Origin.IMPORTED
    fields = {"value": value, "wording": wording, "derivation": derivation, "origin": origin, "line": None}
    point, _ = Point.objects.update_or_create(series=series, year=year, defaults=fields)
    series.plan.touch()
    return point


@transaction.atomic
def delete_point(*, point: Point, by: User) -> None:
    """Take back a value. What the plan itself prints stays."""
    if sentence := permissions.change_refusal(by):
        raise Refused(sentence)
    if point.origin == Origin.PUBLISHED:
        raise Refused("計画書に書かれた値は、消せません。")
    point.delete()
    point.series.plan.touch()


def write_points(reading: Reading) -> None:
    for series, given in reading.records:
        Point.objects.update_or_create(series=series, year=given["year"], defaults={**given, "line": None})
