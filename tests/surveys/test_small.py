"""Small numbers are hidden, and those they could be reckoned from; nobody else is touched."""

import pytest

from surveys.models import Point, Series
from surveys.small import HIDDEN, hide_small
from tests.factories import PlanFactory


def series_of(plan, code: str, title: str, **fields) -> Series:
    given = {"theme": "再犯防止", "unit": "人", "source": "法務省", "position": plan.series.count(), **fields}
    return Series.objects.create(plan=plan, code=code, title=title, **given)


@pytest.fixture
def area(db):
    """`area(whole=9, first=7, repeat=2)` → what is shown of one year."""
    plan = PlanFactory()

    def make(**values: int | None) -> dict[str, object]:
        for name, value in values.items():
            series = series_of(plan, "area" if name == "whole" else f"area-{name}", name, hide_below=3)
            Point.objects.create(series=series, year=2024, value=value, origin="imported")
        rows = hide_small(plan.series.prefetch_related("points__series"))
        points = {one.title: one.points.all()[0] for one in rows}
        return {name: point.wording if point.value is None else int(point.value) for name, point in points.items()}

    return make


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"whole": 9, "first": 5, "repeat": 4}, {"whole": 9, "first": 5, "repeat": 4}),
        ({"whole": 9, "first": 7, "repeat": 2}, {"whole": 9, "first": HIDDEN, "repeat": HIDDEN}),
        ({"whole": 3, "first": 2, "repeat": 1}, {"whole": 3, "first": HIDDEN, "repeat": HIDDEN}),
        ({"whole": 2, "first": 2, "repeat": 0}, {"whole": HIDDEN, "first": HIDDEN, "repeat": 0}),
        ({"whole": 8, "first": 8, "repeat": 0}, {"whole": 8, "first": 8, "repeat": 0}),
        ({"whole": 2}, {"whole": HIDDEN}),
        ({"whole": 9, "repeat": None}, {"whole": 9, "repeat": ""}),
    ],
)
def test_what_is_shown_of_an_area(area, given, shown):
    assert area(**given) == shown


def test_a_series_without_a_limit_is_shown_as_it_is(db):
    series = series_of(PlanFactory(), "nation", "全国")
    Point.objects.create(series=series, year=2024, value=1, origin="imported")
    (row,) = hide_small(series.plan.series.prefetch_related("points__series"))
    assert [point.value for point in row.points.all()] == [1]
    assert Point.objects.get().value == 1
