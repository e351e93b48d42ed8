"""A file of master data on its way: out, looked at, and confirmed – the same for the secretariat and in the admin.

Between looking and confirming nothing is kept on the server: the rows go to
the page and come back with its confirmation, signed for one person and one
kind. So there is no file another worker cannot find, another person could
take, or a killed process leaves behind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from mine_welfare.accounts.models import User
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.refusal import Refused
from surveys.sheets.files import as_excel, table_of

from . import actions
from .resources import Master

SHOWN = 100  # lines of a preview
SALT = "master"
HOUR = 3600
OVERDUE = "確かめてから時間がたったため、取り込めません。もう一度ファイルを送ってください。"


def file_of(master: Master, rows: Iterable[Any] | None = None) -> HttpResponse:
    """The rows (all of them, where none are named) in the columns that are read."""
    if sentence := type(master).refusal(master.by):
        raise PermissionDenied(sentence)
    found = master.get_queryset() if rows is None else rows
    lines = [{field.column_name: field.export(row) for field in master.get_export_fields()} for row in found]
    disposition = content_disposition_header(True, f"{master.title}.xlsx")
    content = as_excel(master.title, master.columns, lines)
    return HttpResponse(content, content_type=excel.CONTENT_TYPE, headers={"Content-Disposition": disposition})


@dataclass(frozen=True)
class Look:
    """A file as it was looked at; `signed` is what confirms it, empty where it cannot be applied."""

    filename: str
    preview: actions.Preview
    signed: str

    @property
    def context(self) -> dict[str, Any]:
        """What the page of a preview shows."""
        return {
            "filename": self.filename,
            "preview": self.preview,
            "changes": self.preview.changes[:SHOWN],
            "problems": self.preview.problems[:SHOWN],
            "signed": self.signed,
        }


def look(*, master: Master, file: UploadedFile, by: User) -> Look:
    """What the file would change; Refused, with the file's name, where it cannot be read."""
    try:
        table = table_of(file.name, file.read())
        preview = actions.preview(master=master, table=table, by=by)
    except Refused as refused:
        raise Refused(f"「{file.name}」は取り込めません。{refused}") from refused
    return Look(file.name, preview, _signed(master, table, preview, by) if preview.can_be_applied else "")


def _signed(master: Master, table: Table, preview: actions.Preview, by: User) -> str:
    said = {"name": master.name, "user": by.pk, "columns": table.columns, "rows": table.rows}
    return signing.dumps(said | {"seen": preview.digest}, salt=SALT, compress=True)


def confirm(*, master: Master, signed: str, by: User) -> str:
    """Write what was looked at; returns a sentence on what was done."""
    try:
        said = signing.loads(signed, salt=SALT, max_age=HOUR)
    except signing.BadSignature as error:
        raise Refused(OVERDUE) from error
    if (said["name"], said["user"]) != (master.name, by.pk):
        raise Refused(OVERDUE)
    table = Table(said["columns"], [(number, cells) for number, cells in said["rows"]], "")
    done = actions.apply(master=master, table=table, seen=said["seen"], by=by)
    words = "、".join(f"{kind} {done.counts[kind]}件" for kind in ("追加", "変更") if done.counts[kind])
    return f"{master.title}を取り込みました（{words}）。"
