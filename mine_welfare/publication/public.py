"""Citizens' pages that take from several apps: home, the plan book, search."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from measures.queries import structure
from measures.queries.public import goal_cards, latest_public_cycle
from mine_welfare.accounts.directory import secretariat
from mine_welfare.toolkit import richtext, typography
from mine_welfare.toolkit.text import clean
from plans.context import current_plan, plan_or_404
from plans.models import BasicGoal, Edition, Plan, Section

from .evidence import voice
from .figures import Figures
from .places import of_section
from .search import LONGEST, counts_by_kind
from .search import search as find
from .topics import TOPICS


@require_safe
@login_not_required
def home(request):
    """The first page: what this plan is, the goals and how they go, ways in."""
    plan = current_plan(request)
    if plan is None:
        return render(request, "public/empty.html")
    cycle = latest_public_cycle(plan)
    cards = goal_cards(plan, cycle)
    context = {
        "goals": cards,
        "cycle": cycle,
        "is_sample": cycle and cycle.is_sample,
        "segments": next((card.distribution.parts for card in cards if card.distribution), None),
        "topics": TOPICS,
        # Broken after the comma, the words of the ideal stay whole on every width.
        "vision": re.findall(r"[^、]+、?", plan.vision),
        "voice": voice(plan.edition),
    }
    return render(request, "public/home.html", context)


@require_safe
@login_not_required
def plan(request):
    """計画を読む: the table of contents of the book, and what the plan is."""
    plan = plan_or_404(request)
    goals = structure.outline(plan)
    context = {"chapters": outline(plan.sections.filter(level__lte=2), goals), "components": plan.components.all()}
    return render(request, "public/plan.html", context)


def outline(sections: Iterable[Section], goals: Iterable[BasicGoal]) -> list[tuple[Section, list[tuple[str, str]]]]:
    """[(chapter, [(address, words) of what it holds])]; the chapter of measures holds the goals."""
    found: list[tuple[Section, list[tuple[str, str]]]] = []
    for section in sections:
        if section.level == 1:
            found.append((section, []))
            if section.kind == Section.Kind.MEASURES:
                page = of_section(section)
                found[-1][1].extend((f"{page}#goal-{goal.number}", str(goal)) for goal in goals)
        elif found:
            found[-1][1].append((of_section(section), section.heading))
    return found


@require_safe
@login_not_required
def chapter(request, number: int):
    """One chapter of the book; chapter 4 is put together from the structure."""
    page = _chapter(plan_or_404(request).edition, number)
    if page is None:
        raise Http404("この章はありません。")
    return render(request, "public/chapter.html", vars(page))


@dataclass
class Chapter:
    """One chapter as it is shown, with its neighbours in the book."""

    chapter: Section
    sections: list[tuple[Section, SafeString]]
    goals: list[SafeString]  # drawn, in the chapter of measures
    contents: list[tuple[int, str, str]]
    has_numbers: bool
    previous: Section | None
    next: Section | None


@lru_cache(maxsize=16)
def _chapter(edition: Edition, number: int) -> Chapter | None:
    """A chapter of one state of the plan; None where the book has no such chapter."""
    plan = Plan.objects.get(pk=edition.plan_id)
    sections = list(plan.sections.filter(chapter=number))
    if not sections:
        return None
    figures = Figures(plan, sections)
    parts = structure.goal_parts(plan) if sections[0].kind == Section.Kind.MEASURES else []
    chapters = list(plan.sections.filter(level=1))
    return Chapter(
        chapter=sections[0],
        sections=[(section, section_html(section, figures)) for section in sections],
        goals=[render_to_string("public/chapter_goal.html", {"part": part}) for part in parts],
        contents=contents(sections, parts),
        has_numbers=figures.has_numbers,
        previous=next((one for one in reversed(chapters) if one.chapter < number), None),
        next=next((one for one in chapters if one.chapter > number), None),
    )


def contents(sections: list[Section], parts: list[structure.GoalPart]) -> list[tuple[int, str, str]]:
    """The chapter's own contents: (depth, id on the page, words). A phone leaves depth 3 out."""
    depths = {2: 1, 3: 3}
    found = [(depths[one.level], one.page_anchor, one.heading) for one in sections if one.level in depths]
    for part in parts:
        found.append((1, f"goal-{part.goal.number}", str(part.goal)))
        for policy in part.policies:
            found.append((2, f"policy-{policy.policy.code}", str(policy.policy)))
            found += [(3, f"measure-{one.measure.code}", str(one.measure)) for one in policy.measures]
    return found


def section_html(section: Section, figures: Figures) -> SafeString:
    """A section's body, its own `###` headings one level below the section's."""
    html = richtext.render(section.body, figures, heading_level=min(6, section.level + 1))
    return SafeString(typography.mark_numbered_items(html))


@require_safe
@login_not_required
def search(request):
    """Everything that holds the words, 20 to a page, narrowed to one kind by `?kind=`."""
    plan = plan_or_404(request)
    query = clean(request.GET.get("q", "")).strip()[:LONGEST]
    found = find(plan, query)
    kinds = counts_by_kind(found)
    kind = next((one for one in kinds if one == request.GET.get("kind")), None)
    shown = [result for result in found if kind in (None, result.document.kind)]
    page = Paginator(shown, 20).get_page(request.GET.get("page"))
    context = {"query": query, "number": len(found), "kind": kind, "kinds": kinds, "page": page, "topics": TOPICS}
    return render(request, "public/search.html", context)


@require_safe
@login_not_required
def easy(request):
    """やさしい日本語: what the plan is and whom to ask, for those who are learning the language."""
    plan = plan_or_404(request)
    context = {"goals": list(plan.goals.all()), "last_year": plan.end_year + 1, "offices": secretariat(request)}
    return render(request, "public/easy.html", context)


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "public/accessibility.html", {"licence": settings.OPEN_DATA_LICENCE})
