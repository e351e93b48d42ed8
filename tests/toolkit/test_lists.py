"""A table as a file: only when the address asks for it, with real dates and numbers."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.test import RequestFactory

from mine_welfare.toolkit.lists import Field, as_file

MOMENT = datetime.datetime(2026, 6, 1, 0, 30, tzinfo=datetime.UTC)
FIELDS = [
    Field("日時", lambda row: MOMENT, look="moment"),
    Field("日", lambda row: MOMENT.date(), look="date"),
    Field("値", lambda row: Decimal(row), look="plain-number"),
    Field("件数", lambda row: 20_992, look="count"),
    Field("空", lambda row: None),
]


def asked(query: str, rows=("10.000", "-1.5"), method: str = "get", **more):
    request = getattr(RequestFactory(), method)(f"/?{query}")
    return as_file(request, "一覧 表", FIELDS, rows, **more)


def test_moments_days_and_numbers_are_values_in_excel():
    page = openpyxl.load_workbook(io.BytesIO(asked("format=xlsx").content))["一覧"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=2)] == [
        [datetime.datetime(2026, 6, 1, 9, 30), datetime.datetime(2026, 6, 1), 10, 20_992, None],
        [datetime.datetime(2026, 6, 1, 9, 30), datetime.datetime(2026, 6, 1), -1.5, 20_992, None],
    ]
    assert [cell.number_format for cell in page[2]] == ["yyyy/m/d h:mm", "yyyy/m/d", "General", "#,##0", "@"]


def test_and_plain_in_csv():
    assert asked("format=csv").content.decode().splitlines()[1:] == [
        "2026-06-01 09:30,2026-06-01,10,20992,",
        "2026-06-01 09:30,2026-06-01,-1.5,20992,",
    ]


def test_the_file_says_what_it_is():
    name = asked("format=csv")["Content-Disposition"]
    assert name.startswith("attachment; filename*=utf-8''%E4%B8%80%E8%A6%A7%20%E8%A1%A8_20")
    assert name.endswith(".csv")


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("", {}),
        ("format=pdf", {}),
        ("format=csv&of=log", {}),
        ("format=csv", {"of": "log"}),
        ("format=csv", {"method": "post"}),
    ],
)
def test_elsewhere_it_is_the_page_and_nothing_is_read(query, more):
    def rows():
        raise AssertionError("read for nothing")

    assert asked(query, rows, **more) is None


def test_what_costs_something_is_found_for_the_file():
    assert asked("format=csv&of=log", lambda: ["1"], of="log").content.decode().count("\r\n") == 2
