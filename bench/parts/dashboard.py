"""The dashboard of one plan alone and among the whole country's; a page of charts as a browser receives it.

The country: 1,741 municipalities' worth of this plan, five years each, copied
inside one PostgreSQL. `COUNTRY=200` makes it smaller; `COUNTRY=0` leaves it out.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.cluster import cluster
from bench.harness import Row, portal, server

COUNTRY = int(os.environ.get("COUNTRY", "1741"))
YEARS = 5
STEP = 10_000_000  # between the keys of one plan's copy and the next; no table of one plan comes near
TIMES = 25
URL = "/staff/dashboard/?year={}"
PAGES = ("/evaluations/2025/", "/statistics/")


def measure() -> Iterator[Row]:
    yield from in_a_browser()
    with cluster() as address:
        if address is None or not COUNTRY:
            return
        environment = os.environ | {"DATABASE_URL": address}
        command = [sys.executable, "-m", "bench.parts.dashboard"]
        out = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    for row in json.loads(out.splitlines()[-1]):
        yield Row(**row)


# ---- among the country --------------------------------------------------------


def on_this_database() -> Iterator[Row]:
    from django.db import connection

    from bench.parts.pages import queries, signed_in
    from measures.models import Cycle, Entry

    five_years()
    year = Cycle.objects.order_by("year").last().year
    client, _ = signed_in("jimukyoku")
    url = URL.format(year)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    count = Entry.objects.count()
    yield Row("dashboard queries", queries(client, url), "queries", "at most 15")
    alone, asked = milliseconds(client, url), in_the_database(client, url)
    yield Row(f"dashboard, 1 plan, {count:,} sheets", alone, "ms", f"median of {TIMES}")
    began = time.perf_counter()
    copy_country(COUNTRY - 1)
    took = time.perf_counter() - began
    count = Entry.objects.count()
    yield Row(f"copying {COUNTRY:,} plans", took, "s", f"{count:,} sheets")
    yield Row("dashboard queries among the country", queries(client, url), "queries", "at most 15")
    among, asked_among = milliseconds(client, url), in_the_database(client, url)
    words = f"{alone:.1f} ms alone; at most 1.5 ×"
    yield Row(f"dashboard, {COUNTRY:,} plans, {count:,} sheets", among, "ms", words, among / alone)
    words = f"{asked:.1f} ms alone; at most 1.5 ×"
    yield Row("of that, waiting for the database", asked_among, "ms", words, asked_among / asked)


def milliseconds(client, url: str) -> float:
    """Median of the whole answer, in this process."""
    taken = []
    for _ in range(TIMES + 3):
        began = time.perf_counter()
        assert client.get(url).status_code == 200, url
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken[3:])


def in_the_database(client, url: str) -> float:
    """Median of the time all queries of the page take together: what a large database could make slow."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = []
    for _ in range(TIMES):
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        taken.append(1000 * sum(float(query["time"]) for query in captured))
    return statistics.median(taken)


def five_years() -> None:
    """Each year of the plan gets a closed cycle with the sheets and reviews of the first."""
    from measures.models import Cycle

    first = Cycle.objects.select_related("plan").order_by("year").first()
    Cycle.objects.exclude(pk=first.pk).filter(entries=None).delete()
    present = set(first.plan.cycles.values_list("year", flat=True))
    for year in first.plan.years:
        if year not in present:
            _copy_year(first, year)


def _copy_year(first, year: int) -> None:
    from measures.models import Cycle, Entry, MeasureReview

    cycle = Cycle.objects.get(pk=first.pk)
    cycle.pk, cycle.year = None, year
    cycle.save()
    for model in (Entry, MeasureReview):
        rows = list(model.objects.filter(cycle=first))
        for row in rows:
            row.pk, row.cycle = None, cycle
        model.objects.bulk_create(rows)


def copy_country(copies: int) -> None:
    """Every row of the plan `copies` times, by the database itself: keys moved by `STEP`, unique words by a number."""
    from django.db import connection

    with connection.cursor() as cursor:
        # The copies point where the originals point; checking ten million references again measures nothing.
        cursor.execute("SET session_replication_role = replica")
        for statement in copying(copies):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def copying(copies: int) -> list[str]:
    from measures import models as measures
    from mine_welfare.accounts.models import Organization
    from plans.models import BasicGoal, BasicPolicy, Component, Plan

    copied = [
        Plan, Component, BasicGoal, BasicPolicy, Organization, measures.Measure, measures.Actor, measures.ActionGroup,
        measures.Action, measures.Action.components.through, measures.Scale, measures.Grade, measures.Direction,
        measures.Cycle, measures.Entry, measures.MeasureReview, measures.Indicator, measures.IndicatorValue,
        measures.Transition,
    ]  # fmt: skip
    return [_copying(model, copied, copies) for model in copied]


def _copying(model, copied: list, copies: int) -> str:
    from mine_welfare.accounts.models import Organization
    from plans.models import Plan

    columns, values = [], []
    for field in model._meta.concrete_fields:
        quoted = f'"{field.column}"'
        columns.append(quoted)
        if field.primary_key or (field.is_relation and field.related_model in copied):
            values.append(f"t.{quoted} + g * {STEP}::bigint")
        elif model in (Plan, Organization) and field.name in ("slug", "name"):
            values.append(f"t.{quoted} || '-' || g")
        elif model is Plan and field.name == "is_current":
            values.append("false")
        else:
            values.append(f"t.{quoted}")
    table = model._meta.db_table
    return (
        f'INSERT INTO "{table}" ({", ".join(columns)}) '
        f'SELECT {", ".join(values)} FROM "{table}" t CROSS JOIN generate_series(1, {copies}) g'
    )


# ---- in a browser ---------------------------------------------------------------


def in_a_browser() -> Iterator[Row]:
    """What is transferred before anything is asked for, and when the first paint comes; without scripts too."""
    from playwright.sync_api import sync_playwright

    from surveys.models import Survey

    survey = Survey.objects.order_by("-year").first()
    pages = (*PAGES, f"/surveys/{survey.slug}/") if survey else PAGES
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
    with server(workers=2) as base, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        for url in pages:
            yield from received(chromium, base, url)
        chromium.close()


def received(chromium, base: str, url: str) -> Iterator[Row]:
    page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    talk, sizes = page.context.new_cdp_session(page), []
    talk.send("Network.enable")
    talk.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(base + url, wait_until="networkidle")
    charts = page.locator("figure:has(.bars, .dist, .lines, .cell)").count()
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    yield Row(f"{url} transferred, {charts} charts", sum(sizes) / 1000, "kB", "at most 150 kB for 6 charts")
    yield Row(f"{url} transferred for a chart", sum(sizes) / 1000 / max(charts, 1), "kB", "25 kB")
    yield Row(f"{url} first contentful paint", paint, "ms", "headless Chromium, cold cache")
    page.context.close()


if __name__ == "__main__":
    with portal():
        print(json.dumps([row.as_dict() for row in on_this_database()]))
