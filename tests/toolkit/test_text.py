"""Japanese text as people type it: one form for all spellings."""

import pytest

from mine_welfare.toolkit.text import OTHER, clean, fold, kana_row, lines, narrow


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("アンケート", "あんけーと"),
        ("ｱﾝｹｰﾄ", "アンケート"),
        ("ｶﾞｲﾄﾞ", "がいど"),
        ("か\u3099いと\u3099", "ガイド"),
        ("ＮＰＯ", "npo"),
        ("１人暮らし", "1人暮らし"),
        ("①", "1"),
        ("相談　窓口", "相談窓口"),
        ("相談\n窓口", "相談 窓口"),
        ("ヴァ", "ゔぁ"),
        ("（福祉）", "(福祉)"),
        ("㈱", "(株)"),
    ],
)
def test_spellings_of_one_word_fold_to_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("はし", "ばし"), ("ー", "一"), ("つ", "っ"), ("相談", "相談者")])
def test_other_words_stay_apart(one, other):
    assert fold(one) != fold(other)


def test_folding_twice_changes_nothing():
    once = fold("ｺﾐｭﾆﾃｨ　スクール ＡＢＣ①")
    assert (once, fold(once)) == ("こみゅにてぃすくーるabc1", once)


def test_narrow_keeps_what_people_read():
    assert narrow("１２３　ＡＢＣ ｱｲｳ 漢字") == "123 ABC アイウ 漢字"


@pytest.mark.parametrize(
    ("reading", "row"),
    [
        ("あうとりーち", "あ行"),
        ("ガイド", "か行"),
        ("ｹｱ", "か行"),
        ("じんけん", "さ行"),
        ("づ", "た行"),
        ("ぱーと", "は行"),
        ("ゆうぐう", "や行"),
        ("ん", "わ行"),
        ("ゔ", "あ行"),
        ("NPO", OTHER),
        ("８０５０", OTHER),
        ("", OTHER),
    ],
)
def test_a_reading_stands_under_its_row(reading, row):
    assert kana_row(reading) == row


def test_control_characters_go_and_line_ends_become_one_kind():
    assert clean("a\x00b\x1bc\r\nd\re\tf\x7f\ufffe") == "abc\nd\ne\tf"


def test_lines_are_the_ones_with_something_on_them():
    assert lines(" 一 \n\n　\n二") == ["一", "二"]
