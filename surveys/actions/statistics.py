"""Values of statistics: one by one, or all those of a file."""

from decimal import Decimal

from django.db import transaction

from mine_welfare.accounts.models import User
from mine_welfare.toolkit import bulk
from mine_welfare.toolkit.refusal import Refused

from .. import permissions
from ..models import Origin, Point, Series
from ..sheets.cells import Reading

# What a file says of a value; the line of the draft is gone with the value the draft had.
WRITTEN = ("year", "value", "wording", "derivation", "origin", "line")


@transaction.atomic
def save_point(
    *, series: Series, year: int, value: Decimal | None, wording: str = "", derivation: str = "", by: User
) -> Point:
    """Keep the value of one year, in the place of one that was added before; the plan's own stay."""
    if sentence := permissions.change_refusal(by):
        raise Refused(sentence)
    if value is None and not wording:
        raise Refused("値か表記の、どちらかを書いてください。")
    if series.unit == "%" and value is not None and not 0 <= value <= 100:
        raise Refused("割合は0から100までです。")
    if Point.objects.of_the_plan().filter(series=series, year=year).exists():
        raise Refused("この年の値は、計画書の値です。計画書の値は、変えられません。")
    fields = {"value": value, "wording": wording, "derivation": derivation, "origin": Origin.IMPORTED, "line": None}
    point, _ = Point.objects.update_or_create(series=series, year=year, defaults=fields)
    series.plan.touch()
    return point


@transaction.atomic
def delete_point(*, point: Point, by: User) -> None:
    """Take back a value that was added. The plan's own stay."""
    if sentence := permissions.change_refusal(by):
        raise Refused(sentence)
    if point.is_of_the_plan:
        raise Refused("計画書の値は、消せません。")
    point.delete()
    point.series.plan.touch()


def write_points(reading: Reading, by: User) -> None:
    """Add and change the values of a file, all at once, each with its row of history."""
    points = Point.objects.select_for_update().filter(series__in={series.pk for series, _ in reading.records})
    known = {(point.series_id, point.year): point for point in points}
    given = [
        (known.get((series.pk, values["year"])) or Point(series=series), values) for series, values in reading.records
    ]
    for point, values in given:
        for name in WRITTEN:
            setattr(point, name, values.get(name))
    new = [point for point, _ in given if point.pk is None]
    bulk.change([point for point, _ in given if point.pk is not None], WRITTEN, by=by)
    bulk.add(new, by=by)
