"""A chart as a complete picture: vector SVG with text as text, or PNG.

The only file that knows matplotlib. No pyplot: a figure belongs to its caller,
so threads do not share one. Fills differ by pattern, and every bar has its
number or its words. A saved file travels alone, so the title, source and notes
are part of it; a paper prints them around the drawing in its own type.
"""

import io
import threading
import unicodedata
from functools import cache
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from .lines import labelled, runs
from .picture import inline, standalone
from .specs import Bars, Chart, GroupedBars, HeatMap, Lines, Multiples, Series, Stacked, Value
from .words import aloud, full, notes, reading, rounded, shown, value_words

INK, SOFT, HAIR = "#1a1a1a", "#4d4d4d", "#cccccc"
# (ground, hatch, letters on it): the same meaning as the f-… classes of components.css.
FILLS = {
    "1": ("#00118f", "", "#ffffff"),
    "2": ("#9db7f9", "", "#000000"),
    "3": ("#ffffff", "////", INK),
    "4": ("#ffffff", "xxxx", INK),
    "5": ("#ffffff", "----", INK),
    "6": ("#e6e6e6", "||||", INK),
    "0": ("#ffffff", "", INK),
    "a": ("#00118f", "", "#ffffff"),
    "b": ("#9db7f9", "", "#000000"),
    "c": ("#ffd43d", "////", "#000000"),
    "d": ("#a90000", "xxxx", "#ffffff"),
    "n": ("#cccccc", "", "#000000"),
}
SHADES = ("#ffffff", "#e8f1fe", "#c5d7fb", "#9db7f9", "#00118f")
WIDTH = 7.2  # inches: the text width of A4
# Inches of a drawing that a paper shows at its measure of 462 pt: labels of 9.5 become 9 pt, as in its tables.
ON_PAPER = 6.8
FONT = 10
LABELS, LABEL = 9.5, 20  # before the bars: points, and full-width characters in a line
LEGEND = 52  # full-width characters in a row of it
ROOM = 6  # a part of a 100 % bar narrower than this (percent) has no room for its number
AXIS, HEADS = 0.34, 0.3  # inches: the years under lines, the columns over a heat map
MARKERS = "os^D"
DASHES: Any = ("-", (0, (6, 3)), (0, (2, 2)), (0, (6, 2, 2, 2)))
_one_at_a_time = threading.Lock()


@cache
def _settings() -> Any:
    return {
        "font.family": "BIZ UDPGothic",
        "font.size": FONT,
        "svg.fonttype": "none",
        "svg.hashsalt": "chart",  # the same numbers give the same bytes
        "hatch.linewidth": 0.8,
        "axes.edgecolor": INK,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }


def vector(chart: Chart) -> str:
    """SVG with title and description for those who hear it; no style attributes, so that any policy shows it."""
    out = io.StringIO()
    with _one_at_a_time, matplotlib.rc_context(_settings()):
        figure = _figure(chart)
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
    return standalone(out.getvalue(), chart.title, " ".join((reading(chart), *notes(chart))))


def on_paper(chart: Chart) -> str:
    """SVG to stand inside the HTML of a paper: the drawing and its legend; all it shows is its title, in words."""
    out = io.StringIO()
    with _one_at_a_time, matplotlib.rc_context(_settings()):
        figure = Figure(figsize=(ON_PAPER, _height(chart)))
        _draw(chart, figure, (0.0, 0.0, 1.0, 1.0))
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
    return inline(out.getvalue(), aloud(chart))


def says_all(chart: Chart) -> bool:
    """Whether the drawing has the number of every value; where it has not, a paper adds the table."""
    if isinstance(chart, Lines):
        return all(len(labelled(one, chart)) == sum(v.number is not None for v in one.values) for one in chart.series)
    if isinstance(chart, Stacked):
        shares = (
            100 * float(value.number) / chart.whole(place)
            for place, (_, cells) in enumerate(chart.rows())
            for _, value in cells
            if value.number
        )
        return all(share >= ROOM for share in shares)
    return all(says_all(one) for one in chart.charts) if isinstance(chart, Multiples) else True


def bitmap(chart: Chart, dots: int = 200) -> bytes:
    """PNG with `dots` an inch."""
    out = io.BytesIO()
    with _one_at_a_time, matplotlib.rc_context(_settings()):
        figure = _figure(chart)
        figure.set_dpi(dots)
        FigureCanvasAgg(figure).print_png(out, metadata={"Software": None, "Title": chart.title})
    return out.getvalue()


# ---- the sheet: title above, drawing, legend, source below --------------------


def _ems(text: str) -> float:
    """About how many full-width characters it is long; Latin letters and digits count half."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.55 for sign in text)


def wrapped(text: str, width: float) -> str:
    """Lines of at most `width` full-width characters."""
    lines, line, used = [], "", 0.0
    for sign in text:
        size = _ems(sign)
        # No line begins with a mark that closes one.
        if used + size > width and sign not in "、。）」』，．・％%ー":
            # Rather after a comma in the second half than in the middle of a word.
            cut = line.rfind("、") + 1
            cut = cut if cut > len(line) / 2 else len(line)
            lines.append(line[:cut])
            line = line[cut:]
            used = _ems(line)
        line, used = line + sign, used + size
    return "\n".join([*lines, line])


def _figure(chart: Chart) -> Figure:
    title = wrapped(chart.title + (f"（n={chart.n:,}）" if chart.n else ""), 40)
    foot = [f"出所 {chart.source}"] if chart.source else []
    below = wrapped_lines([reading(chart), *notes(chart), *foot])
    above, under = 0.32 + 0.24 * title.count("\n"), 0.1 + 0.185 * len(below)
    drawn = _height(chart)
    height = above + drawn + under
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    figure.text(0.01, 1 - 0.06 / height, title, fontsize=12, fontweight="bold", va="top")
    figure.text(0.01, 0.06 / height, "\n".join(below), fontsize=8.5, color=SOFT, va="bottom", linespacing=1.45)
    _draw(chart, figure, (0.0, under / height, 1.0, drawn / height))
    return figure


def wrapped_lines(sentences: list[str]) -> list[str]:
    return [line for sentence in sentences if sentence for line in wrapped(sentence, 56).split("\n")]


def _legend_height(chart: Chart) -> float:
    """Inches: two to four names in a row."""
    return 0.28 * -(-len(chart.series) // _legend_columns(chart)) + 0.06 if len(chart.series) > 1 else 0.0


def _legend_columns(chart: Chart) -> int:
    """All in one row where they have room, else as many of the longest as have."""
    lengths = [_ems(one.label) + 3.5 for one in chart.series] or [1.0]
    return len(lengths) if sum(lengths) <= LEGEND else max(1, int(LEGEND / max(lengths)))


def _height(chart: Chart) -> float:
    """Inches of the drawing with its legend."""
    if isinstance(chart, Multiples):
        return sum(_height(one) + 0.3 for one in chart.charts)
    if isinstance(chart, HeatMap):
        groups = len({one.group for one in chart.series if one.group})
        return HEADS + 0.1 + 0.3 * (len(chart.series) + groups)
    if isinstance(chart, Lines):
        return 2.6 + _legend_height(chart)
    each = 0.22 * len(chart.series) + 0.16 if isinstance(chart, GroupedBars) else 0.34
    return each * max(1, len(chart.labels)) + 0.12 + _legend_height(chart)


def _draw(chart: Chart, figure: Figure, box: tuple[float, float, float, float]) -> None:
    if isinstance(chart, Multiples):
        _draw_multiples(chart, figure, box)
        return
    x, y, width, height = box
    inches = figure.get_figheight() * height
    legend = _legend_height(chart) / inches * height if not isinstance(chart, HeatMap) else 0
    under = AXIS / inches * height if isinstance(chart, Lines) else 0
    over = HEADS / inches * height if isinstance(chart, HeatMap) else 0
    left = 0.08 if isinstance(chart, Lines) else 0.36 if isinstance(chart, HeatMap) else _left(chart, figure)
    right = 0.97 if isinstance(chart, (HeatMap, Lines)) else 0.86
    axes = figure.add_axes(
        (x + left * width, y + legend + under, (right - left) * width, height - legend - under - over)
    )
    _DRAWN.get(type(chart), _draw_bars)(chart, axes)
    if legend:
        _legend(chart, figure, (x + 0.01, y, width - 0.02, legend))


def _left(chart: Chart, figure: Figure) -> float:
    """The part of the width that the longest label before the bars takes, at least a seventh."""
    longest = max((_ems(line) for label in chart.labels for line in wrapped(label, LABEL).split("\n")), default=0)
    return max(0.14, (longest * LABELS / 72 + 0.12) / figure.get_figwidth())


def _draw_multiples(chart: Multiples, figure: Figure, box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    whole, top = _height(chart), y + height
    for one in chart.charts:
        part = (_height(one) + 0.3) / whole * height
        figure.text(x + 0.01, top - 0.04 / whole * height, one.title, fontweight="bold", va="top")
        drawn = part * _height(one) / (_height(one) + 0.3)
        _draw(one, figure, (x, top - part, width, drawn))
        top -= part


def _legend(chart: Chart, figure: Figure, box: tuple[float, float, float, float]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if isinstance(chart, Lines):
        keys: list[Any] = [
            Line2D([], [], color=INK, marker=MARKERS[place % 4], linestyle=DASHES[place % 4], markerfacecolor="white")
            for place in range(len(chart.series))
        ]
    else:
        keys = [Patch(**_fill(chart.tone(place))) for place in range(len(chart.series))]
    names = [one.label for one in chart.series]
    figure.legend(
        keys, names, loc="center left", bbox_to_anchor=box,
        ncols=_legend_columns(chart), frameon=False, fontsize=9, handlelength=1.8 if isinstance(chart, Lines) else 1.2,
        borderpad=0, borderaxespad=0,
    )  # fmt: skip


def _fill(tone: str) -> dict[str, Any]:
    ground, hatch, _ = FILLS.get(tone, FILLS["1"])
    return {
        "facecolor": ground,
        "edgecolor": INK,
        "hatch": hatch,
        "linewidth": 0.8,
        "linestyle": (0, (3, 2)) if tone == "0" else "-",
    }


# ---- kinds ------------------------------------------------------------------


def _bare(axes: Axes, count: int, labels: list[str]) -> None:
    """Labels on the left, no scale below: every bar says its number."""
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks(range(count), [wrapped(label, LABEL) for label in labels], fontsize=LABELS, linespacing=1.1)
    axes.tick_params(length=0, pad=6)
    axes.set_xticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _say(axes: Axes, at: float, height: float, value: Value, chart: Chart) -> None:
    """The number at the end of its bar, or the words where a bar would be."""
    known = value.number is not None
    axes.annotate(
        value_words(value, chart), (at, height), xytext=(5, 0), textcoords="offset points", va="center",
        fontweight="bold" if known else "normal", color=INK if known else SOFT, fontsize=9.5 if known else 9,
        annotation_clip=False,
    )  # fmt: skip


def _draw_bars(chart: Chart, axes: Axes) -> None:
    for place, value in enumerate(chart.series[0].values if chart.series else ()):
        width = float(value.number or 0)
        if width:
            axes.barh(place, width, height=0.66, **_fill(value.tone or chart.tone(0)))
        _say(axes, width, place, value, chart)
    axes.set_xlim(0, chart.top)
    _bare(axes, len(chart.labels), list(chart.labels))


def _draw_grouped(chart: Chart, axes: Axes) -> None:
    count = len(chart.series)
    size = 0.8 / count
    for index, one in enumerate(chart.series):
        for place, value in enumerate(one.values):
            at, width = place - 0.4 + size * (index + 0.5), float(value.number or 0)
            if width:
                axes.barh(at, width, height=size * 0.92, **_fill(value.tone or chart.tone(index)))
            _say(axes, width, at, value, chart)
    axes.set_xlim(0, chart.top)
    _bare(axes, len(chart.labels), list(chart.labels))


def _draw_stacked(chart: Stacked, axes: Axes) -> None:
    for place in range(len(chart.labels)):
        whole, left = chart.whole(place), 0.0
        for index, one in enumerate(chart.series):
            width = 100 * float(one.values[place].number or 0) / whole
            if not width:
                continue
            tone = chart.tone(index)
            axes.barh(place, width, left=left, height=0.66, **_fill(tone))
            if width >= ROOM:
                _plate(axes, left + width / 2, place, one.values[place], chart, tone)
            left += width
        if chart.bases and chart.bases[place] is not None:
            _say(axes, 100, place, Value(words=f"n={chart.bases[place]:,}"), chart)
    axes.set_xlim(0, 100)
    _bare(axes, len(chart.labels), list(chart.labels))


def _plate(axes: Axes, x: float, y: float, value: Value, chart: Chart, tone: str) -> None:
    """The number inside its part; on a pattern it stands on a plain plate."""
    _, hatch, letters = FILLS.get(tone, FILLS["1"])
    is_dark = letters == "#ffffff"
    plate = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if hatch and not is_dark else None
    number = value.number or 0
    words = str(rounded(number)) if chart.unit == "%" else shown(number, chart.unit)
    axes.text(x, y, words, ha="center", va="center", fontsize=9, color=letters, bbox=plate)


def _draw_lines(chart: Chart, axes: Axes) -> None:
    for index, one in enumerate(chart.series):
        for run in runs(one):
            heights = [float(one.values[place].number or 0) for place in run]
            axes.plot(
                run, heights, color=INK, linestyle=DASHES[index % 4], marker=MARKERS[index % 4],
                markerfacecolor="white", markersize=6, linewidth=1.6, clip_on=False,
            )  # fmt: skip
        _label_points(one, chart, axes)
    axes.set_ylim(0, chart.top * 1.15)
    axes.set_xlim(-0.4, max(len(chart.labels) - 0.6, 0.4))
    axes.set_xticks(range(len(chart.labels)), [wrapped(label, 6) for label in chart.labels], fontsize=9)
    axes.set_yticks([])
    axes.tick_params(length=0, pad=6)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _label_points(one: Series, chart: Chart, axes: Axes) -> None:
    """Numbers over their points, of every second line below them."""
    short = len(chart.labels) < 7
    offset = (0, -15) if list(chart.series).index(one) % 2 else (0, 8)
    for place in labelled(one, chart):
        value = one.values[place]
        number = value.number or 0
        words = f"{full(number, chart.unit)}{value.mark}" if short else shown(number, chart.unit)
        at = (place, float(number))
        axes.annotate(words, at, xytext=offset, textcoords="offset points", ha="center", fontsize=9)


def _draw_heat(chart: Chart, axes: Axes) -> None:
    """Rows under their headings; each cell a square with its letter or number."""
    from matplotlib.patches import Rectangle

    from .page import shade

    y, ticks, group = 0, [], ""
    for one in chart.series:
        if one.group != group:
            group = one.group
            axes.text(-0.57 * len(chart.labels), y, group, fontweight="bold", fontsize=9, va="center", ha="left")
            y += 1
        ticks.append((y, wrapped(one.label, 22)))
        for place, value in enumerate(one.values):
            look = _fill(value.tone) if value.tone else {"facecolor": "white", "edgecolor": HAIR, "linewidth": 0.8}
            letters = FILLS[value.tone][2] if value.tone in FILLS else INK
            if value.number is not None:
                step = shade(value, chart)
                look, letters = {"facecolor": SHADES[step], "edgecolor": INK}, "#ffffff" if step == 4 else INK
            axes.add_patch(Rectangle((place - 0.42, y - 0.4), 0.84, 0.8, **(look | {"hatch": ""})))
            words = full(value.number, chart.unit) if value.number is not None else value.words or "—"
            axes.text(place, y, words, ha="center", va="center", fontsize=9, color=letters)
        y += 1
    axes.set_xlim(-0.5, len(chart.labels) - 0.5)
    axes.set_ylim(max(y, 1) - 0.5, -0.5)
    axes.set_yticks([at for at, _ in ticks], [label for _, label in ticks], fontsize=8.5)
    axes.set_xticks(range(len(chart.labels)), list(chart.labels), fontsize=9)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


_DRAWN: dict[type, Any] = {
    Bars: _draw_bars,
    GroupedBars: _draw_grouped,
    Stacked: _draw_stacked,
    Lines: _draw_lines,
    HeatMap: _draw_heat,
}
