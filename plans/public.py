"""Citizens' side of the plan's own lists."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mine_welfare.toolkit.text import OTHER, fold, kana_row

from .context import plan_or_404
from .models import GlossaryTerm


@require_safe
@login_not_required
def glossary(request):
    """用語解説: every term under its row of the 五十音."""
    plan = plan_or_404(request)
    rows: dict[str, list[GlossaryTerm]] = {}
    for term in sorted(plan.terms.all(), key=lambda term: (kana_row(term.reading) == OTHER, fold(term.reading))):
        rows.setdefault(kana_row(term.reading), []).append(term)
    has_own = any(term.is_portals for terms in rows.values() for term in terms)
    context = {"rows": list(rows.items()), "has_own": has_own}
    return render(request, "plans/glossary.html", context)
