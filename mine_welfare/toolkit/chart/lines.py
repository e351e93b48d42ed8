"""A line chart on a page: SVG whose x is percent and whose y is pixels, so that text and marks keep their size."""

from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..markup import number as plain
from .specs import Chart, Lines, Series, Value
from .words import full, shown

HEIGHT, ABOVE, BELOW = 190, 26, 28
LEFT, RIGHT = 7.0, 93.0  # percent: half a label hangs over on both sides
LABELS = 6
# Each series has its own mark and dash: colour is only the third sign.
MARKS = (
    '<circle r="5" class="m-1"/>',
    '<rect x="-4.5" y="-4.5" width="9" height="9" class="m-2"/>',
    '<path d="M0-6 6 5H-6z" class="m-3"/>',
    '<path d="M0-6 6 0 0 6-6 0z" class="m-4"/>',
)


def x_of(place: int, count: int) -> float:
    return 50.0 if count == 1 else LEFT + (RIGHT - LEFT) * place / (count - 1)


def y_of(value: Value, top: float) -> float:
    return ABOVE + (HEIGHT - ABOVE - BELOW) * (1 - float(value.number or 0) / top)


def runs(one: Series) -> list[list[int]]:
    """The places of known values that follow each other: a gap ends a run and with it the line."""
    found: list[list[int]] = []
    previous = -2
    for place, value in enumerate(one.values):
        if value.number is None:
            continue
        if place != previous + 1:
            found.append([])
        found[-1].append(place)
        previous = place
    return found


def steps(count: int) -> int:
    """Every how many-th label is written, so that they do not touch on a phone."""
    return -(-count // LABELS)


def _line(place: int, one: Series, chart: Chart) -> SafeString:
    count, top = len(chart.labels), chart.top
    pieces = [
        (x_of(a, count), y_of(one.values[a], top), x_of(b, count), y_of(one.values[b], top))
        for run in runs(one)
        for a, b in pairwise(run)
    ]
    html = '<line class="l-{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>'
    drawn = format_html_join("", html, ((place + 1, *(f"{part:.2f}" for part in piece)) for piece in pieces))
    marks = format_html_join(
        "", '<svg class="mark" x="{}%" y="{}">{}</svg>',
        ((f"{x_of(at, count):.2f}", f"{y_of(value, top):.2f}", SafeString(MARKS[place % len(MARKS)]))
         for at, value in enumerate(one.values) if value.number is not None),
    )  # fmt: skip
    return SafeString(drawn + marks + _numbers(one, chart))


def labelled(one: Series, chart: Chart) -> list[int]:
    """The places whose number is written: all of one short line, of others the first and last known."""
    known = [place for place, value in enumerate(one.values) if value.number is not None]
    if len(chart.series) > 1 or len(known) > LABELS:
        return sorted({*known[:1], *known[-1:]})
    return known


def _numbers(one: Series, chart: Chart) -> SafeString:
    """The numbers over their points, of every second line below them."""
    count = len(chart.labels)
    offset = 22 if list(chart.series).index(one) % 2 else -10
    return format_html_join(
        "", '<text class="over" x="{}%" y="{}">{}{}</text>',
        ((f"{x_of(place, count):.2f}", f"{y_of(one.values[place], chart.top) + offset:.2f}",
          shown(one.values[place].number or 0, chart.unit), one.values[place].mark) for place in labelled(one, chart)),
    )  # fmt: skip


def _axis(chart: Chart) -> SafeString:
    count, bottom = len(chart.labels), HEIGHT - BELOW
    names = format_html_join(
        "", '<text class="under" x="{}%" y="{}">{}</text>',
        ((f"{x_of(place, count):.2f}", bottom + 20, label)
         for place, label in enumerate(chart.labels) if (count - 1 - place) % steps(count) == 0),
    )  # fmt: skip
    return format_html('<line class="axis" x1="0" y1="{0}" x2="100%" y2="{0}"/>{1}', bottom, names)


def lines(chart: Lines) -> SafeString:
    """The picture with its words for those who do not see it, and a legend of marks for several series."""
    drawn = format_html_join("", "{}", ((_line(place, one, chart),) for place, one in enumerate(chart.series)))
    said = "。".join(f"{one.label} {_said(one, chart)}" for one in chart.series)
    html = '<svg class="lines" width="100%" height="{}" role="img" aria-label="{}">{}{}</svg>{}'
    return format_html(html, HEIGHT, f"{chart.title}。{said}", _axis(chart), drawn, _legend(chart))


def _said(one: Series, chart: Chart) -> str:
    """First, last and how many: the table has all."""
    known = [(label, value) for label, value in zip(chart.labels, one.values, strict=True) if value.number is not None]
    if not known:
        return chart.gap
    ends = dict.fromkeys((known[0], known[-1]))
    words = "、".join(f"{label} {full(value.number or 0, chart.unit)}" for label, value in ends)
    return words if len(known) < 3 else f"{words}。値は{plain(len(known))}個"


def _legend(chart: Lines) -> SafeString | str:
    if len(chart.series) < 2:
        return ""
    html = (
        '<li><svg class="lines-key" width="34" height="14" aria-hidden="true">'
        '<line class="l-{}" x1="0" y1="7" x2="34" y2="7"/><svg class="mark" x="17" y="7">{}</svg></svg>{}</li>'
    )
    items = ((place + 1, SafeString(MARKS[place % len(MARKS)]), one.label) for place, one in enumerate(chart.series))
    return format_html('<ul class="legend">{}</ul>', format_html_join("", html, items))
