"""Writing reviews: by part of the year, by version, never beside the scale."""

import pytest

from measures.actions.changes import Overtaken
from measures.actions.reviews import save_review
from measures.models import Cycle, MeasureReview
from measures.workflow import CycleState
from mine_welfare.toolkit.refusal import Refused
from tests.factories import MeasureFactory, ScaleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan)


@pytest.fixture
def cycle(cycle):
    return in_stage(cycle, CycleState.LIAISON)


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    Cycle.objects.filter(pk=cycle.pk).update(state=stage)
    cycle.refresh_from_db()
    return cycle


def grade(cycle: Cycle, code: str):
    return cycle.scale.grades.get(code=code)


def test_a_review_through_the_year(cycle, measure, secretariat):
    values = {"first_rating": grade(cycle, "B"), "first_comment": " 進んだ。\r\n", "summary": "進んだ。"}
    first = save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values=values)
    assert (first.version, first.first_comment, first.state, first.saved_by) == (1, "進んだ。", "first", secretariat)
    in_stage(cycle, CycleState.COMMITTEE)
    values = {"second_rating": grade(cycle, "C"), "second_comment": "遅れている。"}
    second = save_review(cycle=cycle, measure=measure, by=secretariat, version=1, values=values)
    assert (second.state, second.rating.code, second.first_rating.code) == ("second", "C", "B")
    done = save_review(cycle=cycle, measure=measure, by=secretariat, version=2, values={"policy": "見直す。"})
    assert (done.state, done.history.count(), MeasureReview.objects.count()) == ("complete", 3, 1)


def test_a_review_nobody_rated_is_empty(cycle, measure):
    assert MeasureReview(cycle=cycle, measure=measure, summary="一").state == "empty"


@pytest.mark.parametrize("version", [0, 5])
def test_two_people_at_once_the_second_is_told(cycle, measure, secretariat, version):
    save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values={"first_comment": "一"})
    with pytest.raises(Overtaken) as overtaken:
        save_review(cycle=cycle, measure=measure, by=secretariat, version=version, values={"first_comment": "二"})
    assert overtaken.value.row.first_comment == "一"
    assert MeasureReview.objects.get().first_comment == "一"


def test_a_save_sent_twice_makes_one_version(cycle, measure, secretariat):
    for _ in range(2):
        saved = save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values={"first_comment": "一"})
    assert (saved.version, saved.history.count()) == (1, 1)


def test_every_changed_part_is_asked_for(cycle, measure, secretariat):
    values = {"summary": "一", "second_comment": "二"}
    with pytest.raises(Refused, match="^2次評価を記入できるのは、「委員会審議」・「回答作成」の段階です。"):
        save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values=values)
    assert MeasureReview.objects.count() == 0


def test_what_is_not_changed_is_not_asked_for(cycle, measure, secretariat):
    values = {"summary": "一", "second_comment": "", "second_rating": None}
    assert save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values=values).summary == "一"


def test_others_write_nothing(cycle, measure, writer):
    with pytest.raises(Refused, match="^施策の評価を記入できるのは、事務局だけです。$"):
        save_review(cycle=cycle, measure=measure, by=writer, version=0, values={"summary": "一"})


def test_a_low_rating_is_explained(cycle, measure, secretariat):
    values = {"first_rating": grade(cycle, "C")}
    sentence = "^1次評価で C を選んだときは、「1次評価の所見」に理由を書いてください。$"
    with pytest.raises(Refused, match=sentence):
        save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values=values)
    values["first_comment"] = "遅れた。"
    saved = save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values=values)
    with pytest.raises(Refused, match=sentence):
        save_review(cycle=cycle, measure=measure, by=secretariat, version=saved.version, values={"first_comment": ""})


def test_what_cannot_be_saved(plan, cycle, measure, secretariat):
    other = ScaleFactory(plan=plan, name="別の基準").grades.get(code="B")
    for values, sentence in (
        ({"cycle": cycle}, "「cycle」という項目はありません。"),
        ({"summary": "あ" * 10_001}, "「主な評価と課題」は10,000字までです。"),
        ({"first_rating": other}, "「1次評価」は、この年度の基準から選んでください。"),
    ):
        with pytest.raises(Refused, match=f"^{sentence}$"):
            save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values=values)
    stranger = MeasureFactory(policy__goal__plan__is_current=False)
    with pytest.raises(Refused, match="^この計画の施策ではありません。$"):
        save_review(cycle=cycle, measure=stranger, by=secretariat, version=0, values={"summary": "一"})
    assert MeasureReview.objects.count() == 0
