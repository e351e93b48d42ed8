"""Values of statistics as a file, beside django-import-export as it comes: the same rows out, looked at and in again.

`LARGE` is the number of values (20,000). The seconds are those of the processor, of one process.
"""

import io
import os
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import tablib
from import_export.resources import modelresource_factory

from bench.harness import Row
from mine_welfare.accounts.models import User
from plans.models import Plan
from surveys import actions, sheets
from surveys.models import Origin, Point, Series, Upload
from surveys.sheets import statistics
from surveys.sheets.files import as_csv, as_excel

LARGE = int(os.environ.get("LARGE", "20000"))
YEARS = 200


def measure() -> Iterator[Row]:
    plan, by = Plan.objects.current(), User.objects.get(login_id="jimukyoku")
    made(plan, LARGE)
    stock = modelresource_factory(Point)()
    out, stock_out = spent(lambda: ours_out(plan)), spent(lambda: stock.export().csv)
    yield beside(f"{LARGE:,} values of statistics, out as CSV", out, stock_out)
    sent, stock_sent = [edited(part) for part in (ours_out(plan).decode("utf-8-sig"), stock.export().csv)]
    look, stock_look = spent(lambda: read(sent, plan, by)), spent(lambda: stock_in(stock, stock_sent, dry_run=True))
    yield beside("the same, every value changed: looked at", look, stock_look)
    write = spent(lambda: actions.confirm(upload=Upload.objects.get(), by=by))
    check(stock_sent, plan)
    stock_write = spent(lambda: stock_in(stock, edited(stock_sent), dry_run=False))
    yield beside("the same: written, with history", write, stock_write)
    whole, stock_whole = out + look + write, stock_out + stock_look + stock_write
    yield beside("out, looked at and in again (at least 5 × faster)", whole, stock_whole)
    yield Row("the same values out as Excel", spent(lambda: excel_out(plan)), "s")


def beside(name: str, ours: float, stock: float) -> Row:
    return Row(name, ours, "s", f"django-import-export {stock:.2f} s", stock / ours)


def spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def made(plan: Plan, rows: int) -> None:
    """Only these values, so that both sides read and write the same."""
    plan.series.all().delete()
    series = Series.objects.bulk_create(
        Series(
            plan=plan, code=f"s{number}", position=number, theme="人口", title=f"統計{number}", unit="人", source="国"
        )
        for number in range(rows // YEARS)
    )
    Point.objects.bulk_create(
        (
            Point(series=one, year=1900 + year, value=Decimal(1000 + year), origin=Origin.IMPORTED)
            for one in series
            for year in range(YEARS)
        ),
        batch_size=1000,
    )


def edited(text: str) -> str:
    """Every value one higher."""
    table = tablib.Dataset().load(text, format="csv")
    name = "値" if "値" in table.headers else "value"
    place = table.headers.index(name)
    changed = ([*row[:place], str(Decimal(row[place]) + 1), *row[place + 1 :]] for row in table)
    return str(tablib.Dataset(*changed, headers=table.headers).export("csv"))


# ---- ours -------------------------------------------------------------------------
def ours_out(plan: Plan) -> bytes:
    return as_csv(statistics.COLUMNS, statistics.exported(plan))


def excel_out(plan: Plan) -> bytes:
    return as_excel("統計", statistics.COLUMNS, statistics.exported(plan))


def read(text: str, plan: Plan, by: User) -> None:
    kind = Upload.Kind.STATISTICS
    upload = actions.send(plan=plan, survey=None, kind=kind, filename="統計.csv", content=text.encode(), by=by)
    sheets.read(upload)


# ---- the library --------------------------------------------------------------------
def stock_in(resource, text: str, *, dry_run: bool) -> None:
    table = tablib.Dataset().load(io.StringIO(text), format="csv")
    result = resource.import_data(table, dry_run=dry_run, raise_errors=True)
    if result.totals["update"] != len(table):
        raise RuntimeError(f"{result.totals}")


def check(stock_sent: str, plan: Plan) -> None:
    """Ours wrote what the file says."""
    wanted = tablib.Dataset().load(stock_sent, format="csv")["value"]
    found = Point.objects.filter(series__plan=plan).order_by("pk").values_list("value", flat=True)
    if [Decimal(one) for one in wanted] != list(found):
        raise RuntimeError("the values are not those of the file")
