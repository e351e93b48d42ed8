"""Who may do what above the sheets, in which stage: reviews, opinions, answers, publication, corrections, history."""

import pytest
from django.utils import timezone

from measures import permissions
from measures.models import Cycle, Opinion, Response
from measures.workflow import CycleState, ResponseState, ResponseVerb
from mine_welfare.accounts.roles import Role
from tests.factories import MeasureFactory, MembershipFactory, OpinionFactory, ResponseFactory
from tests.personas import PERSONAS, person

pytestmark = pytest.mark.django_db
S = CycleState
NOBODY: set[str] = set()
SECRETARIAT = {"secretariat"}


@pytest.fixture
def people(request) -> dict:
    return {persona: request.getfixturevalue(persona) for persona in PERSONAS}


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    shown = timezone.now() if stage in (S.PUBLISHED, S.CLOSED) else None
    Cycle.objects.filter(pk=cycle.pk).update(state=stage, published_at=shown)
    cycle.refresh_from_db()
    return cycle


# ---- reviews ----------------------------------------------------------------
# Who may write each part of a review: 1次, 2次, まとめ.
REVIEWS = {
    S.PREPARING: (NOBODY, NOBODY, NOBODY),
    S.OPEN: (NOBODY, NOBODY, NOBODY),
    S.COLLECTING: (SECRETARIAT, NOBODY, SECRETARIAT),
    S.LIAISON: (SECRETARIAT, NOBODY, SECRETARIAT),
    S.COMMITTEE: (NOBODY, SECRETARIAT, SECRETARIAT),
    S.RESPONDING: (NOBODY, SECRETARIAT, SECRETARIAT),
    S.FIXED: (NOBODY, NOBODY, NOBODY),
    S.PUBLISHED: (NOBODY, NOBODY, NOBODY),
    S.CLOSED: (NOBODY, NOBODY, NOBODY),
}


@pytest.mark.parametrize("stage", CycleState)
def test_reviews(cycle, people, stage):
    in_stage(cycle, stage)
    allowed = tuple(
        {who for who, user in people.items() if permissions.review_refusal(user, cycle, part) is None}
        for part in ("first", "second", "closing")
    )
    assert allowed == REVIEWS[stage]


def test_the_refusal_of_a_review_says_when(cycle, secretariat, writer):
    in_stage(cycle, S.COMMITTEE)
    assert permissions.review_refusal(secretariat, cycle, "first") == (
        "1次評価を記入できるのは、「取りまとめ」・「連携会議」の段階です。いまは「委員会審議」の段階です。"
    )
    assert permissions.review_refusal(writer, cycle, "first") == "施策の評価を記入できるのは、事務局だけです。"


# ---- opinions ---------------------------------------------------------------
OPINIONS = dict.fromkeys(CycleState, NOBODY) | {S.COMMITTEE: {"committee", "secretariat"}, S.RESPONDING: SECRETARIAT}


@pytest.mark.parametrize("stage", CycleState)
def test_putting_down_an_opinion(cycle, people, stage):
    in_stage(cycle, stage)
    allowed = {who for who, user in people.items() if permissions.opinion_refusal(user, cycle) is None}
    assert allowed == OPINIONS[stage]


def test_who_is_both_writes_as_long_as_either_may(cycle):
    both = person(Role.SECRETARIAT)
    MembershipFactory(user=both, role=Role.COMMITTEE)
    refused = [permissions.opinion_refusal(both, in_stage(cycle, stage)) is None for stage in (S.LIAISON, S.RESPONDING)]
    assert refused == [False, True]


# Who may mend: a member's own, before and after it was received; and what the secretariat brought.
MENDING = dict.fromkeys(CycleState, (NOBODY, NOBODY)) | {
    S.COMMITTEE: ({"committee"}, SECRETARIAT),
    S.RESPONDING: (NOBODY, SECRETARIAT),
}


@pytest.mark.parametrize("stage", CycleState)
def test_mending_an_opinion(cycle, people, committee, stage):
    in_stage(cycle, stage)
    waiting = OpinionFactory(cycle=cycle, by=committee, received_at=None)
    received = OpinionFactory(cycle=cycle, by=committee)
    allowed = tuple(
        {who for who, user in people.items() if permissions.opinion_edit_refusal(user, opinion) is None}
        for opinion in (waiting, received)
    )
    assert allowed == MENDING[stage]


def test_another_members_opinion_is_not_ones_own(cycle, committee):
    in_stage(cycle, S.COMMITTEE)
    other = OpinionFactory(cycle=cycle, by=person(Role.COMMITTEE), received_at=None)
    assert permissions.opinion_edit_refusal(committee, other) == (
        "委員が書いている意見です。事務局が受け付けるまで、直せるのは書いた人だけです。"
    )
    assert list(permissions.opinions_visible_to(Opinion.objects.all(), committee)) == []


@pytest.mark.parametrize("stage", CycleState)
def test_receiving_and_asking(cycle, people, stage):
    in_stage(cycle, stage)
    waiting, received = OpinionFactory(cycle=cycle, received_at=None), OpinionFactory(cycle=cycle)
    expected = SECRETARIAT if stage in (S.COMMITTEE, S.RESPONDING) else NOBODY
    for rule, yes, no in (
        (permissions.receive_refusal, waiting, received),
        (permissions.ask_refusal, received, waiting),
    ):
        assert {who for who, user in people.items() if rule(user, yes) is None} == expected
        assert {who for who, user in people.items() if rule(user, no) is None} == NOBODY


@pytest.mark.parametrize("stage", CycleState)
def test_who_reads_opinions(cycle, people, committee, stage):
    in_stage(cycle, stage)
    OpinionFactory(cycle=cycle, by=committee, received_at=None)
    OpinionFactory(cycle=cycle)
    every = Opinion.objects.all()
    seen = {who: permissions.opinions_visible_to(every, user).count() for who, user in people.items()}
    expected = dict.fromkeys(PERSONAS, 0) | {"secretariat": 2, "auditor": 2}
    if stage.number >= S.COMMITTEE.number:
        expected["committee"] = 2
    assert seen == expected


def test_a_members_name_is_for_the_secretariat_and_the_auditor(people):
    assert {who for who, user in people.items() if permissions.sees_opinion_writer(user)} == {"secretariat", "auditor"}


# ---- answers ----------------------------------------------------------------
OFFICE = {"writer", "approver"}
V, R = ResponseVerb, ResponseState
# While answers are made: who may do what with the answer asked of the office.
ANSWERS = {
    (R.ASKED, V.SAVE): OFFICE | SECRETARIAT,
    (R.ASKED, V.ANSWER): OFFICE | SECRETARIAT,
    (R.RETURNED, V.SAVE): OFFICE | SECRETARIAT,
    (R.RETURNED, V.ANSWER): OFFICE | SECRETARIAT,
    (R.ANSWERED, V.WITHDRAW): OFFICE,
    (R.ANSWERED, V.ACCEPT): SECRETARIAT,
    (R.ANSWERED, V.RETURN): SECRETARIAT,
    (R.ACCEPTED, V.RETURN): SECRETARIAT,
}


@pytest.mark.parametrize("state", ResponseState)
@pytest.mark.parametrize("verb", ResponseVerb)
def test_answers_while_they_are_made(cycle, office, people, state, verb):
    for stage in (S.COMMITTEE, S.RESPONDING):
        in_stage(cycle, stage)
        response = ResponseFactory.build(opinion=Opinion(cycle=cycle), organization=office, state=state)
        allowed = {who for who, user in people.items() if permissions.response_refusal(user, response, verb) is None}
        assert allowed == ANSWERS.get((state, verb), NOBODY)


@pytest.mark.parametrize("stage", [stage for stage in CycleState if stage not in (S.COMMITTEE, S.RESPONDING)])
def test_outside_these_stages_nobody_answers(cycle, office, people, stage):
    in_stage(cycle, stage)
    for state, verb in ANSWERS:
        response = ResponseFactory.build(opinion=Opinion(cycle=cycle), organization=office, state=state)
        assert {who for who, user in people.items() if permissions.response_refusal(user, response, verb) is None} == (
            NOBODY
        )


@pytest.mark.parametrize(
    ("who", "state", "verb", "sentence"),
    [
        ("other_writer", R.ASKED, V.SAVE, "この回答を扱えるのは、回答を求められた組織の人と事務局だけです。"),
        ("writer", R.ANSWERED, V.ACCEPT, "事務局確認ができるのは事務局です。"),
        ("writer", R.ACCEPTED, V.SAVE, "「事務局確認済」の回答には、途中保存はできません。"),
    ],
)
def test_the_refusals_of_answers_say_why(cycle, office, people, who, state, verb, sentence):
    in_stage(cycle, S.RESPONDING)
    response = ResponseFactory.build(opinion=Opinion(cycle=cycle), organization=office, state=state)
    assert permissions.response_refusal(people[who], response, verb) == sentence


@pytest.mark.parametrize(
    ("stage", "state", "personas"),
    [
        (S.COMMITTEE, R.ANSWERED, {"writer", "approver", "secretariat", "auditor"}),
        (S.RESPONDING, R.ACCEPTED, {"writer", "approver", "secretariat", "auditor", "committee"}),
        (S.OPEN, R.ACCEPTED, {"writer", "approver", "secretariat", "auditor"}),
    ],
)
def test_who_reads_answers(cycle, office, people, stage, state, personas):
    in_stage(cycle, stage)
    ResponseFactory(opinion=OpinionFactory(cycle=cycle), organization=office, state=state)
    every = Response.objects.all()
    assert {who for who, user in people.items() if permissions.responses_visible_to(every, user).exists()} == personas


# ---- publication, corrections, history ---------------------------------------
# Who may correct a fixed row, take the year from the public, show it again after that.
PUBLICATION = dict.fromkeys(CycleState, (NOBODY, NOBODY, NOBODY)) | {
    S.FIXED: (SECRETARIAT, NOBODY, NOBODY),
    S.PUBLISHED: (SECRETARIAT, SECRETARIAT, SECRETARIAT),
    S.CLOSED: (SECRETARIAT, SECRETARIAT, SECRETARIAT),
}


@pytest.mark.parametrize("stage", CycleState)
def test_publication_and_corrections(cycle, people, stage):
    in_stage(cycle, stage)
    corrects = {who for who, user in people.items() if permissions.correction_refusal(user, cycle) is None}
    takes_back = {who for who, user in people.items() if permissions.unpublish_refusal(user, cycle) is None}
    if cycle.published_at:
        cycle.unpublished_at = timezone.now()
    shows_again = {who for who, user in people.items() if permissions.republish_refusal(user, cycle) is None}
    assert (corrects, takes_back, shows_again) == PUBLICATION[stage]


def test_showing_again_says_why_not(cycle, secretariat):
    assert permissions.republish_refusal(secretariat, cycle) == (
        "令和7年度の評価は、まだ公表していません。「公表」の段階に進めてください。"
    )
    in_stage(cycle, S.PUBLISHED)
    assert permissions.republish_refusal(secretariat, cycle) == "令和7年度の評価は、もう公表しています。"
    cycle.state, cycle.unpublished_at = S.FIXED, timezone.now()
    assert permissions.republish_refusal(secretariat, cycle) == (
        "もう一度公表できるのは、「公表」・「締め」の段階です。いまは「確定」の段階です。"
    )


INSIDE = {"writer", "approver", "other_writer", "other_approver", "secretariat", "auditor"}
HISTORIES = {
    "sheets": INSIDE,
    "texts": INSIDE,
    "committee": {"secretariat", "auditor"},
    "people": {"secretariat", "auditor", "sysadmin"},
}


@pytest.mark.parametrize("group", HISTORIES)
def test_who_reads_which_history(people, group):
    assert {who for who, user in people.items() if permissions.history_refusal(user, group) is None} == HISTORIES[group]


def test_who_brings_a_version_back(people, writer):
    assert {who for who, user in people.items() if permissions.restore_refusal(user) is None} == SECRETARIAT
    assert permissions.history_refusal(writer, "committee") == "この記録を見られるのは事務局・監査です。"


def test_a_measure_of_the_plan_is_named_in_an_opinion(plan, cycle):
    measure = MeasureFactory(policy__goal__plan=plan)
    opinions = (OpinionFactory(cycle=cycle, measure=measure), OpinionFactory(cycle=cycle))
    assert [opinion.subject for opinion in opinions] == [str(measure), "計画の全体"]
