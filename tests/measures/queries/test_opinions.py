"""Opinions and answers as lists: in the plan's order, by whom they wait for, from a fixed number of queries."""

import datetime

import pytest
from django.utils import timezone

from measures.models import Cycle
from measures.queries.opinions import (
    meetings,
    offered,
    office_rows,
    opinion_rows,
    public_opinions,
    response_rows,
    waiting_for,
)
from measures.workflow import CycleState, ResponseState
from mine_welfare.accounts.models import Organization
from tests.factories import (
    ActionFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    PolicyFactory,
    ResponseFactory,
    ResponsibilityFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def cycle(cycle):
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.COMMITTEE)
    cycle.refresh_from_db()
    return cycle


@pytest.fixture
def measures(plan):
    policy = PolicyFactory(goal__plan=plan)
    return [MeasureFactory(policy=policy, number=number) for number in (1, 2)]


def asked(opinion, organization, days: int | None = None, state=ResponseState.ASKED):
    texts = {} if state in (ResponseState.ANSWERED, ResponseState.ACCEPTED) else {"text": "", "reflection": ""}
    due = TODAY + datetime.timedelta(days=days) if days is not None else None
    return ResponseFactory(opinion=opinion, organization=organization, state=state, due_on=due, **texts)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_of_opinions_takes_two_queries(cycle, measures, secretariat, rows, django_assert_num_queries):
    secretariat.roles  # noqa: B018 - asked once for every page
    for _ in range(rows):
        ResponseFactory(opinion=OpinionFactory(cycle=cycle, measure=measures[0]))
    with django_assert_num_queries(2):
        found = opinion_rows(cycle, secretariat)
        assert [(one.subject, one.by.name, one.answers[0].organization.name, one.may_edit) for one in found] != []
    assert len(found) == rows


def test_the_whole_plan_stands_first_then_measure_by_measure(cycle, measures, secretariat):
    late, early = (OpinionFactory(cycle=cycle, measure=measure) for measure in measures[::-1])
    whole = OpinionFactory(cycle=cycle)
    assert opinion_rows(cycle, secretariat) == [whole, early, late]


def test_a_member_sees_confirmed_answers_only(cycle, committee, office):
    mine = OpinionFactory(cycle=cycle, by=committee, received_at=None)
    other = OpinionFactory(cycle=cycle)
    OpinionFactory(cycle=cycle, received_at=None)
    asked(other, office)
    confirmed = asked(other, OrganizationFactory(), state=ResponseState.ACCEPTED)
    rows = opinion_rows(cycle, committee)
    assert [(row, row.answers, row.may_edit) for row in rows] == [(mine, [], True), (other, [confirmed], False)]


def test_the_meetings_named_so_far(cycle):
    for name in ("第1回", "", "第2回", "第1回"):
        OpinionFactory(cycle=cycle, meeting=name)
    assert meetings(cycle) == ["第1回", "第2回"]


@pytest.mark.parametrize("rows", [1, 3])
def test_what_waits_for_an_organization(cycle, office, writer, rows, django_assert_num_queries):
    writer.roles  # noqa: B018 - asked once for every page
    opinion = OpinionFactory(cycle=cycle)
    asked(opinion, OrganizationFactory())
    asked(OpinionFactory(cycle=cycle), office, state=ResponseState.ANSWERED)
    for number in range(rows):
        asked(OpinionFactory(cycle=cycle), office, days=number - 1)
    with django_assert_num_queries(1):
        waiting = waiting_for(writer, cycle)
        words = [(row.opinion.subject, row.organization.name, row.is_overdue) for row in waiting]
    assert (
        words
        == [("計画の全体", "福祉課", True), ("計画の全体", "福祉課", False), ("計画の全体", "福祉課", False)][:rows]
    )


def test_nothing_waits_for_who_answers_for_nobody(cycle, secretariat, django_assert_num_queries):
    secretariat.roles  # noqa: B018 - asked once for every page
    asked(OpinionFactory(cycle=cycle), OrganizationFactory())
    with django_assert_num_queries(0):
        assert waiting_for(secretariat, cycle) == []


def test_answers_by_urgency_and_by_organization(cycle, office, secretariat, writer, django_assert_num_queries):
    general = OrganizationFactory(name="総務課", position=office.position + 1)
    opinions = [OpinionFactory(cycle=cycle) for _ in range(5)]
    accepted = asked(opinions[0], office, state=ResponseState.ACCEPTED)
    later = asked(opinions[1], office, days=5)
    overdue = asked(opinions[2], general, days=-1)
    answered = asked(opinions[3], general, state=ResponseState.ANSWERED)
    returned = asked(opinions[4], office, days=9, state=ResponseState.RETURNED)
    secretariat.roles  # noqa: B018 - asked once for every page
    with django_assert_num_queries(1):
        rows = response_rows(cycle, secretariat)
        offices = office_rows(rows)
    assert rows == [returned, overdue, later, answered, accepted]
    assert [(row.organization.name, [count for _, count in row.cells], row.overdue, row.total) for row in offices] == [
        ("福祉課", [1, 1, 0, 1], 0, 3),
        ("総務課", [1, 0, 1, 0], 1, 2),
    ]
    assert response_rows(cycle, writer) == [returned, later, accepted]


def test_citizens_read_received_opinions_with_confirmed_answers(cycle, measures, office):
    shown = OpinionFactory(cycle=cycle)
    OpinionFactory(cycle=cycle, received_at=None)
    OpinionFactory(cycle=cycle, measure=measures[0])
    asked(shown, office, state=ResponseState.ANSWERED)
    confirmed = asked(shown, OrganizationFactory(), state=ResponseState.ACCEPTED)
    (found,) = public_opinions(cycle)
    assert (found, list(found.responses.all())) == (shown, [confirmed])


def test_those_who_answer_for_the_measure_are_offered_first(cycle, measures, office):
    early = OrganizationFactory(name="総務課", position=0)
    office.position = 5
    office.save()
    OrganizationFactory(kind=Organization.Kind.OUTSIDE)
    OrganizationFactory(valid_to=2020)
    ResponsibilityFactory(action=ActionFactory(measure=measures[0]), organization=office)
    on_measure, on_plan = OpinionFactory(cycle=cycle, measure=measures[0]), OpinionFactory(cycle=cycle)
    assert offered(on_measure, 2026) == [(office, True), (early, False)]
    assert offered(on_plan, 2026) == [(early, False), (office, False)]
