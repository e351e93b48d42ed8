"""/staff/master/: master data as Excel files, out, looked at, and in."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from measures.public import plan_or_404
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.permissions import KEEPERS
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.refusal import Refused
from surveys.forms import FileForm
from surveys.sheets.files import as_excel, table_of

from .master import actions
from .master.resources import EVERY, MASTERS, Master

SHOWN = 100  # lines of a preview
SALT = "master"
HOUR = 3600


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
    found = _master(request, name)
    if sentence := type(found).refusal(request.user):
        raise PermissionDenied(sentence)
    rows = [
        {field.column_name: field.export(row) for field in found.get_export_fields()} for row in found.get_queryset()
    ]
    content = as_excel(found.title, found.columns, rows)
    disposition = content_disposition_header(True, f"{found.title}.xlsx")
    return HttpResponse(content, content_type=excel.CONTENT_TYPE, headers={"Content-Disposition": disposition})


@require_POST
@roles_required(*KEEPERS)
def master_send(request, name: str):
    """What the file would change. Nothing is kept: the rows come back with the confirmation, signed."""
    found = _master(request, name)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, form.errors["file"][0])
        return redirect("staff:master", name=name)
    file = form.cleaned_data["file"]
    try:
        table = table_of(file.name, file.read())
        preview = actions.preview(master=found, table=table, by=request.user)
    except Refused as refused:
        messages.error(request, f"「{file.name}」は取り込めません。{refused}")
        return redirect("staff:master", name=name)
    signed = _signed(request, name, table, preview) if preview.can_be_applied else ""
    context = {
        "master": found,
        "filename": file.name,
        "preview": preview,
        "changes": preview.changes[:SHOWN],
        "problems": preview.problems[:SHOWN],
        "signed": signed,
    }
    return render(request, "publication/master_preview.html", context)


def _signed(request, name: str, table: Table, preview: actions.Preview) -> str:
    said = {"name": name, "user": request.user.pk, "columns": table.columns, "rows": table.rows}
    return signing.dumps(said | {"seen": preview.digest}, salt=SALT, compress=True)


@require_POST
@roles_required(*KEEPERS)
def master_apply(request, name: str):
    """Write what was looked at."""
    found = _master(request, name)
    try:
        said = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=HOUR)
        if (said["name"], said["user"]) != (name, request.user.pk):
            raise signing.BadSignature
        table = Table(said["columns"], [(number, cells) for number, cells in said["rows"]], "")
        done = actions.apply(master=found, table=table, seen=said["seen"], by=request.user)
    except signing.BadSignature:
        messages.error(request, "確かめてから時間がたったため、取り込めません。もう一度ファイルを送ってください。")
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = "、".join(f"{kind} {done.counts[kind]}件" for kind in ("追加", "変更") if done.counts[kind])
        messages.success(request, f"{found.title}を取り込みました（{words}）。")
    return redirect("staff:master", name=name)
