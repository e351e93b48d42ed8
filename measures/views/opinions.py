"""委員会の意見: written by members, taken in and sent round by the secretariat; 回答: answered by organizations."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused

from .. import lists, permissions
from ..actions import opinions as actions
from ..actions.changes import Overtaken
from ..forms.opinions import OpinionForm, RequestForm
from ..models import Cycle, Opinion
from ..queries import opinions as queries
from .merging import Merge, merge
from .years import asked_cycle, cycles_of

READERS = (Role.SECRETARIAT, Role.AUDITOR, Role.COMMITTEE)
LABELS = {"text": "意見", "measure": "施策", "meeting": "会議"}


@require_GET
@roles_required(*READERS)
def opinions(request):
    """The opinions of a year: the whole plan first, then measure by measure."""
    cycle = asked_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    rows = queries.opinion_rows(cycle, request.user)
    if file := as_file(request, f"委員会の意見_{cycle.year}年度", lists.OPINIONS, rows):
        return file
    context = {
        "cycle": cycle,
        "cycles": cycles_of(request),
        "rows": rows,
        "not_received": [row for row in rows if row.received_at is None],
        "without_request": sum(row.received_at is not None and not row.answers for row in rows),
        "write_refusal": permissions.opinion_refusal(request.user, cycle),
        "sees_writer": permissions.sees_opinion_writer(request.user),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/opinions.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT, Role.COMMITTEE)
def opinion_new(request):
    """A new opinion; `?measure=` from the page of a measure."""
    cycle = asked_cycle(request)
    if cycle is None:
        raise Http404
    measure = cycle.plan.measures.filter(code=request.GET.get("measure", "")).first()
    form = OpinionForm(request.POST or None, cycle=cycle, initial={"measure": measure and measure.pk})
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_opinion(cycle=cycle, by=request.user, **form.values())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "意見を記録しました。")
            return redirect(f"{reverse('staff:opinions')}?year={cycle.year}")
    return _form_page(request, cycle, form, refusal=permissions.opinion_refusal(request.user, cycle))


def visible_opinion(request: HttpRequest, pk: int) -> Opinion:
    """The opinion, or 404 for one this person may not even know about."""
    rows = permissions.opinions_visible_to(Opinion.objects.select_related("cycle__plan", "measure", "by"), request.user)
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(*READERS)
def opinion(request, pk: int):
    """One opinion: its text, whom it was sent to, and the form where this person may mend it."""
    row = visible_opinion(request, pk)
    refusal = permissions.opinion_edit_refusal(request.user, row)
    form = OpinionForm(request.POST or None, cycle=row.cycle, opinion=row)
    if request.method == "GET" or not form.is_valid():
        return _form_page(request, row.cycle, form, row, refusal)
    try:
        saved = actions.edit_opinion(
            opinion=row, by=request.user, version=form.cleaned_data["version"], **form.values()
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, row.cycle, form, row, refusal)
    except Overtaken as overtaken:
        return _form_page(request, row.cycle, form, row, refusal, merge(form, overtaken.row, LABELS))
    messages.success(request, "意見を直しました。")
    return redirect(saved)


def _form_page(
    request: HttpRequest,
    cycle: Cycle,
    form: OpinionForm,
    row: Opinion | None = None,
    refusal: str | None = None,
    merged: Merge | None = None,
) -> HttpResponse:
    context = {"cycle": cycle, "form": form, "opinion": row, "refusal": refusal, "merged": merged}
    context["is_sample"] = cycle.is_sample
    if row:
        answers = row.responses.select_related("organization")
        context["answers"] = permissions.responses_visible_to(answers, request.user)
        context["receive_refusal"] = permissions.receive_refusal(request.user, row)
        context["ask_refusal"] = permissions.ask_refusal(request.user, row)
        context["correction_refusal"] = permissions.correction_refusal(request.user, cycle)
        context["sees_writer"] = permissions.sees_opinion_writer(request.user)
        if context["ask_refusal"] is None:
            context["request_form"] = RequestForm(opinion=row)
    status = 409 if merged or form.non_field_errors() else 422 if form.errors else 200
    return render(request, "measures/opinion.html", context, status=status)


def done(request: HttpRequest, write: Callable[[], object], words: str) -> bool:
    """Do `write` and say how it went."""
    try:
        write()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, words)
    return True


@require_POST
@roles_required(Role.SECRETARIAT, Role.COMMITTEE)
def opinion_remove(request, pk: int):
    row = visible_opinion(request, pk)
    back = f"{reverse('staff:opinions')}?year={row.cycle.year}"
    removed = done(request, lambda: actions.remove_opinion(opinion=row, by=request.user), "意見を取り消しました。")
    return redirect(back if removed else row.get_absolute_url())


@require_POST
@roles_required(Role.SECRETARIAT)
def opinions_receive(request):
    """受け付ける: one from its page, or all that wait from the list."""
    ids = [int(pk) for pk in request.POST.getlist("opinion") if pk.isdecimal() and len(pk) < 10]
    rows = list(Opinion.objects.filter(pk__in=ids, received_at__isnull=True).select_related("cycle"))
    if not rows:
        messages.error(request, "受け付ける意見がありません。")
        return redirect("staff:opinions")
    done(
        request,
        lambda: actions.receive_opinions(opinions=rows, by=request.user),
        f"意見{len(rows)}件を受け付けました。",
    )
    return redirect(f"{reverse('staff:opinions')}?year={rows[0].cycle.year}")


@require_POST
@roles_required(Role.SECRETARIAT)
def opinion_ask(request, pk: int):
    """回答を依頼する。"""
    row = visible_opinion(request, pk)
    form = RequestForm(request.POST, opinion=row)
    if not form.is_valid():
        messages.error(request, "".join(error for errors in form.errors.values() for error in errors))
        return redirect(row)
    given = form.values()
    names = "、".join(one.name for one in given["organizations"])
    done(request, lambda: actions.ask(opinion=row, by=request.user, **given), f"{names}に回答を依頼しました。")
    return redirect(row)
