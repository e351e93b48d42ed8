"""Writes to the plan's text. Keyword-only, atomic, take `by=`, return the object."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from .models import GlossaryTerm, Plan
from .permissions import text_refusal

LONGEST_REASON = 100  # what the history of a row has room for
LONGEST_TEXT = 50_000  # the longest section of a plan has a tenth of it


class Conflict(Exception):
    """Somebody saved in between. Nothing was written; `row` is what stands now."""

    def __init__(self, row: models.Model):
        self.row = row
        super().__init__("ほかの人が先に保存しました。")


def fingerprint(row: models.Model, names: Iterable[str]) -> str:
    """A mark of what these fields say: a form that was opened on other words is told."""
    return digest([str(getattr(row, name)) for name in sorted(names)])


def digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:32]


def allow_text(user: User, plan: Plan, reason: str) -> str:
    """The reason, cleaned; Refused when `user` may not change `plan`, or a decided plan is changed without one."""
    if sentence := text_refusal(user):
        raise Refused(sentence)
    reason = clean(reason).strip()
    if not plan.is_draft and not reason:
        raise Refused("確定した計画の本文を直すには、理由が必要です。")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"理由は{LONGEST_REASON}字までです。")
    return reason


def cleaned(row: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    """`values` without control characters; Refused where a text is far longer than any plan has."""
    found = {name: clean(value).strip() if isinstance(value, str) else value for name, value in values.items()}
    for name, value in found.items():
        longest = getattr(row._meta.get_field(name), "max_length", None) or LONGEST_TEXT
        if isinstance(value, str) and len(value) > longest:
            raise Refused(f"「{row._meta.get_field(name).verbose_name}」は{longest:,}字までです。")
    return found


@transaction.atomic
def edit_text(
    *, row: models.Model, plan: Plan, values: dict[str, Any], seen: str, by: User, reason: str = ""
) -> models.Model:
    """Change the words of one row of `plan`, as they were read when `seen` was taken."""
    reason = allow_text(by, plan, reason)
    now = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if now is None:
        raise Refused("直そうとしたものは、ほかの人が消しました。")
    if fingerprint(now, values) != seen:
        raise Conflict(now)
    changed = {name: value for name, value in cleaned(now, values).items() if getattr(now, name) != value}
    if not changed:
        return now
    for name, value in changed.items():
        setattr(now, name, value)
    now._change_reason = reason or None
    try:
        with transaction.atomic():
            now.save()
    except IntegrityError as error:
        raise Refused("同じ名称のものが、もうあります。") from error
    plan.touch()
    return now


# ---- 用語解説 ---------------------------------------------------------------
@transaction.atomic
def add_term(*, plan: Plan, values: dict[str, Any], by: User, reason: str = "") -> GlossaryTerm:
    """A new word of the glossary."""
    reason = allow_text(by, plan, reason)
    term = GlossaryTerm(plan=plan)
    for name, value in cleaned(term, values).items():
        setattr(term, name, value)
    # Two people who add the same word at once: the second is told.
    Plan.objects.select_for_update().get(pk=plan.pk)
    refuse_double(term)
    term._change_reason = reason or None
    term.save()
    plan.touch()
    return term


def refuse_double(term: GlossaryTerm) -> None:
    if GlossaryTerm.objects.filter(plan=term.plan_id, term=term.term).exclude(pk=term.pk).exists():
        raise Refused(f"「{term.term}」は、もう用語解説にあります。")


@transaction.atomic
def remove_term(*, term: GlossaryTerm, by: User, reason: str = "") -> None:
    """Take a word out of the glossary; its history stays."""
    plan = term.plan
    term._change_reason = allow_text(by, plan, reason) or None
    term.delete()
    plan.touch()
