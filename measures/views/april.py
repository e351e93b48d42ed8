"""年度替わり: what the secretariat does every April, and the 組織改編."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from mine_welfare.toolkit.lists import as_file
from plans.context import current_plan

from .. import lists
from ..actions import april as actions
from ..forms.april import ReorganizationForm, target_formset
from ..models import Reorganization
from ..queries import april, staff

WORDS = {
    Reorganization.Kind.RENAME: "1つの組織の名称が変わるときに使います。",
    Reorganization.Kind.MERGE: "いくつかの組織が1つになるとき、ほかの組織に吸収されるときに使います。",
    Reorganization.Kind.SPLIT: "1つの組織が分かれるとき、事務の一部だけをほかの組織に移すときに使います。",
}


@require_GET
@roles_required(Role.SECRETARIAT, Role.SYSADMIN)
def home(request):
    """年度替わりの作業, in the order they are done."""
    plan, year = current_plan(request), fiscal_year(timezone.localdate())
    is_secretariat = request.user.has_role(Role.SECRETARIAT)
    context = {
        "year": year,
        "is_secretariat": is_secretariat,
        "drafts": Reorganization.objects.filter(applied_at=None).count(),
        "stranded": User.objects.filter(is_active=True, memberships__organization__valid_to__lt=year)
        .distinct()
        .order_by("login_id"),
        "unassigned": staff.unassigned(plan, year).count() if plan else 0,
        "orphaned": staff.orphaned(plan, year).count() if plan else 0,
    }
    return render(request, "measures/april.html", context)


@require_GET
@roles_required(Role.SECRETARIAT)
def reorganizations(request):
    """組織改編: what is being prepared, and what was done."""
    rows = april.reorganizations()
    if file := as_file(request, "組織改編", lists.REORGANIZATIONS, rows):
        return file
    context = {"rows": rows, "kinds": [(kind, WORDS[kind]) for kind in Reorganization.Kind]}
    return render(request, "measures/reorganizations.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def reorganization_new(request, kind: str):
    """Which organizations become which, from when. Saved as a draft, then looked at."""
    kind = kind_or_404(kind)
    form = ReorganizationForm(request.POST or None, kind=kind)
    targets = target_formset(kind)(request.POST or None, prefix="targets")
    if request.method == "POST" and all([form.is_valid(), targets.is_valid()]):
        given = form.cleaned_data
        keeps = [actions.Target(organization=given["sources"][0])] if given.get("keeps") else []
        try:
            draft = actions.draft_reorganization(
                kind=kind, year=given["year"], sources=given["sources"], targets=[*keeps, *targets.targets()],
                by=request.user,
            )  # fmt: skip
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("staff:reorganization", pk=draft.pk)
    failed = form.is_bound and bool(form.errors or targets.total_error_count())
    context = {"form": form, "targets": targets, "kind": kind, "words": WORDS[kind], "failed": failed}
    return render(request, "measures/reorganization_new.html", context, status=422 if failed else 200)


def kind_or_404(kind: str) -> Reorganization.Kind:
    if kind not in Reorganization.Kind.values:
        raise Http404
    return Reorganization.Kind(kind)


@require_GET
@roles_required(Role.SECRETARIAT)
def reorganization(request, pk: int):
    """What will move, before; what moved, after."""
    row = get_object_or_404(Reorganization.objects.select_related("applied_by", "drafted_by"), pk=pk)
    return preview(request, row) if row.applied_at is None else record(request, row)


def preview(request, row: Reorganization, refused: str = "", status: int = 200):
    sources, targets = list(row.sources.all()), list(row.targets.select_related("organization"))
    found = april.items(sources, row.year)
    is_split = row.kind == Reorganization.Kind.SPLIT
    if file := as_file(request, f"{row}_移すもの", lists.items(targets, is_split=is_split), found):
        return file
    for item in found:
        item.chosen = request.POST.get(item.key, str(targets[0].position))
    context = {
        "row": row,
        "sources": sources,
        "targets": targets,
        "leaving": april.leaves(row, targets),
        "groups": april.groups(found),
        "kept": april.kept_sheets(sources),
        "is_split": is_split,
        "is_early": row.year > fiscal_year(timezone.localdate()),
        "last_year": row.year - 1,
        "refused": refused,
    }
    return render(request, "measures/reorganization.html", context, status=status)


def record(request, row: Reorganization):
    moves = list(row.moves.all())
    if file := as_file(request, f"{row}_移したもの", lists.MOVES, moves):
        return file
    context = {
        "row": row,
        "sources": list(row.sources.all()),
        "targets": list(row.targets.select_related("organization")),
        "groups": [(kind, [move for move in moves if move.kind == kind]) for kind in april.Kind],
        "moved": len(moves),
    }
    return render(request, "measures/reorganization_record.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def reorganization_apply(request, pk: int):
    """反映する。"""
    row = get_object_or_404(Reorganization, pk=pk)
    try:
        row = actions.reorganize(reorganization=row, by=request.user, choices=request.POST.dict())
    except actions.Refused as refused:
        if Reorganization.objects.filter(pk=pk, applied_at=None).exists():
            return preview(request, row, str(refused), status=422)
        messages.error(request, str(refused))
        return redirect("staff:reorganizations")
    messages.success(request, f"組織改編を反映しました。{wareki_year(row.year)}から、新しい組織の名で進みます。")
    return redirect("staff:reorganization", pk=pk)


@require_POST
@roles_required(Role.SECRETARIAT)
def reorganization_discard(request, pk: int):
    """取りやめる。"""
    row = get_object_or_404(Reorganization, pk=pk)
    try:
        actions.discard_reorganization(reorganization=row, by=request.user)
        messages.success(request, "組織改編の用意を取りやめました。何も変わっていません。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:reorganizations")
