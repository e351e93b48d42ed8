"""訂正履歴 as citizens read it, and what stands between a year and its publication."""

import pytest
from django.utils import timezone

from measures.models import Correction, Cycle
from measures.queries.corrections import of_action, of_measure, public_corrections
from measures.queries.publication import checks, corrections, taken_back
from measures.workflow import CycleState, EntryState, ResponseState
from tests.factories import ActionFactory, EntryFactory, OpinionFactory, ResponseFactory, ReviewFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(cycle):
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.PUBLISHED, published_at=timezone.now())
    cycle.refresh_from_db()
    return cycle


def corrected(cycle, by, **row) -> Correction:
    given = {"label": "課題", "after": "一", "reason": "誤り", "is_after_publication": True}
    return Correction.objects.create(cycle=cycle, by=by, **given | row)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_one_query(published, entry, plan, secretariat, rows, django_assert_num_queries):
    for _ in range(rows):
        corrected(published, secretariat, entry=entry)
    with django_assert_num_queries(1):
        places = [row.place for row in public_corrections(plan)]
    assert places == [f"{entry.action}（福祉課）"] * rows


def test_each_page_has_its_own(published, entry, plan, secretariat):
    measure = entry.action.measure
    sheet = corrected(published, secretariat, entry=entry)
    review = corrected(published, secretariat, review=ReviewFactory(cycle=published, measure=measure))
    opinion = OpinionFactory(cycle=published, measure=measure)
    said = corrected(published, secretariat, opinion=opinion)
    answered = corrected(published, secretariat, response=ResponseFactory(opinion=opinion))
    whole = corrected(published, secretariat, opinion=OpinionFactory(cycle=published))
    corrected(published, secretariat, entry=entry, is_after_publication=False)
    repeating = ActionFactory(measure=measure, repeats=entry.action)
    assert list(public_corrections(plan)) == [whole, answered, said, review, sheet]
    assert list(of_measure(plan, measure.pk)) == [answered, said, review, sheet]
    assert [list(of_action(plan, one)) for one in (entry.action, repeating)] == [[sheet], [sheet]]
    assert corrections(published).count() == 6


def test_what_is_still_open(published, entry, office, django_assert_num_queries):
    fill(entry, state=EntryState.ACCEPTED)
    EntryFactory(cycle=published, action=entry.action)
    grade = published.scale.grades.get(code="B")
    ReviewFactory(
        cycle=published,
        measure=entry.action.measure,
        first_rating=grade,
        second_rating=grade,
        summary="一",
        policy="二",
    )
    OpinionFactory(cycle=published, received_at=None)
    opinion = OpinionFactory(cycle=published)
    ResponseFactory(opinion=opinion)
    ResponseFactory(opinion=opinion, state=ResponseState.ANSWERED)
    with django_assert_num_queries(4):
        found = checks(published)
    assert [(check.label, check.done, check.total, check.is_ready) for check in found] == [
        ("事務局が確認した個票", 1, 2, False),
        ("施策の評価", 1, 1, True),
        ("受け付けた意見", 1, 2, False),
        ("事務局が確認した回答", 1, 2, False),
    ]


def test_why_a_year_is_not_public_any_more(published):
    assert taken_back(published) == ""
    published.unpublished_at, published._change_reason = timezone.now(), "数値の誤り"
    published.save()
    published.publish_on = timezone.localdate()
    published.save()
    assert taken_back(Cycle.objects.get()) == "数値の誤り"
