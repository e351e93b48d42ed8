"""/staff/master/: master data as Excel files, out, looked at, and in."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.permissions import KEEPERS
from mine_welfare.toolkit.refusal import Refused
from plans.context import plan_or_404
from surveys.forms import FileForm

from .master import sending
from .master.resources import EVERY, MASTERS, Master


def _master(request, name: str) -> Master:
    if name not in MASTERS:
        raise Http404("この種類の基礎データはありません。")
    return MASTERS[name](plan_or_404(request), request.user)


@require_GET
@roles_required(*KEEPERS)
def masters(request):
    """Every kind of master data, and why this person may not change it."""
    plan_or_404(request)
    rows = [(master.name, master.title, master.about, master.refusal(request.user)) for master in EVERY]
    return render(request, "publication/masters.html", {"rows": rows})


@require_GET
@roles_required(*KEEPERS)
def master(request, name: str):
    """One kind: its file, and where to send it back."""
    found = _master(request, name)
    context = {"master": found, "form": FileForm(), "refusal": type(found).refusal(request.user)}
    return render(request, "publication/master.html", context)


@require_GET
@roles_required(*KEEPERS)
def master_file(request, name: str):
    """The rows as they are, in the columns that are read."""
    return sending.file_of(_master(request, name))


@require_POST
@roles_required(*KEEPERS)
def master_send(request, name: str):
    """What the file would change."""
    found = _master(request, name)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, form.errors["file"][0])
        return redirect("staff:master", name=name)
    try:
        look = sending.look(master=found, file=form.cleaned_data["file"], by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:master", name=name)
    return render(request, "publication/master_preview.html", {"master": found, **look.context})


@require_POST
@roles_required(*KEEPERS)
def master_apply(request, name: str):
    """Write what was looked at."""
    try:
        done = sending.confirm(master=_master(request, name), signed=request.POST.get("signed", ""), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("staff:master", name=name)
