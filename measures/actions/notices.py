"""お知らせ: put up, reworded, taken down."""

import datetime

from django.db import transaction

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from ..fields import MAX_LENGTH
from ..models import Notice
from ..permissions import notice_refusal

LONGEST_TITLE = 60


@transaction.atomic
def save_notice(
    *,
    title: str,
    text: str,
    from_on: datetime.date,
    to_on: datetime.date | None,
    by: User,
    notice: Notice | None = None,
) -> Notice:
    """Put up a new notice, or reword `notice`."""
    _allow(by)
    title, text = clean(title).strip(), clean(text).strip()
    if not title:
        raise Refused("お知らせには題名が必要です。")
    if len(title) > LONGEST_TITLE or len(text) > MAX_LENGTH:
        raise Refused(f"題名は{LONGEST_TITLE}字まで、本文は{MAX_LENGTH:,}字までです。")
    if to_on and to_on < from_on:
        raise Refused("掲載を終える日は、始める日より後の日にしてください。")
    row = _standing(notice) if notice else Notice()
    row.title, row.text, row.from_on, row.to_on, row.by = title, text, from_on, to_on, by
    row.save()
    return row


@transaction.atomic
def remove_notice(*, notice: Notice, by: User) -> None:
    """Take it down for good; its history keeps what it said."""
    _allow(by)
    _standing(notice).delete()


def _allow(user: User) -> None:
    if sentence := notice_refusal(user):
        raise Refused(sentence)


def _standing(notice: Notice) -> Notice:
    row = Notice.objects.select_for_update().filter(pk=notice.pk).first()
    if row is None:
        raise Refused("このお知らせは、もう取り下げられています。")
    return row
