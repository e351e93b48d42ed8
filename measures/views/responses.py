"""意見への回答: what is asked of an organization, and the secretariat's view of all of them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused

from .. import lists, permissions
from ..actions import opinions as actions
from ..actions.changes import Overtaken
from ..forms import STALE
from ..forms.opinions import ResponseForm
from ..models import Response
from ..queries import opinions as queries
from ..workflow import ResponseState, ResponseVerb
from .entry import MOVED
from .merging import Merge, merge
from .opinions import done
from .years import INSIDE, asked_cycle, cycles_of

LABELS = {"text": "市の考え方", "reflection": "反映状況"}


@require_GET
@roles_required(*INSIDE)
def responses(request):
    """The answers of a year this person may read; `?state=` narrows them."""
    cycle = asked_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    every = queries.response_rows(cycle, request.user)
    asked = request.GET.get("state", "")
    office = request.GET.get("organization", "")
    rows = [row for row in every if asked in ("", row.state) and office in ("", row.organization.slug)]
    whole = request.user.has_role(*permissions.WHOLE_PLAN_ROLES)
    offices = queries.office_rows(every) if whole else []
    name = f"意見への回答_{cycle.year}年度"
    file = as_file(request, name, lists.RESPONSES, rows)
    if file := file or as_file(request, f"{name}_組織別", lists.offices(cycle), offices, of="offices"):
        return file
    context = {
        "cycle": cycle,
        "cycles": cycles_of(request),
        "rows": rows,
        "every": every,
        "offices": offices,
        "waiting": sum(row.stage.is_with_office for row in every),
        "states": ResponseState,
        "is_filtered": len(rows) != len(every),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/responses.html", context)


def visible_response(request: HttpRequest, pk: int) -> Response:
    """The answer, or 404 for one this person may not even know about."""
    rows = Response.objects.select_related("opinion__cycle__plan", "opinion__measure", "organization", "answered_by")
    return get_object_or_404(permissions.responses_visible_to(rows, request.user), pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(*INSIDE)
def response(request, pk: int):
    """One answer: the opinion, and the form where this person may write now. 回答する sends it in."""
    row = visible_response(request, pk)
    form = ResponseForm(request.POST or None, response=row)
    if request.method == "GET":
        return _page(request, row, form)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    verb = ResponseVerb.ANSWER if "answer" in request.POST else ResponseVerb.SAVE
    try:
        actions.respond(response=row, verb=verb, by=request.user, version=form.cleaned_data["version"], **form.values())
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, row, form, status=409)
    except Overtaken as overtaken:
        return _page(request, overtaken.row, form, status=409, merged=merge(form, overtaken.row, LABELS))
    messages.success(request, f"「{row.opinion.subject}」への意見の回答を{verb.done}。")
    return redirect("staff:responses" if verb == ResponseVerb.ANSWER else row)


def _page(
    request: HttpRequest, row: Response, form: ResponseForm, *, status: int = 200, merged: Merge | None = None
) -> HttpResponse:
    refusals = {verb: permissions.response_refusal(request.user, row, verb) for verb in ResponseVerb}
    context = {
        "response": row,
        "opinion": row.opinion,
        "cycle": row.opinion.cycle,
        "form": form,
        "merged": merged,
        "save_refusal": refusals[ResponseVerb.SAVE],
        "moves": [
            verb for verb in (ResponseVerb.ACCEPT, ResponseVerb.RETURN, ResponseVerb.WITHDRAW) if refusals[verb] is None
        ],
        "is_proxy": row.organization_id not in request.user.organization_ids(Role.WRITER, Role.APPROVER),
        "is_overdue": queries.is_overdue(row),
        "may_take_back": permissions.ask_refusal(request.user, row.opinion) is None and not row.text,
        "correction_refusal": permissions.correction_refusal(request.user, row.opinion.cycle),
        "is_sample": row.opinion.cycle.is_sample,
    }
    return render(request, "measures/response.html", context, status=status)


@require_POST
@roles_required(*INSIDE)
def response_do(request, pk: int, verb: str):
    """The one POST for 確認, 差戻し and 取下げ."""
    row = visible_response(request, pk)
    if verb not in (ResponseVerb.ACCEPT, ResponseVerb.RETURN, ResponseVerb.WITHDRAW):
        raise Http404
    verb = ResponseVerb(verb)
    version = request.POST.get("version", "")
    if not version.isdecimal():
        messages.error(request, STALE)
        return redirect(row)
    reason = request.POST.get("reason", "")
    try:
        actions.respond(response=row, verb=verb, by=request.user, version=int(version[:9]), reason=reason)
    except Refused as refused:
        messages.error(request, str(refused))
    except Overtaken:
        messages.warning(request, MOVED)
    else:
        messages.success(request, f"{row.organization}の回答を{verb.done}。")
    return redirect(row)


@require_POST
@roles_required(Role.SECRETARIAT)
def request_withdraw(request, pk: int):
    """依頼の取下げ, as long as nothing was written."""
    row = visible_response(request, pk)
    withdrawn = done(
        request,
        lambda: actions.withdraw_request(response=row, by=request.user),
        f"{row.organization}への依頼を取り下げました。",
    )
    return redirect(row.opinion if withdrawn else row)
