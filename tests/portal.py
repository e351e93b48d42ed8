"""A whole portal of any size, for what must hold however much there is."""

from django.utils import timezone

from measures.models import Cycle, Measure, Scale
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from plans.models import GlossaryTerm, Plan
from surveys.models import MeetingTopic, Origin, ResidentMeeting, Series

from .factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    GoalFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    PlanFactory,
    PolicyFactory,
    ResponseFactory,
    ResponsibilityFactory,
    ReviewFactory,
    RoleItemFactory,
    ScaleFactory,
    SectionFactory,
    fill,
)
from .surveys.conftest import make_question, make_survey, share


def portal_of(rows: int) -> Plan:
    """A plan with `rows` of everything under everything, and as many published years."""
    plan = PlanFactory()
    scale = ScaleFactory(plan=plan)
    offices = [OrganizationFactory(slug=f"office-{letter}", name=f"{letter}課") for letter in "abc"[:rows]]
    numbers = range(1, rows + 1)
    cycles = [published(plan, scale, 2025 + number - rows) for number in numbers]
    for chapter in (1, 2, 4):
        kind = "measures" if chapter == 4 else "text"
        SectionFactory(plan=plan, chapter=chapter, level=1, anchor=f"chapter-{chapter}", kind=kind)
    for number in numbers:
        SectionFactory(plan=plan, chapter=1, anchor=f"1-{number}", body="![圏域](tiers:)\n\n窓口の案内です。")
        GlossaryTerm.objects.create(plan=plan, term=f"用語{number}", reading="ようご", definition="窓口の説明です。")
    for goal in [GoalFactory(plan=plan, number=number) for number in numbers]:
        for policy in [PolicyFactory(goal=goal, number=number) for number in numbers]:
            for number in numbers:
                measure_of(MeasureFactory(policy=policy, number=number), offices, cycles)
    evidence_of(plan, numbers)
    return plan


def evidence_of(plan: Plan, numbers: range) -> None:
    """Questions, statistics and meetings, each with as many parts."""
    survey = make_survey(plan, "s6")
    for number in numbers:
        question = make_question(survey, f"q{number}", labels=[f"答え{place}" for place in numbers])
        for place in numbers:
            share(question, f"答え{place}", 20)
        series = Series.objects.create(
            plan=plan, code=f"p{number}", position=number, theme=f"分野{number}", title="件数", unit="件", source="市"
        )
        meeting = ResidentMeeting.objects.create(
            plan=plan, slug=f"m{number}", title="座談会", districts=9, participants=10
        )
        for place in numbers:
            series.points.create(year=2020 + place, value=place, origin=Origin.PUBLISHED)
            topic = {"position": place, "field": f"分野{place}", "opinions": ["意見"], "issues": ["課題"]}
            MeetingTopic.objects.create(meeting=meeting, **topic)


def published(plan: Plan, scale: Scale, year: int) -> Cycle:
    return CycleFactory(plan=plan, scale=scale, year=year, state=CycleState.CLOSED, published_at=timezone.now())


def measure_of(measure: Measure, offices: list[Organization], cycles: list[Cycle]) -> None:
    """Everything one measure can have, as often as there are offices."""
    for number, _ in enumerate(offices, start=1):
        RoleItemFactory(measure=measure, position=number)
        action = ActionFactory(measure=measure, number=number)
        for office in offices:
            ResponsibilityFactory(action=action, organization=office)
            for cycle in cycles:
                entry = EntryFactory(cycle=cycle, action=action, organization=office, state=EntryState.FIXED)
                fill(entry)
    for cycle in cycles:
        ReviewFactory(cycle=cycle, measure=measure, first_rating=cycle.scale.grades.first())
        for office in offices:
            ResponseFactory(opinion=OpinionFactory(cycle=cycle, measure=measure), organization=office)
