"""Opinions are written, received and answered; nothing typed is lost, nobody writes out of turn."""

import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from measures.actions.changes import Overtaken
from measures.actions.opinions import (
    ask,
    edit_opinion,
    receive_opinions,
    remove_opinion,
    respond,
    withdraw_request,
    write_opinion,
)
from measures.models import Cycle, Opinion, Response
from measures.workflow import CycleState, ResponseState, ResponseVerb
from mine_welfare.toolkit.refusal import Refused
from tests.factories import MeasureFactory, OpinionFactory, ResponseFactory

pytestmark = pytest.mark.django_db
V = ResponseVerb


@pytest.fixture
def cycle(cycle):
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.COMMITTEE)
    cycle.refresh_from_db()
    return cycle


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy__goal__plan=plan)


@pytest.fixture
def opinion(cycle, committee):
    return OpinionFactory(cycle=cycle, by=committee, text="周知を。", version=1)


@pytest.fixture
def response(opinion, office):
    return ResponseFactory(opinion=opinion, organization=office, state=ResponseState.ASKED, text="", reflection="")


# ---- opinions ---------------------------------------------------------------
def test_a_member_writes_and_mends_until_it_is_received(cycle, measure, committee, secretariat):
    opinion = write_opinion(cycle=cycle, by=committee, text=" 周知を。\r\n", measure=measure, meeting=" 第1回 ")
    assert (opinion.text, opinion.measure, opinion.meeting) == ("周知を。", measure, "第1回")
    assert (opinion.received_at, opinion.version) == (None, 1)
    mended = edit_opinion(opinion=opinion, by=committee, version=1, text="もっと周知を。")
    assert (mended.text, mended.measure, mended.meeting, mended.version) == ("もっと周知を。", None, "", 2)
    assert receive_opinions(opinions=[opinion], by=secretariat) == [opinion]
    with pytest.raises(Refused, match="^事務局が受け付けた意見です。直すときは、事務局へ連絡してください。$"):
        edit_opinion(opinion=opinion, by=committee, version=2, text="違う。")
    assert edit_opinion(opinion=opinion, by=secretariat, version=2, text="より一層の周知を。").version == 3


def test_what_the_secretariat_brings_is_received_at_once(cycle, secretariat):
    assert write_opinion(cycle=cycle, by=secretariat, text="周知を。").received_at is not None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": " \n"}, "意見を書いてください。"),
        ({"text": "あ" * 10_001}, "「意見」は10,000字までです。"),
        ({"text": "一", "meeting": "あ" * 81}, "「会議」は80字までです。"),
    ],
)
def test_opinions_that_cannot_be(cycle, committee, values, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        write_opinion(cycle=cycle, by=committee, **values)
    assert Opinion.objects.count() == 0


def test_an_opinion_is_on_a_measure_of_this_plan(cycle, committee):
    stranger = MeasureFactory(policy__goal__plan__is_current=False)
    with pytest.raises(Refused, match="^この計画の施策から選んでください。$"):
        write_opinion(cycle=cycle, by=committee, text="一", measure=stranger)


def test_others_write_no_opinions(cycle, writer):
    with pytest.raises(Refused, match="^意見を書けるのは、委員と事務局だけです。$"):
        write_opinion(cycle=cycle, by=writer, text="一")


def test_mending_what_somebody_mended_before(opinion, secretariat):
    edit_opinion(opinion=opinion, by=secretariat, version=1, text="一")
    with pytest.raises(Overtaken) as overtaken:
        edit_opinion(opinion=opinion, by=secretariat, version=1, text="二")
    assert overtaken.value.row.text == "一"


def test_the_same_words_again_make_no_version(opinion, secretariat):
    same = edit_opinion(opinion=opinion, by=secretariat, version=1, text="周知を。")
    assert (same.version, same.history.count()) == (1, 1)


def test_an_opinion_taken_back_stays_in_the_history(opinion, secretariat):
    remove_opinion(opinion=opinion, by=secretariat)
    assert (Opinion.objects.count(), Opinion.history.latest().history_type) == (0, "-")
    for again in (
        lambda: remove_opinion(opinion=opinion, by=secretariat),
        lambda: edit_opinion(opinion=opinion, by=secretariat, version=1, text="一"),
    ):
        with pytest.raises(Refused, match="^この意見は、もう取り消されています。$"):
            again()


def test_an_opinion_somebody_was_asked_to_answer_stays(response, secretariat):
    with pytest.raises(Refused, match="^回答を依頼した意見です。依頼を取り下げてから、取り消してください。$"):
        remove_opinion(opinion=response.opinion, by=secretariat)


def test_receiving_leaves_the_received_alone(cycle, opinion, committee, secretariat):
    waiting = OpinionFactory(cycle=cycle, by=committee, received_at=None)
    assert receive_opinions(opinions=[opinion, waiting], by=secretariat) == [waiting]
    opinion.refresh_from_db()
    assert opinion.history.count() == 1
    other = OpinionFactory(cycle=cycle, received_at=None)
    with pytest.raises(Refused, match="^意見を受け付けられるのは、事務局だけです。$"):
        receive_opinions(opinions=[other], by=committee)


def test_an_opinion_says_something(opinion):
    with pytest.raises(IntegrityError, match="opinion_says_something"), transaction.atomic():
        Opinion.objects.update(text="")


# ---- asking -----------------------------------------------------------------
def test_asking_organizations(opinion, office, writer, other_writer, secretariat, django_capture_on_commit_callbacks):
    due = timezone.localdate() + datetime.timedelta(days=7)
    general = other_writer.organizations[0]
    with django_capture_on_commit_callbacks(execute=True):
        new = ask(opinion=opinion, organizations=[office, general], due_on=due, by=secretariat)
    assert [(row.organization, row.state, row.due_on) for row in new] == [
        (office, "asked", due),
        (general, "asked", due),
    ]
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [
        ("【回答の依頼】委員会の意見（計画の全体）", [writer.email]),
        ("【回答の依頼】委員会の意見（計画の全体）", [other_writer.email]),
    ]
    assert f"期限は{due.month}月{due.day}日です。" in mail.outbox[0].body
    assert opinion.by.name not in mail.outbox[0].body


def test_asking_again_moves_only_the_due_date(opinion, office, response, secretariat):
    accepted = ResponseFactory(opinion=opinion)
    due = timezone.localdate()
    asked = [office, accepted.organization]
    assert ask(opinion=opinion, organizations=asked, due_on=due, by=secretariat) == []
    assert dict(Response.objects.values_list("pk", "due_on")) == {response.pk: due, accepted.pk: None}
    assert ask(opinion=opinion, organizations=[office], due_on=due, by=secretariat) == []
    assert response.history.count() == 2


def test_requests_that_cannot_be(opinion, office, secretariat, writer):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    for given, by, sentence in (
        ({"organizations": [], "due_on": None}, secretariat, "回答する組織を1つ以上選んでください。"),
        (
            {"organizations": [office], "due_on": yesterday},
            secretariat,
            "回答の期限は、今日以後の日にしてください。",
        ),
        ({"organizations": [office], "due_on": None}, writer, "回答を依頼できるのは、事務局だけです。"),
    ):
        with pytest.raises(Refused, match=f"^{sentence}$"):
            ask(opinion=opinion, by=by, **given)
    assert Response.objects.count() == 0


def test_a_request_is_taken_back_while_nothing_is_written(response, secretariat):
    withdraw_request(response=response, by=secretariat)
    assert Response.objects.count() == 0
    with pytest.raises(Refused, match="^この回答の依頼は、もう取り下げられています。$"):
        withdraw_request(response=response, by=secretariat)


def test_a_request_somebody_began_to_answer_stays(response, writer, secretariat):
    respond(response=response, verb=V.SAVE, by=writer, version=0, text="一")
    with pytest.raises(Refused, match="^もう書き始められた回答です。依頼は取り下げられません。$"):
        withdraw_request(response=response, by=secretariat)


# ---- answering --------------------------------------------------------------
def test_an_answer_through_the_year(response, writer, secretariat, django_capture_on_commit_callbacks):
    row = respond(response=response, verb=V.SAVE, by=writer, version=0, text=" 途中 ", reflection="")
    assert (row.state, row.text, row.version, row.answered_at) == ("asked", "途中", 1, None)
    row = respond(response=row, verb=V.ANSWER, by=writer, version=1, text="広報で知らせる。", reflection="planned")
    assert (row.state, row.reflection, row.answered_by, row.answered_at is None) == (
        "answered",
        "planned",
        writer,
        False,
    )
    with django_capture_on_commit_callbacks(execute=True):
        row = respond(response=row, verb=V.RETURN, by=secretariat, version=2, reason=" 時期を。 ")
    assert (row.state, row.return_reason, row.text) == ("returned", "時期を。", "広報で知らせる。")
    assert [letter.subject for letter in mail.outbox] == ["【差戻し】委員会の意見（計画の全体）"]
    assert "差戻しの理由：時期を。" in mail.outbox[0].body
    row = respond(response=row, verb=V.ANSWER, by=writer, version=3, text="4月の広報で知らせる。")
    row = respond(response=row, verb=V.WITHDRAW, by=writer, version=4)
    row = respond(response=row, verb=V.ANSWER, by=secretariat, version=5)
    row = respond(response=row, verb=V.ACCEPT, by=secretariat, version=6)
    assert (row.state, row.text, row.version, row.history.count()) == ("accepted", "4月の広報で知らせる。", 7, 8)


@pytest.mark.parametrize(
    ("verb", "values", "sentence"),
    [
        (V.ANSWER, {"text": "一"}, "「市の考え方」と「反映状況」を入力すると、回答できます。"),
        (V.ANSWER, {"reflection": "done"}, "「市の考え方」と「反映状況」を入力すると、回答できます。"),
        (V.SAVE, {"reflection": "perhaps"}, "「反映状況」は、一覧から選んでください。"),
        (V.SAVE, {"text": "あ" * 10_001}, "「市の考え方」は10,000字までです。"),
        (V.WITHDRAW, {}, "「未回答」の回答には、取下げはできません。"),
    ],
)
def test_answers_that_cannot_be(response, writer, verb, values, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        respond(response=response, verb=verb, by=writer, version=0, **values)
    response.refresh_from_db()
    assert (response.state, response.text, response.version) == ("asked", "", 0)


def test_a_return_says_why(opinion, office, secretariat):
    answered = ResponseFactory(opinion=opinion, organization=office, state=ResponseState.ANSWERED)
    with pytest.raises(Refused, match="^差戻しには理由が必要です。$"):
        respond(response=answered, verb=V.RETURN, by=secretariat, version=0, reason="\n")


def test_two_people_answering_at_once_the_second_is_told(response, writer, approver):
    respond(response=response, verb=V.SAVE, by=writer, version=0, text="一")
    with pytest.raises(Overtaken) as overtaken:
        respond(response=response, verb=V.ANSWER, by=approver, version=0, text="二", reflection="done")
    assert overtaken.value.row.text == "一"


def test_an_answer_is_complete_once_it_is_in(response):
    with pytest.raises(IntegrityError, match="response_answered_is_complete"), transaction.atomic():
        Response.objects.update(state=ResponseState.ANSWERED)


def test_an_organization_is_asked_once_for_each_opinion(response):
    with pytest.raises(IntegrityError), transaction.atomic():
        ResponseFactory(opinion=response.opinion, organization=response.organization)
