"""What moved since the last meeting, beside what the meeting saw."""

import datetime

import pytest
from django.utils import timezone

from measures.models import Entry, MeasureReview, Response, Transition
from measures.queries.dashboard import Filters, board
from measures.queries.meetings import since_meeting
from measures.workflow import EntryState, ResponseState, Verb
from mine_welfare.publication.models import Meeting
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    PolicyFactory,
    ResponseFactory,
    ReviewFactory,
    UserFactory,
    fill,
)

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - datetime.timedelta(days=30)


def day(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def year(plan):
    return CycleFactory(plan=plan, year=2026, state="committee", committee_on=day(-3))


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy=PolicyFactory(goal__plan=plan), number=1, title="相談")


def seen(row, **fields):
    """The row as the meeting saw it: its history until now happened long ago."""
    row.history.update(history_date=LONG_AGO, **fields)
    return row


def sheet(year, measure, letter, **fields) -> Entry:
    entry = EntryFactory(cycle=year, action=ActionFactory(measure=measure), organization=OrganizationFactory())
    return fill(entry, letter, **{"state": EntryState.ACCEPTED} | fields)


def grade(year, letter):
    return year.scale.grades.get(code=letter)


def found(year, *, filters=None):
    return since_meeting(board(year, None, [year]).narrowed(filters or Filters()), Meeting.objects.filter(cycle=year))


def letters(rows):
    return [(one.words, one.then and one.then.code, one.now.code, one.move) for one in rows]


# ---- which meeting ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "more", "name"),
    [
        ({}, [], None),
        ({"liaison_on": 0, "committee_on": 9}, [], None),
        ({"liaison_on": -9, "committee_on": 9}, [], "連携会議"),
        ({"liaison_on": -9, "committee_on": -3}, [], "委員会"),
        ({"liaison_on": -9}, [(-3, "第2回委員会")], "第2回委員会"),
        ({"committee_on": -3}, [(-3, "第2回委員会")], "第2回委員会"),
        ({"committee_on": -3}, [(-9, "第1回委員会"), (1, "第3回委員会")], "委員会"),
    ],
)
def test_the_last_meeting_is_the_latest_that_was_held(plan, dates, more, name):
    dates = {"liaison_on": None, "committee_on": None} | {key: day(days) for key, days in dates.items()}
    year = CycleFactory(plan=plan, year=2026, state="committee", **dates)
    for days, words in more:
        Meeting.objects.create(cycle=year, held_on=day(days), name=words)
    since = found(year)
    assert (since and since.name) == name


# ---- ratings --------------------------------------------------------------------


def test_sheets_whose_rating_is_not_what_the_meeting_saw(year, measure):
    fell = seen(sheet(year, measure, "A"))
    fell.rating = grade(year, "C")
    fell.save()
    seen(sheet(year, measure, "B"))
    sheet(year, measure, "B")  # was not there yet
    drafted = seen(sheet(year, measure, "A"), state=EntryState.SUBMITTED)  # the meeting saw no rating of it
    since = found(year)
    assert letters(since.sheets) == [(f"{fell.action}（{fell.organization}）", "A", "C", "fall")]
    assert since.sheets[0].href == fell.get_absolute_url()
    assert (drafted.rating.code, dict(since.moved)["新しく達成度が付いた個票"]) == ("A", 2)


def test_a_sheet_that_is_not_confirmed_any_more_has_no_rating_to_compare(year, measure):
    entry = seen(sheet(year, measure, "A"))
    entry.state, entry.rating = EntryState.RETURNED, grade(year, "C")
    entry.save()
    since = found(year)
    assert (since.sheets, since.moved) == ([], [])


def test_measures_rated_anew_and_for_the_first_time(year, measure, plan):
    other = MeasureFactory(policy=measure.policy, number=2, title="見守り")
    same = MeasureFactory(policy=measure.policy, number=3, title="交流")
    review = seen(ReviewFactory(cycle=year, measure=measure, first_rating=grade(year, "B")))
    review.second_rating = grade(year, "A")
    review.save()
    ReviewFactory(cycle=year, measure=other, first_rating=grade(year, "C"))
    seen(ReviewFactory(cycle=year, measure=same, first_rating=grade(year, "B")))
    assert letters(found(year).measures) == [(str(measure), "B", "A", "rise"), (str(other), None, "C", "")]


# ---- counts -----------------------------------------------------------------------


def test_moves_reviews_opinions_and_answers_are_counted_from_the_meeting_on(year, measure):
    entry, by = seen(sheet(year, measure, "A")), UserFactory()
    for _ in range(2):
        Transition.objects.create(entry=entry, verb=Verb.ACCEPT, source="approved", target="accepted", by=by)
    old = Transition.objects.create(entry=entry, verb=Verb.SUBMIT, source="draft", target="submitted", by=by)
    Transition.objects.filter(pk=old.pk).update(at=LONG_AGO)
    review = seen(ReviewFactory(cycle=year, measure=measure, first_rating=grade(year, "B")))
    MeasureReview.objects.filter(pk=review.pk).update(saved_at=timezone.now())
    opinion = OpinionFactory(cycle=year, measure=measure)
    OpinionFactory(cycle=year, measure=measure, received_at=LONG_AGO)
    OpinionFactory(cycle=year, measure=measure, received_at=None)
    seen(ResponseFactory(opinion=opinion, answered_at=LONG_AGO))
    now = timezone.now()
    seen(ResponseFactory(opinion=opinion, answered_at=now), state=ResponseState.ANSWERED)
    ResponseFactory(opinion=opinion, answered_at=now, state=ResponseState.ANSWERED)
    Response.objects.create(opinion=opinion, organization=OrganizationFactory(), answered_at=now)
    assert found(year).moved == [
        ("事務局確認があった個票", 1),
        ("評価を書いた施策", 1),
        ("事務局が受け付けた意見", 1),
        ("意見への回答", 2),
        ("事務局が確認した回答", 1),
    ]


def test_only_what_the_filters_leave_is_counted(year, measure, plan):
    other = MeasureFactory(policy=PolicyFactory(goal__plan=plan, goal__number=2, goal__title="つながり"), number=1)
    for one in (measure, other):
        sheet(year, one, "A")
        ReviewFactory(cycle=year, measure=one, first_rating=grade(year, "B"), saved_at=timezone.now())
        ResponseFactory(opinion=OpinionFactory(cycle=year, measure=one), answered_at=timezone.now())
    OpinionFactory(cycle=year, measure=None)
    counts = [1, 1, 1, 1, 1]  # reviewed, opinion, answer, confirmed, first rated
    since = found(year, filters=Filters(goal=2))
    assert ([number for _, number in since.moved], [one.words for one in since.measures]) == (counts, [str(other)])
    assert [number for _, number in found(year).moved] == [2, 3, 2, 2, 2]


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_the_same_questions_at_any_number(year, measure, rows, django_assert_num_queries):
    for _ in range(rows):
        entry = seen(sheet(year, measure, "A"))
        entry.rating = grade(year, "C")
        entry.save()
        ResponseFactory(opinion=OpinionFactory(cycle=year, measure=measure))
    made = board(year, None, [year])
    with django_assert_num_queries(1):
        assert len(since_meeting(made, Meeting.objects.all()).sheets) == rows
