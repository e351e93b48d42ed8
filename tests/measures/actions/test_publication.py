"""What citizens see: previewed without a trace, taken back, shown again, corrected with a reason."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from measures.actions.changes import Overtaken
from measures.actions.publication import as_if_published, correct, republish, unpublish
from measures.models import Correction, Cycle, Entry
from measures.workflow import CycleState, EntryState, ResponseState
from mine_welfare.toolkit.refusal import Refused
from tests.factories import OpinionFactory, ResponseFactory, ReviewFactory, ScaleFactory, fill

pytestmark = pytest.mark.django_db


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    shown = timezone.now() if stage in (CycleState.PUBLISHED, CycleState.CLOSED) else None
    Cycle.objects.filter(pk=cycle.pk).update(state=stage, published_at=shown)
    cycle.refresh_from_db()
    return cycle


@pytest.fixture
def fixed(entry):
    in_stage(entry.cycle, CycleState.PUBLISHED)
    return fill(entry, state=EntryState.FIXED, version=3)


# ---- preview ----------------------------------------------------------------
def test_inside_the_preview_the_year_is_published_and_afterwards_nothing_is(entry, secretariat):
    in_stage(entry.cycle, CycleState.RESPONDING)
    fill(entry, state=EntryState.ACCEPTED)
    before = (Cycle.objects.values().get(), Entry.objects.values().get(), entry.history.count())
    with as_if_published(cycle=entry.cycle, by=secretariat):
        assert list(Entry.objects.public()) == [entry]
        assert list(Cycle.objects.public().values_list("state", flat=True)) == ["published"]
    assert list(Entry.objects.public()) == []
    assert (Cycle.objects.values().get(), Entry.objects.values().get(), entry.history.count()) == before


def test_a_preview_that_fails_leaves_nothing_either(entry, secretariat):
    with pytest.raises(ZeroDivisionError), as_if_published(cycle=entry.cycle, by=secretariat):
        raise ZeroDivisionError
    assert list(Cycle.objects.public()) == []


def test_what_is_not_confirmed_is_not_in_the_preview(entry, secretariat):
    fill(entry, state=EntryState.APPROVED)
    with as_if_published(cycle=entry.cycle, by=secretariat):
        assert list(Entry.objects.public()) == []


def test_the_preview_is_the_secretariats(cycle, writer):
    with (
        pytest.raises(Refused, match="^年度の進行と割当ては、事務局だけが行えます。$"),
        as_if_published(cycle=cycle, by=writer),
    ):
        pass


# ---- taking back ------------------------------------------------------------
def test_taking_a_year_back_and_showing_it_again(fixed, plan, secretariat):
    cycle, version = fixed.cycle, plan.version
    taken = unpublish(cycle=cycle, by=secretariat, reason=" 数値の誤り ")
    plan.refresh_from_db()
    assert (taken.state, taken.is_public, list(Entry.objects.public())) == ("published", False, [])
    assert (plan.version, taken.history.latest().history_change_reason) == (version + 1, "数値の誤り")
    shown = republish(cycle=cycle, by=secretariat)
    plan.refresh_from_db()
    assert (shown.is_public, shown.published_at, plan.version) == (True, cycle.published_at, version + 2)
    assert list(Entry.objects.public()) == [fixed]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("　", "公表の取下げには、理由が必要です。"), ("あ" * 101, "理由は100字までです。")],
)
def test_taking_back_needs_a_reason(fixed, secretariat, reason, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        unpublish(cycle=fixed.cycle, by=secretariat, reason=reason)
    assert Cycle.objects.get().is_public


def test_a_year_is_taken_back_and_shown_once(fixed, secretariat):
    with pytest.raises(Refused, match="^令和7年度の評価は、もう公表しています。$"):
        republish(cycle=fixed.cycle, by=secretariat)
    unpublish(cycle=fixed.cycle, by=secretariat, reason="誤り")
    with pytest.raises(Refused, match="^令和7年度の評価は、公表していません。$"):
        unpublish(cycle=fixed.cycle, by=secretariat, reason="誤り")


# ---- 訂正 -------------------------------------------------------------------
def told(rows) -> list[tuple]:
    return [(row.place, row.label, row.before, row.after, row.reason, row.is_after_publication) for row in rows]


def test_a_fixed_sheet_is_corrected_and_stays_fixed(fixed, plan, secretariat):
    grade = fixed.cycle.scale.grades.get(code="A")
    values = {"result": "会議を3回開いた。", "rating": grade, "issues": "", "budget": 1200, "no_budget": False}
    made = correct(row=fixed, by=secretariat, version=3, values=values, reason=" 件数の誤り ")
    place = f"{fixed.action}（福祉課）"
    assert told(made) == [
        (place, "取組実績", "会議を2回開いた。", "会議を3回開いた。", "件数の誤り", True),
        (place, "達成度", "B 計画どおり", "A 計画以上", "件数の誤り", True),
        (place, "予算額（千円）", "", "1,200", "件数の誤り", True),
    ]
    fixed.refresh_from_db()
    version = plan.version
    plan.refresh_from_db()
    assert (fixed.state, fixed.version, fixed.result, plan.version) == ("fixed", 4, "会議を3回開いた。", version + 1)
    assert (fixed.history.latest().history_change_reason, fixed.transitions.count()) == ("件数の誤り", 0)


def test_every_kind_of_row_citizens_read_can_be_corrected(fixed, office, secretariat):
    cycle, measure = fixed.cycle, fixed.action.measure
    review = ReviewFactory(cycle=cycle, measure=measure, summary="進んだ。")
    opinion = OpinionFactory(cycle=cycle, measure=measure)
    response = ResponseFactory(opinion=opinion, organization=office)
    for row, values, expected in (
        (review, {"summary": "遅れた。"}, (f"{measure} の評価", "主な評価と課題", "進んだ。", "遅れた。")),
        (opinion, {"meeting": "第2回"}, (f"{measure} への意見", "会議", "", "第2回")),
        (response, {"reflection": "done"}, (f"{measure} への意見に対する市の考え方", "反映状況", "今後反映", "反映済")),
    ):
        (made,) = correct(row=row, by=secretariat, version=0, values=values, reason="誤り")
        assert (made.place, made.label, made.before, made.after) == expected


def test_before_publication_a_correction_is_no_news_to_citizens(entry, secretariat):
    in_stage(entry.cycle, CycleState.FIXED)
    fill(entry, state=EntryState.FIXED)
    (made,) = correct(row=entry, by=secretariat, version=0, values={"issues": "人手"}, reason="書きもらし")
    in_stage(entry.cycle, CycleState.PUBLISHED)
    assert (made.is_after_publication, list(Correction.objects.public())) == (False, [])


def test_corrections_of_a_year_taken_back_are_hidden_with_it(fixed, secretariat):
    (made,) = correct(row=fixed, by=secretariat, version=3, values={"no_budget": True}, reason="誤り")
    assert (made.before, made.after, list(Correction.objects.public())) == ("いいえ", "はい", [made])
    unpublish(cycle=fixed.cycle, by=secretariat, reason="誤り")
    assert list(Correction.objects.public()) == []


@pytest.mark.parametrize(
    ("values", "reason", "sentence"),
    [
        ({"result": "一"}, " ", "訂正には、理由が必要です。"),
        ({"result": "一"}, "あ" * 101, "理由は100字までです。"),
        ({"result": "会議を2回開いた。"}, "誤り", "訂正した項目がありません。"),
        ({"result": ""}, "誤り", "公表する内容の必須の項目は空にできません（取組実績）。"),
        ({"memo": "一"}, "誤り", "「memo」という項目はありません。"),
        ({"state": "draft"}, "誤り", "「state」という項目はありません。"),
        ({"budget": 1, "no_budget": True}, "誤り", "金額を入れるときは、「予算を伴わない」の印を外してください。"),
    ],
)
def test_corrections_that_cannot_be(fixed, secretariat, values, reason, sentence):
    with pytest.raises(Refused) as refused:
        correct(row=fixed, by=secretariat, version=3, values=values, reason=reason)
    assert str(refused.value) == sentence
    fixed.refresh_from_db()
    assert (fixed.version, Correction.objects.count()) == (3, 0)


def test_a_grade_of_another_scale_is_no_correction(fixed, secretariat):
    other = ScaleFactory(plan=fixed.cycle.plan, name="別の基準").grades.get(code="A")
    with pytest.raises(Refused, match="^「達成度」は、この年度の基準から選んでください。$"):
        correct(row=fixed, by=secretariat, version=3, values={"rating": other}, reason="誤り")


def test_only_what_is_fixed_or_confirmed_is_corrected(entry, office, secretariat, writer):
    in_stage(entry.cycle, CycleState.PUBLISHED)
    fill(entry, state=EntryState.ACCEPTED)
    answered = ResponseFactory(
        opinion=OpinionFactory(cycle=entry.cycle), organization=office, state=ResponseState.ANSWERED
    )
    for row, by, sentence in (
        (entry, secretariat, "「事務局確認済」の個票です。訂正できるのは、確定した個票だけです。"),
        (answered, secretariat, "「回答済」の回答です。訂正できるのは、事務局が確認した回答だけです。"),
        (answered.opinion, writer, "確定した内容を訂正できるのは、事務局だけです。"),
    ):
        with pytest.raises(Refused, match=f"^{sentence}$"):
            correct(row=row, by=by, version=0, values={"issues": "一"}, reason="誤り")


@pytest.mark.parametrize(
    ("values", "names"), [({"text": ""}, "市の考え方"), ({"text": "", "reflection": ""}, "市の考え方、反映状況")]
)
def test_an_answer_stays_complete(cycle, office, secretariat, values, names):
    in_stage(cycle, CycleState.PUBLISHED)
    row = ResponseFactory(opinion=OpinionFactory(cycle=cycle), organization=office)
    with pytest.raises(Refused, match=f"^公表する内容の必須の項目は空にできません（{names}）。$"):
        correct(row=row, by=secretariat, version=0, values=values, reason="誤り")


def test_an_opinion_stays_one(cycle, secretariat):
    in_stage(cycle, CycleState.CLOSED)
    row = OpinionFactory(cycle=cycle)
    with pytest.raises(Refused, match="^公表する内容の必須の項目は空にできません（意見）。$"):
        correct(row=row, by=secretariat, version=0, values={"text": " "}, reason="誤り")


def test_two_corrections_at_once_the_second_is_told(fixed, secretariat):
    correct(row=fixed, by=secretariat, version=3, values={"issues": "一"}, reason="誤り")
    with pytest.raises(Overtaken) as overtaken:
        correct(row=fixed, by=secretariat, version=3, values={"issues": "二"}, reason="誤り")
    assert overtaken.value.row.issues == "一"


def test_a_correction_is_of_one_row_and_says_why(fixed, secretariat):
    given = {"cycle": fixed.cycle, "label": "課題", "by": secretariat}
    for name, values in (
        ("correction_is_of_one_row", {"reason": "誤り"}),
        ("correction_is_of_one_row", {"entry": fixed, "opinion": OpinionFactory(cycle=fixed.cycle), "reason": "誤り"}),
        ("correction_says_why", {"entry": fixed, "reason": ""}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Correction.objects.create(**given, **values)
