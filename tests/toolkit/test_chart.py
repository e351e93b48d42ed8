"""Charts: one spec, the same numbers in every rendering."""

import csv
import io
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.template import Context, Template
from django.test import RequestFactory

from mine_welfare.toolkit import chart
from mine_welfare.toolkit.chart import (
    Bars,
    GroupedBars,
    HeatMap,
    Lines,
    Multiples,
    RankedBars,
    Series,
    Stacked,
    Value,
    drawing,
    interactive,
    lines,
    values,
    words,
)

GAP = "素案の本文に値の記載なし"


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def ranked(**more) -> RankedBars:
    shares = (Value(Decimal("31.7")), Value(Decimal("49.9")), Value(), Value(4.9, mark="※"))
    common = {"title": "相談先", "labels": ("相談していない", "家族", "職場", "無回答"), "last": ("無回答",)}
    return RankedBars(**{**common, "series": (Series("割合", shares),), "gap": GAP, "n": 663, "source": "調査", **more})


def stacked(**more) -> Stacked:
    parts = (Series("知っている", values((60.1, 20.0))), Series("知らない", values((35.0, None))))
    return Stacked(**{"title": "認知", "labels": ("窓口", "活動"), "series": parts, "bases": (663, 28), **more})


def line(*numbers, unit: str = "人", labels=None) -> Lines:
    labels = labels or [f"令和{place + 2}年" for place in range(len(numbers))]
    return Lines(title="人口", labels=labels, series=(Series("人口", values(numbers)),), unit=unit, source="国勢調査")


def heat() -> HeatMap:
    rows = (
        Series(
            "1-1-1 相談",
            (Value(words="B", tone="b", icon="mb", said="計画どおり"), Value(said="これから")),
            group="目標1",
        ),
        Series("2-1-1 交流", (Value(words="C", tone="c", said="一部実施", href="/rows"), Value()), group="目標2"),
    )
    return HeatMap(title="施策と年度", corner="施策", labels=("令和7", "令和8"), series=rows, unit="")


SPECS = {
    "bars": Bars(title="居心地", labels=("よい", "わるい"), series=(Series("割合", values((60, 40))),)),
    "ranked": ranked(),
    "grouped": GroupedBars(
        title="前回との比較",
        labels=("参加", "不参加"),
        series=(Series("今回", values((48.3, 51.7))), Series("前回", values((52.1, None)))),
    ),
    "stacked": stacked(),
    "lines": line(26159, None, 24000, 23092),
    "heat": heat(),
    "numbers": HeatMap(title="地区と年代", labels=("30代",), series=(Series("東", values((12.5,))),)),
    "multiples": Multiples(title="地区別", charts=(ranked(title="東"), ranked(title="西")), source="調査"),
}

# ---- specs --------------------------------------------------------------------


def test_a_series_has_a_value_for_each_label():
    with pytest.raises(ValueError, match="割合 has 1 values, 2 labels"):
        Bars(title="x", labels=("a", "b"), series=(Series("割合", values((1,))),))


def test_ranked_bars_run_from_the_longest_down_gaps_and_no_answer_last():
    assert list(ranked().labels) == ["家族", "相談していない", "職場", "無回答"]
    assert [value.number for value in ranked().series[0].values] == [Decimal("49.9"), Decimal("31.7"), None, 4.9]


def test_ranked_bars_have_one_series():
    with pytest.raises(ValueError, match="one series"):
        ranked(series=(Series("a", values((1, 2, 3, 4))), Series("b", values((1, 2, 3, 4)))))


@pytest.mark.parametrize(
    ("spec", "top"),
    [
        (ranked(), 100.0),
        (line(5, 20), 20.0),
        (line(None), 1.0),
        (line(0, 0), 1.0),
        (Bars(title="x", maximum=50), 50.0),
        (Bars(title="x", maximum=0), 1.0),
    ],
)
def test_the_scale_ends_where_it_can_be_read(spec, top):
    assert spec.top == top


def test_small_multiples_share_one_scale_only_where_they_should():
    parts = (line(5), line(20))
    assert [one.top for one in Multiples(title="x", charts=parts).charts] == [20.0, 20.0]
    assert [one.top for one in Multiples(title="x", charts=parts, shared=False).charts] == [5.0, 20.0]


def test_shares_fill_a_bar_as_far_as_they_are_known_counts_fill_it():
    assert [stacked().whole(place) for place in (0, 1)] == [100.0, 100.0]
    counts = stacked(unit="件", series=(Series("A", values((3, 0))), Series("B", values((1, None)))))
    assert [counts.whole(place) for place in (0, 1)] == [4.0, 1.0]


# ---- words --------------------------------------------------------------------


@pytest.mark.parametrize(("number", "words_"), [(0.25, "0.3"), (Decimal("44.25"), "44.3"), (38, "38.0")])
def test_shares_are_rounded_half_up(number, words_):
    assert words.shown(number, "%") == words_


def test_other_numbers_keep_what_they_have():
    assert [words.full(Decimal("6.810"), "‰"), words.full(26159, "人")] == ["6.81‰", "26,159人"]


def series_of(*numbers, **more) -> Bars:
    labels = [chr(ord("あ") + 2 * place) for place in range(len(numbers))]
    return Bars(title="x", labels=labels, series=(Series("割合", values(numbers)),), **more)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (ranked(), "最も多いのは「家族」の49.9%、次いで「相談していない」の31.7%です（n=663）。"),
        (series_of(1, 1, 1, unit="件"), "最も多いのは「あ」と「い」など3項目で、いずれも1件です。"),
        (series_of(2, 2, 1, unit="件"), "最も多いのは「あ」と「い」で、ともに2件です。"),
        (series_of(3, 1, 1, unit="件"), "最も多いのは「あ」の3件です。"),
        (series_of(3, most="高い"), "「あ」は3.0%です。"),
        (series_of(None), words.NOTHING),
        (SPECS["grouped"], "差が最も大きいのは「参加」で、今回は48.3%、前回は52.1%です（差3.8ポイント）。"),
        (stacked(), "「知っている」の割合が最も高いのは「窓口」で60.1%、最も低いのは「活動」で20.0%です。"),
        (line(26159, None, 23092), "令和2年の26,159人から令和4年の23,092人へ、3,067人（11.7%）減りました。"),
        (line(20.0, 25.5, unit="%"), "令和2年の20.0%から令和3年の25.5%へ、5.5ポイント上がりました。"),
        (line(30.0, 25.5, unit="%"), "令和2年の30.0%から令和3年の25.5%へ、4.5ポイント下がりました。"),
        (line(0, 5), "令和2年の0人から令和3年の5人へ、5人増えました。"),
        (line(7, 7), "令和2年も令和3年も7人です。"),
        (line(None, 7), "令和3年は7人です。"),
        (line(None, None), words.NOTHING),
        (SPECS["numbers"], "最も多いのは「東」の「30代」で、12.5%です。"),
        (heat(), ""),
        (ranked(reading="計画書の文章。"), "計画書の文章。"),
    ],
)
def test_one_sentence_reads_the_chart(spec, sentence):
    assert chart.reading(spec) == sentence


def test_two_lines_are_read_one_after_the_other():
    spec = Lines(
        title="x",
        unit="人",
        labels=("令和2年", "令和3年"),
        series=(Series("女", values((1, 2))), Series("男", values((4, 2)))),
    )
    assert chart.reading(spec) == (
        "「女」は、令和2年の1人から令和3年の2人へ、1人（100.0%）増えました。"
        "「男」は、令和2年の4人から令和3年の2人へ、2人（50.0%）減りました。"
    )


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((("はい", (60,)), ("いいえ", (40,))), "最も多いのは「はい」で、60.0%です。"),
        ((("はい", (60, 60)), ("いいえ", (40, 40))), "「はい」の割合は、いずれも60.0%です。"),
        ((("はい", (60, None)), ("いいえ", (40, 40))), "「東」の「はい」の割合は、60.0%です。"),
        ((("はい", (None, None)), ("いいえ", (40, 40))), f"「はい」の{GAP}。"),
    ],
)
def test_parts_are_read_by_their_first(parts, sentence):
    series = [Series(label, values(numbers)) for label, numbers in parts]
    labels = ("東", "西")[: len(parts[0][1])]
    assert chart.reading(Stacked(title="x", labels=labels, series=series, gap=GAP)) == sentence


def test_groups_without_a_pair_or_a_difference_say_so():
    same = GroupedBars(
        title="x", labels=("a",), series=(Series("今回", values((1,))), Series("前回", values((1,)))), unit="件"
    )
    alone = GroupedBars(title="x", labels=("a",), series=(Series("今回", values((1,))),), unit="件")
    assert [chart.reading(one) for one in (same, alone)] == [
        "どの項目も、今回と前回で変わりません。",
        "「a」は1件です。",
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (SPECS["bars"], [words.ROUNDED + words.NOT_HUNDRED]),
        (ranked(notes=("※ 計算した値",)), ["※ 計算した値", words.ROUNDED]),
        (SPECS["multiples"], [words.ROUNDED]),
        (line(1), []),
        (series_of(1, unit="件"), []),
        (series_of(None), []),
    ],
)
def test_shares_say_how_they_are_rounded(spec, expected):
    assert chart.notes(spec) == expected


# ---- the page -----------------------------------------------------------------


def test_bars_are_rows_of_text_and_a_gap_has_words_in_the_place_of_its_bar():
    html = chart.body(ranked())
    assert text_of(html) == f"家族 49.9 % 相談していない 31.7 % 職場 {GAP} 無回答 4.9 %※"
    assert re.findall(r'width="([\d.]+%)" height="22"', html) == ["49.90%", "31.70%", "4.90%"]


@pytest.mark.parametrize("name", SPECS)
def test_no_rendering_of_a_page_needs_inline_styles(name):
    assert re.findall(r"style=|<style|<script|on\w+=", chart.body(SPECS[name])) == []


def test_groups_name_each_series_and_explain_their_fills():
    html = chart.body(SPECS["grouped"])
    assert text_of(html) == "今回 前回 参加 今回 48.3 % 前回 52.1 % 不参加 今回 51.7 % 前回 値の記載なし"
    assert re.findall(r'class="f-(\w)" x="0"', html) == ["1", "2", "1"]


def test_a_stack_says_all_its_parts_aloud_and_writes_those_with_room():
    html = chart.body(stacked(series=(Series("a", values((60.1, 20))), Series("b", values((8, None)), tone="0"))))
    assert re.findall(r'aria-label="([^"]*)"', html) == ["窓口。a 60.1%、b 8.0%", "活動。a 20.0%、b 値の記載なし"]
    assert re.findall(r"<text[^>]*>([^<]*)", html) == ["60.1", "20.0"]
    assert re.findall(r'class="f-(\w)" x="([\d.]+%)"', html)[:2] == [("1", "0.00%"), ("0", "60.10%")]


def test_labels_and_cells_lead_to_their_rows():
    bars = Bars(title="x", labels=("a",), series=(Series("n", (Value(3, href="/three"),)),), unit="件")
    stack = stacked(hrefs=("/one", ""))
    assert [re.findall(r'<a[^>]* href="([^"]*)"', chart.body(one)) for one in (bars, stack, heat())] == [
        ["/three"], ["/one"], ["/rows"],
    ]  # fmt: skip


def test_a_heat_map_is_a_table_with_headings_and_words_behind_its_letters():
    html = chart.body(heat())
    assert text_of(html) == (
        "施策と年度 施策 令和7 令和8 目標1 1-1-1 相談 B 計画どおり — これから "
        "目標2 2-1-1 交流 C 一部実施 — 値の記載なし"
    )
    assert re.findall(r'scope="(\w+)"', html) == ["col", "col", "col", "colgroup", "row", "colgroup", "row"]


@pytest.mark.parametrize(("number", "step"), [(0, 0), (19.9, 0), (20, 1), (60, 3), (100, 4)])
def test_numbers_of_a_heat_map_have_five_shades(number, step):
    spec = HeatMap(title="x", labels=("a",), series=(Series("r", values((number,))),))
    assert re.findall(r"shade--(\d)", chart.body(spec)) == [str(step)]


def test_a_gap_interrupts_a_line():
    assert lines.runs(Series("x", values((1, None, 3, 4, None)))) == [[0], [2, 3]]
    html = chart.body(line(1, None, 3, 4))
    assert len(re.findall(r'class="l-1"', html)) == 1
    assert len(re.findall(r'class="mark"', html)) == 3


def test_a_line_is_said_in_words_and_labelled_where_there_is_room():
    html = chart.body(line(1, None, 3, 4))
    assert re.findall(r'aria-label="([^"]*)"', html) == ["人口。人口 令和2年 1人、令和5年 4人。値は3個"]
    assert re.findall(r'class="over"[^>]*>([^<]*)', html) == ["1", "3", "4"]
    long = chart.body(line(*range(1, 13)))
    assert re.findall(r'class="over"[^>]*>([^<]*)', long) == ["1", "12"]
    assert re.findall(r'class="under"[^>]*>([^<]*)', long) == [f"令和{year}年" for year in (3, 5, 7, 9, 11, 13)]


def test_a_line_without_values_and_one_of_a_single_year_are_drawn_too():
    assert 'aria-label="人口。人口 値の記載なし"' in chart.body(line(None, None))
    assert 'x="50.00%"' in chart.body(line(7))


def test_several_lines_differ_by_mark_and_dash_and_are_explained():
    spec = Lines(
        title="x", labels=("a", "b"), series=[Series(str(place), values((1, 2))) for place in range(4)], unit="人"
    )
    html = chart.body(spec)
    assert re.findall(r'class="l-(\d)" x1="0"', html) == ["1", "2", "3", "4"]
    assert sorted(set(re.findall(r'class="(m-\d)"', html))) == ["m-1", "m-2", "m-3", "m-4"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (ranked(), (["項目", "割合（%）"],
                    [["家族", "49.9"], ["相談していない", "31.7"], ["職場", GAP], ["無回答", "4.9※"]])),
        (stacked(), (["項目", "知っている（%）", "知らない（%）", "n"],
                     [["窓口", "60.1", "35.0", 663], ["活動", "20.0", "値の記載なし", 28]])),
        (heat(), (["施策", "令和7", "令和8"],
                  [["1-1-1 相談", "B 計画どおり", "これから"], ["2-1-1 交流", "C 一部実施", "値の記載なし"]])),
        (Multiples(title="x", charts=(series_of(1, unit="件"),)), (["区分", "項目", "割合（件）"], [["x", "あ", "1"]])),
        (Multiples(title="x"), (["区分"], [])),
    ],
)  # fmt: skip
def test_the_table_has_the_same_numbers(spec, expected):
    assert chart.table(spec) == expected


# ---- pictures -----------------------------------------------------------------


@pytest.mark.parametrize("name", SPECS)
def test_the_vector_picture_is_complete_and_stands_alone(name):
    spec = SPECS[name]
    svg = chart.vector(spec)
    assert re.findall(r"style=|<style|<script|<image|https?://(?!www\.w3\.org/)", svg) == []
    assert re.findall(r"<title[^>]*>([^<]*)", svg)[:1] == [spec.title]
    assert re.findall(r'role="(\w+)" aria-labelledby="([^"]*)"', svg) == [("img", "chart-title chart-desc")]
    assert spec.title in "".join(re.findall(r"<text[^>]*>([^<]*)", svg))
    assert "BIZ UDPGothic" in svg


def test_the_picture_has_its_numbers_gaps_and_source_as_text():
    text = re.findall(r"<text[^>]*>([^<]*)", chart.vector(ranked()))
    assert [word for word in ("49.9%", "31.7%", GAP, "4.9%※", "出所 調査") if word not in text] == []


def test_the_same_numbers_give_the_same_bytes():
    assert chart.vector(stacked()) == chart.vector(stacked())


def test_hatched_parts_keep_their_patterns():
    series = [Series(str(place), values((12, 10))) for place in range(6)]
    assert len(re.findall("<pattern", chart.vector(stacked(series=series)))) == 4


def test_a_long_title_is_broken_before_no_closing_mark():
    assert drawing.wrapped("あいう、え", 3) == "あいう、\nえ"


def test_a_line_ends_at_a_comma_rather_than_in_a_word():
    assert drawing.wrapped("以前に参加したが、今はしていない", 12) == "以前に参加したが、\n今はしていない"
    assert drawing.wrapped("なお、以前に参加した人", 8) == "なお、以前に参加\nした人"


def test_names_stand_in_one_row_where_they_have_room():
    def columns(*names: str) -> int:
        return drawing._legend_columns(stacked(series=[Series(name, values((1, 1))) for name in names]))

    assert [columns("知っている", "知らない"), columns(*["とても長い答えの名前"] * 4), columns("長" * 60)] == [2, 3, 1]


@pytest.mark.parametrize("name", SPECS)
def test_on_paper_the_drawing_stands_among_others_and_is_said_in_words(name):
    svg, _ = chart.on_paper(SPECS[name])
    root = ElementTree.fromstring(svg)  # noqa: S314 - of our own making
    assert root.find("{http://www.w3.org/2000/svg}title").text == words.aloud(SPECS[name])
    assert set(re.findall(r' id="([^"]*)"', svg)) == set(re.findall(r'(?:url\(|href=")#([\w-]+)', svg))
    assert re.findall(r"style=|<style|<desc|aria-labelledby|patch_1", svg) == []


def test_on_paper_title_notes_and_source_are_left_to_the_paper():
    svg, _ = chart.on_paper(ranked())
    text = re.findall(r"<text[^>]*>([^<]*)", svg)
    assert sorted(text) == sorted(["家族", "相談していない", "職場", "無回答", "49.9%", "31.7%", GAP, "4.9%※"])


def test_the_same_numbers_are_drawn_once(monkeypatch):
    first = chart.on_paper(ranked(title="一度だけ"))
    monkeypatch.setattr(drawing, "on_paper", None)
    assert chart.on_paper(ranked(title="一度だけ")) is first


def test_drawings_kept_do_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(chart, "KEPT", 2)
    for number in range(4):
        chart.on_paper(ranked(title=f"図{number}"))
    assert len(chart._drawn) <= 2


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (ranked(), True),
        (line(1, 2, 3), True),
        (line(*range(1, 9)), False),
        (stacked(), True),
        (stacked(series=(Series("A", values((95, 50))), Series("B", values((5, 50))))), False),
        (stacked(series=(Series("A", values((100, 50))), Series("B", values((0, 50))))), True),
        (SPECS["multiples"], True),
        (Multiples(title="x", charts=(line(1, 2), line(*range(1, 9)))), False),
    ],
)
def test_a_drawing_knows_whether_it_says_every_number(spec, says):
    assert drawing.says_all(spec) is says


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            ranked(),
            "相談先（n=663）。家族：49.9%。相談していない：31.7%。職場：素案の本文に値の記載なし。無回答：4.9%※。",
        ),
        (
            stacked(),
            "認知。窓口（n=663）：知っている 60.1%、知らない 35.0%。"
            "活動（n=28）：知っている 20.0%、知らない 値の記載なし。",
        ),
        (Multiples(title="地区別", charts=(line(5),)), "地区別。人口。令和2年：5人。"),
    ],
)
def test_a_drawing_is_said_with_all_its_numbers(spec, said):
    assert words.aloud(spec) == said


def test_on_paper_a_table_follows_where_a_number_has_no_room():
    narrow = stacked(series=(Series("A", values((95, 50))), Series("B", values((5, 50)))))
    found = [Template("{% chart_on_paper spec %}").render(Context({"spec": spec})) for spec in (stacked(), narrow)]
    assert [text_of(html.partition("</svg>")[2]) for html in found] == [
        "",
        "項目 A（%） B（%） n 窓口 95.0 5.0 663 活動 50.0 50.0 28",
    ]


def test_a_bitmap_is_a_png():
    assert drawing.bitmap(ranked(), dots=40)[:8] == b"\x89PNG\r\n\x1a\n"


# ---- files --------------------------------------------------------------------


def asked(spec, form):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return chart.answer(request, spec, form, back="/back")


@pytest.mark.parametrize(
    ("form", "kind"),
    [("svg", "image/svg+xml; charset=utf-8"), ("png", "image/png"), ("csv", "text/csv; charset=utf-8")],
)
def test_a_chart_is_saved_under_its_title(form, kind):
    response = asked(ranked(), form)
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''%E7%9B%B8%E8%AB%87%E5%85%88.{form}"


def test_another_form_is_not_found():
    with pytest.raises(Http404):
        asked(ranked(), "gif")


def test_the_csv_has_one_row_for_each_value_and_says_why_there_is_none():
    rows = list(csv.reader(io.StringIO(asked(ranked(), "csv").content.decode("utf-8-sig"))))
    assert rows == [
        ["図", "項目", "系列", "値", "単位", "値のない理由・印", "n", "出所"],
        ["相談先", "家族", "割合", "49.9", "%", "", "663", "調査"],
        ["相談先", "相談していない", "割合", "31.7", "%", "", "663", "調査"],
        ["相談先", "職場", "割合", "", "%", GAP, "663", "調査"],
        ["相談先", "無回答", "割合", "4.9", "%", "※", "663", "調査"],
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (heat(), [("1-1-1 相談", "令和7", "B 計画どおり"), ("2-1-1 交流", "令和7", "C 一部実施"),
                  ("1-1-1 相談", "令和8", "これから"), ("2-1-1 交流", "令和8", "値の記載なし")]),
        (Multiples(title="x", charts=(series_of(1, unit="件"),)), [("あ", "割合", "")]),
    ],
)  # fmt: skip
def test_a_heat_map_is_flat_by_row_and_column(spec, expected):
    from mine_welfare.toolkit.chart.files import flat

    assert [(row[1], row[2], row[5]) for row in flat(spec)] == expected


# ---- to touch -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("bars", ["bar"]), ("grouped", ["bar", "bar"]), ("stacked", ["bar", "bar"]), ("lines", ["scatter"]),
        ("heat", ["heatmap"]), ("numbers", ["heatmap"]), ("multiples", ["bar", "bar"]),
    ],
)  # fmt: skip
def test_the_figure_to_touch_has_a_trace_for_each_series(name, kinds):
    made = interactive.figure(SPECS[name])
    assert [trace["type"] for trace in made["data"]] == kinds


def test_a_gap_stays_a_gap_in_the_figure_to_touch():
    trace = interactive.figure(SPECS["lines"])["data"][0]
    assert (trace["y"], trace["connectgaps"]) == ([26159.0, None, 24000.0, 23092.0], False)


def test_counts_of_a_stack_become_shares_and_keep_their_words():
    counts = stacked(unit="件", series=(Series("A", values((3, 1))), Series("B", values((1, 1)))))
    trace = interactive.figure(counts)["data"][0]
    assert (trace["x"], trace["text"]) == ([75.0, 50.0], ["3件", "1件"])


def test_only_the_page_to_touch_allows_inline_styles(client, db):
    response = asked(ranked(), "html")
    html = response.content.decode()
    assert response._csp_replace == {
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
    }
    assert re.findall(r'<script src="[^"]*/([\w.]+)"', html) == ["plotly.min.js", "interactive.js"]
    assert re.findall(r'class="btn" href="([^"]*)"', html) == ["/back"]
    assert re.findall(r'<th scope="row">([^<]*)', html) == list(ranked().labels)


def test_the_script_is_the_one_of_the_installed_package():
    finder = interactive.PlotlyFinder()
    path = str(interactive.package_script())
    assert (finder.find("plotly/plotly.min.js"), finder.find("plotly/plotly.min.js", find_all=True)) == (path, [path])
    assert finder.find("css/base.css") == []
    ((name, storage),) = finder.list(None)
    assert (name, storage.prefix, storage.path(name)) == ("plotly.min.js", "plotly", path)
