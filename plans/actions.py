"""Writes to the plan's text. Keyword-only, atomic, take `by=`, return the object."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from .models import GlossaryTerm, Plan, Section
from .permissions import text_refusal

LONGEST_REASON = 100  # what the history of a row has room for
LONGEST_TEXT = 50_000  # the longest section of a plan has a tenth of it
DEEPEST = 5  # levels of headings below each other, the chapter among them


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
    # The plan before its rows, as every writer of a plan takes them: two who meet wait, and never for each other.
    Plan.objects.select_for_update().get(pk=plan.pk)
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


# ---- 本文の節 ---------------------------------------------------------------
def levels_after(section: Section) -> list[int]:
    """The levels a new section may have that comes after `section`: one above, the same, one below."""
    return [level for level in range(section.level - 1, section.level + 2) if 2 <= level <= DEEPEST]


@transaction.atomic
def add_section(*, after: Section, level: int, values: dict[str, Any], by: User, reason: str = "") -> Section:
    """A new section behind `after` and all that stands below it."""
    plan = Plan.objects.select_for_update().get(pk=after.plan_id)
    reason = allow_text(by, plan, reason)
    if level not in levels_after(after):
        raise Refused("この段には、節を加えられません。")
    rows, start = _outline(after)
    section = Section(plan=plan, chapter=after.chapter, level=level, anchor=_new_anchor(after))
    section.position = rows[_end(rows, start, level) - 1].position + 1
    for name, value in cleaned(section, values).items():
        setattr(section, name, value)
    if not section.title:
        raise Refused("見出しを入力してください。")
    behind = Section.objects.filter(plan=plan, chapter=after.chapter, position__gte=section.position)
    behind.update(position=F("position") + 1)
    section._change_reason = reason or None
    section.save()
    plan.touch()
    return section


@transaction.atomic
def move_section(*, section: Section, places: int, by: User, reason: str = "") -> Section:
    """Up (-1) or down (1) past its neighbour of the same level, each with all that stands below it."""
    plan = Plan.objects.select_for_update().get(pk=section.plan_id)
    reason = allow_text(by, plan, reason)
    rows, start = _outline(section)
    end = _end(rows, start, section.level)
    if places < 0:
        above = next((place for place in reversed(range(start)) if rows[place].level <= section.level), None)
        stops = above is None or rows[above].level < section.level
        order = [] if stops else [*rows[:above], *rows[start:end], *rows[above:start], *rows[end:]]
    else:
        stops = end == len(rows) or rows[end].level < section.level
        below = end if stops else _end(rows, end, section.level)
        order = [*rows[:start], *rows[end:below], *rows[start:end], *rows[below:]]
    if stops:
        raise Refused("これより上には動かせません。" if places < 0 else "これより下には動かせません。")
    _place(order)
    moved = Section.objects.get(pk=section.pk)
    moved._change_reason = reason or None
    moved.save()
    plan.touch()
    return moved


@transaction.atomic
def remove_section(*, section: Section, by: User, reason: str = "") -> None:
    """Take a section out of the book; its history stays."""
    plan = Plan.objects.select_for_update().get(pk=section.plan_id)
    section._change_reason = allow_text(by, plan, reason) or None
    rows, start = _outline(section)
    if section.level == 1:
        raise Refused("章は消せません。")
    if _end(rows, start, section.level) > start + 1:
        raise Refused("下の段に節があります。先に、そちらを消してください。")
    if _is_used(section):
        raise Refused("この節は、ほかのページでも使っています。")
    section.delete()
    plan.touch()


def _is_used(section: Section) -> bool:
    """Whether rows of any app, also of those above, hang on it."""
    relations = [one for one in section._meta.get_fields(include_hidden=True) if one.auto_created and not one.concrete]
    return any(one.related_model.objects.filter(**{one.field.name: section}).exists() for one in relations)


def _outline(section: Section) -> tuple[list[Section], int]:
    """The sections of its chapter in order, and its place; Refused when it is gone."""
    rows = list(Section.objects.filter(plan=section.plan_id, chapter=section.chapter))
    if section not in rows:
        raise Refused("この節は、ほかの人が消しました。")
    return rows, rows.index(section)


def _end(rows: list[Section], start: int, level: int) -> int:
    """The first place behind `start` whose section does not stand below `level`."""
    return next((place for place in range(start + 1, len(rows)) if rows[place].level <= level), len(rows))


def _place(rows: list[Section]) -> None:
    for position, row in enumerate(rows):
        if row.position != position:
            Section.objects.filter(pk=row.pk).update(position=position)


def _new_anchor(section: Section) -> str:
    """An address no section of the chapter has or had."""
    of_chapter = {"plan_id": section.plan_id, "chapter": section.chapter}
    given = {*Section.history.filter(**of_chapter).values_list("anchor", flat=True)}
    given |= {*Section.objects.filter(**of_chapter).values_list("anchor", flat=True)}
    return next(anchor for anchor in (f"added-{number}" for number in range(1, len(given) + 2)) if anchor not in given)


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
