"""The text twin of the plan book: everything it says, in reading order, without a layout.

For readers whose device cannot show a PDF, for search engines, and for
whoever wants to quote. Figures come as their caption and what is known of them.
"""

from collections.abc import Callable, Iterator

from measures.queries import structure
from measures.queries.structure import ActionTable, GoalPart, MeasurePart
from mine_welfare.toolkit.fiscal import wareki_year, wareki_year_both
from mine_welfare.toolkit.richtext import Figure, figures, plain
from mine_welfare.toolkit.text import lines
from plans.models import Plan, Section
from surveys.models import MeetingTopic
from surveys.queries.plan import questions_of_the_plan, series_of_the_plan

LOST = "（この図は、計画書の原本に載っています）"
INDENT = "　"


def plan_text(plan: Plan) -> str:
    """The plan as text: blocks divided by an empty line, lines ended by LF."""
    return "\n\n".join(block for block in _blocks(plan) if block) + "\n"


def _blocks(plan: Plan) -> Iterator[str]:
    yield "\n".join(plan.titles)
    if plan.subtitle:
        yield f"（{plan.subtitle}）"
    if plan.is_draft:
        yield f"【{plan.get_status_display()}】"
    yield f"{wareki_year_both(plan.start_year)}～{wareki_year_both(plan.end_year)}"
    yield "・".join(plan.issuers)
    for section in plan.sections.all():
        yield f"{'■' if section.level == 1 else ''}{section.heading}"
        if section.kind == Section.Kind.MEASURES:
            for goal in structure.goal_parts(plan):
                yield from _goal(goal)
        else:
            yield from _section(section, plan)
    yield from _terms(plan)


def _section(section: Section, plan: Plan) -> Iterator[str]:
    for block in section.body.split("\n\n"):
        # A figure line is a paragraph of its own.
        found = figures(block)
        if not found:
            yield "\n".join(plain(block))
        for figure in found:
            yield "\n".join(_figure(figure, plan))


def _figure(figure: Figure, plan: Plan) -> Iterator[str]:
    if figure.caption:
        yield figure.caption
    drawn = FIGURES.get(figure.scheme)
    rows = list(drawn(plan, figure.ref)) if drawn else []
    yield from rows or [LOST]
    if figure.source:
        yield figure.source


def _series(plan: Plan, ref: str) -> Iterator[str]:
    for one in series_of_the_plan(plan, ref.split(",")).values():
        for point in one.points.all():
            value = point.wording if point.value is None else f"{point.value.normalize():f}{one.unit}"
            yield f"{one.title}　{wareki_year(point.year).removesuffix('度')}　{value}"


def _question(plan: Plan, ref: str) -> Iterator[str]:
    for question in questions_of_the_plan(plan, [ref]).values():
        for tally in question.tallies.all():
            value = tally.wording if tally.percent is None else f"{tally.percent}%"
            yield "　".join(str(part) for part in (tally.item, tally.label or tally.choice, value) if part)


def _previous_reviews(plan: Plan, ref: str) -> Iterator[str]:
    for row in plan.previous_reviews.all():
        yield row.title
        yield from (f"{INDENT}主な評価と課題　{line}" for line in row.evaluation)
        yield from (f"{INDENT}見直し方針　{line}" for line in row.policy)


def _meetings(plan: Plan, ref: str) -> Iterator[str]:
    for topic in MeetingTopic.objects.filter(meeting__plan=plan):
        yield topic.field
        yield from (f"{INDENT}主な意見　{line}" for line in topic.opinions)
        yield from (f"{INDENT}要因や取組課題　{line}" for line in topic.issues)


def _tiers(plan: Plan, ref: str) -> Iterator[str]:
    for tier in plan.tiers.all():
        yield tier.name
        yield from (f"{INDENT}{'、'.join(names)}" for names in tier.facilities)


def _related_plans(plan: Plan, ref: str) -> Iterator[str]:
    for bar in plan.related_plans.all():
        yield f"{bar.names}　{bar.label}"


def _outline(plan: Plan, ref: str) -> Iterator[str]:
    yield plan.vision
    for goal in structure.outline(plan):
        yield str(goal)
        for policy in goal.policies.all():
            yield f"{INDENT}{policy.number}. {policy.title}"
            yield from (f"{INDENT * 2}{measure.marker}{measure.title}" for measure in policy.measures.all())


FIGURES: dict[str, Callable[[Plan, str], Iterator[str]]] = {
    "series": _series,
    "question": _question,
    "previous-review": _previous_reviews,
    "meetings": _meetings,
    "tiers": _tiers,
    "related-plans": _related_plans,
    "structure": _outline,
}


def _goal(part: GoalPart) -> Iterator[str]:
    yield str(part.goal)
    for policy in part.policies:
        yield f"{policy.policy.number}. {policy.policy.title}"
        yield f"【現状と課題】\n{policy.policy.issues}"
        for measure in policy.measures:
            yield from _measure(measure)


def _measure(part: MeasurePart) -> Iterator[str]:
    yield f"{part.measure.marker}{part.measure.title}（{part.measure.code}）"
    yield part.measure.introduction
    yield "【役割分担】"
    for actor, items in part.roles:
        if items:
            yield "\n".join([actor.heading, *(f"・{line}" for item in items for line in lines(item.text))])
    for table in part.tables:
        yield from _table(table)


def _table(table: ActionTable) -> Iterator[str]:
    yield f"{table.actor.heading}【{table.heading}】"
    if table.group:
        yield str(table.group)
    for row in table.rows:
        office = "、".join(row.wordings) or table.actor.office
        yield f"{row.action.title}（{row.action.code}）　担当：{office}\n{row.action.content}"
    if table.group and table.group.closing:
        yield table.group.closing


def _terms(plan: Plan) -> Iterator[str]:
    terms = list(plan.terms.all())
    if terms:
        yield "■用語解説"
        yield from (f"{term.term}（{term.reading}）\n{term.definition}" for term in terms)
