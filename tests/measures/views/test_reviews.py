"""施策の評価 as the browser sees and sends it."""

import re

import pytest

from measures.models import Cycle, MeasureReview
from measures.workflow import CycleState, EntryState
from tests.factories import (
    ActionFactory,
    EntryFactory,
    MeasureFactory,
    OpinionFactory,
    PolicyFactory,
    ReviewFactory,
    fill,
)
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db


@pytest.fixture
def measures(plan):
    policy = PolicyFactory(goal__plan=plan)
    return [MeasureFactory(policy=policy) for _ in range(2)]


@pytest.fixture
def liaison(cycle):
    return in_stage(cycle, CycleState.LIAISON)


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    Cycle.objects.filter(pk=cycle.pk).update(state=stage)
    cycle.refresh_from_db()
    return cycle


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def fields(html: str) -> list[str]:
    """The names of what can be written on the page."""
    return list(dict.fromkeys(re.findall(r'<(?:input type="radio"|textarea)[^>]*? name="(\w+)"', html)))


# Who opens the list in which stage; the others are refused or told from when.
READS = {
    CycleState.OPEN: {"secretariat", "auditor"},
    CycleState.LIAISON: {"secretariat", "auditor", "writer", "approver", "other_writer", "other_approver"},
    CycleState.COMMITTEE: {
        "secretariat", "auditor", "writer", "approver", "other_writer", "other_approver", "committee",
    },
}  # fmt: skip


@pytest.mark.parametrize("stage", READS)
def test_who_reads_the_reviews(request, cycle, measures, client_of, stage):
    in_stage(cycle, stage)
    answers = {who: client_of(request.getfixturevalue(who)).get("/staff/reviews/") for who in PERSONAS}
    assert {who for who, answer in answers.items() if measures[0].title in answer.text} == READS[stage]
    assert {who for who, answer in answers.items() if answer.status_code == 403} == {"sysadmin", "nobody"}
    page = f"/staff/reviews/{measures[0].code}/"
    opened = {who for who in PERSONAS if client_of(request.getfixturevalue(who)).get(page).status_code == 200}
    assert opened == READS[stage]


def test_without_a_year_the_list_says_so(plan, secretariat, client_of):
    assert "評価の年度は、まだ用意されていません" in client_of(secretariat).get("/staff/reviews/").text
    assert client_of(secretariat).get("/staff/reviews/1-1-1/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_at_any_length(
    plan, liaison, secretariat, client_of, rows, django_assert_num_queries
):
    policy = PolicyFactory(goal__plan=plan)
    for _ in range(rows):
        measure = MeasureFactory(policy=policy)
        fill(EntryFactory(cycle=liaison, action=ActionFactory(measure=measure)), state=EntryState.ACCEPTED)
        ReviewFactory(cycle=liaison, measure=measure, first_rating=liaison.scale.grades.first())
    client = client_of(secretariat)
    with django_assert_num_queries(11):
        page = client.get("/staff/reviews/")
    assert page.text.count('class="state state--draft"') == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_one_review_takes_as_many_queries_at_any_length(
    liaison, measures, secretariat, client_of, rows, django_assert_num_queries
):
    for _ in range(rows):
        fill(EntryFactory(cycle=liaison, action=ActionFactory(measure=measures[0])), state=EntryState.ACCEPTED)
        OpinionFactory(cycle=liaison, measure=measures[0])
    client = client_of(secretariat)
    with django_assert_num_queries(13):
        page = client.get(f"/staff/reviews/{measures[0].code}/")
    assert f"{rows}件のうち B が{rows}件です。" in page.text


def test_only_the_parts_of_the_stage_can_be_written(cycle, measures, secretariat, writer, client_of):
    address = f"/staff/reviews/{measures[0].code}/"
    in_stage(cycle, CycleState.LIAISON)
    assert fields(client_of(secretariat).get(address).text) == ["first_rating", "first_comment", "summary", "policy"]
    assert fields(client_of(writer).get(address).text) == []
    in_stage(cycle, CycleState.COMMITTEE)
    assert fields(client_of(secretariat).get(address).text) == ["second_rating", "second_comment", "summary", "policy"]
    in_stage(cycle, CycleState.FIXED)
    assert fields(client_of(secretariat).get(address).text) == []


def test_saving_and_going_on(liaison, measures, secretariat, client_of):
    first, second = measures
    client, grade = client_of(secretariat), liaison.scale.grades.get(code="B")
    sent = {"version": 0, "first_rating": grade.pk, "first_comment": "進んだ。", "summary": "", "policy": ""}
    answer = client.post(f"/staff/reviews/{first.code}/", sent | {"next": ""})
    assert answer["Location"] == f"/staff/reviews/{second.code}/?year=2025"
    answer = client.post(f"/staff/reviews/{second.code}/", sent | {"next": ""})
    assert answer["Location"] == "/staff/reviews/?year=2025"
    answer = client.post(f"/staff/reviews/{first.code}/", sent | {"version": 1, "policy": "見直す。", "save": ""})
    assert answer["Location"] == f"/staff/reviews/{first.code}/?year=2025"
    review = MeasureReview.objects.get(measure=first)
    assert (review.first_rating, review.first_comment, review.policy, review.version) == (
        grade,
        "進んだ。",
        "見直す。",
        2,
    )
    assert review.history.latest().history_user == secretariat


def test_somebody_was_faster(liaison, measures, secretariat, client_of):
    ReviewFactory(cycle=liaison, measure=measures[0], version=1, first_comment="元", summary="元", policy="元")
    MeasureReview.objects.get().save()
    review = MeasureReview.objects.get()
    review.first_comment, review.summary, review.version = "相手", "相手", 2
    review.save()
    sent = {"version": 1, "first_comment": "わたし", "summary": "元", "policy": "わたし"}
    page = client_of(secretariat).post(f"/staff/reviews/{measures[0].code}/", sent)
    assert page.status_code == 409
    shown = {
        name: re.search(rf'<textarea name="{name}"[^>]*>\s*([^<]*)<', page.text)[1]
        for name in sent
        if name != "version"
    }
    assert shown == {"first_comment": "わたし", "summary": "相手", "policy": "わたし"}
    assert "相手だけが変えた項目（主な評価と課題）は、相手の内容を入れました。" in page.text
    assert re.findall(r"<del>(\S+)</del>|<ins>(\S+)</ins>", page.text) == [("相手", ""), ("", "わたし")]
    assert 'name="version" value="2"' in page.text
    again = client_of(secretariat).post(f"/staff/reviews/{measures[0].code}/", sent | {"version": 2, "summary": "相手"})
    assert again.status_code == 302
    review.refresh_from_db()
    assert (review.first_comment, review.summary, review.policy) == ("わたし", "相手", "わたし")


def test_what_was_typed_stays_where_it_is_refused(cycle, measures, secretariat, client_of):
    in_stage(cycle, CycleState.LIAISON)
    low = cycle.scale.grades.get(code="D")
    sent = {"version": 0, "first_rating": low.pk, "summary": "書いた文章"}
    page = client_of(secretariat).post(f"/staff/reviews/{measures[0].code}/", sent)
    assert (page.status_code, MeasureReview.objects.count()) == (409, 0)
    assert "1次評価で D を選んだときは、「1次評価の所見」に理由を書いてください。" in page.text
    assert "書いた文章</textarea>" in page.text


@pytest.mark.parametrize("bad", [{"first_rating": "999999"}, {"version": "x"}, {"summary": "あ" * 10_001}])
def test_forged_values_change_nothing(liaison, measures, secretariat, client_of, bad):
    page = client_of(secretariat).post(f"/staff/reviews/{measures[0].code}/", {"version": 0} | bad)
    assert (page.status_code, MeasureReview.objects.count()) == (422, 0)


def test_a_department_cannot_write_by_hand(liaison, measures, writer, client_of):
    client_of(writer).post(f"/staff/reviews/{measures[0].code}/", {"version": 0, "summary": "一"})
    assert MeasureReview.objects.count() == 0


def test_an_unknown_measure(liaison, secretariat, client_of):
    assert client_of(secretariat).get("/staff/reviews/9-9-9/").status_code == 404


def test_a_fixed_review_leads_to_its_correction(cycle, measures, secretariat, auditor, client_of):
    review = ReviewFactory(cycle=in_stage(cycle, CycleState.FIXED), measure=measures[0])
    link = f"/staff/corrections/review/{review.pk}/"
    address = f"/staff/reviews/{measures[0].code}/"
    assert [link in client_of(user).get(address).text for user in (secretariat, auditor)] == [True, False]
