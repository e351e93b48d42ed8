"""Workbooks beside the library they are made with; the largest file; and ten thousand mangled ones at each door.

`FUZZ` is the number of mangled files at each door (10,000), `LARGE` the number of rows of the largest (20,000).
"""

import io
import os
import random
import sys
import warnings
from collections import Counter
from collections.abc import Iterator

import openpyxl
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from bench.harness import Row, peak_memory, timed
from bench.mangled import mangled
from measures import actions, sheets, workbook
from measures.models import Cycle, Entry, WorkbookImport
from measures.queries import staff
from mine_welfare.publication.master.resources import MASTERS
from mine_welfare.publication.master.sending import file_of
from mine_welfare.toolkit import excel
from plans.models import GlossaryTerm
from surveys.models import Point, Series
from surveys.sheets import statistics
from surveys.sheets.files import as_csv

FUZZ = int(os.environ.get("FUZZ", "10000"))
LARGE = int(os.environ.get("LARGE", "20000"))
SENDER = workbook.Sender("http://127.0.0.1/staff/workbooks/", "事務局")


def running() -> Cycle:
    return Cycle.objects.select_related("plan", "scale").order_by("-year").first()


def make(cycle: Cycle) -> bytes:
    rows = staff.with_previous(cycle.entries.select_related("action__measure"), cycle)
    return excel.write(workbook.of_entries(cycle, rows, len(rows), subject="全体", sender=SENDER), title="調査票")


# ---- the library alone ------------------------------------------------------------------
def cells_of(data: bytes) -> dict[str, list]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


def write_plain(cells: dict[str, list]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in cells.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(io.BytesIO())


def read_plain(data: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for page in book:
        for row in page.iter_rows(values_only=True):
            tuple(row)


# ---- an answer in every row ----------------------------------------------------------------
def answered(data: bytes) -> bytes:
    """The workbook as it comes back with an answer in every row."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book[sheets.FORM]
    names = {str(cell.value).splitlines()[0]: cell.column for cell in page[4]}
    for row in range(5, page.max_row + 1):
        page.cell(row, names["取組実績"]).value = f"会議を{row}回開き、地域の見守りの進め方を話し合った。" * 4
        page.cell(row, names["課題"]).value = "担い手の確保が課題である。"
        page.cell(row, names["次年度の取組予定"]).value = "続けて取り組む。"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def receive(cycle: Cycle, by, data: bytes) -> WorkbookImport:
    with transaction.atomic():
        *_, last = actions.receive_workbook(cycle=cycle, by=by, file=io.BytesIO(data), name="調査票.xlsx")
    return last.record


class _Undone(Exception):
    """Leaves the database as it was."""


def undone(work) -> None:
    try:
        with transaction.atomic():
            work()
            raise _Undone
    except _Undone:
        pass


def measure() -> Iterator[Row]:
    cycle = running()
    by = get_user_model().objects.get(login_id="jimukyoku")
    data = make(cycle)
    count = cycle.entries.count()
    cells = cells_of(data)
    making, alone = timed(lambda: make(cycle), 9), timed(lambda: write_plain(cells), 9)
    yield Row(f"調査票 of {count} rows, from the database to the file", making * 1000, "ms", _ms(alone), making / alone)

    full = answered(data)
    client = signed_in(by)
    checking, reading = timed(lambda: upload(client, full), 5), timed(lambda: read_plain(full), 5)
    allowed = 1.5 * reading + 0.3
    yield Row(
        "upload to preview, every row answered",
        checking * 1000,
        "ms",
        f"1.5 × read + 300 = {allowed * 1000:.0f} ms",
        checking / allowed,
    )

    record = WorkbookImport.objects.filter(state="checked").latest("pk")
    entries = list(cycle.entries.all())
    names = ["result", "issues", "next_plan", "state", "version", "saved_at", "saved_by"]
    applying = timed(lambda: undone(lambda: actions.apply_import(record=record, by=by)), 5)
    writing = timed(lambda: undone(lambda: Entry.objects.bulk_update(entries, names, batch_size=500)), 5)
    yield Row(
        "反映 with history, one transaction",
        applying * 1000,
        "ms",
        f"one bulk update {writing * 1000:.0f} ms",
        applying / writing,
    )
    yield from large()
    yield from fuzz(cycle, by)


def _ms(seconds: float) -> str:
    return f"openpyxl alone {seconds * 1000:.0f} ms"


def signed_in(by) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(by, backend="mine_welfare.accounts.backends.LoginIdOrEmailBackend")
    return client


def upload(client: Client, data: bytes) -> None:
    """As the browser does: send the file, follow to the preview."""
    answer = client.post("/staff/workbooks/", {"file": SimpleUploadedFile("調査票.xlsx", data)}, follow=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}")


# ---- 20,000 rows ----------------------------------------------------------------------------
def large() -> Iterator[Row]:
    """In a process of its own, so that only this counts: write, check, apply."""
    for step in ("write", "check", "apply"):
        code = f"import django; django.setup(); from bench.parts import excel; excel.large_step({step!r}, {LARGE})"
        seconds, memory = peak_memory([sys.executable, "-c", code])
        yield Row(f"{LARGE:,} rows: {step}", seconds, "s", f"peak {memory:.0f} MB of 300", memory / 300)


# ---- mangled files ---------------------------------------------------------------------------
def fuzz(cycle: Cycle, by) -> Iterator[Row]:
    """Any byte of a file changed: an answer below 500 each time, and nothing written, at each door."""
    glossary = file_of(MASTERS["glossary"](cycle.plan, by)).content
    values = as_csv(statistics.COLUMNS, [row | {"値": 6} for row in statistics.exported(cycle.plan) if row["年"]][:40])
    chance = random.Random(20251123)
    for door, name, good in (
        ("/staff/workbooks/", "調査票.xlsx", answered(make_few(cycle))),
        ("/staff/master/glossary/send/", "用語.xlsx", glossary),
        ("/staff/statistics/send/", "統計.csv", values),
    ):
        before = written()
        answers: Counter[int] = Counter()
        for number in range(FUZZ):
            if number % 50 == 0:
                client = signed_in(by)  # nobody reads the messages: they would pile up in one session
            answers[sent(client, door, name, mangled(good, chance))] += 1
        wrong = sum(number for status, number in answers.items() if status >= 500) + (written() != before)
        yield Row(f"{FUZZ:,} mangled {name}: errors 500 or writes", wrong, "", f"answers {dict(answers)}")


def sent(client: Client, door: str, name: str, data: bytes) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return client.post(door, {"file": SimpleUploadedFile(name, data)}).status_code


def written() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Entry, GlossaryTerm, Series, Point)]


def make_few(cycle: Cycle) -> bytes:
    few = list(cycle.entries.in_order().values_list("pk", flat=True)[:5])
    rows = staff.with_previous(cycle.entries.select_related("action__measure").filter(pk__in=few), cycle)
    return excel.write(workbook.of_entries(cycle, rows, len(rows), subject="一部", sender=SENDER), title="調査票")


# ---- the process of the large file -------------------------------------------------------------
def _grown(cycle: Cycle, rows: int) -> None:
    """As many sheets as the largest file has rows; made once in the portal of this run."""
    from measures.models import Action

    missing = rows - cycle.entries.count()
    pattern = cycle.entries.select_related("action").first()
    new = [
        Action(plan=cycle.plan, measure=pattern.action.measure, actor=pattern.action.actor, number=100 + number,
               code=f"X-{number:05d}", title=f"取組{number}", content="計画書の内容。" * 8)
        for number in range(max(missing, 0))
    ]  # fmt: skip
    made = Action.objects.bulk_create(new, batch_size=500)
    Entry.objects.bulk_create(
        [
            Entry(cycle=cycle, action=action, organization=pattern.organization, planned="予定。" * 10)
            for action in made
        ],
        batch_size=500,
    )


def _chunks(cycle: Cycle) -> Iterator[Entry]:
    ids = list(cycle.entries.in_order().values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        yield from staff.with_previous(
            cycle.entries.select_related("action__measure").filter(pk__in=ids[start : start + 500]), cycle
        )


def large_step(step: str, rows: int) -> None:
    from django.conf import settings

    cycle = running()
    by = get_user_model().objects.get(login_id="jimukyoku")
    path = settings.VAR_DIR / "large.xlsx"
    if step == "write":
        _grown(cycle, rows)
        with path.open("wb") as out:
            made = workbook.of_entries(cycle, _chunks(cycle), rows, subject="全体", sender=SENDER)
            excel.write_to(out, made, title="調査票")
    elif step == "check":
        _answer_directly(path)
        with path.open("rb") as file:
            for _ in actions.receive_workbook(cycle=cycle, by=by, file=file, name="large.xlsx"):
                pass
    else:
        actions.apply_import(record=WorkbookImport.objects.filter(file_name="large.xlsx").latest("pk"), by=by)


def _answer_directly(path) -> None:
    """An answer in every row, put into the file's own text: the library would need a gigabyte for it."""
    import re
    import zipfile

    column = chr(ord("A") + next(i for i, one in enumerate(sheets.COLUMNS) if one.name == "issues"))
    pattern = re.compile(rf'<c r="{column}(\d+)" s="(\d+)"/>'.encode())
    data = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet2.xml"):
                answer = "担い手の確保が課題である。".encode()
                cell = rb'<c r="%s\1" s="\2" t="inlineStr"><is><t>%s</t></is></c>' % (column.encode(), answer)
                content = pattern.sub(cell, content)
            target.writestr(name, content)
    path.write_bytes(data.getvalue())
