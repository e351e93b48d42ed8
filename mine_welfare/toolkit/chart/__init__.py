"""Charts: one spec, few renderings – the same numbers, colours and rounding in each.

A page makes a spec from its numbers (`charts.py` of its app) and shows it:

    spec = RankedBars(title="相談する相手", labels=[…], series=[Series("割合", [Value(Decimal("70.3")), …])], n=663)
    {% chart spec files="/statistics/population/chart" %}        (a) rows of text with SVG bars, (c) its table,
                                                                  (f) the sentence that reads it, 出所 and notes

`files` is the address without its ending; one view answers all endings with
`answer(request, spec, form)`: `svg` (b, complete vector picture, also for
PDFs: `vector(spec)`), `png`, `csv` (e) and `html` (d, the interactive figure).

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
    "reading",
    "shown",
    "table",
    "values",
    "vector",
]


def vector(spec: Chart) -> str:
    """The complete chart as SVG: title, values, legend, source; text is text. For files and papers."""
    from .drawing import vector as draw  # matplotlib loads only where a picture is asked for

    return draw(spec)
