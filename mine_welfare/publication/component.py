"""再犯防止: the component's own page, put together from its plan, its evaluation and what citizens answered."""

from collections import defaultdict

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from measures.models import Cycle, Measure
from measures.permissions import counts_refusal
from measures.public import shown
from measures.queries.measure_page import roles_of
from measures.queries.structure import goal_parts
from measures.views.papers import paper as inside_paper
from measures.views.years import INSIDE, cycle_or_404
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import excel, typography
from mine_welfare.toolkit.fiscal import wareki_date
from mine_welfare.toolkit.sheet import Column, Sheet
from plans.context import plan_or_404
from plans.models import Component, Plan, Section
from reoffense import sheets
from reoffense.models import Event, Partner
from reoffense.queries import ComponentPlan, component_of, component_plan, indicators
from surveys.models import GAP, Question
from surveys.queries.public import ThemePart, statistics_page

from .evidence import Answers, answers_about
from .figures import Figures, question_rankings
from .places import of_section
from .public import section_html

SHOWN_PAST = 3  # events that are over


@require_safe
@login_not_required
def reoffense(request):
    """What the plan is, who does what and how it went, who helps, what citizens think of it."""
    plan = plan_or_404(request)
    page = component_plan(plan)
    if page is None:
        raise Http404("この計画には、再犯防止推進計画がありません。")
    answers = answers_of(page)
    today = timezone.localdate()
    context = {
        "page": page,
        "component": page.component,
        "whole": page.whole,
        "indicators": indicators(page),
        "roles": [roles_of(measure) for measure in page.measures],
        "partners": partners_of(plan, answers),
        "answers": answers,
        "statistics": statistics_of(plan, page.measures),
        "gap": GAP,
        "backgrounds": backgrounds(page.component),
        "coming": list(Event.objects.filter(plan=plan).coming(today)),
        "past": list(Event.objects.filter(plan=plan).past(today)[:SHOWN_PAST]),
    }
    return render(request, "reoffense/page.html", context | shown(page.cycle))


def statistics_of(plan: Plan, measures: list[Measure]) -> list[ThemePart]:
    """The statistics that speak to the measures carrying the component and to no other."""
    codes = {measure.code for measure in measures}
    return [part for part in statistics_page(plan) if part.measures and {one.code for one in part.measures} <= codes]


def answers_of(page: ComponentPlan) -> list[Answers]:
    """What citizens answered to the questions that speak to the component."""
    edition = page.component.plan.edition
    return [one for measure in page.measures for one in answers_about(edition, measure.pk)]


def partners_of(plan: Plan, answers: list[Answers]) -> list[tuple[Partner, list[str]]]:
    """(partner, how well citizens know it, in the plan's words)."""
    known = awareness([one.question for one in answers])
    return [(partner, known.get(partner.known_as, [])) for partner in Partner.objects.filter(plan=plan)]


def awareness(questions: list[Question]) -> dict[str, list[str]]:
    """{what a question's item is called: what the plan says of how well it is known}, in the plan's words."""
    found: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        for tally in question.tallies.all():
            if tally.item and (value := tally.wording or (f"{tally.percent}%" if tally.percent is not None else "")):
                found[tally.item.label].append(f"「{tally.label or tally.choice}」は{value}")
        for criterion, ranks in question_rankings(question):
            for row in ranks:
                found[row.item.label].append(f"{criterion}の{row.rank}番目")
    return dict(found)


def backgrounds(component: Component) -> list[tuple[Section, str, str]]:
    """(section, its address in the book, its text as HTML) of what tells why this plan is made."""
    rows = component.backgrounds.select_related("section__plan")
    sections = [row.section for row in rows]
    figures = Figures(component.plan, sections)
    return [(section, of_section(section), section_html(section, figures)) for section in sections]


def paper(plan: Plan) -> str | None:
    """The component as a paper of its own (HTML for the PDF engine); None where the plan has none."""
    page = component_plan(plan)
    if page is None:
        return None
    answers = answers_of(page)
    sections = [row.section for row in page.component.backgrounds.select_related("section__plan")]
    figures = Figures(plan, sections, templates="pdf/figures")
    parts = [
        (part, policy)
        for goal in goal_parts(plan)
        for policy in goal.policies
        for part in policy.measures
        if part.measure in page.measures
    ]
    context = {
        "plan": plan,
        "title": f"{page.component.edition}{plan.municipality}{page.component.title}",
        "page": page,
        "parts": parts,
        "references": page.references,
        "partners": partners_of(plan, answers),
        "answers": answers,
        "backgrounds": [(section.title, section_html(section, figures)) for section in sections],
    }
    html = render_to_string("pdf/component.html", context)
    return typography.hold_line_ends(typography.mark_numbered_items(html))


@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def check_pdf(request, year: int):
    """再犯防止推進計画取組状況確認表 of one year."""
    cycle = seen_cycle(request, year)
    return inside_paper(check_paper(cycle.plan, cycle), f"reoffense-check-{year}.pdf")


@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def check_xlsx(request, year: int):
    """The same as a workbook."""
    cycle = seen_cycle(request, year)
    page = component_plan(cycle.plan, cycle, cycle.entries.all())
    rows = sheets.table(page)
    widths = (28, 12, 34, 22, 60, 16, 10, 50)
    columns = [Column(title, width) for title, width in zip((sheets.AREA, *sheets.COLUMNS), widths, strict=True)]
    title = f"{page.component.title}取組状況確認表"
    made = f"{cycle}{'【サンプル】' if cycle.is_sample else ''}　{wareki_date(timezone.localdate())}作成"
    lines = [("title", title), ("line", made)]
    book = excel.write([Sheet("確認表", columns, rows, len(rows), lines, protected=False, is_wide=True)], title=title)
    response = HttpResponse(book, content_type=excel.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="reoffense-check-{year}.xlsx"'
    return response


def seen_cycle(request, year: int) -> Cycle:
    """The year, for those who may see its counts; the others are told from when they may."""
    cycle = cycle_or_404(request, year)
    if component_of(cycle.plan) is None:
        raise Http404("この計画には、再犯防止推進計画がありません。")
    if sentence := counts_refusal(request.user, cycle):
        raise PermissionDenied(sentence)
    return cycle


def check_paper(plan: Plan, cycle: Cycle) -> str:
    """再犯防止推進計画取組状況確認表 of one year, for the committee (HTML for the PDF engine)."""
    page = component_plan(plan, cycle, cycle.entries.all())
    context = {
        "plan": plan,
        "cycle": cycle,
        "title": f"{page.component.title}取組状況確認表",
        "page": page,
        "columns": sheets.COLUMNS,
        "parts": sheets.parts(page),
        "made": timezone.localdate(),
    }
    return typography.hold_line_ends(render_to_string("pdf/year/check.html", context))
