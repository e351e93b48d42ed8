"""個票への質問: asked by the secretariat, answered once by the department."""

import datetime

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from .. import mail
from ..fields import MAX_LENGTH
from ..models import Entry, Inquiry
from ..permissions import answer_refusal, inquiry_refusal


def _allow(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)


def _words(text: str, label: str) -> str:
    text = clean(text).strip()
    if not text:
        raise Refused(f"{label}を書いてください。")
    if len(text) > MAX_LENGTH:
        raise Refused(f"{label}は{MAX_LENGTH:,}字までです。")
    return text


def _locked(inquiry: Inquiry) -> Inquiry:
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related(
        "entry__cycle", "entry__organization", "entry__action", "asked_by"
    )
    return rows.get(pk=inquiry.pk)


@transaction.atomic
def ask_inquiry(*, entry: Entry, question: str, by: User, due_on: datetime.date | None = None) -> Inquiry:
    """Ask the organization of this sheet; a second click does not ask twice."""
    _allow(inquiry_refusal(by, entry))
    # Locking the sheet makes two clicks wait for each other.
    entry = Entry.objects.select_for_update(of=("self",)).select_related("action", "organization").get(pk=entry.pk)
    question = _words(question, "質問")
    if due_on and due_on < timezone.localdate():
        raise Refused("回答の期限は、今日か、今日より後の日にしてください。")
    if entry.inquiries.open().filter(question=question).exists():
        raise Refused("同じ質問を、もう出しています。")
    inquiry = Inquiry.objects.create(entry=entry, question=question, due_on=due_on, asked_by=by)
    mail.ask(inquiry)
    return inquiry


@transaction.atomic
def answer_inquiry(*, inquiry: Inquiry, text: str, by: User) -> Inquiry:
    """Answer once; who is late with a second answer is told."""
    inquiry = _locked(inquiry)
    _allow(answer_refusal(by, inquiry))
    inquiry.answer = _words(text, "回答")
    inquiry.answered_by, inquiry.answered_at = by, timezone.now()
    inquiry.save()
    mail.answer(inquiry)
    return inquiry


@transaction.atomic
def withdraw_inquiry(*, inquiry: Inquiry, by: User) -> Inquiry:
    """Take a question back that nobody has answered; it stays readable."""
    inquiry = _locked(inquiry)
    _allow(inquiry_refusal(by, inquiry.entry))
    if inquiry.state != Inquiry.State.OPEN:
        raise Refused(f"この質問は、もう「{inquiry.state.label}」です。")
    inquiry.withdrawn_at = timezone.now()
    inquiry.save()
    return inquiry
