"""担当の割当て."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from plans.context import current_plan, plan_or_404

from .. import actions, lists, permissions
from ..forms import AssignForm
from ..models import Responsibility
from ..queries import staff
from .years import running_cycle


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def responsibilities(request):
    """担当の割当て: the 「関係各課」 that name nobody yet."""
    plan = plan_or_404(request)
    cycle = running_cycle(request)
    year = cycle.year if cycle else plan.start_year
    rows, orphaned = list(staff.unassigned(plan, year)), list(staff.orphaned(plan, year))
    if file := as_file(request, f"担当の割当て_{year}年度", lists.RESPONSIBILITIES, [*orphaned, *rows]):
        return file
    context = {
        "rows": rows,
        "orphaned": orphaned,
        "organizations": AssignForm().offered.values(),
        "year": year,
        "refusal": permissions.cycle_refusal(request.user),
    }
    return render(request, "measures/responsibilities.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def assign(request, pk: int):
    row = (
        Responsibility.objects.select_related("action__plan").filter(pk=pk, action__plan=current_plan(request)).first()
    )
    form = AssignForm(request.POST)
    try:
        if row is None:
            raise actions.Refused("この担当は見つかりません。ほかの人が先に割り当てたようです。")
        if not form.is_valid():
            raise actions.Refused("担当する組織を、一覧から1つ以上選んでください。")
        done = actions.assign(responsibility=row, organizations=form.cleaned_data["organizations"], by=request.user)
        names = "、".join(one.organization.name for one in done)
        messages.success(request, f"「{row.action.title}」の担当を{names}にしました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:responsibilities")
