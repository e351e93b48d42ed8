"""What citizens see of a year: shown beforehand, taken back, shown again, corrected."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.markup import number
from mine_welfare.toolkit.refusal import Refused

from ..fields import PUBLIC, missing
from ..models import Correction, Cycle, Entry, MeasureReview, Opinion, Response
from ..permissions import correction_refusal, cycle_refusal, republish_refusal, unpublish_refusal
from ..reviewing import REVIEW_FIELDS
from ..workflow import CycleState, EntryState, ResponseState
from .changes import Overtaken, differing, reason_for

Row = Entry | MeasureReview | Opinion | Response
# What citizens read of each kind of row: {field: label}.
CORRECTABLE: dict[type, dict[str, str]] = {
    Entry: {field.name: field.label for field in PUBLIC},
    MeasureReview: {field.name: field.label for field in REVIEW_FIELDS},
    Opinion: {"meeting": "会議", "text": "意見"},
    Response: {"text": "市の考え方", "reflection": "反映状況"},
}
RELATED = {
    Entry: ("cycle__plan", "cycle__scale", "action", "organization", "rating", "direction"),
    MeasureReview: ("cycle__plan", "cycle__scale", "measure", "first_rating", "second_rating"),
    Opinion: ("cycle__plan", "cycle__scale", "measure"),
    Response: ("opinion__cycle__plan", "opinion__cycle__scale", "opinion__measure", "organization"),
}


def _allow(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)


@contextmanager
def as_if_published(*, cycle: Cycle, by: User) -> Iterator[None]:
    """Inside, the database is what it will be once the year is published; nothing of it stays.

    So the preview is drawn by the citizens' own pages and can show nothing else than they will.
    """
    _allow(cycle_refusal(by))
    with transaction.atomic():
        cycle.entries.filter(state=EntryState.ACCEPTED).update(state=EntryState.FIXED)
        shown = {"state": CycleState.PUBLISHED, "published_at": timezone.now(), "unpublished_at": None}
        Cycle.objects.filter(pk=cycle.pk).update(**shown)
        yield
        transaction.set_rollback(True)


@transaction.atomic
def unpublish(*, cycle: Cycle, by: User, reason: str) -> Cycle:
    """Take a year from the public at once. Its stage stays, so another year may be running."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    _allow(unpublish_refusal(by, cycle))
    cycle._change_reason = reason_for("公表の取下げ", reason)
    cycle.unpublished_at = timezone.now()
    cycle.save()
    cycle.plan.touch()
    return cycle


@transaction.atomic
def republish(*, cycle: Cycle, by: User) -> Cycle:
    """Show the year again, with the day it was first published."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    _allow(republish_refusal(by, cycle))
    cycle._change_reason = "もう一度公表"
    cycle.unpublished_at = None
    cycle.save()
    cycle.plan.touch()
    return cycle


# ---- 訂正 -------------------------------------------------------------------
@transaction.atomic
def correct(*, row: Row, by: User, version: int, values: dict, reason: str) -> list[Correction]:
    """Change what a fixed row says, with a reason; the row stays fixed, what it said stays on record.

    Raises Overtaken when it was corrected in between.
    """
    kind = type(row)
    row = kind.objects.select_for_update(of=("self",)).select_related(*RELATED[kind]).get(pk=row.pk)
    cycle = row.opinion.cycle if isinstance(row, Response) else row.cycle
    _allow(correction_refusal(by, cycle) or _not_fixed(row))
    reason = reason_for("訂正", reason)
    if row.version != version:
        raise Overtaken(row)
    changes = differing(row, values, CORRECTABLE[kind], cycle.scale)
    if not changes:
        raise Refused("訂正した項目がありません。")
    before = {name: in_words(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    _stays_complete(row)
    row.version += 1
    row._change_reason = reason
    row.save()
    if cycle.is_public:
        cycle.plan.touch()
    return [_record(row, name, was, cycle=cycle, reason=reason, by=by) for name, was in before.items()]


def _record(row: Row, name: str, before: str, *, cycle: Cycle, reason: str, by: User) -> Correction:
    return Correction.objects.create(
        cycle=cycle,
        label=CORRECTABLE[type(row)][name],
        before=before,
        after=in_words(row, name),
        reason=reason,
        is_after_publication=cycle.published_at is not None,
        by=by,
        **{_target(row): row},
    )


def _target(row: Row) -> str:
    return "review" if isinstance(row, MeasureReview) else type(row).__name__.lower()


def _not_fixed(row: Row) -> str | None:
    """Only what citizens read can be corrected."""
    if isinstance(row, Entry) and row.stage != EntryState.FIXED:
        return f"「{row.stage.label}」の個票です。訂正できるのは、確定した個票だけです。"
    if isinstance(row, Response) and row.stage != ResponseState.ACCEPTED:
        return f"「{row.stage.label}」の回答です。訂正できるのは、事務局が確認した回答だけです。"
    return None


def _stays_complete(row: Row) -> None:
    names: list[str] = []
    if isinstance(row, Entry):
        if row.no_budget and (row.budget is not None or row.settlement is not None):
            raise Refused("金額を入れるときは、「予算を伴わない」の印を外してください。")
        names = [field.label for field in missing(row)]
    elif isinstance(row, Opinion | Response):
        required = {"text": "意見"} if isinstance(row, Opinion) else CORRECTABLE[Response]
        names = [label for name, label in required.items() if not getattr(row, name)]
    if names:
        raise Refused(f"公表する内容の必須の項目は空にできません（{'、'.join(names)}）。")


def in_words(row: Row, name: str) -> str:
    """A field's value as people read it."""
    if name == "reflection":
        return row.get_reflection_display()
    value = getattr(row, name)
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return number(value) if isinstance(value, int) else str(value or "")
