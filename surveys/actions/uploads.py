"""Files in three steps: sent, looked at, confirmed. Nothing is written before the last."""

import datetime

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.refusal import Refused
from plans.models import Plan

from .. import permissions, sheets
from ..models import Survey, Upload
from ..sheets.cells import Reading
from ..sheets.files import table_of
from . import answers, statistics, tallies

# A file nobody came back to holds answers of people; it does not stay.
KEPT = datetime.timedelta(days=1)


@transaction.atomic
def send(*, plan: Plan, survey: Survey | None, kind: str, filename: str, content: bytes, by: User) -> Upload:
    """Keep a file until it is confirmed; Refused where it cannot be read as a table."""
    if sentence := permissions.file_refusal(by, kind, survey):
        raise Refused(sentence)
    table_of(filename, content)
    Upload.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()
    Upload.objects.filter(plan=plan, survey=survey, kind=kind, sent_by=by).delete()
    return Upload.objects.create(
        plan=plan, survey=survey, kind=kind, filename=filename[-200:], content=content, sent_by=by
    )


@transaction.atomic
def confirm(*, upload: Upload, by: User) -> Reading:
    """Write what the file says, if it still says so without a problem."""
    waiting = Upload.objects.select_for_update(of=["self"]).select_related("plan", "survey")
    upload = waiting.filter(pk=upload.pk).first()
    if upload is None:
        raise Refused("このファイルは、もう取り込まれたか、取り消されました。")
    if sentence := permissions.upload_refusal(by, upload):
        raise Refused(sentence)
    if sentence := permissions.file_refusal(by, upload.kind, upload.survey):
        raise Refused(sentence)
    table, reading = sheets.read(upload)
    if not reading.can_be_written:
        raise Refused("直すところが残っているか、変わる値がないため、取り込めません。")
    _write(upload, table, reading, by)
    upload.plan.touch()
    upload.delete()
    return reading


def _write(upload: Upload, table: Table, reading: Reading, by: User) -> None:
    match upload.kind:
        case Upload.Kind.STATISTICS:
            statistics.write_points(reading, by)
        case Upload.Kind.TALLIES:
            tallies.write_tallies(reading)
        case Upload.Kind.DEFINITION:
            tallies.write_definition(upload.survey, reading)
        case _:
            answers.write_answers(upload, table, reading, by)


@transaction.atomic
def discard(*, upload: Upload, by: User) -> None:
    """Throw away a file that waits."""
    if sentence := permissions.upload_refusal(by, upload):
        raise Refused(sentence)
    upload.delete()
