"""What the page of one sheet shows: this year's fields beside last year's, and what may be done."""

from dataclasses import dataclass

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import permissions
from .fields import FIELDS, Field, missing
from .forms import CommentForm, EntryForm
from .models import Entry
from .workflow import Verb


@dataclass
class FieldRow:
    """One field of the form: last year's answer on the left, this year's on the right."""

    field: Field
    bound: BoundField
    before: object
    required: str
    is_missing: bool
    value: object = None
    theirs: object = None

    @property
    def visibility(self) -> str:
        return "public" if self.field.public else "inside"


def field_rows(entry: Entry, form: EntryForm, conflict: Entry | None = None) -> list[FieldRow]:
    """The rows of the form; with `conflict`, what the other person saved stands beside."""
    lacking = missing(entry)
    rows = []
    for field in FIELDS:
        theirs = getattr(conflict, field.name) if conflict and form_differs(form, conflict, field) else None
        rows.append(
            FieldRow(
                field=field,
                bound=form[field.name],
                before=getattr(entry.previous, field.name) if entry.previous else None,
                required=field.required(entry),
                is_missing=field in lacking,
                value=getattr(entry, field.name),
                theirs=theirs,
            )
        )
    return rows


def form_differs(form: EntryForm, entry: Entry, field: Field) -> bool:
    return form.cleaned_data.get(field.name) != getattr(entry, field.name)


def neighbours(entry: Entry) -> dict:
    """Place of the sheet among its organization's, with the one before and after."""
    ids = list(entry.cycle.entries.filter(organization=entry.organization_id).in_order().values_list("pk", flat=True))
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


def entry_page(
    request: HttpRequest, entry: Entry, form: EntryForm, *, status: int = 200, conflict: Entry | None = None
):
    """Render one sheet, as a form where this person may write and as text where not."""
    offered = dict(permissions.available_actions(request.user, entry))
    transitions = list(entry.transitions.select_related("by"))
    context = {
        "entry": entry,
        "cycle": entry.cycle,
        "form": form,
        "rows": field_rows(entry, form, conflict),
        "missing": missing(entry),
        "can_edit": Verb.SAVE in offered and offered[Verb.SAVE] is None,
        "sees_memo": permissions.sees_memo(request.user),
        "refusal": offered.get(Verb.SAVE),
        "actions": [(verb, sentence) for verb, sentence in offered.items() if verb != Verb.SAVE],
        "submit_refusal": offered.get(Verb.SUBMIT),
        "transitions": transitions,
        "returned": next((row for row in reversed(transitions) if row.verb == Verb.RETURN), None),
        "comment_form": CommentForm(initial={"version": entry.version}),
        "conflict": conflict,
        "is_sample": entry.cycle.is_sample,
        **neighbours(entry),
    }
    return render(request, "measures/entry.html", context, status=status)


def conflict_page(request: HttpRequest, entry: Entry, form: EntryForm) -> HttpResponse:
    """Both versions side by side: what was typed stays in the form, what the other saved stands beside it."""
    form.data = form.data.copy()
    # The next save is made knowingly against what stands now.
    form.data["version"] = str(entry.version)
    return entry_page(request, entry, form, status=409, conflict=entry)
