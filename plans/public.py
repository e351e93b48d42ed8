"""Citizens' side of the plan's own lists."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .context import current_plan


@require_safe
@login_not_required
def glossary(request):
    plan = current_plan(request)
    if plan is None:
        raise Http404
    return render(request, "plans/glossary.html", {"terms": plan.terms.all()})
