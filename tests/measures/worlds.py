"""So many rows of each table of the year and of the plan, and others that its filter leaves out."""

import datetime

from django.utils import timezone

from measures.models import (
    ActionLink,
    Correction,
    Indicator,
    IndicatorValue,
    Inquiry,
    MeasureLink,
    Notice,
    Omission,
    Reminder,
    Reorganization,
    ReorganizationMove,
    ReorganizationTarget,
    Responsibility,
    WorkbookImport,
)
from measures.workflow import CycleState, EntryState, ResponseState
from mine_welfare.accounts.roles import Role
from plans.models import Component, GlossaryTerm, Plan
from tests.factories import (
    ActionFactory,
    ActorFactory,
    CycleFactory,
    EntryFactory,
    GoalFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    PlanFactory,
    PolicyFactory,
    ResponseFactory,
    ReviewFactory,
    ScaleFactory,
    fill,
)

DAY = datetime.date(2026, 6, 1)


def cycles(get, rows):
    plan, scale = get("plan"), ScaleFactory(plan=get("plan"))
    for number in range(rows):
        cycle = CycleFactory(plan=plan, scale=scale, year=2025 - number, state=CycleState.CLOSED)
        EntryFactory(cycle=cycle, action=ActionFactory(measure=get("measure")), state=EntryState.SUBMITTED)
    CycleFactory(plan=PlanFactory(is_current=False), year=2020)


def sheets(get, rows, **values):
    """Sheets of as many organizations; one of another year is left out."""
    cycle, action = get("cycle"), get("action")
    for number in range(rows):
        office = OrganizationFactory(name=f"第{number}係", position=number)
        EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure), organization=office, **values)
    EntryFactory(cycle=CycleFactory(plan=cycle.plan, scale=cycle.scale, year=2024, state="closed"), action=action)


def omissions(get, rows):
    for number in range(rows):
        action = ActionFactory(measure=get("action").measure, code=f"X-{number}", title="=取組")
        Omission.objects.create(cycle=get("cycle"), action=action, reason="休止中", by=get("secretariat"))


def reminders(get, rows):
    for number in range(rows):
        sent = Reminder.objects.create(
            cycle=get("cycle"), organization=get("office"), addressee=Role.WRITER, way="mail", by=get("secretariat"),
            readers=[["担当 者", "writer@example.jp"], ["次の 人", ""]], subject=f"督促{number}", text="お願い\n提出を",
        )  # fmt: skip
        sent.entries.add(get("entry"))


def inquiries(get, rows):
    for number in range(rows):
        Inquiry.objects.create(
            entry=get("entry"), question=f"質問{number}", due_on=DAY, asked_by=get("secretariat"),
            answer="+回答", answered_by=get("writer"), answered_at=timezone.now(),
        )  # fmt: skip


def waiting(get, rows):
    """Submitted sheets of the 課長's own department; one not submitted is left out."""
    writer, cycle = get("writer"), get("cycle")
    for _ in range(rows):
        entry = EntryFactory(cycle=cycle, organization=get("office"), action=ActionFactory(measure=get("measure")))
        fill(entry, state=EntryState.SUBMITTED, saved_by=writer, is_late=True, memo="-内")
    EntryFactory(cycle=cycle, organization=get("office"), action=ActionFactory(measure=get("measure")))


def imports(get, rows):
    for number in range(rows):
        WorkbookImport.objects.create(
            cycle=get("cycle"), by=get("secretariat"), file_name=f"調査票{number}.xlsx", sha256="ab", size=1,
            state="checked", new=2, error=1,
        )  # fmt: skip
    WorkbookImport.objects.create(
        cycle=get("cycle"), by=get("secretariat"), file_name="途中.xlsx", sha256="0", size=1, state="reading"
    )


def reviews(get, rows):
    cycle = get("cycle")
    for number in range(rows):
        measure = MeasureFactory(policy=get("policy"), number=number + 1, title=f"施策{number}")
        fill(EntryFactory(cycle=cycle, action=ActionFactory(measure=measure)), state=EntryState.ACCEPTED)
        grade = cycle.scale.grades.get(code="A")
        ReviewFactory(cycle=cycle, measure=measure, first_rating=grade, first_comment="所見", summary="=課題")


def answers(get, rows, state=ResponseState.RETURNED):
    opinion = OpinionFactory(cycle=get("cycle"), text="周知を")
    for number in range(rows):
        office = OrganizationFactory(name=f"第{number}係{'' if state == 'returned' else '（済）'}", position=number)
        ResponseFactory(opinion=opinion, organization=office, state=state, due_on=DAY, return_reason="短い")


def answers_of_two_states(get, rows):
    answers(get, rows)
    answers(get, rows, state=ResponseState.ACCEPTED)


def corrections(get, rows):
    for number in range(rows):
        Correction.objects.create(
            cycle=get("cycle"), entry=get("entry"), label=f"課題{number}", before="前", after="@後",
            reason="誤り", by=get("secretariat"),
        )  # fmt: skip


def notices(get, rows):
    for number in range(rows):
        Notice.objects.create(title=f"お知らせ{number}", text="本文", from_on=DAY, by=get("secretariat"))


def changes(get, rows):
    plan, by = get("plan"), get("secretariat")
    for number in range(rows):
        term = GlossaryTerm(plan=plan, term=f"用語{number}", reading="よ", definition="説明")
        term._history_user, term._change_reason = by, "=理由"
        term.save()
    OrganizationFactory()


def scale(get, rows):
    """Marks of one scale; the usual scale has more, which go."""
    made = ScaleFactory(plan=get("plan"), name="標準")
    made.directions.all().delete()
    made.grades.exclude(code__in="ABC"[:rows]).delete()


def closing(get, rows):
    plan = get("plan")
    Plan.objects.update(slug="own")
    cycle = CycleFactory(plan=plan, year=2029, state=CycleState.CLOSED)
    for number in range(rows):
        measure = MeasureFactory(policy=get("policy"), number=number + 1, title=f"施策{number}")
        grade = cycle.scale.grades.get(code="A")
        ReviewFactory(cycle=cycle, measure=measure, second_rating=grade, summary="評価\n課題", policy="方針")


def lineage(get, rows):
    """Measures that go on, the first of them with an action in a world of more than one."""
    old = get("plan")
    new = PlanFactory(slug="next", predecessor=old, is_current=False, start_year=2030, end_year=2034)
    policy = PolicyFactory(goal=GoalFactory(plan=new))
    for number in range(min(rows, 2)):
        before = MeasureFactory(policy=get("policy"), number=number + 1, title=f"旧{number}")
        after = MeasureFactory(policy=policy, number=number + 1, title=f"新{number}")
        MeasureLink.objects.create(before=before, after=after)
    if rows > 2:
        ActionLink.objects.create(before=ActionFactory(measure=before), after=ActionFactory(measure=after))


def reorganizations(get, rows):
    for number in range(rows):
        # The number stands in the address of its page.
        row = Reorganization.objects.create(pk=number + 1, kind="rename", year=2027, drafted_by=get("secretariat"))
        row.sources.add(OrganizationFactory(name=f"旧{number}課"))
        ReorganizationTarget.objects.create(reorganization=row, position=1, name=f"新{number}課", slug=f"new{number}")


def draft(get, rows):
    reorganizations(get, 1)
    source = Reorganization.objects.get().sources.get()
    for number in range(rows):
        action = ActionFactory(measure=get("measure"), code=f"X-{number}", title="取組")
        Responsibility.objects.create(action=action, organization=source, wording="旧0課", position=1)


def record(get, rows):
    reorganizations(get, 1)
    Reorganization.objects.update(applied_at=timezone.now(), applied_by=get("secretariat"))
    for number in range(rows):
        ReorganizationMove.objects.create(
            reorganization=Reorganization.objects.get(), kind="person", label=f"人{number}", source="旧", target="新"
        )


def board(get, rows):
    """Measures of the goal the address asks for, and one of another goal."""
    reviews(get, rows)
    elsewhere = MeasureFactory(policy__goal__plan=get("plan"), policy__goal__number=2)
    fill(EntryFactory(cycle=get("cycle"), action=ActionFactory(measure=elsewhere)), state=EntryState.ACCEPTED)


def policies(get, rows):
    goal = GoalFactory(plan=get("plan"))
    for number in range(rows):
        policy = PolicyFactory(goal=goal, number=number + 1)
        entry = EntryFactory(cycle=get("cycle"), action=ActionFactory(measure=MeasureFactory(policy=policy)))
        fill(entry, state=EntryState.ACCEPTED)


def sides(get, rows):
    for number in range(rows):
        actor = ActorFactory(plan=get("plan"), code=f"side{number}", letter="XYZ"[number], label=f"担い手{number}")
        entry = EntryFactory(cycle=get("cycle"), action=ActionFactory(measure=get("measure"), actor=actor))
        fill(entry, state=EntryState.ACCEPTED)


def components(get, rows):
    entry = EntryFactory(cycle=get("cycle"), action=ActionFactory(measure=get("measure")))
    fill(entry, state=EntryState.ACCEPTED)
    for number in range(rows):
        part = Component.objects.create(plan=get("plan"), code=f"c{number}", title=f"計画{number}", position=number)
        part.actions.add(entry.action)


def indicators(get, rows):
    board(get, 1)
    for number in range(rows):
        indicator = Indicator.objects.create(
            measure=get("plan").measures.first(), code=f"k{number}", name=f"指標{number}", unit="人", kind="output",
            trend="up", baseline=10, baseline_year="令和6年度", target=20, target_year=2029, source="課の記録",
        )  # fmt: skip
        IndicatorValue.objects.create(indicator=indicator, year=2025, actual=15)


def one_measure(get, rows):
    measure = get("measure")
    for number in range(rows):
        entry = EntryFactory(cycle=get("cycle"), action=ActionFactory(measure=measure, number=number + 1))
        fill(entry, state=EntryState.ACCEPTED, issues="=課題")
