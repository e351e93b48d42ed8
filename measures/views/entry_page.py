"""What the page of one sheet shows: this year's fields beside last year's, and what may be done."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mine_welfare.toolkit.markup import number

from .. import permissions
from ..fields import BY_NAME, FIELDS, REPEATED, Field, missing
from ..forms import EntryForm
from ..models import Entry
from ..queries.inquiries import inquiry_box
from ..workflow import Verb
from .home import time_left


@dataclass
class FieldRow:
    """One field: last year's answer on the left, this year's on the right.

    `words` says what stands beside the label for each answer to another field,
    as JSON {control: {value: words}}: the rule is asked here for every answer,
    so that the browser need not know it. `same` is what the control takes to
    answer as last year. `theirs` and `mine` are the two versions where two
    people changed the same field, `offered` what the control takes to hold theirs.
    """

    field: Field
    bound: BoundField
    before: object
    value: object
    required: str
    is_missing: bool
    help: str
    words: str = ""
    same: str = ""
    theirs: str | None = None
    mine: str = ""
    offered: str = ""

    @property
    def visibility(self) -> str:
        return "public" if self.field.public else "inside"

    @property
    def may_be_required(self) -> bool:
        return bool(self.required or self.words)


@dataclass
class Supposed:
    """A sheet with an answer that may still be given: just enough for the rules of `fields`."""

    rating: Any
    direction: Any
    previous: Entry | None


def words_by_choice(entry: Entry, form: EntryForm, field: Field) -> str:
    """`FieldRow.words` of one field; "" where no choice makes a difference."""
    found = {}
    for name in ("rating", "direction"):
        words = {}
        for choice in (None, *form.fields[name].queryset):
            supposed = Supposed(entry.rating, entry.direction, entry.previous)
            setattr(supposed, name, choice)
            words[str(choice.pk) if choice else ""] = field.required(supposed)
        if len(set(words.values())) > 1:
            found[name] = words
    return json.dumps(found, ensure_ascii=False) if found else ""


def same_as_before(entry: Entry, form: EntryForm, field: Field) -> str:
    """What this year's control takes to answer as last year: a letter is found by its code. "" where it cannot."""
    before = getattr(entry.previous, field.name) if entry.previous else None
    if not before or field.kind not in ("text", "choice"):
        return ""
    if field.kind == "text":
        return before
    return next((str(choice.pk) for choice in form.fields[field.name].queryset if choice.code == before.code), "")


def field_rows(
    entry: Entry, form: EntryForm, clashes: dict[str, tuple[str, str, str]], *, written: bool
) -> dict[str, FieldRow]:
    """The rows of the page by the field's name; what only a form needs where it is to be `written`."""
    lacking = missing(entry)
    rows = {}
    for field in FIELDS:
        theirs, mine, offered = clashes.get(field.name, (None, "", ""))
        rows[field.name] = FieldRow(
            field=field,
            bound=form[field.name],
            before=getattr(entry.previous, field.name) if entry.previous else None,
            value=getattr(entry, field.name),
            required=field.required(entry),
            is_missing=field in lacking,
            help=form.fields[field.name].help_text or field.help,
            words=words_by_choice(entry, form, field) if written else "",
            same=same_as_before(entry, form, field) if written else "",
            theirs=theirs,
            mine=mine,
            offered=offered,
        )
    return rows


def neighbours(request: HttpRequest, entry: Entry) -> dict:
    """Place of the sheet among those of its organization this person may open, with the one before and after."""
    sheets = entry.cycle.entries.filter(organization=entry.organization_id)
    ids = list(permissions.visible_to(sheets, request.user).in_order().values_list("pk", flat=True))
    place = ids.index(entry.pk)
    around = {
        row.pk: row for row in Entry.objects.filter(pk__in=ids[max(0, place - 1) : place + 2]).select_related("action")
    }
    return {
        "place": place + 1,
        "of": len(ids),
        "before": around.get(ids[place - 1]) if place else None,
        "after": around.get(ids[place + 1]) if place + 1 < len(ids) else None,
    }


def entry_page(request: HttpRequest, entry: Entry, form: EntryForm, *, status: int = 200, **more) -> HttpResponse:
    """Render one sheet: as a form where this person is to write, else as text."""
    turn = whose_turn(request, entry, form)
    context = {
        "entry": entry,
        "cycle": entry.cycle,
        "form": form,
        "rows": field_rows(entry, form, more.get("clashes", {}), written=turn["shows_form"]),
        "missing": missing(entry),
        # Two versions stand side by side: nothing is saved before somebody has chosen.
        "autosaves": entry.stage.is_with_writer and not more.get("is_conflict"),
        "repeated": REPEATED,
        "time_left": time_left(entry.cycle),
        "inquiries": inquiry_box(request.user, entry),
        "is_sample": entry.cycle.is_sample,
        **turn,
        **neighbours(request, entry),
        **more,
    }
    return render(request, "measures/entry.html", context, status=status)


def whose_turn(request: HttpRequest, entry: Entry, form: EntryForm) -> dict:
    """What this person may do with the sheet, whether they see it as a form, and how it came here."""
    offered = dict(permissions.available_actions(request.user, entry))
    may_write = offered.get(Verb.SAVE, "") is None
    is_proxy = permissions.is_proxy(request.user, entry)
    opens_form = form.is_bound or "edit" in request.GET or (entry.stage.is_with_writer and not is_proxy)
    sees_memo = permissions.sees_memo(request.user)
    transitions = list(entry.transitions.select_related("by")) if sees_memo else []
    return {
        "may_write": may_write,
        "shows_form": may_write and opens_form,
        "is_proxy": is_proxy,
        "sees_memo": sees_memo,
        "refusal": offered.get(Verb.SAVE),
        "actions": [(verb, why) for verb, why in offered.items() if verb not in (Verb.SAVE, Verb.SUBMIT)],
        "transitions": transitions,
        "returned": next((row for row in reversed(transitions) if row.verb == Verb.RETURN), None),
    }


def unchanged_page(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Last year's answer in full, before it is given again."""
    before = entry.previous
    context = {
        "entry": entry,
        "cycle": entry.cycle,
        "answers": [(BY_NAME[name], getattr(before, name)) for name in REPEATED] if before else [],
        "refusal": permissions.unchanged_refusal(request.user, entry),
        "back": request.GET.get("back", ""),
        "is_sample": entry.cycle.is_sample,
    }
    return render(request, "measures/entry_unchanged.html", context)


# ---- when it could not be saved ---------------------------------------------
def refused_page(request: HttpRequest, entry: Entry, form: EntryForm, sentence: str) -> HttpResponse:
    """What was typed stays in the form; where this person may no longer write, it stands there to be copied."""
    typed = {field.name: form.cleaned_data.get(field.name) for field in FIELDS}
    unsaved = [
        (field.label, _words(typed[field.name]))
        for field in FIELDS
        if field.kind == "text" and typed[field.name] and typed[field.name] != getattr(entry, field.name)
    ]
    return entry_page(request, entry, form, status=409, not_saved=sentence, unsaved=unsaved)


def conflict_page(request: HttpRequest, entry: Entry, form: EntryForm) -> HttpResponse:
    """Somebody saved in between: nothing is lost, and nothing of theirs is overwritten unseen.

    A field only they changed takes their text; one that both changed keeps
    what was typed, with the two versions side by side.
    """
    base = entry.history.filter(version=form.cleaned_data["version"]).first()
    form.data = form.data.copy()
    clashes, taken = {}, []
    for field in FIELDS:
        mine, theirs = form.cleaned_data.get(field.name), getattr(entry, field.name)
        if _plain(mine) == _plain(theirs):
            continue
        # The first save of a sheet has nothing before it: there, what is empty was not touched.
        before = getattr(base, _column(field)) if base else None
        if _plain(mine) == before or (base is None and not mine):
            form.data[field.name] = _as_typed(theirs)
            taken.append(field.label)
        elif _plain(theirs) != before and (base or theirs):
            clashes[field.name] = (_words(theirs), _words(mine), _as_typed(theirs))
    # The next save is made knowingly against what stands now.
    form.data["version"] = str(entry.version)
    return entry_page(request, entry, form, status=409, is_conflict=True, clashes=clashes, taken=taken)


def _column(field: Field) -> str:
    return f"{field.name}_id" if field.kind == "choice" else field.name


def _plain(value: object) -> object:
    return value.pk if isinstance(value, models.Model) else value


def _as_typed(value: object) -> str:
    """A value as the form would have sent it; an unticked box sends nothing."""
    return "" if value in (None, False) else str(_plain(value))


def _words(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return number(value) if isinstance(value, int) else str(value or "")
