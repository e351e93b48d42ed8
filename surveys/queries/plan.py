"""What the plan's own text draws: the numbers the plan was adopted with.

A plan book is a document of its day. Values added later stand on the pages of
surveys and statistics, marked as added, and never inside the plan's chapters.
"""

from collections.abc import Iterable

from django.db.models import Prefetch

from plans.models import Plan

from ..models import Point, Question, Ranking, Series, Tally
from ..small import hide_small


def series_of_the_plan(plan: Plan, codes: Iterable[str]) -> dict[str, Series]:
    """The series of these codes with the plan's own points, small ones hidden; in two queries."""
    points = Prefetch("points", Point.objects.of_the_plan().select_related("series"))
    return {one.code: one for one in hide_small(plan.series.filter(code__in=codes).prefetch_related(points))}


def questions_of_the_plan(plan: Plan, codes: Iterable[str]) -> dict[str, Question]:
    """The questions of these codes with the plan's own shares: of several surveys, the last before the plan began."""
    rows = Question.objects.filter(survey__plan=plan, survey__year__lt=plan.start_year, code__in=codes)
    rows = rows.select_related("survey").prefetch_related(
        "choices",
        "items",
        Prefetch("tallies", Tally.objects.of_the_plan().select_related("choice", "item")),
        Prefetch("rankings", Ranking.objects.select_related("item")),
    )
    return {one.code: one for one in rows.order_by("survey__year", "position")}
