"""個票への質問: the list of a year, and the three things that can be done with a question."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file

from .. import actions, lists, permissions
from ..forms import EntryForm
from ..forms.inquiries import AnswerForm, InquiryForm
from ..models import Entry, Inquiry
from ..queries.inquiries import inquiries_of
from .entry import visible_entry
from .entry_page import entry_page
from .years import INSIDE, cycle_or_404


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def inquiries(request, year: int):
    """What was asked this year, and what still waits for an answer."""
    cycle = cycle_or_404(request, year)
    rows = inquiries_of(cycle)
    if file := as_file(request, f"個票への質問_{cycle.year}年度", lists.INQUIRIES, rows):
        return file
    context = {
        "cycle": cycle,
        "rows": rows,
        "open": sum(row.state == Inquiry.State.OPEN for row in rows),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/inquiries.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def inquiry_ask(request, pk: int):
    sheet = visible_entry(request, pk)
    form = InquiryForm(request.POST)
    return _do(
        request, sheet, form,
        lambda: actions.ask_inquiry(entry=sheet, by=request.user, **form.cleaned_data),
        f"{sheet.organization}に質問を出しました",
    )  # fmt: skip


@require_POST
@roles_required(*INSIDE)
def inquiry_answer(request, pk: int):
    inquiry = _readable(request, pk)
    form = AnswerForm(request.POST)
    return _do(
        request, inquiry.entry, form,
        lambda: actions.answer_inquiry(inquiry=inquiry, by=request.user, **form.cleaned_data),
        "質問に回答しました", about=pk,
    )  # fmt: skip


@require_POST
@roles_required(Role.SECRETARIAT)
def inquiry_withdraw(request, pk: int):
    inquiry = _readable(request, pk)
    return _do(
        request, inquiry.entry, forms.Form(request.POST),
        lambda: actions.withdraw_inquiry(inquiry=inquiry, by=request.user),
        "質問を取り下げました",
    )  # fmt: skip


def _readable(request, pk: int) -> Inquiry:
    """The question, or 404 for one to a sheet this person may not even know about."""
    sheets = permissions.visible_to(Entry.objects.all(), request.user)
    return get_object_or_404(Inquiry.objects.filter(entry__in=sheets), pk=pk)


def _do(request, sheet: Entry, form: forms.Form, write, done: str, about: int = 0):
    """Write and go back to the sheet; where it is refused, what was typed stays on the page."""
    sentence = "".join(error for errors in form.errors.values() for error in errors)
    if not sentence:
        try:
            write()
        except actions.Refused as refused:
            sentence = str(refused)
    if sentence:
        messages.error(request, sentence)
        whole = visible_entry(request, sheet.pk)
        kept = {"asked": request.POST.get("question", ""), "answered": request.POST.get("text", ""), "about": about}
        return entry_page(request, whole, EntryForm(instance=whole), status=409, kept=kept)
    messages.success(request, f"{done}。")
    return redirect("staff:entry", pk=sheet.pk)
