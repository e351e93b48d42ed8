"""Helpers of the tests about master data: a file as it goes out, changed, and sent as a person would."""

from django.core.files.uploadedfile import SimpleUploadedFile

from mine_welfare.toolkit.csvfile import Table
from surveys.sheets.files import as_excel, table_of

STRANGE = "=1+1\n+81 髙﨑 😀"


def sheet(client, name: str, address: str = "/staff/master/{}/file.xlsx") -> Table:
    """The file as it goes out."""
    response = client.get(address.format(name))
    assert response.status_code == 200
    return table_of("a.xlsx", response.content)


def edited(table: Table, row: int, **cells: str) -> Table:
    """The table with cells of its row (from 0) changed, or one more row where there is none of that number."""
    rows = [(number, list(values)) for number, values in table.rows]
    if row == len(rows):
        rows.append((row + 2, [""] * len(table.columns)))
    for name, value in cells.items():
        rows[row][1][table.columns.index(name)] = value
    return Table(table.columns, rows, table.encoding)


def upload(table: Table) -> SimpleUploadedFile:
    rows = [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows]
    return SimpleUploadedFile("直した.xlsx", as_excel("表", table.columns, rows))
