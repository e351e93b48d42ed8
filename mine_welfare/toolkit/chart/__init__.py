"""Charts: one spec, few renderings – the same numbers, colours and rounding in each.

A page makes a spec from its numbers (`charts.py` of its app) and shows it:

    spec = RankedBars(title="相談する相手", labels=[…], series=[Series("割合", [Value(Decimal("70.3")), …])], n=663)
    {% chart spec files="/statistics/population/chart" %}        (a) rows of text with SVG bars, (c) its table,
                                                                  (f) the sentence that reads it, 出所 and notes

`files` is the address without its ending; one view answers all endings with
`answer(request, spec, form)`: `svg` (b, complete vector picture: `vector(spec)`),
`png`, `csv` (e) and `html` (d, the interactive figure). A paper shows `on_paper(spec)`.

`specs` has the dataclasses, `words` what is said about a chart, `page` draws
HTML, `drawing` knows matplotlib, `interactive` knows plotly.
"""

from .files import answer
from .page import body, table
from .specs import Bars, Chart, GroupedBars, HeatMap, Lines, Multiples, RankedBars, Series, Stacked, Value, values
from .words import notes, reading, shown

__all__ = [
    "Bars",
    "Chart",
    "GroupedBars",
    "HeatMap",
    "Lines",
    "Multiples",
    "RankedBars",
    "Series",
    "Stacked",
    "Value",
    "answer",
    "body",
    "notes",
    "on_paper",
    "reading",
    "shown",
    "table",
    "values",
    "vector",
]


KEPT = 200
_drawn: dict[str, tuple[str, bool]] = {}


def vector(spec: Chart) -> str:
    """The complete chart as SVG: title, values, legend, source; text is text. For files and papers."""
    from .drawing import vector as draw  # matplotlib loads only where a picture is asked for

    return draw(spec)


def on_paper(spec: Chart) -> tuple[str, bool]:
    """The drawing alone as SVG, to stand in the HTML of a paper that prints its title, n, source and notes itself.

    And whether every number is written in it. The same numbers are drawn once in a process.
    """
    key = repr(spec)
    if key not in _drawn:
        from .drawing import on_paper as draw
        from .drawing import says_all

        if len(_drawn) >= KEPT:
            _drawn.clear()
        _drawn[key] = draw(spec), says_all(spec)
    return _drawn[key]
