"""What stands beside the counts of a year: surveys, statistics, meetings. `measures` knows none of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from measures.models import Cycle, Measure
from measures.views.dashboard import READERS, years_shown
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.toolkit.addresses import address
from mine_welfare.toolkit.chart import Chart
from plans.models import BasicGoal
from surveys.charts import question_chart, series_chart
from surveys.models import Question, Series, Tally

from .models import Meeting


@dataclass(frozen=True)
class Panel:
    """One chart, where it stands for good, and the measures of the goal it speaks to."""

    chart: Chart
    link: str
    measures: list[Measure]


@require_GET
@roles_required(*READERS)
def evidence(request: HttpRequest, number: int) -> HttpResponse:
    """What the surveys and statistics say about one basic goal."""
    cycles = years_shown(request)
    if not cycles:
        raise Http404
    cycle = next((one for one in cycles if str(one.year) == request.GET.get("year")), cycles[0])
    goals = list(cycle.plan.goals.all())
    goal = next((one for one in goals if one.number == number), None)
    if goal is None:
        raise Http404
    context = {
        "goal": goal,
        "cycle": cycle,
        "questions": question_panels(goal),
        "statistics": statistic_panels(goal),
        "goals": goals,
    }
    return render(request, "publication/dashboard_evidence.html", context)


def meetings_of(cycles: Sequence[Cycle]) -> QuerySet:
    """The meetings of these years, under the names they were announced with."""
    return Meeting.objects.filter(cycle__in=cycles)


def question_panels(goal: BasicGoal) -> list[Panel]:
    """The questions that speak to a measure of `goal` and have at least one share, in five queries."""
    rows = (
        Question.objects.filter(measures__policy__goal=goal)
        .distinct()
        .select_related("survey")
        .order_by("-survey__year", "survey", "position")
        .prefetch_related(
            _measures(goal),
            "choices",
            "items",
            Prefetch("tallies", Tally.objects.select_related("choice", "item")),
        )
    )
    drawn = ((one, question_chart(one.survey, one)) for one in rows)
    return [
        Panel(made, f"{address('survey', one.survey.slug)}#{one.page_anchor}", one.of_goal)
        for one, made in drawn
        if made
    ]


def statistic_panels(goal: BasicGoal) -> list[Panel]:
    """The series that speak to a measure of `goal` and have at least one value, in three queries."""
    rows = (
        Series.objects.filter(measures__policy__goal=goal)
        .distinct()
        .order_by("position")
        .prefetch_related(_measures(goal), "points")
    )
    return [
        Panel(series_chart(one.title, [one]), f"{address('statistics')}#{one.page_anchor}", one.of_goal)
        for one in rows
        if any(point.value is not None for point in one.points.all())
    ]


def _measures(goal: BasicGoal) -> Prefetch:
    return Prefetch("measures", Measure.objects.filter(policy__goal=goal).order_by("code"), to_attr="of_goal")
