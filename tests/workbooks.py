"""Helpers of the tests about workbooks: made, changed, and returned as a person would."""

import io
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
from django.db import transaction

from measures import actions, sheets, workbook
from measures.models import Cycle, Entry, WorkbookImport
from measures.queries import staff
from mine_welfare.accounts.models import User
from mine_welfare.toolkit import excel

SENDER = workbook.Sender("http://portal.example/staff/workbooks/", "事務局")


def made(cycle: Cycle, entries: Iterable[Entry] | None = None) -> bytes:
    """The workbook of these sheets (of the whole year)."""
    query = cycle.entries.select_related("action__measure")
    if entries is not None:
        query = query.filter(pk__in=[entry.pk for entry in entries])
    rows = staff.with_previous(query, cycle)
    return excel.write(workbook.of_entries(cycle, rows, len(rows), subject="全体", sender=SENDER), title="調査票")


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def places(page) -> tuple[int, dict[str, int]]:
    """(header row, {column's name: its number}) of the sheet 記入."""
    for row in page.iter_rows(max_row=10):
        names = {str(cell.value).splitlines()[0]: cell.column for cell in row if cell.value}
        if "番号" in names:
            return row[0].row, names
    raise AssertionError("no header")


def written(data: bytes, values: dict[tuple[str, str], object]) -> bytes:
    """The workbook with {(番号, column): value} typed into its cells; text stays text."""
    book = opened(data)
    page = book[sheets.FORM]
    header, names = places(page)
    rows = {page.cell(row, names["番号"]).value: row for row in range(header + 1, page.max_row + 1)}
    for (code, title), value in values.items():
        cell = page.cell(rows[code], names[title])
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    return saved(book)


def returned(cycle: Cycle, by: User, data: bytes, name: str = "調査票.xlsx") -> WorkbookImport:
    """The record of a workbook sent to the portal."""
    with transaction.atomic():
        *_, last = actions.receive_workbook(cycle=cycle, by=by, file=io.BytesIO(data), name=name)
    return last.record


def counts(record: WorkbookImport) -> dict[str, int]:
    """{kind: rows} of what the check found."""
    return {
        kind: number
        for kind in ("new", "changed", "unchanged", "conflict", "error")
        if (number := getattr(record, kind))
    }


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    """The workbook opened and saved again by LibreOffice without a window."""
    profile = folder / "profile"
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{profile}",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", folder, path], check=True, capture_output=True, timeout=180)
    return folder / path.name


def changed(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The archive with `change(name, content)` in place of each part; None leaves a part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            if (content := change(part, source.read(part))) is not None:
                target.writestr(part, content)
    return out.getvalue()
