"""The plan as one long list of sentences, written twice: as the draft reads, and as the database serves it.

Both sides go through `sentences`, which takes out white space and cuts after
every 「。」 and nothing else. White space has to go because the machine-read
draft puts it where a line of print ended and around numbers, and because the
data puts a full-width space between a number and its heading.

The draft's side knows only marks of layout (bullets, tags, table tabs, the
arrows of one figure); what else differs is a row of `errata.yaml`. The
database's side adds only what the pages print around the data: headings of
the 担い手, the heads of the tables, numbers of goals and measures.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from mine_welfare.toolkit.richtext import figures, plain
from mine_welfare.toolkit.text import lines
from plans.models import Erratum, Plan, Section

APPLIED = (Erratum.Kind.READING, Erratum.Kind.STRUCTURE)


class Sentence(NamedTuple):
    """One sentence or table cell, and the draft's line it stands on (0 where the database says it)."""

    text: str
    line: int = 0


def squash(text: str) -> str:
    return "".join(text.split())


def sentences(blocks: Iterable[str], line: int = 0) -> Iterator[Sentence]:
    for block in blocks:
        for text in re.findall(r"[^。]*。|[^。]+$", squash(block)):
            yield Sentence(text, line)


# ---- the draft --------------------------------------------------------------
def span(source: list[str], erratum: Erratum) -> str:
    """The lines of the draft an erratum speaks about: its own, and more where the excerpt runs on."""
    first = erratum.line - 1
    return "\n".join(source[first : first + erratum.as_read.count("\n") + 1])


def corrected(source: list[str], errata: Iterable[Erratum]) -> list[str]:
    """The draft with every reading put right and every omitted line empty; line numbers stay."""
    text = list(source)
    omitted = []
    for erratum in errata:
        if erratum.kind == Erratum.Kind.OMITTED:
            omitted.append(erratum.line)
        elif erratum.kind in APPLIED:
            place = span(text, erratum)
            assert place.count(erratum.as_read) == 1, f"{erratum.line}行目に「{erratum.as_read}」が1回だけありません。"
            joined = erratum.as_read.count("\n")
            put_right = place.replace(erratum.as_read, erratum.corrected)
            text[erratum.line - 1 : erratum.line + joined] = [put_right, *[""] * joined]
    for line in omitted:
        text[line - 1] = ""
    return text


def draft(source: list[str], errata: Iterable[Erratum]) -> list[Sentence]:
    found: list[Sentence] = []
    for number, line in enumerate(corrected(source, errata), start=1):
        found += sentences(_blocks(line), number)
    return found


def _blocks(line: str) -> Iterator[str]:
    """Cells, paragraphs and list items of one line, without the marks of layout."""
    line = re.sub(r"<ul[^>]*>|</?p>|●", "\n", line)
    for block in re.split(r"[\t\n]", line):
        block = re.sub(r"^\s*(- |■)", "", block)
        if block.strip() != "⋮":  # an arrow of the figure of periods
            yield block


# ---- the database -----------------------------------------------------------
def served(plan: Plan) -> list[Sentence]:
    return list(sentences(_book(plan)))


def _book(plan: Plan) -> Iterator[str]:
    yield from plan.titles
    yield f"({plan.subtitle})"
    yield f"【{plan.get_status_display()}】"
    yield from plan.issuers
    for section in plan.sections.all():
        yield section.marker + section.title
        yield from _measures(plan) if section.kind == Section.Kind.MEASURES else body(section, plan)


def body(section: Section, plan: Plan) -> Iterator[str]:
    for block in section.body.split("\n\n"):
        # A figure line is a paragraph of its own.
        [figure] = figures(block) or [None]
        if figure is None:
            yield from plain(block)
        else:
            yield figure.caption
            yield from DRAWN.get(figure.scheme, lambda plan: ())(plan)
            yield figure.source


def _tiers(plan: Plan) -> Iterator[str]:
    for tier in plan.tiers.all():
        yield tier.name
        yield from ("、".join(names) for names in tier.facilities)


def _related_plans(plan: Plan) -> Iterator[str]:
    block = None
    for bar in plan.related_plans.all():
        if bar.block != block:
            yield bar.names
        block = bar.block
        yield bar.label


def _previous_reviews(plan: Plan) -> Iterator[str]:
    edition = plan.components.first().edition
    yield from ("施策", "主な評価と課題", f"{edition}計画に向けた見直し方針")
    for review in plan.previous_reviews.all():
        yield review.title
        # The draft marks its statements in some rows only; in the others they run on in one cell.
        yield "".join(review.evaluation)
        yield "".join(review.policy)


def _meetings(plan: Plan) -> Iterator[str]:
    yield from ("分野", "主な意見", "要因や取組課題")
    for meeting in plan.resident_meetings.all():
        for topic in meeting.topics.all():
            yield topic.field
            # 「・」 also stands inside items, so the bullets are put back rather than taken away.
            yield "".join(f"・{item}" for item in topic.opinions)
            yield "".join(f"・{item}" for item in topic.issues)


def _structure(plan: Plan) -> Iterator[str]:
    """The figure 施策の体系: one cell for each policy with its measures."""
    yield plan.vision
    for goal in plan.goals.all():
        yield str(goal)
        for policy in goal.policies.all():
            names = "".join(measure.marker + measure.title for measure in policy.measures.all())
            yield f"{policy.number}. {policy.title}{names}"


DRAWN = {
    "tiers": _tiers,
    "related-plans": _related_plans,
    "previous-review": _previous_reviews,
    "meetings": _meetings,
    "structure": _structure,
}


# ---- chapter 4 --------------------------------------------------------------
def _measures(plan: Plan) -> Iterator[str]:
    actors = list(plan.actors.all())
    for goal in plan.goals.all():
        yield str(goal)
        for policy in goal.policies.all():
            yield f"{policy.number}. {policy.title}"
            yield "【現状と課題】"
            yield from lines(policy.issues)
            for measure in policy.measures.all():
                yield from _measure(measure, actors)


def _measure(measure, actors) -> Iterator[str]:
    yield measure.marker + measure.title
    yield from lines(measure.introduction)
    yield "【役割分担】"
    group = ""
    for actor in actors:
        if actor.group_heading not in ("", group):
            yield actor.group_heading
        group = actor.group_heading
        yield actor.heading
        for item in measure.role_items.filter(actor=actor):
            yield from lines(item.text)
        yield from _actions(measure, actor)


def _actions(measure, actor) -> Iterator[str]:
    actions = list(measure.actions.filter(actor=actor).prefetch_related("responsibilities"))
    if not actions:
        return
    yield f"【{measure.action_headings.get(actor.code, actor.actions_heading)}】"
    yield from _table([action for action in actions if action.group is None], actor)
    for group in measure.groups.all():
        own = [action for action in actions if action.group == group]
        if own:
            yield group.label + group.title
            yield from _table(own, actor)
            yield group.closing


def _table(actions, actor) -> Iterator[str]:
    if not actions:
        return
    yield from ("取組", "内容", *([] if actor.office else ["担当課"]))
    for action in actions:
        yield action.title
        yield from lines(action.content)
        if not actor.office:
            yield "".join(dict.fromkeys(row.wording for row in action.responsibilities.all()))


# ---- the comparison ---------------------------------------------------------
def differences(expected: list[Sentence], found: list[Sentence], limit: int = 5) -> str:
    """The first places where the two lists part, for a person to read; empty when they are equal."""
    left, right = [row.text for row in expected], [row.text for row in found]
    if left == right:
        return ""
    report = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            report += [f"素案{row.line}行にだけ: {row.text}" for row in expected[a:b]]
            report += [f"収録にだけ（素案{expected[min(a, len(left) - 1)].line}行の前）: {text}" for text in right[c:d]]
    return "\n".join(report[: limit * 2])
