"""The text format of the plan: what it can say, and what nobody can make it say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine_welfare.toolkit.richtext import TAGS, Figure, figures, paragraphs, plain, render


def no_figure(figure: Figure) -> str:
    raise AssertionError(figure)


def html(body: str, **options) -> str:
    return re.sub(r">\s+<", "><", render(body, no_figure, **options)).strip()


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("一段落。\n\n二段落。", "<p>一段落。</p><p>二段落。</p>"),
        ("一行\n二行", "<p>一行<br>\n二行</p>"),
        ("- 一\n- 二", "<ul><li>一</li><li>二</li></ul>"),
        ("1. 一\n2. 二", "<ol><li>一</li><li>二</li></ol>"),
        ("### 見出し", "<h3>見出し</h3>"),
        ("", ""),
    ],
)
def test_what_the_text_can_say(body, shown):
    assert html(body) == shown


def test_a_table_scrolls_and_its_heads_say_what_they_head():
    table = "| 年 | 人 |\n|---|---|\n| 令和7 | 3 |"
    assert html(table) == (
        '<div class="table-wrap" tabindex="0"><table class="table">'
        '<thead><tr><th scope="col">年</th><th scope="col">人</th></tr></thead>'
        "<tbody><tr><td>令和7</td><td>3</td></tr></tbody></table></div>"
    )


@pytest.mark.parametrize(("level", "tags"), [(3, "h3 h4"), (4, "h4 h5"), (6, "h6 h6")])
def test_headings_keep_their_place_under_the_section(level, tags):
    assert " ".join(re.findall(r"<(h\d)>", html("### 一\n\n#### 二", heading_level=level))) == tags


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[押す](javascript:alert(1))",
        "<a href='//elsewhere.example'>押す</a>",
        "<!-- -->",
        "&lt;script&gt;",
        "`code` **太字** _斜体_",
        "https://elsewhere.example/",
    ],
)
def test_everything_else_is_ordinary_text(attack):
    shown = html(attack)
    assert set(re.findall(r"<(\w+)", shown)) == {"p"}
    assert "&amp;lt;" in shown if "&lt;" in attack else True


@given(st.text("#-|![]()<>&\"' \n:1.あa=*_`~"))
def test_no_text_becomes_other_markup(body):
    shown = render(body, lambda figure: "")
    assert set(re.findall(r"</?([a-zA-Z][\w-]*)", shown)) - TAGS == set()
    assert re.findall(r"<\w+[^>]*\s(?!class=|tabindex=|scope=)[\w-]+=", shown) == []


FIGURE = '![人口の推移](series:population,households "資料：住民基本台帳")'


def test_a_figure_line_is_drawn_where_it_stands():
    drawn = []

    def draw(figure: Figure) -> str:
        drawn.append(figure)
        return "<hr>"

    shown = render(f"前\n\n{FIGURE}\n\n後", draw)
    assert re.sub(r"\s", "", shown) == "<p>前</p><hr><p>後</p>"
    assert drawn == [Figure("人口の推移", "series", "population,households", "資料：住民基本台帳")]
    assert figures(f"前\n\n{FIGURE}") == drawn


@pytest.mark.parametrize("address", ["http://elsewhere.example/x.png", "//elsewhere.example", "javascript:x()", "../x"])
def test_a_picture_from_elsewhere_is_no_figure(address):
    body = f"![図]({address})"
    assert figures(body) == []
    assert "<img" not in html(body)


def test_a_picture_inside_a_sentence_is_no_figure():
    assert figures(f"前 {FIGURE}") == []
    assert "<img" not in html(f"前 {FIGURE}")


def test_the_text_alone_block_by_block():
    body = f"### 見出し\n\n文。\n\n- 一\n- 二\n\n{FIGURE}\n\n![](tiers:)\n\n| 年 |\n|---|\n| 令和7 |"
    assert plain(body) == ["見出し", "文。", "一", "二", "人口の推移", "資料：住民基本台帳", "年", "令和7"]


def test_plain_paragraphs_are_escaped_and_empty_lines_go():
    assert paragraphs(" 一<b> \n\n　\n二 & 三") == "<p>一&lt;b&gt;</p><p>二 &amp; 三</p>"
