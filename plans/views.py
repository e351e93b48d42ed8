"""Staff side of the plan's text."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role

from .context import current_plan
from .models import Erratum


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def errata(request):
    """素案の確認事項: what the city should look at before the plan is final."""
    plan = current_plan(request)
    if plan is None:
        raise Http404
    rows = list(plan.errata.all())
    groups = [(kind, [row for row in rows if row.kind == kind]) for kind in (
        Erratum.Kind.DRAFT, Erratum.Kind.READING, Erratum.Kind.STRUCTURE, Erratum.Kind.OMITTED
    )]  # fmt: skip
    return render(request, "plans/errata.html", {"groups": groups, "open": plan.errata.for_the_city().count()})
