"""The table of a page as a file: the page's own address with `?format=xlsx` or `csv`, so that its filter holds."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from . import excel
from .cells import Value
from .flat import to_csv
from .sheet import Column, Sheet


@dataclass(frozen=True)
class Field:
    """One column: its heading, what it shows of a row, its width and look in Excel."""

    title: str
    value: Callable[[Any], Value]
    width: float = 16
    look: str = "plain"


Fields = Sequence[Field] | Callable[[], Sequence[Field]]
Rows = Iterable[Any] | Callable[[], Iterable[Any]]


def as_file(request: HttpRequest, name: str, fields: Fields, rows: Rows, *, of: str = "") -> HttpResponse | None:
    """The rows as the file the address asks for, called `name` and today's date; None where it asks for the page.

    Of several tables on one page, `of` is the one that `?of=` asks for. Fields
    and rows that cost something come as functions, called only for the file.
    """
    form = request.GET.get("format")
    if form not in ("xlsx", "csv") or request.GET.get("of", "") != of or request.method not in ("GET", "HEAD"):
        return None
    fields, rows = fields() if callable(fields) else fields, rows() if callable(rows) else rows
    found = [[_plain(field.value(row)) for field in fields] for row in rows]
    if form == "csv":
        titles = [field.title for field in fields]
        content: str | bytes = to_csv(titles, (dict(zip(titles, map(_said, row), strict=True)) for row in found))
        kind = "text/csv; charset=utf-8"
    else:
        columns = [Column(field.title, field.width, field.look) for field in fields]
        sheet = Sheet("一覧", columns, found, len(found), frozen=1, is_wide=True, protected=False, foot=name)
        content, kind = excel.write([sheet], title=name), excel.CONTENT_TYPE
    response = HttpResponse(content, content_type=kind)
    file_name = f"{name}_{timezone.localdate():%Y%m%d}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, file_name) or ""
    return response


def _plain(value: Value) -> Value:
    """A moment as the clocks of the city hall show it, 10.000 as 10."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return timezone.localtime(value) if isinstance(value, datetime.datetime) else value


def _said(value: Value) -> Value:
    """A moment in a flat file: to the minute, without a zone."""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime.datetime) else value
