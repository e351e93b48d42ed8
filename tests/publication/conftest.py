"""A small survey, for what stands beside the plan's text."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest

from measures.models import Indicator, IndicatorValue, Responsibility
from plans.models import GlossaryTerm, Plan, RelatedPlan
from surveys.models import Origin, Point, Question, Series, Survey
from tests.factories import OrganizationFactory
from tests.masters import STRANGE


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


@pytest.fixture
def filled(plan, action, office, secretariat, writer, approver) -> Plan:
    """One or two rows of everything, some with words a spreadsheet would take for a formula."""
    OrganizationFactory(slug="old", name="旧課", valid_to=2020, successor=office)
    Responsibility.objects.create(action=action, wording="関係各課", position=2)
    indicator = Indicator.objects.create(
        measure=action.measure, code="k1", name="@件数", unit="件", kind="output", trend="up", baseline=Decimal("1.5")
    )
    IndicatorValue.objects.create(indicator=indicator, year=2025, actual=Decimal("1234.125"))
    series = Series.objects.create(
        plan=plan, code="births", position=1, theme="児童", title="出生数", unit="人", source="国", note=STRANGE
    )
    Point.objects.create(series=series, year=2020, value=-3, origin=Origin.PUBLISHED)
    Point.objects.create(series=series, year=2021, value=4, origin=Origin.DERIVED, derivation="引き算")
    GlossaryTerm.objects.create(plan=plan, term="自助", reading="じじょ", definition=STRANGE)
    RelatedPlan.objects.create(plan=plan, block=1, line=1, column=2, names="総合計画", label="第2次")
    return plan
