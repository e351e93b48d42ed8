"""A chart as HTML: rows of real text with SVG bars beside them, so that it reflows, zooms, prints and is read aloud.

Lengths are SVG attributes in percent of the room there is: the security
policy forbids style attributes, and text keeps its size on every screen.
Fills are the f-… classes of components.css; the page includes
components/patterns.html once.
"""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..markup import DASH, icon
from ..markup import legend as markup_legend
from ..markup import number as plain
from .lines import lines
from .specs import Bars, Chart, GroupedBars, HeatMap, Lines, Multiples, RankedBars, Series, Stacked, Value
from .words import full, shown, value_words

# A part of a 100 % bar narrower than this (percent) has no room for its number.
ROOM = 11
HEIGHT = {"bars": 22, "grouped": 16, "stacked": 26}


def percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%"


def body(chart: Chart) -> SafeString:
    """The drawn part of the chart: its bars, lines or cells with their words, and a legend of several series."""
    return _BODIES[type(chart)](chart)


def _linked(words: object, href: str) -> SafeString | object:
    return format_html('<a href="{}">{}</a>', href, words) if href else words


def legend(chart: Chart) -> SafeString | str:
    """What the fills mean; one series needs none."""
    if len(chart.series) < 2:
        return ""
    return markup_legend([(chart.tone(place), one.label, 0) for place, one in enumerate(chart.series)])


# ---- bars -------------------------------------------------------------------


def _bar(value: Value, tone: str, chart: Chart) -> SafeString:
    """The bar of one value and its number; of a gap, the words in the place of both."""
    if value.number is None:
        return format_html('<span class="gap">{}</span>', value_words(value, chart))
    height = HEIGHT["grouped" if isinstance(chart, GroupedBars) else "bars"]
    return format_html(
        '<svg width="100%" height="{}" aria-hidden="true"><rect class="f-{}" x="0" y="2" width="{}" height="{}"/></svg>'
        '<span class="v">{}<small>{}{}</small></span>',
        height + 4,
        value.tone or tone,
        percent(max(float(value.number), 0), chart.top),
        height,
        shown(value.number, chart.unit),
        chart.unit,
        value.mark,
    )


def _bars(chart: Chart) -> SafeString:
    """Each label with its bar; of several series (rare in this kind) the first."""
    tone = chart.tone(0)
    rows = (
        (_linked(label, cells[0][1].href), _bar(cells[0][1], tone, chart)) for label, cells in chart.rows() if cells
    )
    return format_html('<ul class="bars">{}</ul>', format_html_join("", "<li><span>{}</span>{}</li>", rows))


def _grouped(chart: Chart) -> SafeString:
    def group(cells: list[tuple[Series, Value]]) -> SafeString:
        rows = ((one.label, _bar(value, chart.tone(place), chart)) for place, (one, value) in enumerate(cells))
        return format_html_join("", '<li><span class="of">{}</span>{}</li>', rows)

    items = format_html_join(
        "", '<li><b>{}</b><ul class="bars">{}</ul></li>', ((label, group(cells)) for label, cells in chart.rows())
    )
    return format_html('{}<ul class="groups">{}</ul>', legend(chart), items)


# ---- 100 % bars -------------------------------------------------------------


def _segment(left: float, value: Value, tone: str, chart: Chart, whole: float) -> SafeString:
    """One part; its number stands on a plate where there is room, so that a hatched ground does not hide it."""
    width = float(value.number or 0)
    rect = format_html(
        '<rect class="f-{}" x="{}" y=".5" width="{}" height="{}"/>',
        tone, percent(left, whole), percent(width, whole), HEIGHT["stacked"] - 1,
    )  # fmt: skip
    if 100 * width / whole < ROOM:
        return rect
    words = shown(value.number or 0, chart.unit)
    plate = format_html(
        '<svg class="plate" x="{}" y="4"><rect x="{}" width="{}" height="18"/><text y="14">{}</text></svg>',
        percent(left + width / 2, whole), -(len(words) * 4.5 + 3), len(words) * 9 + 6, words,
    )  # fmt: skip
    return SafeString(rect + plate)


def _stack(place: int, chart: Stacked) -> SafeString:
    whole, left, drawn = chart.whole(place), 0.0, []
    for index, one in enumerate(chart.series):
        value = one.values[place]
        if value.number:
            drawn.append(_segment(left, value, chart.tone(index), chart, whole))
            left += float(value.number)
    said = "、".join(f"{one.label} {value_words(one.values[place], chart)}" for one in chart.series)
    html = '<div class="dist"><svg width="100%" height="{}" role="img" aria-label="{}">{}</svg></div>'
    return format_html(html, HEIGHT["stacked"], f"{chart.labels[place]}。{said}", SafeString("".join(drawn)))


def _stacked(chart: Stacked) -> SafeString:
    bases = chart.bases or [None] * len(chart.labels)
    hrefs = chart.hrefs or [""] * len(chart.labels)
    rows = (
        (_linked(label, href), f"n={plain(base)}" if base is not None else "", _stack(place, chart))
        for place, (label, base, href) in enumerate(zip(chart.labels, bases, hrefs, strict=True))
    )
    items = format_html_join("", '<li><span>{}</span><span class="n">{}</span>{}</li>', rows)
    return format_html('<ul class="stacks">{}</ul>{}', items, legend(chart))


# ---- heat map ---------------------------------------------------------------


def shade(value: Value, chart: Chart) -> int:
    """Of a number, one of five steps of shading (0 light … 4 dark)."""
    return min(4, int(5 * float(value.number or 0) / chart.top))


def heat_cell(value: Value, chart: Chart) -> SafeString:
    """One cell of a heat map: the letter with its mark, or the number on its shade."""
    if value.number is not None:
        words = format_html(
            '<span class="shade shade--{}">{}</span>', shade(value, chart), full(value.number, chart.unit)
        )
    elif value.tone:
        html = '<span class="cell cell--{}">{}{}<span class="sr">{}</span></span>'
        words = format_html(html, value.tone, value.words, icon(value.icon) if value.icon else "", value.said)
    else:
        html = '<span class="cell cell--none">{}<span class="sr">{}</span></span>'
        words = format_html(html, DASH, value.said or value.words or chart.gap)
    return format_html('<a class="cell-link" href="{}">{}</a>', value.href, words) if value.href else words


def _heat(chart: HeatMap) -> SafeString:
    """A table is what a heat map is: rows under their headings, one cell a column."""
    head = format_html_join("", '<th scope="col" class="mid">{}</th>', ((label,) for label in chart.labels))
    rows: list[SafeString] = []
    group = ""
    for one in chart.series:
        if one.group != group:
            group = one.group
            html = '<tr class="is-group"><th scope="colgroup" colspan="{}">{}</th></tr>'
            rows.append(format_html(html, len(chart.labels) + 1, group))
        cells = format_html_join("", '<td class="mid">{}</td>', ((heat_cell(value, chart),) for value in one.values))
        rows.append(format_html('<tr><th scope="row">{}</th>{}</tr>', _linked(one.label, one.href), cells))
    return format_html(
        '<div class="table-wrap" role="region" aria-label="{}の表" tabindex="0">'
        '<table class="table table--tight table--mid table--heat"><caption class="sr">{}</caption>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>',
        chart.title, chart.title, chart.corner or chart.head, head, SafeString("".join(rows)),
    )  # fmt: skip


# ---- small multiples --------------------------------------------------------


def _multiples(chart: Multiples) -> SafeString:
    items = ((one.title, body(one)) for one in chart.charts)
    html = '<li><p class="multiple-title">{}</p>{}</li>'
    return format_html('<ul class="multiples">{}</ul>', format_html_join("", html, items))


_BODIES: dict[type[Chart], Callable[[Any], SafeString]] = {
    Bars: _bars,
    RankedBars: _bars,
    HeatMap: _heat,
    Stacked: _stacked,
    GroupedBars: _grouped,
    Lines: lines,
    Multiples: _multiples,
}


# ---- the table --------------------------------------------------------------


def table(chart: Chart) -> tuple[list[str], list[list]]:
    """(head, rows) of the chart's numbers as every rendering prints them: the reader's twin of the picture."""
    if isinstance(chart, Multiples):
        rows = [[one.title, *row] for one in chart.charts for row in table(one)[1]]
        return ["区分", *(table(chart.charts[0])[0] if chart.charts else [])], rows
    unit = f"（{chart.unit}）" if chart.unit else ""
    bases = list(getattr(chart, "bases", ()))
    if isinstance(chart, HeatMap):
        columns = [one.label for one in chart.series]
        turned = [[_cell(value, chart) for value in one.values] for one in chart.series]
        return [chart.corner or chart.head, *chart.labels], [[a, *b] for a, b in zip(columns, turned, strict=True)]
    head = [chart.head, *(f"{one.label}{unit}" for one in chart.series), *(["n"] if bases else [])]
    rows = [
        [label, *(_cell(value, chart) for _, value in cells), *(bases[place : place + 1] if bases else [])]
        for place, (label, cells) in enumerate(chart.rows())
    ]
    return head, rows


def _cell(value: Value, chart: Chart) -> str:
    if value.number is None:
        return f"{value.words} {value.said}".strip() if value.said else value.words or chart.gap
    return f"{shown(value.number, chart.unit)}{value.mark}"
