"""What citizens said: the survey's questions beside the measures they speak to."""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Prefetch, QuerySet, Value

from mine_welfare.toolkit.addresses import address
from plans.models import Edition
from surveys.models import MeetingTopic, Question, Ranking, Series, Tally

from .figures import Bar, question_bars
from .places import of_question, of_series, of_topic


@dataclass
class Answers:
    """One question whose shares the plan gives, with its chart and where it is read in full."""

    question: Question
    bars: list[Bar]
    url: str

    @property
    def rows(self) -> list[tuple]:
        return [bar.row for bar in self.bars]

    @property
    def reading(self) -> str:
        """The plan's own sentence about it: what is highest cannot be told from shares of which some are missing."""
        return self.question.statements[0] if self.question.statements else ""

    @property
    def files(self) -> str:
        """The address of the chart's files without their ending."""
        return address("survey", self.question.survey.slug) + self.question.code

    @property
    def has_numbers(self) -> bool:
        return any(bar.value is not None for bar in self.bars)


@dataclass
class Evidence:
    """What stands beside one measure: one chart, and (words, address) of what else speaks to it."""

    answers: Answers | None
    links: list[tuple[str, str]]


# A survey changes only with the plan's public text: each process puts these together once.


@lru_cache(maxsize=256)
def evidence(edition: Edition, measure_id: int) -> Evidence | None:
    """The evidence beside one measure, or None where there is none."""
    found = answers_about(edition, measure_id)
    # Printed questions with numbers; one about this measure alone says more of it than one that speaks to many.
    drawn = [one for one in found if one.question.base and one.has_numbers]
    shown = min(drawn, key=lambda one: one.question.reach, default=None)
    links = [(one.question.text, one.url) for one in found if one is not shown] + _beside(edition, measure_id)
    return Evidence(shown, links) if shown or links else None


def _beside(edition: Edition, measure_id: int) -> list[tuple[str, str]]:
    """(words, address) of the statistics with values, then of what residents said; asked for in one query."""
    series = Series.objects.filter(plan=edition.plan_id, measures=measure_id, points__isnull=False)
    topics = MeetingTopic.objects.filter(meeting__plan=edition.plan_id, measures=measure_id)
    rows = series.order_by().values_list(Value(""), "title", "code", "position")
    rows = rows.union(topics.order_by().values_list("meeting__title", "field", "meeting__slug", "position"))
    return [
        (f"{meeting}：{words}", of_topic(slug, position)) if meeting else (f"統計：{words}", of_series(slug))
        for meeting, words, slug, position in sorted(rows, key=lambda row: (row[0], row[3]))
    ]


@lru_cache(maxsize=256)
def answers_about(edition: Edition, measure_id: int) -> list[Answers]:
    """Every question that speaks to the measure, in the survey's order."""
    rankings = Prefetch("rankings", Ranking.objects.select_related("item"))
    questions = _questions(edition.plan_id).filter(pk__in=Question.objects.filter(measures=measure_id))
    return [_answers(edition, question) for question in questions.prefetch_related(rankings)]


@lru_cache(maxsize=4)
def voice(edition: Edition) -> Answers | None:
    """市民の声から: the question that speaks to most measures, the first of the survey among equals."""
    known = Tally.objects.filter(percent__isnull=False, choice__isnull=False)
    questions = _questions(edition.plan_id).filter(pk__in=known.values("question"))
    question = questions.prefetch_related("measures").order_by("-reach", "survey", "position").first()
    return _answers(edition, question) if question else None


def _answers(edition: Edition, question: Question) -> Answers:
    return Answers(question, question_bars(question), of_question(question))


def _questions(plan_id: int) -> QuerySet:
    """Public questions with what their charts need, and in `reach` the number of measures they speak to."""
    tallies = Prefetch("tallies", Tally.objects.select_related("choice", "item"))
    questions = Question.objects.public().filter(survey__plan=plan_id).annotate(reach=Count("measures"))
    return questions.select_related("survey").prefetch_related(tallies).order_by("survey", "position")
