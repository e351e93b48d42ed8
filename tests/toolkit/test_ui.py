"""The tags every template may use, and the house rules of templates, styles and icons."""

import datetime
import re
import timeit
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.template.loader import get_template
from django.test import RequestFactory
from fontTools.ttLib import TTFont

from measures.workflow import EntryState

ROOT = settings.BASE_DIR
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "pdf" not in path.parts]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SPRITE = (ROOT / "static" / "icons.svg").read_text()
SYMBOLS = re.findall(r'id="i-([\w-]+)"', SPRITE)


def draw(source: str, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return Template(source).render(RequestContext(request, context))


def words(html: str) -> str:
    """What a page says: text without tags, white space narrowed."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def use(name: str) -> str:
    return f'<svg class="i" aria-hidden="true"><use href="/static/icons.svg#i-{name}"/></svg>'


@dataclass
class Grade:
    code: str = "C"
    label: str = "一部実施・改善が必要"
    short_label: str = "一部実施"
    mark: str = "mc"
    tone: str = "c"


# ---- badges -----------------------------------------------------------------


def test_an_icon_points_into_the_sprite():
    assert draw('{% icon "search" %}') == use("search")


@pytest.mark.parametrize(
    ("source", "label"), [("{% rating g %}", "一部実施・改善が必要"), ("{% rating g short=True %}", "一部実施")]
)
def test_a_rating_is_letter_mark_and_word(source, label):
    expected = f'<span class="rate rate--c"><b>C</b><span>{use("mc")}{label}</span></span>'
    assert draw(source, g=Grade()) == expected


def test_without_a_grade_a_rating_says_so():
    assert draw("{% rating None %}") == '<span class="rate rate--none"><span>— 未評価</span></span>'


def test_what_people_type_into_a_grade_is_escaped():
    assert "<i>" not in draw("{% rating g %}{% cell g %}", g=Grade(label="<i>", short_label="<i>", code="<i>"))


def test_a_cell_reads_its_word_aloud():
    assert words(draw('{% cell g %}{% cell None empty="これから" %}', g=Grade())) == "C 一部実施・改善が必要 — これから"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("{% state s %}", f'<span class="state state--back">{use("undo")}差戻し</span>'),
        ('{% state "late" "18件" %}', f'<span class="state state--late">{use("clock")}18件</span>'),
        ('{% state "returned" "差戻し" %}', f'<span class="state state--back">{use("undo")}差戻し</span>'),
        ('{% state "new" "新しい状態" %}', '<span class="state state--plain">新しい状態</span>'),
    ],
)
def test_a_state_takes_an_enum_member_or_a_value_with_its_word(source, html):
    assert draw(source, s=EntryState.RETURNED) == html


def test_every_entry_state_has_its_own_look():
    looks = {re.sub(rf"{state.label}", "", draw("{% state s %}", s=state)) for state in EntryState}
    assert len(looks) == len(EntryState)
    assert [look for look in looks if "plain" in look] == []


def test_visibility_and_move_are_words_with_a_sign():
    shown = draw(
        '{% visibility "public" %}{% visibility "inside" %}{% move "rise" %}{% move "fall" %}{% move "same" %}'
    )
    assert words(shown) == "公開 庁内 上がった 下がった 同じ"


def test_a_long_list_of_badges_is_drawn_in_a_few_milliseconds():
    template = Template("{% for s in rows %}{% state s %}{% rating g short=True %}{% icon 'next' %}{% endfor %}")
    context = Context({"rows": [EntryState.DRAFT] * 230, "g": Grade()})
    # The quickest of several: whatever else the machine does meanwhile is not the template's.
    assert min(timeit.repeat(lambda: template.render(context), number=1, repeat=10)) < 0.05


# ---- bars -------------------------------------------------------------------

SEGMENTS = [("a", "A 計画以上", 1), ("b", "B 計画どおり", 0), ("c", "C 一部実施", 3)]


def test_a_distribution_says_each_count_and_the_whole():
    html = draw('{% distribution s "達成度" %}', s=SEGMENTS)
    assert re.findall(r'aria-label="([^"]*)"', html) == ["達成度。A 計画以上 1件、C 一部実施 3件。合計4件"]
    assert re.findall(r'class="f-(.)" x="([^"]*)" y=".5" width="([^"]*)"', html) == [
        ("a", "0.00%", "25.00%"),
        ("c", "25.00%", "75.00%"),
    ]


def test_an_empty_distribution_is_no_zero():
    html = draw('{% distribution s "達成度" %}', s=[])
    assert re.findall(r'aria-label="([^"]*)"', html) == ["達成度。まだありません"]


def test_a_legend_may_count():
    assert words(draw("{% legend s counts=True %}", s=SEGMENTS)) == "A 計画以上 1 B 計画どおり 0 C 一部実施 3"
    assert words(draw("{% legend s %}", s=SEGMENTS)) == "A 計画以上 B 計画どおり C 一部実施"


def test_bars_draw_no_number_that_is_not_known():
    html = draw(
        "{% bars rows maximum=50 %}",
        rows=[("1", "はい", 25), ("2", "推計", Decimal("12.50"), "※"), ("3", "順位だけ", None)],
    )
    assert words(html) == "はい 25 % 推計 12.5 %※ 順位だけ 数値なし"
    assert re.findall(r'width="([\d.]+%)" height="22"', html) == ["50.00%", "25.00%"]


@pytest.mark.parametrize(
    ("source", "label", "shown"),
    [
        ('{% meter 2 9 "提出済" %}', "9件のうち2件が提出済", "提出済 2 / 9件"),
        ('{% meter 2 9 "提出済" compact=True %}', "9件のうち2件が提出済", "2/9"),
        ('{% meter 0 0 "提出済" %}', "0件のうち0件が提出済", "提出済 0 / 0件"),
        ('{% meter 5 8 "入力済" "項目" %}', "8項目のうち5項目が入力済", "入力済 5 / 8項目"),
    ],
)
def test_a_meter_says_how_much_is_done(source, label, shown):
    html = draw(source)
    assert (re.findall(r'aria-label="([^"]*)"', html), words(html)) == ([label], shown)


# ---- words ------------------------------------------------------------------

DAY = datetime.date(2027, 10, 15)
# 16 October in Japan.
MOMENT = datetime.datetime(2027, 10, 15, 20, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% wareki day %}", '<time datetime="2027-10-15">令和9年10月15日</time>'),
        ("{% wareki moment both=True %}", '<time datetime="2027-10-16">令和9年10月16日（2027年）</time>'),
        ("{% wareki None %}", "—"),
        ("{{ day|wareki }} {{ None|wareki }}", "令和9年10月15日 —"),
        ("{{ day|short_date }} {{ None|short_date }}", "10月15日（金） —"),
        ("{{ 2025|wareki_year }} {{ 2025|wareki_year_both }}", "令和7年度 令和7年度（2025年度）"),
        ("{{ text|paragraphs }}", "<p>1 &lt; 2</p><p>次</p>"),
        ("{% for line in text|lines %}[{{ line }}]{% endfor %}", "[1 &lt; 2][次]"),
    ],
)
def test_dates_and_texts(source, shown):
    assert draw(source, day=DAY, moment=MOMENT, text="1 < 2\n\n次") == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1346, "1,346"),
        (0, "0"),
        (None, "—"),
        ("", "—"),
        (Decimal("1000.000"), "1,000"),
        (44.2, "44.2"),
        (-12500, "-12,500"),
    ],
)
def test_numbers_have_thousands_and_blank_is_not_zero(value, shown):
    assert draw("{{ value|number }}", value=value) == shown


# ---- parts with a template --------------------------------------------------


def test_a_breadcrumb_ends_with_the_page_itself():
    html = draw('{% breadcrumb "1 目標" "/goals/1/" "1-1 施策" %}')
    assert re.findall(r'href="([^"]*)"', html) == ["/", "/goals/1/"]
    assert re.findall(r'aria-current="page">([^<]*)', html) == ["1-1 施策"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/goals/", ["施策", "page"]),
        ("/goals/1/", ["施策", "true"]),
        ("/measures/1-1-1/", ["施策", "true"]),
        ("/evaluations/2026/", ["評価", "true"]),
        ("/", ["ホーム", "page"]),
        ("/search/", []),
    ],
)
def test_a_menu_marks_where_the_page_lies(path, current):
    items = [("ホーム", "home"), ("施策", "goals", ("/measures/",)), ("評価", "evaluations"), ("ない", "no-such-page")]
    html = draw("{% menu items %}", path, items=items)
    assert words(html) == "ホーム 施策 評価"
    assert [
        part for mark, word in re.findall(r'aria-current="(\w+)">([^<]*)', html) for part in (word, mark)
    ] == current


def test_steps_tell_what_is_over_and_where_we_are():
    html = draw('{% steps stages 2 "1年" %}', stages=[("準備", ""), ("受付", "6月20日まで"), ("公表", "")])
    assert words(html) == "準備 （終わりました） 2 受付 6月20日まで 3 公表"
    assert html.count('aria-current="step"') == 1


def test_pagination_keeps_the_filter():
    html = draw("{% pagination page %}", "/entries/?state=draft&page=2", page=Paginator(range(230), 20).page(2))
    assert words(html).startswith("全230件のうち 21〜40件 前のページ ページ 1 ページ 2 ページ 3")
    assert re.findall(r'href="([^"]*)" rel', html) == ["?state=draft&amp;page=1", "?state=draft&amp;page=3"]


def test_one_page_needs_no_links():
    assert words(draw("{% pagination page %}", page=Paginator(range(3), 20).page(1))) == "全3件のうち 1〜3件"


def test_a_diff_marks_whole_words_and_escapes():
    html = draw('{% diff "件数は<12>件" "件数は<14>件" old_note="6月" %}')
    assert re.findall(r"<(del|ins)>(.*?)</", html) == [("del", "12"), ("ins", "14")]
    assert words(html) == "前の版 6月 件数は&lt; 12 &gt;件 いまの版 件数は&lt; 14 &gt;件"


def test_a_data_table_puts_numbers_to_the_right():
    html = draw(
        '{% data_table "題" head rows %}',
        head=("回答", "割合（%）", "種類"),
        rows=[("はい", 1200, "値"), ("いいえ", None, "—")],
    )
    assert re.findall(r'<t[hd][^>]*class="num">([^<]*)', html) == ["割合（%）", "1,200", "—"]
    assert re.findall(r'<th scope="row">([^<]*)', html) == ["はい", "いいえ"]


def test_a_body_stands_inside_its_part():
    html = draw(
        '{% banner "success" "題" %}<p>a</p>{% endbanner %}{% scroll "表" wide=True %}<b>c</b>{% endscroll %}'
        '{% empty_state "空" level=3 %}<p>d</p>{% endempty_state %}{% dialog "x" "確認" %}<p>e</p>{% enddialog %}'
        '{% figure "図" "読み" source="調査" csv="/c" %}<p>f</p>{% endfigure %}'
    )
    assert words(html) == "題 a c 空 d 確認 e 図 読み f CSV ：図 出所 調査"
    assert re.findall(r'role="(\w+)"', html) == ["status", "region"]
    assert re.findall(r'aria-labelledby="([^"]*)".*?id="([^"]*)"', html, re.DOTALL) == [("x-title", "x-title")]


class SampleForm(forms.Form):
    result = forms.CharField(label="実績", widget=forms.Textarea(attrs={"data-guide": 400}))
    direction = forms.ChoiceField(label="方向", widget=forms.RadioSelect, choices=[("a", "継続"), ("b", "廃止")])
    note = forms.CharField(label="備考", required=False, help_text="なくてもよい")
    flag = forms.BooleanField(label="印", required=False)


def test_a_field_ties_its_help_and_errors_to_the_control():
    form = SampleForm({"note": "x"})
    html = draw('{% field form.result visibility="public" help="何を" %}', form=form)
    assert words(html) == "実績 必須 公開 入力してください。 何を 0 字 目安 400字"
    described = re.search(r'<textarea[^>]*aria-describedby="([^"]*)"', html)[1].split()
    assert described == ["id_result_helptext", "id_result_error"]
    assert [html.count(f' id="{name}"') for name in described] == [1, 1]


def test_a_choice_is_a_group_with_a_legend():
    html = draw('{% field form.direction must="C を選んだため必須" missing=True help="選ぶ" %}', form=SampleForm())
    assert words(html) == "方向 C を選んだため必須 未入力 選ぶ 継続 廃止"
    assert re.findall(r'<fieldset[^>]*id="(\w+)" aria-describedby="(\w+)"', html) == [
        ("id_direction", "id_direction_helptext")
    ]
    assert re.findall(r'<label for="(\w+)"', html) == ["id_direction_0", "id_direction_1"]


def test_a_quiet_field_says_only_what_it_is():
    html = draw('{% field form.note %}{% field form.flag label="予算なし" %}', form=SampleForm({"note": ""}))
    assert words(html) == "備考 なくてもよい 予算なし"


def test_an_error_summary_leads_to_each_field():
    html = draw("{% error_summary form %}", form=SampleForm({}))
    assert re.findall(r'href="#(\w+)"', html) == ["id_result", "id_direction"]
    assert draw("{% error_summary form %}", form=SampleForm()) == ""


# ---- pages that must always appear ------------------------------------------


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_last_pages_need_neither_context_nor_database(name):
    assert words(get_template(name).render()).endswith("ホームへ")


def test_their_styles_exist():
    linked = re.findall(r'"/static/([^"]*)"', (ROOT / "templates" / "bare.html").read_text())
    assert [name for name in linked if not (ROOT / "static" / name).exists()] == []


# ---- house rules ------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_page_has_no_inline_style_and_no_unknown_icon(path):
    source = path.read_text()
    assert re.findall(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", source) == []
    assert [name for name in re.findall(r'{% icon "([^"]+)"', source) if name not in SYMBOLS] == []


def test_the_sprite_names_each_symbol_once():
    assert sorted(set(SYMBOLS)) == sorted(SYMBOLS)


@pytest.mark.parametrize("path", [path for path in STYLES if path.stem != "tokens"], ids=lambda path: path.stem)
def test_colours_and_sizes_come_from_the_tokens(path):
    source = re.sub(r"/\*.*?\*/|@media[^{]*|@page[^{]*\{.*?\n\}", "", path.read_text(), flags=re.DOTALL)
    raw = r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)\(|\b\d*\.?\d+(?:px|rem|pt|mm)\b|:\s*(?:white|black|red|blue)\b"
    assert re.findall(raw, source, re.IGNORECASE) == []


def test_every_token_used_exists_and_every_token_is_used():
    sources = {path.stem: path.read_text() for path in STYLES}
    used = set(re.findall(r"var\((--[\w-]+)", "".join(sources.values())))
    defined = {
        name for source in sources.values() for name in re.findall(r"(?:^|[{;])\s*(--[\w-]+):", source, re.MULTILINE)
    }
    assert (used - defined, defined - used) == (set(), set())


@pytest.fixture
def shown(client_of, secretariat):
    return client_of(secretariat).get("/staff/components/")


def test_every_component_appears_in_the_gallery(shown):
    drawn = {template.name for template in shown.templates if template.name.startswith("components/")}
    existing = {f"components/{path.name}" for path in (ROOT / "templates" / "components").glob("*.html")}
    assert drawn == existing


def test_every_class_of_the_components_appears_in_the_gallery(shown):
    source = re.sub(r"/\*.*?\*/", "", (ROOT / "static" / "css" / "components.css").read_text(), flags=re.DOTALL)
    styled = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\{[^{}]*\}", "", source)))
    used = {name for names in re.findall(r'class="([^"]*)"', shown.content.decode()) for name in names.split()}
    # Messages of the last request; what a script adds.
    assert styled - used == {"banners", "is-over"}


def letters_of(path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


def test_the_font_has_every_letter_of_the_templates():
    slices = (ROOT / "static" / "fonts").glob("regular-*.woff2")
    letters = {code for path in slices for code in letters_of(path)}
    said = {sign for path in TEMPLATES for sign in path.read_text() if sign.isprintable()}
    assert sorted(sign for sign in said if ord(sign) not in letters) == []
