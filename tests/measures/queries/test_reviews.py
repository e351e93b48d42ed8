"""施策の評価 in numbers: by measure, by side, with what it stands on."""

import pytest

from measures.models import MeasureReview
from measures.queries.reviews import review_page, review_rows, state_counts
from measures.workflow import CycleState, EntryState
from tests.factories import (
    ActionFactory,
    ActorFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OpinionFactory,
    PolicyFactory,
    ReviewFactory,
    fill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(plan):
    return PolicyFactory(goal__plan=plan)


@pytest.fixture
def measures(policy):
    return [MeasureFactory(policy=policy) for _ in range(3)]


def sheet(cycle, measure, grade="B", state=EntryState.ACCEPTED, **action):
    entry = EntryFactory(cycle=cycle, action=ActionFactory(measure=measure, **action))
    return fill(entry, grade, state=state)


def test_every_measure_with_its_counts_and_its_state(cycle, measures, django_assert_num_queries):
    first, second, third = measures
    for grade in "BBC":
        sheet(cycle, first, grade)
    sheet(cycle, first, state=EntryState.SUBMITTED)
    grades = {one.code: one for one in cycle.scale.grades.all()}
    ReviewFactory(cycle=cycle, measure=first, first_rating=grades["B"])
    ReviewFactory(cycle=cycle, measure=second, first_rating=grades["B"], second_rating=grades["A"], summary="一")
    with django_assert_num_queries(5):
        rows = review_rows(cycle)
        shown = [
            (
                row.measure,
                row.state,
                row.distribution.n,
                row.distribution.unanswered,
                row.suggestion.grade and row.suggestion.grade.code,
                row.open_texts,
            )
            for row in rows
        ]
    assert shown == [
        (first, "first", 4, 1, "C", ["主な評価と課題", "見直し方針"]),
        (second, "second", 0, 0, None, ["見直し方針"]),
        (third, "empty", 0, 0, None, ["主な評価と課題", "見直し方針"]),
    ]
    assert state_counts(rows) == [("empty", 1), ("first", 1), ("second", 1), ("complete", 0)]


def test_one_review_and_what_it_stands_on(plan, cycle, measures, django_assert_num_queries):
    before, measure, after = measures
    shakyo = ActorFactory(plan=plan, code="shakyo", letter="S", label="社会福祉協議会", position=3)
    for grade in "AB":
        sheet(cycle, measure, grade)
    sheet(cycle, measure, "C", actor=shakyo)
    sheet(cycle, measure, "C", actor=shakyo, state=EntryState.DRAFT)
    sheet(cycle, before, "D")
    last_year = CycleFactory(plan=plan, scale=cycle.scale, year=2024, state=CycleState.CLOSED)
    previous = ReviewFactory(cycle=last_year, measure=measure, summary="去年")
    said = OpinionFactory(cycle=cycle, measure=measure)
    OpinionFactory(cycle=cycle, measure=measure, received_at=None)
    OpinionFactory(cycle=cycle)
    with django_assert_num_queries(6):
        page = review_page(cycle, measure.code)
        assert [row for row in page.table if row[2]] == [
            ("A 計画以上", [0, 1], 1),
            ("B 計画どおり", [0, 1], 1),
            ("C 一部実施", [1, 0], 1),
            ("未評価", [1, 0], 1),
        ]
    assert [(label, side.n) for label, side in page.sides] == [("社会福祉協議会", 2), ("行政", 2)]
    assert (page.whole.n, page.suggestion.grade.code, page.previous, page.opinions) == (4, "C", previous, [said])
    assert (page.neighbours, page.review.pk, page.review.version) == ((before, after), None, 0)


def test_the_ends_of_the_list_and_what_is_not_in_it(cycle, measures):
    first, second, third = measures
    ReviewFactory(cycle=cycle, measure=first, version=4)
    assert [review_page(cycle, one.code).neighbours for one in (first, third)] == [(None, second), (second, None)]
    assert (review_page(cycle, first.code).review.version, review_page(cycle, "9-9-9")) == (4, None)
    assert MeasureReview.objects.count() == 1
