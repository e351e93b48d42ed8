"""The counts of a year, as the committee reads them: one page, its charts as files, one printable page per 施策."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import chart

from .. import charts, permissions
from ..forms.dashboard import BoardFilter
from ..models import Cycle
from ..queries import dashboard as read
from ..queries.alerts import alerts
from ..queries.indicators import indicators_of, progress
from ..queries.measure_sheet import measure_sheet
from ..queries.meetings import since_meeting
from .years import INSIDE, cycles_of

READERS = (*INSIDE, Role.COMMITTEE)


def years_shown(request: HttpRequest) -> list[Cycle]:
    """The years this person may see in counts: the running one first, then the newest."""
    return [cycle for cycle in cycles_of(request) if not permissions.counts_refusal(request.user, cycle)]


def asked_board(request: HttpRequest, cycles: list[Cycle]) -> tuple[read.Board, BoardFilter]:
    """The board the address asks for, and its form with what there is to choose."""
    cycle = _year(request, "year", cycles) or cycles[0]
    last = next((one for one in cycles if one.year == cycle.year - 1), None)
    before = _year(request, "before", cycles) or last
    board = read.board(cycle, None if before == cycle else before, cycles)
    form = BoardFilter(request.GET, board=board)
    return board.narrowed(form.filters()), form


def _year(request: HttpRequest, name: str, cycles: list[Cycle]) -> Cycle | None:
    return next((one for one in cycles if str(one.year) == request.GET.get(name)), None)


@require_GET
@roles_required(*READERS)
def dashboard(request: HttpRequest) -> HttpResponse:
    cycles = cycles_of(request)
    if not cycles:
        return render(request, "measures/home_empty.html")
    not_yet = permissions.counts_refusal(request.user, cycles[0])
    shown = [cycle for cycle in cycles if not permissions.counts_refusal(request.user, cycle)]
    context = {"running": cycles[0], "not_yet": not_yet}
    if shown:
        board, form = asked_board(request, shown)
        indicators = indicators_of(board.plan.pk)
        context |= charts.page(board) | {
            "filter": form,
            "alerts": alerts(board, indicators),
            "progress": progress(indicators, board.cycle),
            "since": since_meeting(board),
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
            "may_write": permissions.opinion_refusal(request.user, board.cycle) is None,
        }
    return render(request, "measures/dashboard.html", context)


@require_GET
@roles_required(*READERS)
def dashboard_chart(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """One chart of the dashboard as a file, or to touch."""
    shown = years_shown(request)
    if name not in charts.CHARTS or not shown:
        raise Http404
    board, _ = asked_board(request, shown)
    back = f"{reverse('staff:dashboard')}?{request.GET.urlencode()}"
    return chart.answer(request, charts.CHARTS[name](board), form, back=back)


@require_GET
@roles_required(*READERS)
def dashboard_measure(request: HttpRequest, code: str) -> HttpResponse:
    """One 施策 on one sheet of paper, for the meeting."""
    shown = years_shown(request)
    if not shown:
        raise Http404
    cycle = next((one for one in shown if str(one.year) == request.GET.get("year")), shown[0])
    sheet = measure_sheet(cycle, shown, code, request.user)
    if sheet is None:
        raise Http404
    context = {
        "sheet": sheet,
        "cycle": cycle,
        "years": [charts.short_year(year) for year in cycle.plan.years],
        "indicators": [charts.indicator_chart(one, cycle.plan.years) for one in sheet.indicators],
        "progress": progress(sheet.indicators, cycle),
        "may_write": permissions.opinion_refusal(request.user, cycle) is None,
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/dashboard_measure.html", context)
