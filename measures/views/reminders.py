"""督促: who still has sheets out, the words to send, and what has been sent."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.models import Organization
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file

from .. import actions, lists
from ..forms.reminders import LetterForm, WayForm
from ..models import Cycle, Reminder
from ..queries import reminders as queries
from .years import cycle_or_404

PER_PAGE = 20


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def reminders(request, year: int):
    """Everyone with sheets still out, and the log."""
    cycle = cycle_or_404(request, year)
    log = cycle.reminders.select_related("organization", "by").prefetch_related("entries__action")
    chases = queries.chases(cycle)
    file = as_file(request, f"督促_{cycle.year}年度", lists.CHASES, chases)
    if file := file or as_file(request, f"督促の記録_{cycle.year}年度", lists.REMINDERS, log, of="log"):
        return file
    context = {
        "cycle": cycle,
        "chases": chases,
        "is_time": cycle.stage in queries.STILL_OUT,
        "log": Paginator(log, PER_PAGE).get_page(request.GET.get("page")),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/reminders.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def reminder_write(request, year: int):
    """The letters for the chosen organizations: read, mended, sent."""
    cycle = cycle_or_404(request, year)
    slugs = (request.POST if request.method == "POST" else request.GET).getlist("organization")
    chases = queries.chases(cycle, None if "all" in request.GET else slugs)
    if request.method == "POST":
        _tell_submitted(request, slugs, chases)
    if not chases:
        messages.info(request, "選んだ課・団体に、督促の要る個票はありません。")
        return redirect("staff:reminders", year=year)
    if request.method == "POST":
        return _send(request, cycle, chases)
    foot = queries.sender(request.user)
    return _letters(request, cycle, [_form(request, chase, foot) for chase in chases])


def _tell_submitted(request: HttpRequest, slugs: list[str], chases: list[queries.Chase]) -> None:
    """Departments that have submitted everything since the page was opened get nothing, and that is said."""
    rest = set(slugs) - {chase.organization.slug for chase in chases}
    for organization in Organization.objects.filter(slug__in=rest):
        messages.info(request, f"{organization}の個票は、すべて提出されました。督促は送りません。")


def _form(request: HttpRequest, chase: queries.Chase, foot: str) -> LetterForm:
    """A fresh letter, to whom the address asks for where the order allows it."""
    asked = request.GET.get("to", "")
    role = next((role for role in chase.rungs if role == asked), chase.rung)
    base = request.build_absolute_uri("/").rstrip("/")
    words = queries.letter(chase, role or Role.WRITER, foot=foot, base=base)
    return LetterForm(chase=chase, role=role, letter=words)


def _letters(request: HttpRequest, cycle: Cycle, letters: list[LetterForm], *, status: int = 200) -> HttpResponse:
    context = {"cycle": cycle, "letters": letters, "ways": Reminder.Way, "is_sample": cycle.is_sample}
    return render(request, "measures/reminder_write.html", context, status=status)


def _send(request: HttpRequest, cycle: Cycle, chases: list[queries.Chase]) -> HttpResponse:
    """Each letter on its own: those refused come back with the reason and the words as they were."""
    way = WayForm(request.POST)
    letters = [LetterForm(request.POST, chase=chase, role=_addressee(request, chase)) for chase in chases]
    if not way.is_valid():
        messages.error(request, "送り方を選んでください。")
        return _letters(request, cycle, letters, status=422)
    kept = [letter for letter in letters if not _sent(request, cycle, letter, way.cleaned_data["way"])]
    if kept:
        return _letters(request, cycle, kept, status=409)
    return redirect("staff:reminders", year=cycle.year)


def _addressee(request: HttpRequest, chase: queries.Chase) -> Role | None:
    asked = request.POST.get(f"{chase.organization.slug}-addressee", "")
    return next((role for role in queries.LADDER if role == asked), None)


def _sent(request: HttpRequest, cycle: Cycle, letter: LetterForm, way: str) -> bool:
    if not letter.is_valid():
        return False
    try:
        reminder = actions.remind(
            cycle=cycle, organization=letter.chase.organization, way=way, by=request.user, **letter.cleaned_data
        )
    except actions.Refused as refused:
        letter.add_error(None, str(refused))
        return False
    how = "メールで送りました" if way == Reminder.Way.MAIL else "送ったことを記録しました"
    messages.success(request, f"{reminder.organization}（{reminder.get_addressee_display()}）への督促を{how}。")
    return True
