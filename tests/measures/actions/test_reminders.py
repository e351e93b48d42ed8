"""督促: in order, logged as sent, never for a sheet that is in."""

import pytest
from django.core import mail

from measures import actions
from measures.actions import Refused
from measures.models import Reminder
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, EntryFactory, fill
from tests.personas import person

pytestmark = pytest.mark.django_db
MAIL, HAND = Reminder.Way.MAIL, Reminder.Way.HAND


@pytest.fixture
def remind(cycle, office, secretariat, django_capture_on_commit_callbacks):
    """`remind(entry, …)` sends what a page made from these sheets would send."""

    def send(*entries, addressee=Role.WRITER, way=MAIL, **values):
        given = {"text": "ご提出をお願いします。", "sent_before": cycle.reminders.count(), "by": secretariat}
        with django_capture_on_commit_callbacks(execute=True):
            return actions.remind(
                cycle=cycle, organization=office, addressee=addressee, way=way,
                **{**given, "named": {entry.pk for entry in entries}, **values},
            )  # fmt: skip

    return send


def test_a_reminder_is_sent_and_kept_as_it_was_sent(remind, entry, writer, secretariat, office):
    person(Role.WRITER, office, name="宛先 なし", email="")
    remind(entry, text=" ご提出を\x00お願いします。\r\n")
    assert [(message.to, message.subject, message.body) for message in mail.outbox] == [
        (["writer@example.jp"], "【提出のお願い】令和7年度実績の個票　福祉課 1件", "ご提出をお願いします。")
    ]
    kept = Reminder.objects.get()
    assert (kept.readers, kept.names) == (
        [["宛先 なし", ""], ["担当 者", "writer@example.jp"]],
        "宛先 なし、担当 者",
    )
    assert (kept.by, kept.text, kept.way, kept.addressee, list(kept.entries.all())) == (
        secretariat, "ご提出をお願いします。", "mail", "writer", [entry],
    )  # fmt: skip


def test_the_order_is_担当者_課長_事務局(remind, entry, writer, approver):
    sentence = "^福祉課への督促は、担当者、課長、事務局の順に送ります。$"
    for early in (Role.APPROVER, Role.SECRETARIAT):
        with pytest.raises(Refused, match=sentence):
            remind(entry, addressee=early)
    remind(entry)
    with pytest.raises(Refused, match=sentence):
        remind(entry, addressee=Role.SECRETARIAT)
    remind(entry, addressee=Role.APPROVER)
    remind(entry, addressee=Role.SECRETARIAT)
    # Whoever has been asked may be asked again.
    remind(entry)
    assert [message.to for message in mail.outbox] == [
        ["writer@example.jp"],
        ["approver@example.jp"],
        ["secretariat@example.jp"],
        ["writer@example.jp"],
    ]


def test_where_nobody_writes_the_課長_is_asked_first(remind, entry, approver):
    remind(entry, addressee=Role.APPROVER)
    assert [message.to for message in mail.outbox] == [["approver@example.jp"]]


def test_a_submitted_sheet_is_never_named(remind, entry, cycle, action, office, writer):
    other = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
    fill(other, state=EntryState.DRAFT)
    actions.transition(entry=other, verb=Verb.SUBMIT, by=writer)
    mail.outbox.clear()
    with pytest.raises(Refused, match="^福祉課に、提出された個票があります。文面を作り直してください。$"):
        remind(entry, other)
    with pytest.raises(Refused, match="^福祉課に、提出された個票があります。文面を作り直してください。$"):
        remind()
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


def test_when_everything_is_in_reminders_stop(remind, entry, writer):
    fill(entry, state=EntryState.DRAFT)
    actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
    with pytest.raises(Refused, match="^福祉課の個票は、すべて提出されました。督促は要りません。$"):
        remind(entry)


def test_a_second_click_sends_once(remind, entry, writer):
    remind(entry, sent_before=0)
    with pytest.raises(Refused, match="^福祉課には、いま別の督促を送ったところです。$"):
        remind(entry, sent_before=0)
    assert len(mail.outbox) == 1


def test_without_an_address_the_words_go_another_way(remind, entry, office):
    person(Role.WRITER, office, name="宛先 なし", email="")
    with pytest.raises(Refused, match="^福祉課の担当者には、電子メールの登録がありません。"):
        remind(entry)
    reminder = remind(entry, way=HAND)
    assert (reminder.way, reminder.names, mail.outbox) == ("hand", "宛先 なし", [])


@pytest.mark.parametrize("stage", [CycleState.PREPARING, CycleState.LIAISON, CycleState.CLOSED])
def test_out_of_season_nobody_is_reminded(remind, entry, cycle, writer, stage):
    cycle.state = stage
    cycle.save()
    with pytest.raises(Refused, match=f"^{cycle}は「{stage.label}」の段階です。いまは、督促を送れません。$"):
        remind(entry)


def test_after_closing_only_returned_sheets_are_asked_for(remind, entry, cycle, action, office, writer):
    returned = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
    fill(returned, state=EntryState.RETURNED)
    cycle.state = CycleState.COLLECTING
    cycle.save()
    with pytest.raises(Refused, match="^福祉課に、提出された個票があります。"):
        remind(entry, returned)
    assert list(remind(returned).entries.all()) == [returned]


@pytest.mark.parametrize(
    ("text", "sentence"), [(" \n", "文面を書いてください。"), ("あ" * 10_001, "文面は10,000字までです。")]
)
def test_words_that_cannot_be_sent(remind, entry, writer, text, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        remind(entry, text=text)


def test_only_the_secretariat_reminds(remind, entry, writer):
    with pytest.raises(Refused, match="^年度の進行と割当ては、事務局だけが行えます。$"):
        remind(entry, by=writer)
