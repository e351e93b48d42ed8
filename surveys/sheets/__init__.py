"""The columns of this app's files, one list for both directions, and what is wrong with a file that comes in."""

from mine_welfare.toolkit.csvfile import Table

from ..models import Upload
from . import answers, definition, statistics, tallies
from .cells import Reading
from .files import table_of


def read(upload: Upload) -> tuple[Table, Reading]:
    """What a file that waits for confirmation would write; Refused where it is no table."""
    table = table_of(upload.filename, bytes(upload.content))
    if upload.kind == Upload.Kind.STATISTICS:
        return table, statistics.read(upload.plan, table)
    readers = {
        Upload.Kind.TALLIES: tallies.read,
        Upload.Kind.DEFINITION: definition.read,
        Upload.Kind.ANSWERS: answers.read,
    }
    return table, readers[Upload.Kind(upload.kind)](upload.survey, table)
