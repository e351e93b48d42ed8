"""The table of a page as a file: the page's own address with `?format=xlsx` or `csv`, so that its filter holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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


def as_file(request: HttpRequest, name: str, fields: Sequence[Field], rows: Iterable[Any]) -> HttpResponse | None:
    """The rows as the file the address asks for, called `name` and today's date; None where it asks for the page."""
    form = request.GET.get("format")
    if form not in ("xlsx", "csv"):
        return None
    found = [[field.value(row) for field in fields] for row in rows]
    if form == "csv":
        titles = [field.title for field in fields]
        content: str | bytes = to_csv(titles, (dict(zip(titles, row, strict=True)) for row in found))
        kind = "text/csv; charset=utf-8"
    else:
        columns = [Column(field.title, field.width, field.look) for field in fields]
        sheet = Sheet("一覧", columns, found, len(found), frozen=1, is_wide=True, protected=False, foot=name)
        content, kind = excel.write([sheet], title=name), excel.CONTENT_TYPE
    response = HttpResponse(content, content_type=kind)
    file_name = f"{name}_{timezone.localdate():%Y%m%d}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, file_name) or ""
    return response
