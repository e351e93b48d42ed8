"""Surveys: queries and weight of the public pages, and tables of 663 and of 100,000 answers."""

import gzip
import sys
from collections.abc import Iterator

from django.conf import settings
from django.test import Client

from bench import synthetic
from bench.harness import Row, peak_memory, timed
from bench.parts.pages import queries, signed_in
from mine_welfare.accounts.models import User
from surveys import actions
from surveys.models import Survey, Upload
from surveys.queries.tables import Answers

PUBLIC = ("/surveys/", "/surveys/r6/", "/statistics/", "/meetings/")
MANY = 100_000
# The charts of a page: rows of text with their bars, each asked for nothing more.
STYLES = ("tokens", "base", "components", "public", "print")


def measure() -> Iterator[Row]:
    visitor = Client(headers={"host": "127.0.0.1"})
    for url in PUBLIC:
        yield Row(f"{url} queries", queries(visitor, url), "queries", "at most 15")
        yield Row(f"{url} page, styles and scripts, packed", weight(visitor, url), "kB", "at most 150 kB")
    survey = Survey.objects.get(slug="r6")
    by = User.objects.get(login_id="jimukyoku")
    try:
        yield from few(survey, by)
        yield from many(survey, by)
    finally:
        # The demonstration goes on without made-up answers and their attributes.
        Survey.objects.get(pk=survey.pk).answers.delete()
        survey.questions.filter(code__in=synthetic.ATTRIBUTES).delete()


def weight(visitor: Client, url: str) -> float:
    """Bytes of the page and all it brings along, gzipped; fonts come from the reader's own machine."""
    page = visitor.get(url).content
    folder = settings.BASE_DIR / "static"
    parts = [page, *((folder / "css" / f"{name}.css").read_bytes() for name in STYLES)]
    parts += [(folder / "icons.svg").read_bytes(), (folder / "js" / "menu.js").read_bytes()]
    return sum(len(gzip.compress(part)) for part in parts) / 1000


def bring(survey: Survey, kind: str, text: str, by: User) -> None:
    content = text.encode("utf-8-sig")
    upload = actions.send(plan=survey.plan, survey=survey, kind=kind, filename="合成.csv", content=content, by=by)
    actions.confirm(upload=upload, by=by)


def few(survey: Survey, by: User) -> Iterator[Row]:
    bring(survey, Upload.Kind.DEFINITION, synthetic.definition(survey), by)
    bring(survey, Upload.Kind.ANSWERS, synthetic.answers(survey), by)
    survey = Survey.objects.get(pk=survey.pk)
    number = survey.answers.number
    yield Row(f"{number} answers, one cross table", 1000 * timed(lambda: one(survey)), "ms", "under 50 ms")
    yield Row(f"{number} answers, every question by age", 1000 * timed(lambda: every(survey)), "ms", "")
    staff, _ = signed_in("jimukyoku")
    url = "/staff/surveys/r6/tables/?q=livability&by=age"
    yield Row("/staff/surveys/r6/tables/ queries", queries(staff, url), "queries", "at most 15")


def many(survey: Survey, by: User) -> Iterator[Row]:
    text = synthetic.answers(survey, MANY)
    seconds = timed(lambda: bring(survey, Upload.Kind.ANSWERS, text, by), times=1)
    yield Row(f"{MANY:,} answers, file read, checked and kept", seconds, "s", "")
    survey = Survey.objects.get(pk=survey.pk)
    columns = len(Answers(survey).index)
    yield Row(f"{MANY:,} answers × {columns} columns by age", timed(lambda: every(survey)), "s", "under 2 s")
    seconds, memory = peak_memory([sys.executable, "-m", "bench.crosstabs"])
    yield Row("the same in a process of its own, with Django", seconds, "s", "")
    yield Row("its peak memory", memory, "MB", "under 300 MB")
    for words, arguments in (
        ("the same as a workbook", ["xlsx"]),
        ("the answers as a workbook", ["answers", f"{MANY}"]),
    ):
        seconds, memory = peak_memory([sys.executable, "-m", "bench.crosstabs", *arguments])
        yield Row(f"{words}, in a process of its own", seconds, "s", "")
        yield Row(f"{words}, peak memory", memory, "MB", "under 300 MB")


def one(survey: Survey) -> object:
    return Answers(survey).table("livability", "age")


def every(survey: Survey) -> int:
    """Every table of the survey by age; how many."""
    return sum(1 for _ in Answers(survey).tables("age"))
