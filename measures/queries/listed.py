"""The list of sheets: a whole year on one page.

A line of it shows a handful of values, which are read without the models
around them. How it looks depends on nothing else: each look is drawn once.
"""

import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ..models import Cycle, Entry
from ..models.year import paired
from ..workflow import EntryState


class Letter(NamedTuple):
    """達成度 as a list shows it."""

    code: str
    label: str
    short_label: str
    mark: str
    tone: str


class Line(NamedTuple):
    """One sheet in the list, with last year's letter in `before`."""

    pk: int
    action_id: int
    organization_id: int
    code: str
    title: str
    organization: str
    state: str
    is_proxy: bool
    is_late: bool
    closed_unanswered: bool
    saved_at: datetime.datetime | None
    direction: str | None
    rating: Letter | None
    before: Letter | None = None

    @property
    def stage(self) -> EntryState:
        return EntryState(self.state)

    @property
    def can_repeat(self) -> bool:
        """Untouched this year and answered last year."""
        return self.stage == EntryState.EMPTY and self.before is not None


class Before(NamedTuple):
    """Last year's sheet of an action and an organization."""

    action_id: int
    organization_id: int
    rating: Letter | None


LETTER = tuple(f"rating__{name}" for name in Letter._fields)
LINE = (
    "pk", "action_id", "organization_id", "action__code", "action__title", "organization__name",
    "state", "is_proxy", "is_late", "closed_unanswered", "saved_at", "direction__label",
)  # fmt: skip


def list_lines(entries: QuerySet, cycle: Cycle) -> list[Line]:
    """`entries` of `cycle` in the plan's order."""
    rows = entries.in_order().values_list(*LINE, *LETTER)
    lines = [Line(*row[: len(LINE)], _letter(row[len(LINE) :])) for row in rows]
    last_year = Entry.objects.filter(cycle__plan=cycle.plan_id, cycle__year=cycle.year - 1).order_by()
    found = last_year.values_list("action_id", "organization_id", *LETTER)
    before = paired(lines, [Before(action, office, _letter(letter)) for action, office, *letter in found], cycle)
    return [line._replace(before=before[line.pk].rating) if before[line.pk] else line for line in lines]


def _letter(values: tuple | list) -> Letter | None:
    return Letter(*values) if values[0] else None


@lru_cache(maxsize=2048)
def drawn(line: Line, *, with_box: bool, repeats: bool = False) -> SafeString:
    """The line as a row of the table: before it a box to tick where `with_box`, in it 「変更なし」 where `repeats`."""
    return render_to_string("measures/entries_row.html", {"line": line, "with_box": with_box, "repeats": repeats})
