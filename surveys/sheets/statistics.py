"""統計: one row for each value. The file that goes out is the one that comes back."""

from collections.abc import Iterator

from mine_welfare.toolkit.csvfile import Table
from plans.models import Plan

from ..models import Origin, Point, Series
from ..models.statistics import calendar_year
from ..small import hide_small
from .cells import Cells, Change, Reading, check_columns, numeric, printed, rows, unknown

REQUIRED = ("識別名", "年", "値", "単位")
# Beside what is read: for the people who fill the file.
COLUMNS = ("識別名", "名称", "年", "和暦", "値", "単位", "表記", "計算の方法", "時点", "出所")


def exported(plan: Plan, *, is_public: bool = False) -> Iterator[dict]:
    """The rows of the file: every value, and one row without a year for a series that has none.

    In the public file small values are hidden.
    """
    every = plan.series.prefetch_related("points__series")
    for series in hide_small(every) if is_public else every:
        for point in series.points.all() or [None]:
            yield {
                "識別名": series.code,
                "名称": series.title,
                "年": point.year if point else None,
                "和暦": point.wareki if point else None,
                "値": numeric(point.value) if point else None,
                "単位": series.unit,
                "表記": point.wording if point else None,
                "計算の方法": point.derivation if point else None,
                "時点": series.as_of,
                "出所": series.source,
            }


def read(plan: Plan, table: Table) -> Reading:
    """What the file would write: `records` are (series, {year, value, wording, origin, derivation})."""
    reading = Reading(table.encoding, len(table.rows))
    optional = tuple(name for name in COLUMNS if name not in REQUIRED)
    reading.problems = check_columns(table, REQUIRED, optional)
    if reading.problems:
        return reading
    series = {one.code: one for one in plan.series.prefetch_related("points")}
    seen: dict[tuple[str, int], int] = {}
    for cells in rows(table, reading.problems):
        _read_row(cells, series, seen, reading)
    return reading


def _read_row(cells: Cells, known: dict[str, Series], seen: dict, reading: Reading) -> None:
    if not cells["年"] and not cells["値"] and not cells["表記"]:
        return  # a series that still waits for its first value
    series, year, value = known.get(cells["識別名"]), cells.year("年"), cells.decimal("値")
    if series is None:
        cells.problem("識別名", unknown("統計", cells["識別名"]))
        return
    if not cells["年"]:
        cells.problem("年", "年が空です。")
    if cells["単位"] != series.unit:
        given = f"ファイルでは「{cells['単位']}」です" if cells["単位"] else "ファイルでは空です"
        cells.problem("単位", f"「{series.title}」の単位は「{series.unit}」です。{given}。")
    if not cells["値"] and not cells["表記"]:
        cells.problem("値", "値が空です。値を消すときは、統計のページで消してください。")
    if year is None or (value is None and not cells["表記"]):
        return
    first = seen.setdefault((series.code, year), cells.row)
    if first != cells.row:
        cells.problem("年", f"「{series.title}」の{year}年が{first}行目にもあります。1つの年に書ける値は1つです。")
        return
    if series.unit == "%" and value is not None and not 0 <= value <= 100:
        cells.problem("値", f"割合は0から100までです（{printed(value)}）。")
        return
    _note(cells, series, year, {"value": value, "wording": cells["表記"], "derivation": cells["計算の方法"]}, reading)


def _note(cells: Cells, series: Series, year: int, given: dict, reading: Reading) -> None:
    """Compare with what stands, so that the page can show what would become of it."""
    present = next((point for point in series.points.all() if point.year == year), None)
    if present and all(getattr(present, name) == value for name, value in given.items()):
        reading.unchanged += 1
        return
    old = said(present) if present else ""
    if present and present.is_of_the_plan:
        cells.problem("値", f"「{series.title}」の{year}年は、計画書の値（{old}）です。計画書の値は、変えられません。")
        return
    new = said(Point(series=series, year=year, **given))
    reading.changes.append(Change(f"{series.title}　{calendar_year(year)}（{year}年）", old, new))
    reading.records.append((series, {"year": year, **given, "origin": Origin.IMPORTED}))


def said(point: Point) -> str:
    """A value as a page says it: 20,992人, 約90団体."""
    unit = point.series.shown_unit
    if point.value is None:
        return f"{point.wording}{unit}"
    whole = point.value == point.value.to_integral_value()
    return f"{int(point.value):,}{unit}" if whole else f"{point.value.normalize()}{unit}"
