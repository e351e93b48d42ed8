"""What the secretariat sees: how much of each survey and statistic is filled."""

from dataclasses import dataclass

from django.db.models import Count, Min, Prefetch, Q

from plans.models import Plan

from ..models import Point, Question, Series, Survey


@dataclass
class QuestionLine:
    """One question: how many of its choices have a share, and where the answers are read."""

    question: Question
    choices: int
    known: int
    has_answers: bool

    @property
    def key(self) -> str:
        """The column its tables begin with: of a matrix, that of its first item."""
        first = self.question.first_item
        return f"{self.question.code}_{first}" if first else self.question.code


def survey_overview(survey: Survey) -> list[QuestionLine]:
    """Every question in its order; a matrix has as many places as items × choices."""
    questions = survey.questions.annotate(
        n_items=Count("items", distinct=True),
        n_choices=Count("choices", distinct=True, filter=Q(choices__is_no_answer=False)),
        n_known=Count(
            "tallies",
            distinct=True,
            filter=Q(tallies__percent__isnull=False, tallies__choice__isnull=False, tallies__label="")
            & ~Q(tallies__choice__is_no_answer=True),
        ),
        n_columns=Count("columns", distinct=True),
        first_item=Min("items__number"),
    ).order_by("position")
    return [
        QuestionLine(question, max(question.n_items, 1) * question.n_choices, question.n_known, question.n_columns > 0)
        for question in questions
    ]


@dataclass
class SeriesLine:
    """One series with its latest value."""

    series: Series
    latest: Point | None
    number: int


def statistics_overview(plan: Plan) -> list[tuple[str, list[SeriesLine]]]:
    """[(分野, its series)] in their order."""
    found: dict[str, list[SeriesLine]] = {}
    points = Prefetch("points", Point.objects.order_by("year"))
    for series in plan.series.prefetch_related(points):
        known = list(series.points.all())
        line = SeriesLine(series, known[-1] if known else None, len(known))
        found.setdefault(series.theme, []).append(line)
    return list(found.items())
