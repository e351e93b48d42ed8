"""The figure to touch: what plotly draws from a spec, on a page of its own.

The only file that knows plotly. Its script is 4.8 MB, so no page carries it:
the reader asks for the figure and gets a page with the script of the installed
package, served by the portal (`PlotlyFinder`).
"""

import json
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from .specs import Chart, GroupedBars, HeatMap, Lines, Multiples, Stacked
from .words import full

SCRIPT = "plotly/plotly.min.js"
COLOURS = {
    "1": "#00118f", "2": "#9db7f9", "3": "#ac3e00", "4": "#197a4b", "5": "#8b008b", "6": "#767676", "0": "#ffffff",
    "a": "#00118f", "b": "#9db7f9", "c": "#ffd43d", "d": "#a90000", "n": "#cccccc",
}  # fmt: skip
PATTERNS = {"3": "/", "4": "x", "5": "-", "6": "|", "c": "/", "d": "x"}
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "triangle-up", "diamond")


def package_script() -> Path:
    """plotly.min.js as the installed package brings it."""
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("plotly is a dependency of the portal; it is not installed.")
    return Path(found.origin).parent / "package_data" / "plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Gives the static files one more: plotly's own script, so that it is collected, compressed and versioned."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        if path != SCRIPT:
            return []
        found = str(package_script())
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, FileSystemStorage]]:
        storage = FileSystemStorage(location=str(package_script().parent))
        storage.prefix = "plotly"  # type: ignore[attr-defined]
        return [("plotly.min.js", storage)]


def figure(chart: Chart) -> dict[str, Any]:
    """`data` and `layout` as plotly's script takes them, checked by its own classes."""
    from plotly.graph_objects import Figure

    made = Figure(data=_traces(chart), layout=_layout(chart))
    plain: dict[str, Any] = json.loads(made.to_json())
    plain["layout"].pop("template", None)
    return plain


def _traces(chart: Chart) -> list[Any]:
    if isinstance(chart, Multiples):
        return [trace for one in chart.charts for trace in _traces(one)]
    if isinstance(chart, HeatMap):
        return [_heat(chart)]
    return [_trace(chart, place) for place in range(len(chart.series))]


def _numbers(chart: Chart, place: int) -> list[float | None]:
    """Of 100 % bars the shares, of others the numbers; None stays a gap."""
    numbers = []
    for at, value in enumerate(chart.series[place].values):
        whole = chart.whole(at) / 100 if isinstance(chart, Stacked) else 1
        numbers.append(None if value.number is None else float(value.number) / whole)
    return numbers


def _trace(chart: Chart, place: int) -> Any:
    from plotly.graph_objects import Bar, Scatter

    one, numbers = chart.series[place], _numbers(chart, place)
    words = ["" if value.number is None else f"{full(value.number, chart.unit)}{value.mark}" for value in one.values]
    if isinstance(chart, Lines):
        return Scatter(
            x=list(chart.labels), y=numbers, name=one.label, mode="lines+markers", connectgaps=False, text=words,
            hovertemplate="%{x}<br>%{text}<extra>" + one.label + "</extra>",
            line={"color": "#00118f", "dash": DASHES[place % 4]},
            marker={"symbol": SYMBOLS[place % 4], "size": 10},
        )  # fmt: skip
    tone = chart.tone(place)
    return Bar(
        y=list(chart.labels), x=numbers, name=one.label, orientation="h", text=words,
        hovertemplate="%{y}<br>%{text}<extra>" + one.label + "</extra>",
        # On a pattern the number could not be read; it comes up under the pointer and stands in the table.
        textposition="none" if isinstance(chart, Stacked) and tone in PATTERNS else "auto",
        marker={"color": COLOURS.get(tone, COLOURS["1"]), "pattern": {"shape": PATTERNS.get(tone, "")},
                "line": {"color": "#1a1a1a", "width": 1}},
    )  # fmt: skip


def _heat(chart: HeatMap) -> Any:
    from plotly.graph_objects import Heatmap

    rank = {"d": 0, "c": 1, "n": 2, "b": 3, "a": 4}
    cells = [
        [float(value.number) if value.number is not None else rank.get(value.tone) for value in one.values]
        for one in chart.series
    ]
    words = [
        [
            full(value.number, chart.unit) if value.number is not None else f"{value.words} {value.said}"
            for value in one.values
        ]
        for one in chart.series
    ]
    return Heatmap(
        z=cells, x=list(chart.labels), y=[one.label for one in chart.series], text=words, showscale=False,
        texttemplate="%{text}", hovertemplate="%{y}<br>%{x}<br>%{text}<extra></extra>", colorscale="Blues",
        xgap=2, ygap=2,
    )  # fmt: skip


def _layout(chart: Chart) -> dict[str, Any]:
    count = len(chart.series) if isinstance(chart, HeatMap) else len(chart.labels)
    shown: dict[str, Any] = {
        "font": {"family": "BIZ UDPGothic, sans-serif", "size": 15},
        "margin": {"l": 20, "r": 20, "t": 20, "b": 40},
        "plot_bgcolor": "#ffffff",
        "height": max(360, 34 * count * (len(chart.series) if isinstance(chart, GroupedBars) else 1) + 160),
        "showlegend": len(chart.series) > 1 and not isinstance(chart, HeatMap),
        "legend": {"orientation": "h", "y": -0.12, "traceorder": "normal"},
        "barmode": "stack" if isinstance(chart, Stacked) else "group",
    }
    if isinstance(chart, Lines):
        return shown | {"yaxis": {"rangemode": "tozero", "ticksuffix": chart.unit, "automargin": True}}
    across = {"automargin": True, "ticksuffix": "" if isinstance(chart, HeatMap) else _suffix(chart)}
    return shown | {"yaxis": {"autorange": "reversed", "automargin": True}, "xaxis": across}


def _suffix(chart: Chart) -> str:
    return "%" if isinstance(chart, Stacked) else chart.unit
