"""記入の不足."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file

from .. import lists
from ..queries import staff
from ..queries.gaps import Gap, gap_rows
from .years import cycle_or_404


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def gaps(request, year: int):
    """課 × what is lacking; each number opens exactly those sheets."""
    cycle = cycle_or_404(request, year)
    rows = gap_rows(cycle)
    if file := as_file(request, f"記入の不足_{cycle.year}年度", lists.gaps(cycle), rows):
        return file
    context = {
        "cycle": cycle,
        "rows": rows,
        "gaps": list(Gap),
        "totals": [(gap, sum(row.counts[gap] for row in rows)) for gap in Gap],
        "unassigned": staff.unassigned(cycle.plan, cycle.year).count() + staff.orphaned(cycle.plan, cycle.year).count(),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/gaps.html", context)
