"""What moved since the last meeting: ratings, reviews, opinions and their answers, beside what the meeting saw.

One question brings all of it: the dashboard has many others to ask.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Case, CharField, DateField, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, When
from django.db.models import Value as Sql
from django.db.models.functions import Cast, Coalesce, Concat, Greatest
from django.utils import timezone

from mine_welfare.toolkit.addresses import address

from ..models import Entry, Grade, MeasureReview, Opinion, Response, Transition
from ..workflow import ResponseState, Verb
from .dashboard import Board, move
from .structure import ANSWERED

WITH_SECRETARIAT = [state for state in ResponseState if not state.is_with_office]
MEETING, SHEET, MEASURE, REVIEWED, OPINION, ANSWER, CONFIRMED = (
    "meeting", "sheet", "measure", "reviewed", "opinion", "answer", "confirmed",
)  # fmt: skip
COUNTED = {
    **{verb.value: f"{verb.label}があった個票" for verb in Verb},
    REVIEWED: "評価を書いた施策",
    OPINION: "事務局が受け付けた意見",
    ANSWER: "意見への回答",
    CONFIRMED: "事務局が確認した回答",
}
FIRST_RATED = "新しく達成度が付いた個票"


@dataclass(frozen=True)
class Changed:
    """A rating that is not what the meeting saw, and where it is read; `then` is None where there was none."""

    words: str
    href: str
    then: Grade | None
    now: Grade

    @property
    def move(self) -> str:
        return move(self.then, self.now)


@dataclass(frozen=True)
class SinceMeeting:
    """`name` and `day` of the meeting; (what, how many) of everything that moved after it, and changed ratings."""

    name: str
    day: datetime.date
    moved: list[tuple[str, int]]
    sheets: list[Changed]
    measures: list[Changed]


class Row(NamedTuple):
    """One thing that happened. `measure` is None of what is said on the whole plan."""

    kind: str
    measure: int | None
    action: int | None
    organization: str
    pk: int | None
    then: int | None
    now: int | None
    words: str


def since_meeting(board: Board, meetings: QuerySet, today: datetime.date | None = None) -> SinceMeeting | None:
    """None while no meeting was held. `meetings` (with `held_on`, `name`) are those kept beside the years."""
    today = today or timezone.localdate()
    dated = _dated(board, today)
    rows = [Row(*row) for row in _everything(board, meetings.filter(held_on__lt=today), dated)]
    held = dated + [(datetime.date.fromisoformat(row.organization), row.words) for row in rows if row.kind == MEETING]
    if not held:
        return None
    day, name = sorted(held, key=lambda one: one[0])[-1]
    shown = _shown(board, rows)
    sheets = _sheets(board, shown)
    first = sum(one.then is None for one in sheets)
    moved = [*_counts(shown), *([(FIRST_RATED, first)] if first else [])]
    return SinceMeeting(name, day, moved, [one for one in sheets if one.then], _measures(board, shown))


def _dated(board: Board, today: datetime.date) -> list[tuple[datetime.date, str]]:
    """The meetings the years themselves name, as far as they were held."""
    return [
        (day, name)
        for cycle in board.cycles
        for name, day in (("連携会議", cycle.liaison_on), ("委員会", cycle.committee_on))
        if day and day < today
    ]


# ---- the question -----------------------------------------------------------------
def _everything(board: Board, meetings: QuerySet, dated: list[tuple[datetime.date, str]]) -> QuerySet:
    """Rows of all kinds after the last meeting, whose day the database finds among `meetings` and `dated`."""
    latest: Any = Subquery(meetings.order_by("-held_on").values("held_on")[:1], output_field=DateField())
    if dated:
        own = Sql(max(day for day, _ in dated), output_field=DateField())
        latest = Greatest(Coalesce(latest, own), own)
    reviews = MeasureReview.objects.filter(cycle=board.cycle)
    seen = Coalesce(_then(MeasureReview, latest, "second_rating"), _then(MeasureReview, latest, "first_rating"))
    opinions = Opinion.objects.filter(cycle=board.cycle, received_at__date__gt=latest)
    return _moves(board, latest).union(
        _sheet_rows(board, latest),
        _rows(meetings, MEETING, organization=Cast("held_on", CharField()), words=F("name")),
        _rows(reviews, MEASURE, measure=F("measure"), then=seen),
        _rows(reviews.filter(saved_at__date__gt=latest), REVIEWED, measure=F("measure")),
        _rows(opinions, OPINION, measure=F("measure"), pk=F("pk")),
        *_answers(board, latest),
    )


def _rows(rows: QuerySet, kind: object, **given: object) -> QuerySet:
    """`rows` in the shape of `Row`; what is not given is empty."""
    empty = {"words": Sql(""), "organization": Sql("")}
    columns = [given.get(name, empty.get(name, Sql(None))) for name in Row._fields[1:]]
    kinds = [CharField() if name in empty else IntegerField() for name in Row._fields[1:]]
    shaped = [Cast(column, field) for column, field in zip(columns, kinds, strict=True)]
    return rows.order_by().values_list(Cast(kind if isinstance(kind, F) else Sql(kind), CharField()), *shaped)


def _then(model: type[Model], day: Any, field: str) -> Subquery:
    """What `field` of a row said at the end of `day`; NULL where the row was not there yet."""
    rows = model.history.filter(id=OuterRef("pk"), history_date__date__lte=day)
    return Subquery(rows.order_by("-history_date", "-history_id").values(field)[:1])


def _moves(board: Board, latest: Any) -> QuerySet:
    rows = Transition.objects.filter(entry__cycle=board.cycle, at__date__gt=latest)
    place = {"measure": F("entry__action__measure"), "action": F("entry__action")}
    return _rows(rows, F("verb"), organization=F("entry__organization__slug"), **place)


def _sheet_rows(board: Board, latest: Any) -> QuerySet:
    """The confirmed sheets with the rating the meeting saw: what was not confirmed then had none."""
    rows = Entry.objects.filter(cycle=board.cycle, state__in=ANSWERED, rating__isnull=False)
    rows = rows.annotate(state_then=_then(Entry, latest, "state"))
    then = Case(When(state_then__in=ANSWERED, then=_then(Entry, latest, "rating")), output_field=IntegerField())
    return _rows(
        rows, SHEET, measure=F("action__measure"), action=F("action"), organization=F("organization__slug"),
        pk=F("pk"), then=then, now=F("rating"), words=Concat("action__code", Sql(" "), "action__title"),
    )  # fmt: skip


def _answers(board: Board, latest: Any) -> list[QuerySet]:
    """Answers that came in, and those the secretariat confirmed; one that was both counts in both."""
    rows = Response.objects.filter(opinion__cycle=board.cycle, state__in=WITH_SECRETARIAT)
    came = rows.filter(answered_at__date__gt=latest)
    confirmed = rows.annotate(state_then=_then(Response, latest, "state")).filter(
        ~Q(state_then=ResponseState.ACCEPTED) | Q(state_then__isnull=True), state=ResponseState.ACCEPTED
    )
    place = {"measure": F("opinion__measure"), "pk": F("pk")}
    return [_rows(came, ANSWER, **place), _rows(confirmed, CONFIRMED, **place)]


# ---- the answer -------------------------------------------------------------------
def _shown(board: Board, rows: Iterable[Row]) -> list[Row]:
    """The rows within the filters of the board."""
    sheets = {(one.action, one.organization) for one in board.now}
    measures = {one.pk for one in board.measures} | (set() if board.filters.goal else {None})
    return [
        row for row in rows
        if row.measure in measures and (row.action is None or (row.action, row.organization) in sheets)
    ]  # fmt: skip


def _counts(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """(what, how many) in the order of `COUNTED`: a sheet that moved twice in one way counts once."""
    kinds = [row.kind for row in rows]
    return [(words, kinds.count(kind)) for kind, words in COUNTED.items() if kind in kinds]


def _sheets(board: Board, rows: Iterable[Row]) -> list[Changed]:
    grades = {grade.pk: grade for grade in board.grades}
    names = {one.organization: one.organization_name for one in board.now}
    return [
        Changed(
            f"{row.words}（{names[row.organization]}）", address("staff:entry", row.pk),
            grades.get(row.then), grades[row.now],
        )
        for row in sorted(rows, key=lambda row: row.words)
        if row.kind == SHEET and row.then != row.now
    ]  # fmt: skip


def _measures(board: Board, rows: Iterable[Row]) -> list[Changed]:
    """The measures whose rating is another than at the meeting, those rated for the first time among them."""
    grades = {grade.pk: grade for grade in board.grades}
    then = {row.measure: grades.get(row.then) for row in rows if row.kind == MEASURE}
    ratings = ((one, then.get(one.pk), board.rating(one, board.cycle)) for one in board.measures)
    return [
        Changed(str(one), f"{address('staff:dashboard-measure', one.code)}?year={board.cycle.year}", before, now)
        for one, before, now in ratings
        if now and before != now
    ]
