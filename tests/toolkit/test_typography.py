"""Japanese typesetting on finished HTML."""

import time

import pytest

from mine_welfare.toolkit.typography import hold_line_ends, hold_names, link_first_uses, mark_numbered_items


@pytest.mark.parametrize(
    ("text", "first", "held"),
    [
        ("必要な支援につなげていきます。", "必要な支援につなげてい", "きます。"),
        ("相談窓口の周知に努めます。", "相談窓口の周知に", "努めます。"),
        ("地域包括支援センターの充実を図るスーパー", "地域包括支援センターの充実を図る", "スーパー"),
        ("生涯学習スポーツ推進課", "生涯学習", "スポーツ推進課"),
        ("回収率は高く663件（44.2%）", "回収率は高く663件", "（44.2%）"),
        ("令和7年1月24日までの期間は2025年", "令和7年1月24日までの期間は", "2025年"),
        ("見出しの「まちづくり」", "見出しの", "「まちづくり」"),
    ],
)
def test_the_last_word_stays_together(text, first, held):
    assert hold_line_ends(f"<p>{text}</p>") == f'<p>{first}<span class="hold">{held}</span></p>'


@pytest.mark.parametrize(
    "html", ["<p>短い文です。</p>", "<p></p>", "<div>囲みの中の文は段落ではありません。</div>", "<p>  \n </p>"]
)
def test_short_text_and_other_elements_stay_as_they_are(html):
    assert hold_line_ends(html) == html


def test_text_before_the_number_of_an_action_ends_a_cell_too():
    html = '<th>福祉総合相談センター事業 <span class="code">1-1-1-S01</span></th>'
    assert '<span class="hold">センター事業</span>' in hold_line_ends(html)


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("再犯防止【第2次計画】", '再犯防止<span class="ib">【第2次計画】</span>'),
        ("【甲】と【乙】", '<span class="ib">【甲】</span>と<span class="ib">【乙】</span>'),
        ("支援体制の強化", "支援体制の強化"),
        ("閉じない【名", "閉じない【名"),
        ("A & B【<i>】", 'A &amp; B<span class="ib">【&lt;i&gt;】</span>'),
        ("", ""),
    ],
)
def test_a_name_in_brackets_is_held(title, html):
    assert hold_names(title) == html


def test_an_entity_is_one_character():
    assert hold_line_ends("<p>甲と乙と丙とを合わせて&amp;&lt;&gt;&quot;</p>").endswith(
        '<span class="hold">&amp;&lt;&gt;&quot;</span></p>'
    )


@pytest.mark.parametrize("item", ["一 高齢者の福祉", "(1) 企画", "（2）宣伝", "①相談", "3. 参加"])
def test_an_item_with_its_own_number_is_marked(item):
    assert mark_numbered_items(f"<ul><li>{item}</li></ul>") == f'<ul><li class="numbered">{item}</li></ul>'


@pytest.mark.parametrize("item", ["一人ひとりの相談", "10年の計画", "第1章"])
def test_an_item_that_only_begins_with_a_number_is_not(item):
    assert "numbered" not in mark_numbered_items(f"<li>{item}</li>")


def test_the_first_use_of_a_word_in_running_text_is_linked():
    html = "<h2>社協の役割</h2><p>社協と<b>社協</b>と地域。</p><table><tr><td>地域</td></tr></table><p>地域</p>"

    linked, found = link_first_uses(html, [("社協", "u1", "t1"), ("地域", "u2", "t2"), ("民生委員", "u3", "t3")])

    assert linked == (
        '<h2>社協の役割</h2><p><a class="term" id="u1" href="#t1">社協</a>と<b>社協</b>と'
        '<a class="term" id="u2" href="#t2">地域</a>。</p><table><tr><td>地域</td></tr></table><p>地域</p>'
    )
    assert found == {"社協", "地域"}


def test_the_longer_word_wins_and_is_not_cut():
    linked, found = link_first_uses("<p>地域福祉の計画</p>", [("地域", "u1", "t1"), ("地域福祉", "u2", "t2")])

    assert linked == '<p><a class="term" id="u2" href="#t2">地域福祉</a>の計画</p>'
    assert found == {"地域福祉"}


def test_a_plan_without_terms_stays_as_it_is():
    assert link_first_uses("<p>文</p>", []) == ("<p>文</p>", set())


def test_a_flood_of_text_takes_no_longer_than_it_is_long():
    flood = f"<p>{'文' * 500_000}<br>{'A ' * 500_000}</p>"
    began = time.perf_counter()
    hold_line_ends(flood), mark_numbered_items(flood), link_first_uses(flood, [("甲", "u", "t")])
    assert time.perf_counter() - began < 10
