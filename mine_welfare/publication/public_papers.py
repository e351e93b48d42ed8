"""The papers every citizen may take: the plan book, its component, the yearly reports.

Each is a file, made once for one state of what it shows. The worker makes them
as soon as something was published; without a worker the first reader waits.
"""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from measures.models import Cycle
from measures.reports import year
from mine_welfare.toolkit import pdf, pdf_pieces
from plans.context import plan_or_404
from plans.models import Plan
from reoffense.queries import component_of

from . import component, reports
from .downloads import edition, folder_of, kept_paper, send
from .plaintext import plan_text

logger = logging.getLogger(__name__)
COVER = "表紙"


def component_report(cycle: Cycle, **head: object) -> str:
    """The yearly report of the component alone."""
    return year.report_html(cycle, component_of(cycle.plan), **head)


# What the address calls a paper of a published year, and how its HTML is made.
COMPONENT = "reoffense"
YEARLY: dict[str, Callable[..., str]] = {
    "report": year.report_html,
    "opinions": year.opinions_html,
    COMPONENT: component_report,
}


def names_of(plan: Plan) -> list[str]:
    """The yearly papers of `plan`: that of the component only where it has one."""
    return [name for name in YEARLY if name != COMPONENT or component_of(plan)]


def book(plan: Plan) -> Path:
    """The plan book: of a hundred pages a change moves a few, so it is made in pieces."""
    pieces = folder_of(plan) / "pieces"

    def make() -> bytes:
        return pdf_pieces.make(reports.plan_book(plan), pieces, edition(), first_page=COVER)

    return kept_paper(plan, "book", make)


def component_paper(plan: Plan) -> Path | None:
    """The component's own paper; None where the plan has none."""
    if component_of(plan) is None:
        return None
    return kept_paper(plan, "reoffense", lambda: pdf.render(component.paper(plan), first_page=COVER))


def yearly(cycle: Cycle, name: str) -> Path:
    """`report`, `opinions` or the component's report of a published year."""

    def make() -> bytes:
        html = YEARLY[name](cycle, made=timezone.localdate(cycle.published_at), is_public=True)
        return pdf.render(html, first_page=COVER)

    return kept_paper(cycle.plan, name, make, year=cycle.year)


def edition_now() -> list[tuple[int, int]]:
    """What the public papers depend on: when it is as it was, none of them can be missing."""
    return list(Plan.objects.filter(is_current=True).values_list("pk", "version"))


def make_missing() -> None:
    """Make what citizens may take and is not there. One that fails does not keep the others waiting."""
    for make in _all():
        try:
            make()
        except Exception:
            logger.exception("a public paper was not made")


def _all() -> Iterator[Callable[[], object]]:
    for plan in Plan.objects.filter(is_current=True):
        yield lambda plan=plan: book(plan)
        yield lambda plan=plan: component_paper(plan)
        for cycle in plan.cycles.public().select_related("plan", "scale"):
            for name in names_of(plan):
                yield lambda cycle=cycle, name=name: yearly(cycle, name)


@require_safe
@login_not_required
def plan_pdf(request) -> HttpResponse | FileResponse:
    """/downloads/plan.pdf"""
    return send_book(request, plan_or_404(request))


def send_book(request, plan: Plan) -> HttpResponse | FileResponse:
    return send(request, book(plan), f"{plan.short_title}.pdf")


@require_safe
@login_not_required
def plan_txt(request) -> HttpResponse:
    """/downloads/plan.txt: the same book as text."""
    text = plan_text(plan_or_404(request))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def component_pdf(request) -> HttpResponse | FileResponse:
    """/downloads/reoffense.pdf"""
    plan = plan_or_404(request)
    file = component_paper(plan)
    if file is None:
        raise Http404("この計画には、再犯防止推進計画がありません。")
    return send(request, file, f"{component_of(plan)}.pdf")


@require_safe
@login_not_required
def yearly_pdf(request, year: int, name: str) -> HttpResponse | FileResponse:
    """/downloads/evaluations/<fy>/report.pdf, opinions.pdf and reoffense.pdf"""
    return send_yearly(request, plan_or_404(request), year, name)


def send_yearly(request, plan: Plan, year: int, name: str) -> HttpResponse | FileResponse:
    """A paper of a published year; Http404 where the plan has no such year or paper."""
    cycle = get_object_or_404(plan.cycles.public().select_related("plan", "scale"), year=year)
    if name not in names_of(plan):
        raise Http404
    return send(request, yearly(cycle, name), f"{cycle}-{name}.pdf")
