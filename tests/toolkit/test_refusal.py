"""Refusals are heard by whoever answers the request, also where they were caught and shown."""

import contextlib

from mine_welfare.toolkit.refusal import Refused, heard


def say(sentence: str) -> None:
    with contextlib.suppress(Refused):
        raise Refused(sentence)


def test_what_is_said_inside_is_heard_and_nothing_else():
    say("前の依頼です。")
    with heard() as said:
        say("締切を過ぎました。")
        say("理由が必要です。")
    say("次の依頼です。")
    assert said == ["締切を過ぎました。", "理由が必要です。"]


def test_each_listener_hears_its_own():
    with heard() as outer:
        say("一")
        with heard() as inner:
            say("二")
        say("三")
    assert (outer, inner) == (["一", "三"], ["二"])


def test_the_sentence_is_the_message():
    assert str(Refused("締切を過ぎました。")) == "締切を過ぎました。"
