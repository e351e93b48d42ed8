"""個票への質問: asked, answered once, taken back; who may, and who hears of it."""

import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from measures import actions
from measures.actions import Refused
from measures.models import Inquiry
from measures.workflow import CycleState

pytestmark = pytest.mark.django_db


@pytest.fixture
def inquiry(entry, secretariat):
    return actions.ask_inquiry(entry=entry, question="参加者は何人でしたか。", by=secretariat)


def test_a_question_leaves_the_sheet_where_it_is(entry, inquiry, secretariat):
    entry.refresh_from_db()
    assert (entry.state, entry.version, inquiry.state, inquiry.asked_by) == ("empty", 0, "open", secretariat)


def test_the_department_hears_of_a_question_and_the_asker_of_the_answer(
    entry, secretariat, writer, approver, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        inquiry = actions.ask_inquiry(
            entry=entry, question="何人でしたか。", by=secretariat, due_on=datetime.date(2100, 6, 30)
        )
    with django_capture_on_commit_callbacks(execute=True):
        actions.answer_inquiry(inquiry=inquiry, text=" 延べ30人です。\x00", by=writer)
    name = f"{entry.action.code} {entry.action.title}"
    assert [(message.subject, sorted(message.to), message.body) for message in mail.outbox] == [
        (
            f"【質問】{name}",
            ["approver@example.jp", "writer@example.jp"],
            f"事務局から、福祉課の個票「{entry.action.title}」について質問があります。\n"
            "6月30日までに、ポータルの個票の画面で回答してください。\n\n何人でしたか。",
        ),
        (
            f"【回答】{name}",
            ["secretariat@example.jp"],
            f"福祉課が、個票「{entry.action.title}」への質問に回答しました。\n\n延べ30人です。",
        ),
    ]


def test_who_answers_is_not_written_to(inquiry, secretariat, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answered = actions.answer_inquiry(inquiry=inquiry, text="電話で30人と聞いた。", by=secretariat)
    assert (answered.state, answered.answered_by, mail.outbox) == ("answered", secretariat, [])


def test_an_answer_is_given_once(inquiry, writer, approver):
    answered = actions.answer_inquiry(inquiry=inquiry, text="30人です。", by=writer)
    with pytest.raises(Refused, match="^この質問は、もう「回答済」です。$"):
        actions.answer_inquiry(inquiry=inquiry, text="40人です。", by=approver)
    answered.refresh_from_db()
    assert (answered.answer, answered.answered_by, answered.state.label) == ("30人です。", writer, "回答済")


def test_a_question_can_be_taken_back_until_it_is_answered(entry, inquiry, secretariat, writer):
    withdrawn = actions.withdraw_inquiry(inquiry=inquiry, by=secretariat)
    assert (withdrawn.state, list(entry.inquiries.open())) == ("withdrawn", [])
    with pytest.raises(Refused, match="^この質問は、もう「取下げ」です。$"):
        actions.withdraw_inquiry(inquiry=inquiry, by=secretariat)
    with pytest.raises(Refused, match="^この質問は、もう「取下げ」です。$"):
        actions.answer_inquiry(inquiry=inquiry, text="30人です。", by=writer)


def test_a_second_click_asks_once(entry, inquiry, secretariat):
    with pytest.raises(Refused, match="^同じ質問を、もう出しています。$"):
        actions.ask_inquiry(entry=entry, question="参加者は何人でしたか。", by=secretariat)
    assert entry.inquiries.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"question": " \n"}, "質問を書いてください。"),
        ({"question": "あ" * 10_001}, "質問は10,000字までです。"),
        ({"due_on": datetime.date(2020, 1, 1)}, "回答の期限は、今日か、今日より後の日にしてください。"),
    ],
)
def test_questions_that_cannot_be(entry, secretariat, values, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        actions.ask_inquiry(**{"entry": entry, "question": "何人でしたか。", "by": secretariat, **values})
    assert Inquiry.objects.count() == 0


def test_an_empty_answer_is_none(inquiry, writer):
    with pytest.raises(Refused, match="^回答を書いてください。$"):
        actions.answer_inquiry(inquiry=inquiry, text=" ", by=writer)


def test_only_the_secretariat_asks(entry, inquiry, writer):
    sentence = "^個票への質問は、事務局だけが出せます。$"
    with pytest.raises(Refused, match=sentence):
        actions.ask_inquiry(entry=entry, question="何人ですか。", by=writer)
    with pytest.raises(Refused, match=sentence):
        actions.withdraw_inquiry(inquiry=inquiry, by=writer)


def test_others_do_not_answer(inquiry, other_writer):
    with pytest.raises(Refused, match="^この個票を扱えるのは、担当する組織の人と事務局だけです。$"):
        actions.answer_inquiry(inquiry=inquiry, text="30人です。", by=other_writer)


@pytest.mark.parametrize("stage", [CycleState.PREPARING, CycleState.PUBLISHED, CycleState.CLOSED])
def test_out_of_season_nobody_asks_or_answers(cycle, entry, inquiry, secretariat, writer, stage):
    cycle.state = stage
    cycle.save()
    entry.refresh_from_db()
    with pytest.raises(Refused, match=f"^{cycle}は「{stage.label}」の段階です。いまは、質問を出せません。$"):
        actions.ask_inquiry(entry=entry, question="何人ですか。", by=secretariat)
    with pytest.raises(Refused, match=f"^{cycle}は終わっています。回答が必要なときは、事務局へ連絡してください。$"):
        actions.answer_inquiry(inquiry=inquiry, text="30人です。", by=writer)


@pytest.mark.parametrize(
    "values",
    [
        {"answer": "30人です。"},
        {"answered_at": timezone.now()},
        {"answered_at": timezone.now(), "answer": "30人です。"},
        {"withdrawn_at": timezone.now(), "answered_at": timezone.now(), "answer": "はい", "answered_by": True},
    ],
)
def test_the_database_keeps_answers_whole(inquiry, writer, values):
    if "answered_by" in values:
        values = values | {"answered_by": writer}
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(**values)
