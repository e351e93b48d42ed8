"""The counts of a year, as the committee reads them: one page, its charts as files, one printable page per 施策."""

from collections.abc import Callable, Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import chart
from mine_welfare.toolkit.lists import as_file

from .. import charts, lists, permissions
from ..forms.dashboard import BoardFilter
from ..models import Cycle, Indicator
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
def dashboard(request: HttpRequest, meetings: Callable[[Sequence[Cycle]], QuerySet]) -> HttpResponse:
    """The counts of a year. `meetings` gives those kept beside the years: the layer above knows them."""
    cycles = cycles_of(request)
    if not cycles:
        return render(request, "measures/home_empty.html")
    not_yet = permissions.counts_refusal(request.user, cycles[0])
    shown = [cycle for cycle in cycles if not permissions.counts_refusal(request.user, cycle)]
    context = {"running": cycles[0], "not_yet": not_yet}
    if shown:
        board, form = asked_board(request, shown)
        indicators = indicators_of(board.plan.pk)
        if file := table_file(request, board, indicators):
            return file
        context |= charts.page(board) | {
            "filter": form,
            "alerts": alerts(board, indicators),
            "progress": progress(indicators, board.cycle),
            "since": since_meeting(board, meetings(board.cycles)),
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
            "may_write": permissions.opinion_refusal(request.user, board.cycle) is None,
        }
    return render(request, "measures/dashboard.html", context)


# Tables of counts: heading of their first column, and where the board has them.
COUNTS = {
    "policies": ("基本施策", "by_policy"),
    "organizations": ("課・団体", "by_organization"),
    "sides": ("担い手", "by_side"),
    "components": ("構成計画", "by_component"),
}


def table_file(request: HttpRequest, board: read.Board, indicators: list[Indicator]) -> HttpResponse | None:
    """The table of the dashboard the address asks for by `of`, within its filter."""
    of, year = request.GET.get("of", ""), f"{board.cycle.year}年度"
    if of in COUNTS:
        head, name = COUNTS[of]
        return as_file(request, f"{head}ごとの達成度_{year}", lists.tallies(board, head), getattr(board, name), of=of)
    if of == "indicators":
        return as_file(request, f"目標指標_{year}", lists.INDICATORS, progress(indicators, board.cycle), of=of)
    if of == "heat":
        rows = [row for _, rows in read.heat_rows(board) for row in rows]
        return as_file(request, f"施策と年度の評価_{year}", lists.heat(board), rows, of=of)
    return None


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
    indicators_now = progress(sheet.indicators, cycle)
    name = f"{sheet.measure.code}_{cycle.year}年度"
    file = as_file(request, f"取組ごとの個票_{name}", lists.SHEETS, sheet.rows)
    if file := file or as_file(request, f"目標指標_{name}", lists.INDICATORS, indicators_now, of="indicators"):
        return file
    context = {
        "sheet": sheet,
        "cycle": cycle,
        "years": [charts.short_year(year) for year in cycle.plan.years],
        "indicators": [charts.indicator_chart(one, cycle.plan.years) for one in sheet.indicators],
        "progress": indicators_now,
        "may_write": permissions.opinion_refusal(request.user, cycle) is None,
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/dashboard_measure.html", context)
