"""One small survey and one small statistic, as the tests of this room need them."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from mine_welfare.toolkit import csvfile
from mine_welfare.toolkit.csvfile import Table
from surveys import actions
from surveys.models import Choice, Origin, Point, Question, Series, Survey, Tally

LABELS = ("暮らしやすい", "暮らしにくい")


def make_survey(plan, slug: str = "r6", **fields) -> Survey:
    return Survey.objects.create(
        plan=plan,
        slug=slug,
        **{
            "title": "地域福祉の調査",
            "year": 2024,
            "target": "18歳以上の市民",
            "period": "令和6年12月",
            "distribution": "郵送",
            "collection": "郵送",
            "starts_on": datetime.date(2024, 12, 1),
            "ends_on": datetime.date(2024, 12, 28),
            "sent": 100,
            "returned": 40,
            "response_rate": Decimal(40),
        }
        | fields,
    )


def make_question(survey, code: str = "q1", kind: str = "single", labels=LABELS, **fields) -> Question:
    """A question whose choices have the codes 1, 2 … and a 無回答 at the end."""
    position = survey.questions.count() + 1
    defaults = {"theme": code, "text": f"{code}の設問文", "position": position}
    question = Question.objects.create(survey=survey, code=code, kind=kind, **defaults | fields)
    for place, label in enumerate(labels, start=1):
        Choice.objects.create(question=question, position=place, label=label, code=str(place))
    if labels:
        Choice.objects.create(question=question, position=len(labels) + 1, label="無回答", is_no_answer=True)
    return question


def share(question, label: str, percent, origin=Origin.PUBLISHED, **fields) -> Tally:
    choice = question.choices.get(label=label)
    return Tally.objects.create(question=question, choice=choice, percent=percent, origin=origin, **fields)


@pytest.fixture
def survey(plan):
    return make_survey(plan)


@pytest.fixture
def question(survey):
    return make_question(survey)


@pytest.fixture
def series(plan):
    series = Series.objects.create(
        plan=plan, code="births", position=1, theme="児童", title="出生数", unit="人", source="保健統計"
    )
    Point.objects.create(series=series, year=2020, value=82, origin=Origin.PUBLISHED, line=1)
    return series


@pytest.fixture
def table() -> Callable[[str], Table]:
    """`table("a,b\\n1,2")` → what a file of that text is read as."""
    return lambda text: csvfile.read(text.encode())


@pytest.fixture
def send(plan, secretariat):
    """`send("answers", "q1\\n1", survey)` → the file as it waits for confirmation."""

    def sent(kind: str, text: str, survey=None, by=None):
        return actions.send(
            plan=plan, survey=survey, kind=kind, filename="表.csv", content=text.encode(), by=by or secretariat
        )

    return sent


@pytest.fixture
def answered(survey, question, send, secretariat):
    """Brings answers into the survey: `answered("q1\\n1\\n2")`."""

    def bring(text: str):
        actions.confirm(upload=send("answers", text, survey), by=secretariat)
        return Survey.objects.get(pk=survey.pk)

    return bring
