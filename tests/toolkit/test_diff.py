"""Two versions of a text, what changed marked word by word."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine_welfare.toolkit.diff import compare


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("会議を2回開いた。", "会議を3回開いた。", "会議を<del>2</del>回開いた。", "会議を<ins>3</ins>回開いた。"),
        ("相談員を配置", "支援員を配置", "<del>相談員</del>を配置", "<ins>支援員</ins>を配置"),
        ("続ける。", "続ける。", "続ける。", "続ける。"),
        ("", "新しい", "", "<ins>新</ins><ins>しい</ins>"),
        ("やめる", "", "<del>やめる</del>", ""),
        ("1行目\n2行目", "1行目", "1行目<del>\n2行目</del>", "1行目"),
    ],
)
def test_what_went_and_what_came(old, new, left, right):
    before, after = compare(old, new)
    joined = [re.sub(r"</(ins|del)><\1>", "", html) for html in (before, after, left, right)]
    assert joined[:2] == joined[2:]


def test_what_people_typed_is_escaped():
    assert compare("<script>", "<b>&") == (
        "&lt;<del>script</del>&gt;",
        "&lt;<ins>b</ins>&gt;<ins>&amp;</ins>",
    )


def plain(html: str) -> str:
    text = re.sub(r"</?(?:ins|del)>", "", html)
    for sign, name in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"), ("&", "&amp;")):
        text = text.replace(name, sign)
    return text


@given(st.text("あア漢1a\n <&>'\""), st.text("あア漢1a\n <&>'\""))
def test_both_versions_can_be_read_whole(old, new):
    before, after = compare(old, new)
    assert (plain(before), plain(after)) == (old, new)
    assert (re.findall("<ins>", before), re.findall("<del>", after)) == ([], [])
