"""Test objects with sensible defaults; a test names only what it is about."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from measures.models import (
    Action,
    Actor,
    Cycle,
    Direction,
    Entry,
    Grade,
    Measure,
    MeasureReview,
    Opinion,
    Response,
    Responsibility,
    RoleItem,
    Scale,
)
from measures.workflow import CycleState, ResponseState
from mine_welfare.accounts.models import Membership, Organization, User
from plans.models import BasicGoal, BasicPolicy, Plan, Section

PASSWORD = "long enough for a test"


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    slug = factory.Sequence("office-{}".format)
    name = factory.Sequence("第{}課".format)
    position = factory.Sequence(int)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    login_id = factory.Sequence("person{}".format)
    name = factory.Sequence("試験{}".format)
    email = factory.LazyAttribute(lambda user: f"{user.login_id}@example.jp")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    slug = factory.Sequence("plan{}".format)
    portal_name = "架空の地域福祉"
    municipality = "架空市"
    titles = ["架空市地域福祉計画"]
    short_title = "架空市地域福祉計画"
    vision = "共に生きるまち"
    start_year = 2025
    end_year = 2029
    is_current = True


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = BasicGoal

    plan = factory.SubFactory(PlanFactory)
    number = 1
    title = "安心して暮らせるまち"


class PolicyFactory(DjangoModelFactory):
    class Meta:
        model = BasicPolicy

    goal = factory.SubFactory(GoalFactory)
    number = 1
    title = "相談しやすい体制"
    issues = "相談先が知られていません。"


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    plan = factory.SelfAttribute("policy.goal.plan")
    policy = factory.SubFactory(PolicyFactory)
    number = factory.Sequence(lambda n: n + 1)
    code = factory.LazyAttribute(
        lambda measure: f"{measure.policy.goal.number}-{measure.policy.number}-{measure.number}"
    )
    title = factory.Sequence("施策その{}".format)
    introduction = "窓口を知らせます。"


class ActorFactory(DjangoModelFactory):
    class Meta:
        model = Actor
        django_get_or_create = ["plan", "code"]

    plan = factory.SubFactory(PlanFactory)
    code = "government"
    letter = "G"
    label = "行政"
    principle = "公助"
    heading = "行政の取組"
    actions_heading = "具体的取組"
    position = 4


class RoleItemFactory(DjangoModelFactory):
    class Meta:
        model = RoleItem

    measure = factory.SubFactory(MeasureFactory)
    actor = factory.SubFactory(ActorFactory, plan=factory.SelfAttribute("..measure.plan"))
    position = factory.Sequence(lambda n: n + 1)
    text = "窓口を知りましょう。"


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    plan = factory.SelfAttribute("measure.plan")
    measure = factory.SubFactory(MeasureFactory)
    actor = factory.SubFactory(ActorFactory, plan=factory.SelfAttribute("..plan"))
    number = factory.Sequence(lambda n: n + 1)
    code = factory.LazyAttribute(lambda action: f"{action.measure.code}-{action.actor.letter}{action.number:02d}")
    title = factory.Sequence("取組その{}".format)
    content = "相談に応じます。"


class ResponsibilityFactory(DjangoModelFactory):
    class Meta:
        model = Responsibility

    action = factory.SubFactory(ActionFactory)
    organization = factory.SubFactory(OrganizationFactory)
    wording = factory.LazyAttribute(lambda row: row.organization.name if row.organization else "関係各課")
    position = 1


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section

    plan = factory.SubFactory(PlanFactory)
    chapter = 1
    position = factory.Sequence(int)
    level = 2
    anchor = factory.Sequence("1-{}".format)
    title = "計画策定の趣旨"
    body = "本市の計画です。"


class ScaleFactory(DjangoModelFactory):
    """The house's usual scale: A B C D, and F apart."""

    class Meta:
        model = Scale
        skip_postgeneration_save = True

    plan = factory.SubFactory(PlanFactory)
    name = "標準"

    @factory.post_generation
    def grades(self, create, extracted, **kwargs):
        rows = (
            ("A", "計画以上", "a", True, False),
            ("B", "計画どおり", "b", True, False),
            ("C", "一部実施", "c", True, True),
            ("D", "未実施", "d", True, True),
            ("F", "完了", "n", False, False),
        )
        for position, (code, label, tone, is_rated, needs_reason) in enumerate(rows, start=1):
            Grade.objects.create(
                scale=self,
                code=code,
                label=label,
                short_label=label,
                mark="check",
                tone=tone,
                definition="定義",
                is_rated=is_rated,
                needs_reason=needs_reason,
                position=position,
            )

    @factory.post_generation
    def directions(self, create, extracted, **kwargs):
        rows = (
            ("continue", "継続", False, False),
            ("review", "見直し", True, False),
            ("complete", "完了", False, True),
        )
        for position, (code, label, needs_improvement, ends_action) in enumerate(rows, start=1):
            Direction.objects.create(
                scale=self,
                code=code,
                label=label,
                needs_improvement=needs_improvement,
                ends_action=ends_action,
                position=position,
            )


class CycleFactory(DjangoModelFactory):
    """A year that takes answers; the deadline is far away."""

    class Meta:
        model = Cycle

    plan = factory.SubFactory(PlanFactory)
    year = 2025
    scale = factory.SubFactory(ScaleFactory, plan=factory.SelfAttribute("..plan"))
    state = CycleState.OPEN
    opens_on = datetime.date(2026, 5, 15)
    due_on = datetime.date(2100, 6, 20)


class EntryFactory(DjangoModelFactory):
    class Meta:
        model = Entry

    cycle = factory.SubFactory(CycleFactory)
    action = factory.SubFactory(ActionFactory, measure__policy__goal__plan=factory.SelfAttribute(".....cycle.plan"))
    organization = factory.SubFactory(OrganizationFactory)


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = MeasureReview

    cycle = factory.SubFactory(CycleFactory)
    measure = factory.SubFactory(MeasureFactory, policy__goal__plan=factory.SelfAttribute("....cycle.plan"))


class OpinionFactory(DjangoModelFactory):
    class Meta:
        model = Opinion

    cycle = factory.SubFactory(CycleFactory)
    by = factory.SubFactory(UserFactory)
    text = "周知を工夫してほしい。"
    received_at = factory.LazyFunction(timezone.now)


class ResponseFactory(DjangoModelFactory):
    """An answer the secretariat has confirmed."""

    class Meta:
        model = Response

    opinion = factory.SubFactory(OpinionFactory)
    organization = factory.SubFactory(OrganizationFactory)
    state = ResponseState.ACCEPTED
    text = "広報で知らせる。"
    reflection = Response.Reflection.PLANNED


def fill(entry: Entry, grade: str = "B", direction: str = "continue", **values) -> Entry:
    """Answer every required field of a sheet, as a writer would have."""
    scale = entry.cycle.scale
    entry.result = "会議を2回開いた。"
    entry.rating = scale.grades.get(code=grade)
    entry.direction = scale.directions.get(code=direction)
    entry.next_plan = "続ける。"
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save()
    return entry
