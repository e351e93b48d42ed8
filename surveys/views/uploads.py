"""Files in three steps: send, look, confirm; and the samples to fill."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.refusal import Refused
from plans.context import plan_or_404

from .. import actions, permissions, sheets
from ..downloads import download
from ..forms import FileForm
from ..models import Survey, Upload
from ..sheets import answers, definition, statistics, tallies
from ..sheets.cells import Reading
from .surveys import survey_or_404

SHOWN = 100  # lines of a preview


@require_POST
@roles_required(Role.SECRETARIAT)
def statistics_send(request):
    return _send(request, None, Upload.Kind.STATISTICS)


@require_POST
@roles_required(Role.SECRETARIAT)
def survey_send(request, slug: str, kind: str):
    if kind not in Upload.Kind.values or kind == Upload.Kind.STATISTICS:
        raise Http404
    return _send(request, survey_or_404(request, slug), kind)


def _send(request, survey: Survey | None, kind: str):
    form = FileForm(request.POST, request.FILES)
    back = redirect("staff:survey", slug=survey.slug) if survey else redirect("staff:statistics")
    if not form.is_valid():
        messages.error(request, form.errors["file"][0])
        return back
    file = form.cleaned_data["file"]
    try:
        upload = actions.send(
            plan=plan_or_404(request),
            survey=survey,
            kind=kind,
            filename=file.name,
            content=file.read(),
            by=request.user,
        )
    except Refused as refused:
        messages.error(request, f"「{file.name}」は読み取れませんでした。{refused}")
        return back
    return redirect("staff:survey-upload", pk=upload.pk)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def upload(request, pk: int):
    """The preview: what would be written, what is wrong; confirmed or thrown away by a POST."""
    upload = get_object_or_404(Upload.objects.select_related("plan", "survey"), pk=pk, sent_by=request.user)
    if request.method == "POST":
        return _answered(request, upload)
    _, reading = sheets.read(upload)
    context = {
        "upload": upload,
        "reading": reading,
        "changes": reading.changes[:SHOWN],
        "more_changes": len(reading.changes) - SHOWN,
        "problems": reading.problems[:SHOWN],
        "refusal": permissions.upload_refusal(request.user, upload),
        "columns_head": ("列", "設問", "回答した人"),
        "columns": reading.columns,
        "facts": facts(upload, reading),
    }
    return render(request, "surveys/staff/upload.html", context)


def facts(upload: Upload, reading: Reading) -> list[tuple[str, str]]:
    """What was sent and how it was read."""
    return [
        ("ファイル", upload.filename),
        ("文字コード", reading.encoding),
        ("行数", f"{reading.number:,}行（見出しを除く）"),
        *([("同じ値", f"{reading.unchanged:,}件")] if reading.unchanged else []),
    ]


def _home(upload: Upload) -> tuple[str, str | None]:
    """(name, slug) of the page the file came from."""
    return ("staff:survey", upload.survey.slug) if upload.survey else ("staff:statistics", None)


def _answered(request, upload: Upload):
    name, slug = _home(upload)
    try:
        if "discard" in request.POST:
            actions.discard(upload=upload, by=request.user)
            messages.info(request, f"「{upload.filename}」の取込みをやめました。何も変えていません。")
        else:
            reading = actions.confirm(upload=upload, by=request.user)
            words = f"{reading.number:,}件の回答" if upload.kind == Upload.Kind.ANSWERS else f"{len(reading.records)}件"
            messages.success(request, f"{upload.get_kind_display()}を取り込みました（{words}）。")
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:survey-upload", pk=upload.pk)
    return redirect(name, slug=slug) if slug else redirect(name)


@require_GET
@roles_required(*permissions.READERS)
def statistics_sample(request, form: str):
    plan = plan_or_404(request)
    return download("統計", form, statistics.COLUMNS, statistics.exported(plan))


@require_GET
@roles_required(*permissions.READERS)
def survey_sample(request, slug: str, kind: str, form: str):
    """The file to fill: what the survey has now, in the columns that are read."""
    survey = survey_or_404(request, slug)
    if kind == Upload.Kind.TALLIES:
        return download(f"{slug}_集計値", form, tallies.COLUMNS, tallies.exported(survey))
    if kind == Upload.Kind.DEFINITION:
        return download(f"{slug}_設問の定義", form, definition.COLUMNS, definition.exported(survey))
    if kind == Upload.Kind.ANSWERS:
        return download(f"{slug}_回答データ", form, answers.head(survey), [])
    raise Http404
