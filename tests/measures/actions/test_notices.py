"""お知らせ: who may write them, and what they may not be."""

import datetime

import pytest
from django.db import IntegrityError

from measures import actions
from measures.actions import Refused
from measures.models import Notice

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2026, 5, 15), datetime.date(2026, 6, 20)


def put_up(by, **changes) -> Notice:
    values = {"title": "書き方", "text": "数で書いてください。", "from_on": FIRST, "to_on": LAST, "by": by}
    return actions.save_notice(**values | changes)


def test_a_notice_is_cleaned_and_signed(secretariat):
    notice = put_up(secretariat, title=" 書き方\x00 ", text="一\r\n二 ")
    assert (notice.title, notice.text, notice.by) == ("書き方", "一\n二", secretariat)


def test_a_notice_is_reworded_in_place_and_keeps_its_history(secretariat):
    notice = put_up(secretariat)
    again = put_up(secretariat, notice=notice, title="書き方の注意", to_on=None)
    assert (again.pk, again.title, again.to_on) == (notice.pk, "書き方の注意", None)
    assert [row.title for row in notice.history.all()] == ["書き方の注意", "書き方"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "お知らせには題名が必要です。"),
        ({"title": "あ" * 61}, "題名は60字まで、本文は10,000字までです。"),
        ({"text": "あ" * 10_001}, "題名は60字まで、本文は10,000字までです。"),
        ({"to_on": FIRST - datetime.timedelta(days=1)}, "掲載を終える日は、始める日より後の日にしてください。"),
    ],
)
def test_what_a_notice_may_not_be(secretariat, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        put_up(secretariat, **changes)
    assert Notice.objects.count() == 0


def test_a_notice_that_is_gone_stays_gone(secretariat):
    notice = put_up(secretariat)
    actions.remove_notice(notice=notice, by=secretariat)
    assert [row.history_type for row in Notice.history.all()] == ["-", "+"]
    notice.pk = Notice.history.first().id
    for write in (
        lambda: put_up(secretariat, notice=notice),
        lambda: actions.remove_notice(notice=notice, by=secretariat),
    ):
        with pytest.raises(Refused, match="このお知らせは、もう取り下げられています。"):
            write()


def test_others_write_no_notices(writer, secretariat):
    notice = put_up(secretariat)
    for write in (lambda: put_up(writer), lambda: actions.remove_notice(notice=notice, by=writer)):
        with pytest.raises(Refused, match="お知らせを書けるのは、事務局だけです。"):
            write()
    assert list(Notice.objects.all()) == [notice]


def test_the_board_shows_what_hangs_on_that_day(secretariat):
    until = put_up(secretariat, title="期間あり")
    open_end = put_up(secretariat, title="期間なし", to_on=None)
    day = datetime.timedelta(days=1)
    shown = {when: list(Notice.objects.shown_on(when)) for when in (FIRST - day, FIRST, LAST, LAST + day)}
    assert shown == {
        FIRST - day: [],
        FIRST: [open_end, until],
        LAST: [open_end, until],
        LAST + day: [open_end],
    }
    assert [until.period(when) for when in shown] == ["掲載前", "掲載中", "掲載中", "掲載終了"]


def test_a_notice_ends_after_it_begins(secretariat):
    with pytest.raises(IntegrityError, match="notice_ends_after_it_begins"):
        Notice.objects.create(title="逆", from_on=LAST, to_on=FIRST, by=secretariat)
