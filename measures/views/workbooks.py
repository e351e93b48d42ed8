"""調査票: out as a workbook, back as a check, a decision, and a record."""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.models import Organization
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.lists import as_file

from .. import actions, lists, permissions, sheets, workbook
from ..actions.returned import Progress
from ..forms.workbooks import UploadForm, WorkbookForm
from ..models import Cycle, WorkbookImport, WorkbookRow
from ..queries import staff
from ..queries.workbooks import changes, twin
from .years import INSIDE, asked_cycle, cycle_or_404

# A file beyond these takes longer than anybody waits without a word: bytes of a sheet to read, rows to write.
LONG, MANY = 8 * 1024 * 1024, 2_000
PER_PAGE = 20
SHOWN = (WorkbookRow.Kind.ERROR, WorkbookRow.Kind.CONFLICT, WorkbookRow.Kind.CHANGED, WorkbookRow.Kind.NEW)


@dataclass(frozen=True)
class Job:
    """What a page says while a large file is worked on."""

    title: str
    lead: str
    so_far: str
    done: str
    failed: str


READING = Job(
    "調査票を読み取っています",
    "この画面を離れても、読み取りは続きます。結果は、「Excelで記入する」の「返した調査票」に並びます。個票は何も変わりません。",
    "{}行を確かめました。",
    "読み取りが終わりました。",
    "読み取れませんでした。",
)
APPLYING = Job(
    "個票に反映しています",
    "この画面を離れても、反映は続きます。すべての行がそろったところで、まとめて反映します。途中で止まったときは、1行も反映しません。",
    "{}行まで進みました。",
    "反映が終わりました。",
    "反映していません。",
)


def own_entries(request: HttpRequest, cycle: Cycle) -> QuerySet:
    """The sheets this person works on: of the whole plan, or of the own organizations."""
    user = request.user
    if user.has_role(*permissions.WHOLE_PLAN_ROLES):
        return cycle.entries.all()
    return cycle.entries.filter(organization__in=user.organization_ids(Role.WRITER, Role.APPROVER))


# ---- out -----------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(*INSIDE)
def workbooks(request):
    """The three steps: download, write, return; and what came back so far."""
    cycle = asked_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            return received(request, cycle, form.cleaned_data["file"])
        except actions.Refused as refused:
            form.add_error("file", str(refused))
    imports = permissions.imports_visible_to(
        cycle.imports.exclude(state=WorkbookImport.State.READING).select_related("by"), request.user
    )
    if file := as_file(request, f"返した調査票_{cycle.year}年度", lists.IMPORTS, imports):
        return file
    entries = own_entries(request, cycle)
    context = {
        "cycle": cycle,
        "choice": WorkbookForm(entries=entries),
        "count": entries.count(),
        "upload": form,
        "refusal": permissions.upload_refusal(request.user, cycle),
        "page": Paginator(imports, PER_PAGE).get_page(request.GET.get("page")),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/workbooks.html", context, status=422 if form.errors else 200)


@require_GET
@roles_required(*INSIDE)
def workbook_form(request, year: int):
    """The workbook to write in: of one organization, one measure, or all this person works on."""
    cycle = cycle_or_404(request, year)
    form = WorkbookForm(request.GET, entries=own_entries(request, cycle))
    rows = staff.with_previous(form.chosen().select_related("action__measure"), cycle)
    if not rows:
        messages.warning(request, "この条件の個票はありません。課・団体と施策を選び直してください。")
        return redirect("staff:workbooks")
    offices = {row.organization.name for row in rows}
    subject = offices.pop() if len(offices) == 1 else "全体"
    if measure := form.cleaned_data.get("measure"):
        subject = f"{subject}　施策{measure.code}"
    made = workbook.of_entries(cycle, rows, len(rows), subject=subject, sender=sender(request))
    return download(made, f"調査票_{wareki_year(cycle.year)}_{subject.replace('　', '_')}", cycle)


def sender(request: HttpRequest) -> workbook.Sender:
    office = Organization.objects.current().filter(is_secretariat=True).first()
    phone = f"（電話 {office.phone}）" if office and office.phone else ""
    return workbook.Sender(
        request.build_absolute_uri(reverse("staff:workbooks")), f"事務局の{office.name}{phone}" if office else "事務局"
    )


def download(made: list, name: str, cycle: Cycle) -> HttpResponse:
    book = excel.write(made, title=name, creator=cycle.plan.portal_name)
    day = timezone.localdate()
    return FileResponse(
        BytesIO(book), as_attachment=True, filename=f"{name}_{day:%Y%m%d}.xlsx", content_type=excel.CONTENT_TYPE
    )


# ---- back ----------------------------------------------------------------------------
def received(request: HttpRequest, cycle: Cycle, upload) -> HttpResponse:
    """Check the file: a usual one within the answer, a long one with a page that says how far it is."""
    steps = actions.receive_workbook(cycle=cycle, by=request.user, file=upload.file, name=upload.name)
    if next(steps).weight > LONG:
        return StreamingHttpResponse(working_page(request, steps, READING))
    with transaction.atomic():
        *_, last = steps
    return redirect(last.record)


def working_page(request: HttpRequest, steps: Iterator[Progress], job: Job) -> Iterator[str]:
    """A page that grows while the job goes on; its end is the link to the result.

    Whoever leaves the page leaves a job that is done to its end.
    """
    head, tail = render_to_string("measures/workbook_working.html", {"job": job}, request).split("<!-- steps -->")
    yield head
    try:
        for step in steps:
            try:
                yield format_html("<li>{}</li>", job.so_far.format(f"{step.rows:,}"))
            except GeneratorExit:
                with suppress(actions.Refused):
                    deque(steps, maxlen=0)
                raise
    except actions.Refused as refused:
        words = '<li><b>{}</b>{}　<a href="{}">Excelで記入する画面へ</a></li>'
        yield format_html(words, job.failed, refused, reverse("staff:workbooks"))
    else:
        words = '<li><b>{}</b>　<a class="btn btn--main" href="{}">結果を見る</a></li>'
        yield format_html(words, job.done, step.record.get_absolute_url())
    yield tail


def visible_import(request: HttpRequest, pk: int) -> WorkbookImport:
    imports = WorkbookImport.objects.select_related("cycle__plan", "cycle__scale", "by", "applied_by", "undone_by")
    return get_object_or_404(permissions.imports_visible_to(imports, request.user), pk=pk)


@require_GET
@roles_required(*INSIDE)
def workbook_import(request, pk: int):
    """What the file would change, or what it changed."""
    return import_page(request, visible_import(request, pk))


def import_page(request: HttpRequest, record: WorkbookImport, status: int = 200) -> HttpResponse:
    kinds = [(kind, getattr(record, kind)) for kind in SHOWN]
    first = next((kind for kind, count in kinds if count), None)
    asked = request.GET.get("kind")
    kind = next((one for one, count in kinds if one == asked and count), first)
    page = Paginator(record.rows.filter(kind=kind), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "record": record,
        "cycle": record.cycle,
        "kind": kind,
        "kinds": [(one, count) for one, count in kinds if count],
        "page": page,
        "rows": changes(page.object_list, record.cycle),
        "ready": record.new + record.changed if record.stage == WorkbookImport.State.CHECKED else 0,
        "refusal": permissions.import_refusal(request.user, record),
        "twin": twin(record) if record.stage == WorkbookImport.State.CHECKED else None,
        "is_sample": record.cycle.is_sample,
    }
    return render(request, "measures/workbook.html", context, status=status)


@require_POST
@roles_required(*INSIDE)
def workbook_apply(request, pk: int):
    record = visible_import(request, pk)
    chosen = chosen_sides(request)
    if record.new + record.changed + record.conflict > MANY:
        steps = actions.apply_steps(record=record, by=request.user, chosen=chosen)
        return StreamingHttpResponse(working_page(request, steps, APPLYING))
    try:
        done = actions.apply_import(record=record, by=request.user, chosen=chosen)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect(record)
    messages.success(request, f"{done.applied:,}件の個票に反映しました。")
    return redirect(done)


def chosen_sides(request: HttpRequest) -> dict[int, dict[str, str]]:
    """{row: {field: side}} as the conflicts were sent: `side-<row>-<field>`."""
    chosen: dict[int, dict[str, str]] = {}
    for name, side in request.POST.items():
        label, _, rest = name.partition("-")
        row, _, field = rest.partition("-")
        if label == "side" and row.isdecimal():
            chosen.setdefault(int(row), {})[field] = side
    return chosen


@require_POST
@roles_required(*INSIDE)
def workbook_undo(request, pk: int):
    record = visible_import(request, pk)
    try:
        actions.undo_import(record=record, by=request.user)
        messages.success(request, "反映を取り消し、個票を元に戻しました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect(record)


@require_POST
@roles_required(*INSIDE)
def workbook_discard(request, pk: int):
    record = visible_import(request, pk)
    try:
        actions.discard_import(record=record, by=request.user)
        messages.success(request, "この調査票の取込みを取りやめました。個票は変わっていません。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect(record)
    return redirect("staff:workbooks")


@require_GET
@roles_required(*INSIDE)
def workbook_errors(request, pk: int):
    """The workbook as it came, its wrong cells marked, to be mended and returned again."""
    record = visible_import(request, pk)
    rows = record.rows.values_list("given", "problems").iterator(500)
    form = sheets.marked(record.cycle, rows, record.total, extra=record.extra_columns)
    return download(workbook.workbook(record.cycle, form, sender(request)), "調査票_エラーの印つき", record.cycle)
