"""The chart as files, and the page of the figure to touch."""

from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from ..flat import to_csv
from .page import table
from .specs import Chart, HeatMap, Multiples
from .words import notes, reading

# plotly writes style attributes into its drawing: this page alone allows them. Scripts stay the portal's own.
POLICY = {"style-src": [SELF, "'unsafe-inline'"], "img-src": [SELF, "data:", "blob:"]}
TYPES = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png", "csv": "text/csv; charset=utf-8"}


def answer(request: HttpRequest, chart: Chart, form: str, *, back: str = "", name: str = "") -> HttpResponse:
    """`chart` as `form`: svg, png, csv to save, html to touch; any other is 404.

    `name` (by default the title) names the file, `back` is the page the chart stands on.
    """
    if form == "html":
        return interactive_page(request, chart, back)
    if form not in TYPES:
        raise Http404("この形式では保存できません。")
    response = HttpResponse(content(chart, form), content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{(name or chart.title)[:60]}.{form}")
    return response


def content(chart: Chart, form: str) -> str | bytes:
    from . import drawing

    if form == "csv":
        return csv(chart)
    return drawing.vector(chart) if form == "svg" else drawing.bitmap(chart)


def csv(chart: Chart) -> str:
    """One row for each value: flat, with unit, n, what stands where there is no number, and 出所."""
    columns = ("図", "項目", "系列", "値", "単位", "値のない理由・印", "n", "出所")
    return to_csv(columns, [dict(zip(columns, row, strict=True)) for row in flat(chart)])


def flat(chart: Chart) -> list[tuple]:
    if isinstance(chart, Multiples):
        return [(f"{chart.title} {row[0]}", *row[1:]) for one in chart.charts for row in flat(one)]
    bases = list(getattr(chart, "bases", ())) or [chart.n] * len(chart.labels)
    rows = []
    for place, (label, cells) in enumerate(chart.rows()):
        for one, value in cells:
            names = (one.label, label) if isinstance(chart, HeatMap) else (label, one.label)
            why = " ".join(filter(None, (value.words, value.said))) or chart.gap if value.number is None else value.mark
            number = None if value.number is None else value.number
            rows.append((chart.title, *names, number, chart.unit, why, bases[place], chart.source))
    return rows


def interactive_page(request: HttpRequest, chart: Chart, back: str) -> HttpResponse:
    """The figure plotly draws, its table and its sentence; the table is what a reader without the script has."""
    from .interactive import SCRIPT, figure

    head, rows = table(chart)
    context = {
        "chart": chart,
        "figure": figure(chart),
        "script": SCRIPT,
        "reading": reading(chart),
        "notes": notes(chart),
        "head": head,
        "rows": rows,
        "back": back,
    }
    response = render(request, "chart.html", context)
    response._csp_replace = POLICY  # type: ignore[attr-defined]  # what django-csp's own decorator sets
    return response
