"""Statistics of places so small that a number could point at a person.

A series may say below which number its values are hidden (`hide_below`). Where
a hidden part could be reckoned from the whole and the other parts, another
value is hidden with it. Parts are known by their codes: they continue the
code of their whole (`arrests-area`, `arrests-area-repeat`).
"""

from collections import defaultdict
from collections.abc import Iterable

from .models import Point, Series

HIDDEN = "x"


def hide_small(series: Iterable[Series]) -> list[Series]:
    """`series` with their small values shown as 「x」; changes the fetched points, never the database."""
    rows = list(series)
    for family in _families(rows):
        years: dict[int, list[Point]] = defaultdict(list)
        for one in family:
            for point in one.points.all():
                years[point.year].append(point)
        for points in years.values():
            _hide_year(points)
    return rows


def _families(rows: list[Series]) -> list[list[Series]]:
    """Each whole with its parts, of those that hide anything."""
    found: dict[str, list[Series]] = {}
    for one in sorted(rows, key=lambda one: len(one.code)):
        whole = next((code for code in found if one.code.startswith(f"{code}-")), one.code)
        found.setdefault(whole, []).append(one)
    return [family for family in found.values() if any(one.hide_below for one in family)]


def _hide_year(points: list[Point]) -> None:
    """Hide what is small; and while one hidden value alone is the rest of a sum, the smallest of the others."""
    shown = [point for point in points if point.value is not None]
    hidden = [point for point in shown if 0 < point.value < point.series.hide_below]
    if len(hidden) == 1 and len(shown) > 1:
        others = [point for point in shown if point is not hidden[0]]
        # A nought protects least: it is what everybody would guess.
        hidden.append(min(others, key=lambda point: (point.value == 0, point.value)))
    for point in hidden:
        point.value, point.wording, point.derivation = None, HIDDEN, ""
