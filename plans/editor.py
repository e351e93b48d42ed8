"""One page for changing one text: the form, what citizens will see, and what to do when two change the same."""

import copy
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import resolve

from mine_welfare.toolkit.refusal import Refused

from . import actions
from .forms import TextForm
from .models import Plan


def as_citizens_see(request: HttpRequest, plan: Plan, path: str, write: Callable[[], Any]) -> HttpResponse:
    """The public page `path` as it would be after `write`, drawn by the page's own view; nothing is kept.

    A plan citizens cannot see yet is shown at the address it will have.
    """
    with transaction.atomic():
        write()
        response = _page(request, Plan.objects.get(pk=plan.pk), path)
        transaction.set_rollback(True)
    # Neither the browser nor anybody in between may take it for the page itself.
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, plan: Plan, path: str) -> HttpResponse:
    asked = copy.copy(request)
    for remembered in ("_directory", "_messages", "_current_plan", "headers"):
        asked.__dict__.pop(remembered, None)
    # A citizen's plain question: no condition a cache could answer, no sign-in, no form.
    asked.META = {name: value for name, value in request.META.items() if not name.startswith("HTTP_IF_")}
    asked.method, asked.path, asked.path_info = "GET", path, path
    asked.GET, asked.POST = QueryDict(), QueryDict()
    asked.user, asked._current_plan, asked.is_preview = AnonymousUser(), plan, True
    view, arguments, keywords = resolve(path)
    return view(asked, *arguments, **keywords)


def edit(
    request: HttpRequest,
    *,
    form: TextForm,
    row: models.Model,
    plan: Plan,
    path: str,
    back: str,
    done: str,
    kind: str,
    write: Callable[..., Any] = actions.edit_text,
    template: str = "plans/edit.html",
    **context: Any,
) -> HttpResponse:
    """The page of one text: shown, looked at before it is kept (プレビュー), kept.

    `path` is the citizens' page that shows it, `back` where to go afterwards,
    `kind` its name in the history, `write` the action that keeps it. More words
    go to the template: `heading` of the page, `where` in the plan it stands.
    """
    found: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():

        def keep() -> Any:
            given = form.cleaned_data
            return write(
                row=row, plan=plan, values=form.values, seen=given["seen"], by=request.user, reason=given["reason"]
            )

        try:
            if "preview" in request.POST:
                return as_citizens_see(request, plan, path, keep)
            keep()
        except actions.Conflict as conflict:
            found = form.saved_in_between(conflict.row)
            form.add_error(None, "開いている間に、ほかの人が保存しました。下の2つを比べて、もう一度保存してください。")
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect(back)
    context |= {"form": form, "row": row, "edited_plan": plan, "found": found, "back": back, "kind": kind, "path": path}
    return render(request, template, context, status=422 if form.errors else 200)
