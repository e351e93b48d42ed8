"""One sheet on paper: filled in, or blank for handwriting. Larger papers are made by the worker (`publication`)."""

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.directory import secretariat
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import pdf, typography

from .. import permissions
from ..models import Entry
from ..reports import sheets
from .entry import visible_entry
from .years import INSIDE


def paper(html: str, filename: str) -> HttpResponse:
    """The PDF of `html`, shown in the browser and never kept there: it is of this moment."""
    response = HttpResponse(pdf.render(typography.hold_line_ends(html)), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _context(entry: Entry, title: str, *, is_public: bool) -> dict:
    cycle = entry.cycle
    return {
        "plan": cycle.plan,
        "title": f"{title} {entry.action.code} {entry.action.title}（{entry.organization}）",
        "made": timezone.localdate(),
        "sheets": sheets.sheets(cycle.entries.filter(pk=entry.pk), cycle, is_public=is_public),
        "is_public": is_public,
    }


@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def sheet(request, pk: int):
    """個票 of one row; for the committee without what is said inside only."""
    entry = visible_entry(request, pk)
    context = _context(entry, "個票", is_public=not permissions.sees_memo(request.user))
    return paper(render_to_string("pdf/year/sheets.html", context), f"sheet-{entry.cycle.year}-{entry.action.code}.pdf")


@require_GET
@roles_required(*INSIDE)
def blank(request, pk: int):
    """The same row as a form to fill in by hand."""
    entry = visible_entry(request, pk)
    context = _context(entry, "個票（手書き用）", is_public=False) | {"offices": secretariat(request)}
    return paper(render_to_string("pdf/year/blank.html", context), f"blank-{entry.cycle.year}-{entry.action.code}.pdf")
