"""お知らせ: read by everyone who writes, kept by the secretariat."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file

from .. import actions, lists, permissions
from ..forms.notices import NoticeForm
from ..models import Notice
from .years import INSIDE


@require_http_methods(["GET", "POST"])
@roles_required(*INSIDE)
def notices(request):
    """The board: what is shown today; for the secretariat everything, and the form for a new one."""
    form = NoticeForm(request.POST or None)
    if request.method == "POST" and (saved := _save(request, form)):
        messages.success(request, f"「{saved}」を掲載しました。")
        return redirect("staff:notices")
    return _page(request, form)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def notice(request, pk: int):
    """One notice, to be reworded."""
    row = get_object_or_404(Notice, pk=pk)
    form = NoticeForm(request.POST or None, instance=row)
    if request.method == "POST" and (saved := _save(request, form, row)):
        messages.success(request, f"「{saved}」を直しました。")
        return redirect("staff:notices")
    return _page(request, form, row)


@require_POST
@roles_required(Role.SECRETARIAT)
def notice_remove(request, pk: int):
    row = get_object_or_404(Notice, pk=pk)
    try:
        actions.remove_notice(notice=row, by=request.user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"「{row}」を取り下げました。")
    return redirect("staff:notices")


def _save(request: HttpRequest, form: NoticeForm, row: Notice | None = None) -> Notice | None:
    """The notice as written; None where the form says why not."""
    if not form.is_valid():
        return None
    try:
        return actions.save_notice(notice=row, by=request.user, **form.cleaned_data)
    except actions.Refused as refused:
        form.add_error(None, str(refused))
    return None


def _page(request: HttpRequest, form: NoticeForm, row: Notice | None = None) -> HttpResponse:
    today = timezone.localdate()
    keeps = permissions.notice_refusal(request.user) is None
    rows = list(Notice.objects.all() if keeps else Notice.objects.shown_on(today))
    for each in rows:
        each.stands = each.period(today)
    if file := as_file(request, "お知らせ", lists.NOTICES, rows):
        return file
    context = {"notices": rows, "form": form, "keeps": keeps, "notice": row}
    return render(request, "measures/notices.html", context, status=422 if form.errors else 200)
