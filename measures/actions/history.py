"""Bringing an earlier version of a row back: as a new version, so that nothing is ever lost."""

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction
from simple_history.utils import update_change_reason

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from plans.models import Plan

from ..models import Direction, Entry, Grade, MeasureReview, Opinion, Response
from ..permissions import restore_refusal, scale_refusal
from ..queries.kinds import Kind
from ..workflow import CORRECTION_STAGES
from . import entries
from .changes import reason_for
from .opinions import edit_opinion
from .publication import CORRECTABLE, correct
from .reviews import save_review

MOVED_ON = "開いている間に、内容が変わりました。記録を確かめてから、もう一度操作してください。"


@transaction.atomic
def restore(*, kind: Kind, pk: int, version: int, seen: int, by: User, reason: str) -> models.Model:
    """Write what the row said at `version` again. `seen` is the latest version the person looked at."""
    if sentence := restore_refusal(by):
        raise Refused(sentence)
    if not kind.restorable:
        raise Refused(f"「{kind.label}」の記録は、ここでは戻せません。それぞれの画面で直してください。")
    reason = reason_for("前の版に戻す操作", reason)
    versions = kind.model.history.filter(**{kind.model._meta.pk.attname: pk})
    target = versions.filter(history_id=version).first()
    if target is None:
        raise Refused("この版の記録はありません。")
    row = kind.model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    try:
        values = {name: getattr(target, name) for name in kind.restorable}
        if row is None:
            _lock_plan_of(target.instance)
    except ObjectDoesNotExist as gone:
        raise Refused("この版が指している内容が、もうありません。戻せません。") from gone
    if versions.latest("history_id").history_id != seen:
        raise Refused(MOVED_ON)
    if isinstance(row, Entry | MeasureReview | Opinion | Response):
        return _through_its_door(row, values, by=by, reason=reason)
    return _write(row or target.instance, values, by=by, is_new=row is None, reason=reason)


def _lock_plan_of(row: models.Model) -> None:
    """What was deleted has no row to lock: two who bring it back meet at its plan."""
    plan = plan_of(row)
    list(Plan.objects.select_for_update().filter(pk=plan.pk if plan else None))


def _through_its_door(row: models.Model, values: dict, *, by: User, reason: str) -> models.Model:
    """What goes round between people is written by its own action: its rules hold for an old version too."""
    cycle = row.opinion.cycle if isinstance(row, Response) else row.cycle
    if cycle.stage in CORRECTION_STAGES:
        kept = CORRECTABLE[type(row)]
        read = {name: value for name, value in values.items() if name in kept}
        correct(row=row, by=by, version=row.version, values=read, reason=reason)
    elif isinstance(row, Entry):
        entries.save_entry(entry=row, by=by, version=row.version, values=values)
    elif isinstance(row, MeasureReview):
        save_review(cycle=cycle, measure=row.measure, by=by, version=row.version, values=values)
    elif isinstance(row, Opinion):
        edit_opinion(opinion=row, by=by, version=row.version, measure=row.measure, **values)
    else:
        raise Refused("確定していない回答は、差し戻して、担当する組織に直してもらってください。")
    now = type(row)._default_manager.get(pk=row.pk)
    update_change_reason(now, reason)
    return now


def _write(row: models.Model, values: dict, *, by: User, is_new: bool, reason: str) -> models.Model:
    if isinstance(row, Grade | Direction) and (sentence := scale_refusal(by, row.scale)):
        raise Refused(sentence)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean(validate_unique=True)
    except ValidationError as problem:
        raise Refused(f"いまの内容とぶつかるため、戻せません。{'　'.join(problem.messages)}") from problem
    row._change_reason = reason
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
    except IntegrityError as problem:
        # What was deleted has no row to lock: somebody else made it again in this moment.
        raise Refused(MOVED_ON) from problem
    if plan := plan_of(row):
        plan.touch()
    return row


def plan_of(row: models.Model) -> Plan | None:
    """The plan whose public text the row is part of; none for people and organizations."""
    if isinstance(row, Plan):
        return row
    for name in ("plan", "goal", "measure", "action", "indicator", "scale"):
        if above := getattr(row, name, None):
            return plan_of(above)
    return None
