"""What moved since the last meeting: sheets that changed their state, reviews that were saved."""

import datetime
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from ..models import Transition
from ..workflow import Verb
from .dashboard import Board


@dataclass(frozen=True)
class SinceMeeting:
    """`name` and `day` of the meeting; (what, how many) of everything that moved after it."""

    name: str
    day: datetime.date
    moved: list[tuple[str, int]]


def last_meeting(board: Board, today: datetime.date) -> tuple[str, datetime.date] | None:
    """The latest meeting before today, of this year or of the one before."""
    held = [
        (day, name)
        for cycle in board.cycles
        for name, day in (("連携会議", cycle.liaison_on), ("委員会", cycle.committee_on))
        if day and day < today
    ]
    if not held:
        return None
    day, name = max(held)
    return name, day


def since_meeting(board: Board, today: datetime.date | None = None) -> SinceMeeting | None:
    """None while no meeting was held; one query, the reviews are already read."""
    meeting = last_meeting(board, today or timezone.localdate())
    if meeting is None:
        return None
    name, day = meeting
    rows = (
        Transition.objects.filter(entry__cycle=board.cycle, at__date__gt=day)
        .values_list("verb")
        .annotate(number=Count("entry", distinct=True))
        .order_by()
    )
    counts = dict(rows)
    moved = [(f"{verb.label}があった個票", counts[verb]) for verb in Verb if counts.get(verb)]
    reviewed = [
        one for (_, cycle), one in board.reviews.items()
        if cycle == board.cycle.pk and one.saved_at and timezone.localdate(one.saved_at) > day
    ]  # fmt: skip
    if reviewed:
        moved.append(("評価を書いた施策", len(reviewed)))
    return SinceMeeting(name, day, moved)
