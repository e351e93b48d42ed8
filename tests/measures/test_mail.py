"""Who hears of which move, and what the mail says."""

import pytest
from django.core import mail
from django.db import transaction

from measures import actions
from measures.workflow import EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import fill
from tests.personas import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(django_capture_on_commit_callbacks):
    """`moved(…)` makes a move and gives the mails that followed, as (receivers, subject, body)."""

    def move(entry, verb, by, comment=""):
        with django_capture_on_commit_callbacks(execute=True):
            actions.transition(entry=entry, verb=verb, by=by, comment=comment)
        return [(sorted(message.to), message.subject, message.body) for message in mail.outbox]

    return move


def test_the_課長_hears_of_a_submission(moved, entry, writer, approver, other_approver):
    fill(entry, state=EntryState.DRAFT)
    assert moved(entry, Verb.SUBMIT, writer) == [
        (
            ["approver@example.jp"],
            f"【提出】{entry.action.code} {entry.action.title}",
            f"担当 者さんが、福祉課の個票「{entry.action.title}」を提出しました。",
        )
    ]


def test_the_担当者_hear_of_a_return_with_its_reason(moved, entry, writer, approver, office):
    person(Role.WRITER, office, login_id="colleague")
    person(Role.WRITER, office, login_id="retired", is_active=False)
    person(Role.WRITER, office, email="")
    fill(entry, state=EntryState.SUBMITTED)
    assert moved(entry, Verb.RETURN, approver, "件数を直してください。") == [
        (
            ["colleague@example.jp", "writer@example.jp"],
            f"【差戻し】{entry.action.code} {entry.action.title}",
            f"課 長さんが、福祉課の個票「{entry.action.title}」を差し戻しました。\n\n"
            "理由・コメント：件数を直してください。",
        )
    ]


def test_nobody_is_told_of_their_own_move(moved, entry, approver):
    fill(entry, state=EntryState.DRAFT)
    assert moved(entry, Verb.SUBMIT, approver) == []


@pytest.mark.parametrize(("verb", "state"), [(Verb.WITHDRAW, EntryState.SUBMITTED)])
def test_other_moves_are_silent(moved, entry, writer, approver, verb, state):
    fill(entry, state=state)
    assert moved(entry, verb, writer) == []


def test_a_move_that_is_undone_sends_nothing(entry, writer, approver, django_capture_on_commit_callbacks):
    fill(entry, state=EntryState.DRAFT)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
        transaction.set_rollback(True)
    assert mail.outbox == []


def test_a_broken_mail_server_does_not_undo_the_move(
    entry, writer, approver, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.nowhere"
    fill(entry, state=EntryState.DRAFT)
    with django_capture_on_commit_callbacks(execute=True):
        actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
    entry.refresh_from_db()
    assert entry.state == EntryState.SUBMITTED
