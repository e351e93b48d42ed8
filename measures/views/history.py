"""変更の記録: one row through its versions, and everything people changed lately."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused

from .. import lists, permissions
from ..actions.history import restore
from ..models import Entry
from ..queries import history as queries
from ..queries.kinds import KINDS, Kind

PER_PAGE = 20
LINES = 100


def readable_kind(request: HttpRequest, name: str, pk: int) -> Kind:
    """The kind of row, 404 for an unknown one; refused for whom its history is not."""
    kind = KINDS.get(name)
    if kind is None:
        raise Http404("この種類の記録はありません。")
    if sentence := permissions.history_refusal(request.user, kind.group):
        raise PermissionDenied(sentence)
    if kind.model is Entry and not permissions.visible_to(Entry.objects.filter(pk=pk), request.user).exists():
        raise Http404("この個票は見られません。")
    return kind


@require_GET
def history(request, kind: str, pk: int):
    """Every version of one row, old and new side by side, with what else happened to it."""
    found = queries.row_history(readable_kind(request, kind, pk), pk)
    if found is None:
        raise Http404("この記録はありません。")
    context = {
        "history": found,
        "page": Paginator(found.events, PER_PAGE).get_page(request.GET.get("page")),
        "restore_refusal": permissions.restore_refusal(request.user),
    }
    return render(request, "measures/history.html", context)


@require_POST
def history_restore(request, kind: str, pk: int, version: int):
    """この版に戻す。"""
    found = readable_kind(request, kind, pk)
    seen = request.POST.get("seen", "")
    try:
        if not seen.isdecimal():
            raise Refused("記録の画面を開き直してから、もう一度操作してください。")
        restore(
            kind=found,
            pk=pk,
            version=version,
            seen=int(seen[:18]),
            by=request.user,
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "前の版の内容に戻しました。戻す前の内容も、記録に残っています。")
    return redirect("staff:history", kind=kind, pk=pk)


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def changes(request):
    """What people changed lately in the whole portal; `?kind=` shows one kind."""
    asked = request.GET.get("kind", "")
    kinds = [kind for kind in KINDS.values() if asked not in KINDS or kind.name == asked]
    found = queries.changes_of(kinds)
    of = f"_{kinds[0].label}" if asked in KINDS else ""
    if file := as_file(request, f"変更の記録{of}", lists.CHANGES, lambda: queries.recent(found.iterator())):
        return file
    page = Paginator(found, LINES).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.recent(page.object_list),
        "kinds": KINDS.values(),
        "kind": KINDS.get(asked),
    }
    return render(request, "measures/changes.html", context)
