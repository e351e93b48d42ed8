"""One sheet and its moves."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role

from .. import actions, permissions
from ..forms import CommentForm, EntryForm, UnchangedForm
from ..models import Entry
from ..workflow import Verb
from .entry_page import conflict_page, entry_page, refused_page, unchanged_page
from .years import INSIDE

MOVED = "開いている間に、ほかの人が内容を変えました。いまの内容を確かめてから、もう一度操作してください。"
# After one of these, the next sheet that waits for the same is opened.
ONE_AFTER_ANOTHER = (Verb.APPROVE, Verb.ACCEPT, Verb.RETURN)
# Where the page of 「前年度から変更なし」 was opened from, and goes back to.
CAME_FROM = {"home": "staff:home", "list": "staff:entries"}


def visible_entry(request, pk: int) -> Entry:
    """The sheet, or 404 for one this person may not even know about."""
    sheets = Entry.objects.select_related(
        "cycle__plan", "cycle__scale", "organization", "rating", "direction", "action__measure", "action__actor",
        "saved_by", "unchanged_by",
    )  # fmt: skip
    return get_object_or_404(permissions.visible_to(sheets, request.user), pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(*INSIDE, Role.COMMITTEE)
def entry(request, pk: int):
    """One sheet: read it, or write it where this person may."""
    sheet = visible_entry(request, pk)
    if request.method == "GET":
        return entry_page(request, sheet, EntryForm(instance=sheet))
    form = EntryForm(request.POST, instance=sheet)
    if not form.is_valid():
        return entry_page(request, sheet, form, status=422)
    try:
        saved = actions.save_entry(
            entry=sheet, by=request.user, version=form.cleaned_data["version"], values=form.values()
        )
    except actions.Conflict as conflict:
        return conflict_page(request, conflict.entry, form)
    except actions.Refused as refused:
        return refused_page(request, visible_entry(request, pk), form, str(refused))
    return after_save(request, saved)


def after_save(request, sheet: Entry) -> HttpResponse:
    """提出 and 「保存して次へ」 go on to the next unfinished sheet; 「保存」 stays, and so does a refused 提出."""
    if "submit" in request.POST:
        try:
            actions.transition(entry=sheet, verb=Verb.SUBMIT, by=request.user, version=sheet.version)
        except actions.Refused as refused:
            messages.warning(request, f"保存しましたが、まだ提出していません。{refused}")
            return redirect("staff:entry", pk=sheet.pk)
        except actions.Conflict:
            messages.warning(request, f"保存しましたが、まだ提出していません。{MOVED}")
            return redirect("staff:entry", pk=sheet.pk)
        messages.success(request, f"「{sheet.action.title}」を提出しました。")
    else:
        messages.success(request, f"「{sheet.action.title}」を保存しました。")
    if "save" in request.POST:
        return redirect("staff:entry", pk=sheet.pk)
    return go_on(request, sheet, lambda row: row.stage.is_with_writer)


def go_on(request, sheet: Entry, waits: Callable[[Entry], bool]) -> HttpResponse:
    """To the next sheet of the same organization that `waits`, in the plan's order; home after the last."""
    rows = list(
        sheet.cycle.entries.filter(organization=sheet.organization_id)
        .in_order()
        .only("pk", "state", "cycle", "action", "organization")
    )
    place = next(index for index, row in enumerate(rows) if row.pk == sheet.pk)
    around = rows[place + 1 :] + rows[:place]
    following = next((row for row in around if waits(row)), None)
    return redirect("staff:entry", pk=following.pk) if following else redirect("staff:home")


def answer(request, form: Form, write: Callable[..., Entry], done: str) -> Entry | None:
    """Do `write` with what the form holds and say how it went: the sheet, or None where it was refused."""
    try:
        if not form.is_valid():
            raise actions.Refused("".join(error for errors in form.errors.values() for error in errors))
        sheet = write(by=request.user, **form.cleaned_data)
    except actions.Refused as refused:
        messages.error(request, str(refused))
    except actions.Conflict:
        messages.warning(request, MOVED)
    else:
        messages.success(request, f"「{sheet.action.title}」を{done}。")
        return sheet
    return None


@require_POST
@roles_required(*INSIDE)
def entry_do(request, pk: int, verb: str):
    """The one POST for every move of a sheet."""
    sheet = visible_entry(request, pk)
    if verb not in Verb.values or verb == Verb.SAVE:
        raise Http404
    verb, before = Verb(verb), sheet.stage
    write = partial(actions.transition, entry=sheet, verb=verb)
    moved = answer(request, CommentForm(request.POST), write, verb.done)
    if moved and verb in ONE_AFTER_ANOTHER:
        return go_on(request, moved, lambda row: row.stage == before)
    return redirect("staff:entry", pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(*INSIDE)
def entry_unchanged(request, pk: int):
    """「前年度から変更なし」: what was said last year, and the button that says it again."""
    sheet = visible_entry(request, pk)
    if request.method == "GET":
        return unchanged_page(request, sheet)
    write = partial(actions.submit_unchanged, entry=sheet)
    sent = answer(request, UnchangedForm(request.POST), write, "前年度から変更なしとして提出しました")
    if back := CAME_FROM.get(request.POST.get("back", "")):
        return redirect(back)
    if sent:
        return go_on(request, sent, lambda row: row.stage.is_with_writer)
    return redirect("staff:entry", pk=pk)
