"""Staff side of the plan's text."""

import re
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role

from .context import current_plan
from .models import Erratum

# What the city must decide stands first.
KINDS = (Erratum.Kind.DRAFT, Erratum.Kind.READING, Erratum.Kind.STRUCTURE, Erratum.Kind.OMITTED)

IN_GOAL = re.compile(r"(?:基本目標|基本施策|施策)(\d+)")  # the place of an erratum as the files write it: 施策1-2-3


@dataclass
class ErrataGroup:
    """The errata of one kind, by chapter in the order of the draft."""

    kind: Erratum.Kind
    rows: list[Erratum]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def has_corrected(self) -> bool:
        return any(row.corrected for row in self.rows)

    @property
    def chapters(self) -> list[tuple[str, list[Erratum]]]:
        """(chapter, rows): 第1章, 資料編 …; in chapter 4, which has the most, by basic goal."""
        found: dict[str, list[Erratum]] = {}
        for row in self.rows:
            goal = IN_GOAL.match(row.place)
            chapter = f"基本目標{goal[1]}" if goal else (row.place.split() or ["—"])[0]
            found.setdefault(chapter, []).append(row)
        return list(found.items())


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def errata(request):
    """素案の確認事項: what the city should look at before the plan is final; ?kind= shows one kind."""
    plan = current_plan(request)
    if plan is None:
        raise Http404
    rows = list(plan.errata.all())
    groups = [ErrataGroup(kind, [row for row in rows if row.kind == kind]) for kind in KINDS]
    asked = request.GET.get("kind")
    kind = next((kind for kind in KINDS if kind == asked), None)
    context = {
        "groups": [group for group in groups if group.rows and kind in (None, group.kind)],
        "kinds": [(group.kind, group.total) for group in groups],
        "kind": kind,
        "total": len(rows),
        "open": plan.errata.for_the_city().count(),
    }
    return render(request, "plans/errata.html", context)
