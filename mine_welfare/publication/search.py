"""Search over everything citizens may read, in the spelling they happen to type.

The whole public text of a plan is a few hundred kilobytes: it is kept folded
in memory per process and made again when the plan's version moves, so there
is no second copy in the database that could fall behind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from measures.models import Action, Entry, Measure, RoleItem
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.richtext import plain
from mine_welfare.toolkit.text import fold
from plans.models import BasicPolicy, Plan
from surveys.models import MeetingTopic, Question

MAX_RESULTS = 200
EXCERPT = 60  # characters on each side of the first hit


@dataclass(frozen=True)
class Document:
    """One findable thing: where it is, what it is called, what it says."""

    kind: str
    url: str
    title: str
    text: str
    folded_title: str
    folded: str
    # Place in `text` of each folded character, so that an excerpt can be cut from what people read.
    places: tuple[int, ...]


@dataclass(frozen=True)
class Result:
    document: Document
    excerpt: SafeString


# A letter with its half-width or combining voicing mark, which folds only together with it.
_LETTER = re.compile(r".[\uff9e\uff9f\u3099\u309a]?", re.DOTALL)
_fold_letter = lru_cache(maxsize=10_000)(fold)


def _document(kind: str, url: str, title: str, *texts: str) -> Document:
    text = "　".join(filter(None, texts)).replace("\n", "　")
    places: list[int] = []
    folded: list[str] = []
    for letter in _LETTER.finditer(text):
        part = _fold_letter(letter[0])
        folded.append(part)
        places += [letter.start()] * len(part)
    return Document(kind, url, title, text, fold(title), "".join(folded), tuple(places))


def _documents(plan: Plan) -> Iterator[Document]:
    yield from _structure(plan)
    for section in plan.sections.all():
        url = f"{reverse('chapter', args=[section.chapter])}#{section.anchor}"
        yield _document("計画書の本文", url, section.heading, *plain(section.body))
    yield from _evidence(plan)
    for term in plan.terms.all():
        yield _document("用語解説", f"{reverse('glossary')}#term-{term.pk}", term.term, term.reading, term.definition)
    for organization in Organization.objects.public():
        url = reverse("organization", args=[organization.slug])
        yield _document("担当課・団体", url, organization.name, organization.section)


def _structure(plan: Plan) -> Iterator[Document]:
    for goal in plan.goals.all():
        yield _document("基本目標", reverse("goal", args=[goal.number]), str(goal))
    for policy in BasicPolicy.objects.filter(goal__plan=plan).select_related("goal"):
        url = reverse("policy", args=[policy.goal.number, policy.number])
        yield _document("基本施策", url, str(policy), policy.issues)
    roles: dict[int, list[str]] = {}
    for item in RoleItem.objects.filter(measure__plan=plan):
        roles.setdefault(item.measure_id, []).append(item.text)
    for measure in Measure.objects.of_plan(plan):
        url = reverse("measure", args=[measure.code])
        yield _document("施策", url, str(measure), measure.introduction, *roles.get(measure.pk, []))
    results: dict[int, list[str]] = {}
    public = Entry.objects.public().filter(cycle__plan=plan).values_list("action", "result", "reason", "issues")
    for action_id, *texts in public:
        results.setdefault(action_id, []).extend(texts)
    actions = Action.objects.filter(plan=plan).prefetch_related("responsibilities__organization")
    for action in actions.in_order():
        offices = [row.organization.name if row.organization else row.wording for row in action.responsibilities.all()]
        url = reverse("action", args=[action.code])
        yield _document("取組", url, str(action), action.content, *offices, *results.get(action.pk, []))


def _evidence(plan: Plan) -> Iterator[Document]:
    for question in Question.objects.filter(survey__plan=plan).select_related("survey"):
        yield _document("アンケート調査", _evidence_url("question", question.code), question.text, *question.statements)
    for topic in MeetingTopic.objects.filter(meeting__plan=plan):
        yield _document("地域の座談会", _evidence_url("meetings", ""), topic.field, *topic.opinions, *topic.issues)


def _evidence_url(kind: str, ref: str) -> str:
    """Where the evidence is read today: in the plan's second chapter."""
    return f"{reverse('chapter', args=[2])}#{kind}-{ref}" if ref else reverse("chapter", args=[2])


@lru_cache(maxsize=4)
def _index(plan_id: int, version: int) -> tuple[Document, ...]:
    """The documents of one version of one plan; `version` is only the key."""
    return tuple(_documents(Plan.objects.get(pk=plan_id)))


def search(plan: Plan, query: str) -> list[Result]:
    """Documents that hold every word of `query`, those with a hit in the title first."""
    words = [word for word in map(fold, query.split()) if word]
    if not words:
        return []
    found = []
    for document in _index(plan.pk, plan.version):
        whole = document.folded_title + "\n" + document.folded
        if all(word in whole for word in words):
            in_title = sum(word in document.folded_title for word in words)
            found.append((-in_title, document))
    found.sort(key=lambda pair: pair[0])
    return [Result(document, excerpt(document, words)) for _, document in found[:MAX_RESULTS]]


def excerpt(document: Document, words: list[str]) -> SafeString:
    """The text around the first hit, the hits marked."""
    spans = sorted(_spans(document, words))
    start = max(0, spans[0][0] - EXCERPT) if spans else 0
    end = min(len(document.text), (spans[0][1] if spans else 0) + EXCERPT)
    parts, place = ["…" if start else ""], start
    for first, last in spans:
        if first >= place and last <= end:
            parts += [escape(document.text[place:first]), "<mark>", escape(document.text[first:last]), "</mark>"]
            place = last
    parts += [escape(document.text[place:end]), "…" if end < len(document.text) else ""]
    return mark_safe("".join(parts))  # noqa: S308 - every piece of text is escaped above


def _spans(document: Document, words: list[str]) -> Iterator[tuple[int, int]]:
    for word in words:
        at = document.folded.find(word)
        while at >= 0:
            yield document.places[at], document.places[at + len(word) - 1] + 1
            at = document.folded.find(word, at + len(word))
