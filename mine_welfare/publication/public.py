"""Citizens' pages that take from several apps: home, the plan book, search."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

import measures.queries
from measures.public import plan_or_404
from mine_welfare.toolkit import richtext
from plans.context import current_plan
from plans.models import Section
from surveys.models import Question

from .figures import Figures, question_bars, question_for_chart, reading
from .search import search as find
from .topics import TOPICS


@require_safe
@login_not_required
def home(request):
    """The first page: what this plan is, the goals and how they go, ways in."""
    plan = current_plan(request)
    if plan is None:
        return render(request, "public/empty.html")
    cycle = measures.queries.latest_public_cycle(plan)
    cards = measures.queries.goal_cards(plan, cycle)
    context = {
        "goals": cards,
        "cycle": cycle,
        "is_sample": cycle and cycle.is_sample,
        "segments": next((card.distribution.parts for card in cards if card.distribution), None),
        "topics": TOPICS,
        # Broken after the comma, the words of the ideal stay whole on every width.
        "vision": re.findall(r"[^、]+、?", plan.vision),
        **voice(plan),
    }
    return render(request, "public/home.html", context)


def voice(plan) -> dict:
    """市民の声から: the survey question that speaks to most measures, with its chart."""
    questions = Question.objects.filter(survey__plan=plan, tallies__percent__isnull=False)
    question = (
        questions.annotate(reach=Count("measures", distinct=True)).order_by("-reach", "survey__pk", "position").first()
    )
    if question is None:
        return {}
    question = question_for_chart(question.pk)
    bars = question_bars(question)
    return {"question": question, "rows": [bar.row for bar in bars], "reading": reading(bars)}


@require_safe
@login_not_required
def plan(request):
    """計画を読む: the table of contents of the book."""
    plan = plan_or_404(request)
    sections = plan.sections.filter(level__lte=2)
    return render(request, "public/plan.html", {"sections": sections, "goals": measures.queries.outline(plan)})


@require_safe
@login_not_required
def chapter(request, number: int):
    """One chapter of the book; chapter 4 is put together from the structure."""
    plan = plan_or_404(request)
    sections = list(plan.sections.filter(chapter=number))
    if not sections:
        raise Http404("この章はありません。")
    figures = Figures(plan, sections)
    context = {
        "chapter": sections[0],
        "sections": [(section, section_html(section, figures)) for section in sections],
        "parts": measures.queries.structure(plan) if sections[0].kind == Section.Kind.MEASURES else [],
        "chapters": plan.sections.filter(level=1),
        "previous_number": number - 1,
        "next_number": number + 1,
    }
    return render(request, "public/chapter.html", context)


def section_html(section: Section, figures: Figures) -> str:
    """A section's body, its own `###` headings one level below the section's."""
    return richtext.render(section.body, figures, heading_level=min(6, section.level + 1))


@require_safe
@login_not_required
def search(request):
    """Everything that holds the words, 20 to a page."""
    plan = plan_or_404(request)
    query = request.GET.get("q", "").strip()[:100]
    page = Paginator(find(plan, query), 20).get_page(request.GET.get("page"))
    return render(request, "public/search.html", {"query": query, "page": page})


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "public/accessibility.html", {"licence": settings.OPEN_DATA_LICENCE})
