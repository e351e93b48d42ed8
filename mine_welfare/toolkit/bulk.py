"""Many rows written at once, each with its row of history."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

SIZE = 500  # rows in one statement
REASON = 100  # characters the history has room for


def add(rows: Sequence[Model], *, by: Any, reason: str = "") -> None:
    """Write new rows of one model; `by` is the user the history names."""
    if rows:
        made = type(rows[0])._base_manager.bulk_create(rows, batch_size=SIZE)
        _remember(made, by=by, reason=reason, update=False)


def change(rows: Sequence[Model], fields: Iterable[str], *, by: Any, reason: str = "") -> None:
    """Write `fields` of rows that are there, which the caller has locked."""
    if not rows:
        return
    # `bulk_update` builds a CASE for every value, which takes most of the time of a large file.
    type(rows[0])._base_manager.bulk_create(
        rows, batch_size=SIZE, update_conflicts=True, unique_fields=["pk"], update_fields=sorted(fields)
    )
    _remember(rows, by=by, reason=reason, update=True)


def _remember(rows: Sequence[Any], *, by: Any, reason: str, update: bool) -> None:
    type(rows[0]).history.bulk_history_create(
        rows, batch_size=SIZE, update=update, default_user=by, default_change_reason=reason[:REASON]
    )
