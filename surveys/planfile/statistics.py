"""`statistics.yaml`: series and their points."""

from measures.models import Measure
from mine_welfare.toolkit.yamlfile import Node, Problem
from plans.models import Plan
from plans.planfile import sync

from ..models import Origin
from .values import decimal, known, written

SERIES_TEXTS = ("code", "theme", "title", "unit", "as_of", "source", "note")


def read_series(root: Node) -> list[dict]:
    rows = []
    for position, node in enumerate(root.fields("series")["series"].items(), start=1):
        given = node.fields(
            "code",
            "theme",
            "title",
            "unit",
            "source",
            optional=("as_of", "note", "hide_below", "statements", "measures", "points"),
        )
        rows.append(
            {
                **{name: given[name].text(200) for name in SERIES_TEXTS},
                "position": position,
                "hide_below": given["hide_below"].integer(0, 100) or 0,
                "statements": given["statements"].texts(),
                "measures": given["measures"].texts(),
                "points": [_point(item) for item in given["points"].items()],
            }
        )
    return rows


def _point(node: Node) -> dict:
    given = node.fields("year", optional=("value", "wording", "origin", "derivation", "line"))
    return {
        "year": given["year"].integer(1900, 2200),
        "value": decimal(given["value"]),
        "wording": given["wording"].text(40),
        "origin": given["origin"].one_of(Origin.values, default=Origin.PUBLISHED),
        "derivation": given["derivation"].text(200),
        "line": given["line"].integer(1),
    }


def save_series(plan: Plan, rows: list[dict], measures: dict[str, Measure], problems: list[Problem]) -> None:
    plain = [{name: value for name, value in row.items() if name not in ("measures", "points")} for row in rows]
    for series, row in zip(sync(plan.series.all(), ("code",), plain, {"plan": plan}), rows, strict=True):
        series.measures.set(known(row["measures"], measures, problems))
        sync(series.points.all(), ("year",), row["points"], {"series": series})


def dump_series(plan: Plan) -> dict:
    rows = []
    for series in plan.series.prefetch_related("measures", "points"):
        points = [
            {
                "year": point.year,
                "value": written(point.value),
                **{name: getattr(point, name) for name in ("wording", "origin", "derivation", "line")},
            }
            for point in series.points.all()
        ]
        texts = {name: getattr(series, name) for name in SERIES_TEXTS}
        measures = [measure.code for measure in series.measures.all()]
        rows.append(
            {
                **texts,
                "hide_below": series.hide_below or None,
                "statements": series.statements,
                "measures": measures,
                "points": points,
            }
        )
    return {"series": rows}
