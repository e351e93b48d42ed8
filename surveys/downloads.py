"""A list as a file to save."""

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from mine_welfare.toolkit import excel

from .sheets.files import as_csv, as_excel

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": excel.CONTENT_TYPE}


def download(name: str, form: str, columns: Sequence[str], rows: Iterable[dict]) -> HttpResponse:
    """`rows` (dictionaries by column) as CSV or Excel; 404 for any other form."""
    if form not in CONTENT_TYPES:
        raise Http404("保存できる形は、CSVとExcelです。")
    content = as_csv(columns, rows) if form == "csv" else as_excel(name[:31], columns, rows)
    disposition = content_disposition_header(True, f"{name}.{form}")
    return HttpResponse(content, content_type=CONTENT_TYPES[form], headers={"Content-Disposition": disposition})
