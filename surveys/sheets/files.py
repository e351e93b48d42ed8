"""A file people send, as a table, and a list of rows as a file: CSV or Excel."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from mine_welfare.toolkit import csvfile, excel, flat
from mine_welfare.toolkit.cells import as_text
from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.sheet import Column, Sheet
from mine_welfare.toolkit.upload import MEGABYTE, OLE, Limits

LIMITS = Limits(size=40 * MEGABYTE, rows=120_000, columns=500)
EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def check_size(size: int) -> None:
    if size > LIMITS.size:
        raise Refused(f"ファイルが大きすぎます。受け取れるのは{LIMITS.size // MEGABYTE}MBまでです。")


def table_of(filename: str, content: bytes) -> Table:
    """The table of an uploaded file; of a workbook its first sheet. Refused where it is none."""
    check_size(len(content))
    if filename.casefold().endswith(EXCEL) or content.startswith((b"PK", OLE)):
        return _of_workbook(filename, content)
    if filename.casefold().endswith((".csv", ".txt", ".tsv")):
        return csvfile.read(content)
    raise Refused("CSV（.csv）かExcel（.xlsx）のファイルを選んでください。")


def _of_workbook(filename: str, content: bytes) -> Table:
    book = excel.read(BytesIO(content), filename, LIMITS)
    first = next(iter(book.sheets), None)
    if first is None:
        raise Refused("シートがありません。")
    rows = [
        (number, [as_text(values.get(place)) for place in range(1, max(values) + 1)])
        for number, values in book.rows(first)
    ]
    return csvfile.table(rows, f"Excel（シート「{first}」）")


def as_csv(columns: Sequence[str], rows: Iterable[dict]) -> bytes:
    return flat.to_csv(columns, rows).encode()


def as_excel(title: str, columns: Sequence[str], rows: Iterable[dict]) -> bytes:
    """One sheet with its header in row 1, every cell open to be filled."""
    lines = [[row.get(column) for column in columns] for row in rows]
    laid_out = [Column(name, width=max(10, min(40, 2 * len(name) + 4)), look="plain") for name in columns]
    return excel.write([Sheet(title, laid_out, lines, len(lines), protected=False)], title=title)
