"""What holds for every table of the staff side that can be taken away as Excel or CSV."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.personas import PERSONAS
from tests.workbooks import opened

Get = Callable[[str], Any]  # a fixture by its name


@dataclass(frozen=True)
class Table:
    """One table. `make` fills the world with so many rows and others that the filter of `path` leaves out.

    `head` are its columns, `first` is its only row in a world of one; `shown`
    are the rows as the page has them in its context, said by the column `key`.
    The file takes `queries` at any length.
    """

    path: str
    make: Callable[[Get, int], object]
    head: list[str]
    first: list
    shown: Callable[[Any], list]
    key: str
    queries: int
    readers: frozenset[str] = frozenset({"secretariat", "auditor"})
    of: str = ""
    by: str = "secretariat"

    def address(self, form: str) -> str:
        mark = "&" if "?" in self.path else "?"
        return self.path + mark + urlencode({"format": form} | ({"of": self.of} if self.of else {}))


def as_csv(answer) -> list[list[str]]:
    text = answer.content.decode()
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def as_excel(answer) -> list[list]:
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return [[cell.value for cell in row] for row in opened(answer.content)["一覧"].iter_rows()]


def check_contents(table: Table, get: Get) -> None:
    """Its columns, its row, the same in both forms, and both buttons on the page."""
    table.make(get, 1)
    client = get("client_of")(get(table.by))
    head, *rows = as_csv(client.get(table.address("csv")))
    assert (head, rows) == (table.head, [table.first])
    excel = as_excel(client.get(table.address("xlsx")))
    assert (excel[0], len(excel)) == (table.head, 2)
    page = client.get(table.path).content.decode()
    for form in ("xlsx", "csv"):
        address = table.address(form).partition("?")[2]
        assert any(set(address.split("&")) == set(found.split("&amp;")) for found in _saves(page)), address


def _saves(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('href="?')[1:]]


def check_rows_and_readers(table: Table, get: Get) -> None:
    """For everyone: no file where there is no page, and in the file exactly the rows of the page, in its order."""
    table.make(get, 3)
    readers = set()
    for name in PERSONAS:
        client = get("client_of")(get(name))
        page, file = client.get(table.path), client.get(table.address("csv"))
        assert file.status_code == page.status_code, name
        if page.status_code != 200 or not file["Content-Type"].startswith("text/csv"):
            continue
        head, *rows = as_csv(file)
        assert [row[head.index(table.key)] for row in rows] == [str(one) for one in table.shown(page.context)], name
        if rows:
            readers.add(name)
    assert readers == table.readers


def check_queries(table: Table, get: Get, rows: int) -> None:
    """As many questions to the database for one row as for three."""
    table.make(get, rows)
    client = get("client_of")(get(table.by))
    with CaptureQueriesContext(connection) as asked:
        found = as_csv(client.get(table.address("csv")))
    assert (len(found), len(asked)) == (rows + 1, table.queries)


class EveryList:
    """What is asked of every list of a room; `tables` are its lists by name."""

    tables: ClassVar[dict[str, Table]]

    def pytest_generate_tests(self, metafunc):
        metafunc.parametrize("table", self.tables.values(), ids=self.tables)

    def test_the_columns_and_the_row(self, table, request):
        check_contents(table, request.getfixturevalue)

    def test_everyone_gets_the_rows_of_the_page(self, table, request):
        check_rows_and_readers(table, request.getfixturevalue)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_file_of_any_length_asks_the_same_few_questions(self, table, rows, request):
        check_queries(table, request.getfixturevalue, rows)
