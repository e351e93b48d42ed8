"""A small survey, for what stands beside the plan's text."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest

from surveys.models import Origin, Question, Survey


@pytest.fixture
def survey(plan) -> Survey:
    return Survey.objects.create(
        plan=plan,
        slug="residents",
        title="市民アンケート",
        year=2024,
        target="18歳以上の市民",
        starts_on=datetime.date(2024, 12, 26),
        ends_on=datetime.date(2025, 1, 24),
        period="令和6年12月26日〜令和7年1月24日",
        distribution="郵送",
        collection="郵送",
        sent=1500,
        returned=663,
        response_rate=Decimal("44.2"),
    )


@pytest.fixture
def ask(survey) -> Callable[..., Question]:
    """`ask("talk", {"家族": "49.9"}, measures=[…])` → a question of the survey with these shares."""

    def add(code: str, shares: dict[str, str | None] | None = None, measures: Iterable = (), **fields) -> Question:
        fields = {"kind": Question.Kind.SINGLE, "base": 663, "theme": "相談", "text": f"{code}についての問い"} | fields
        question = Question.objects.create(survey=survey, code=code, position=survey.questions.count() + 1, **fields)
        for position, (label, percent) in enumerate((shares or {}).items(), start=1):
            choice = question.choices.create(position=position, label=label)
            value = {"percent": Decimal(percent)} if percent else {"wording": "約3割"}
            question.tallies.create(choice=choice, origin=Origin.PUBLISHED, **value)
        question.measures.set(measures)
        return question

    return add
