"""Search over everything citizens may read, in the spelling they happen to type.

The whole public text of a plan is a few hundred kilobytes: it is kept folded
in memory per process and made again when the plan's version moves, so there
is no second copy in the database that could fall behind.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter, itemgetter

from django.db.models import TextChoices
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from measures.fields import PUBLIC
from measures.models import Cycle, Entry, Measure, MeasureReview, Opinion, Response, Responsibility
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.addresses import address
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.text import fold
from plans.models import BasicPolicy, Edition, Plan
from surveys.models import MeetingTopic, Question

from .places import of_question, of_topic, places
from .spellings import pattern

LONGEST = 100  # characters of a query; the rest is left out
EXCERPT = 60  # characters on each side of the first hit


class Kind(TextChoices):
    """What a result is, in the order the filters stand; the value is part of the address (`?kind=action`)."""

    MEASURE = "measure", "施策"
    ACTION = "action", "取組"
    POLICY = "policy", "基本目標・基本施策"
    SECTION = "section", "計画書の本文"
    RESULT = "result", "評価"
    QUESTION = "question", "アンケート調査"
    MEETING = "meeting", "地域の座談会"
    TERM = "term", "用語解説"
    ORGANIZATION = "organization", "担当課・団体"


@dataclass(frozen=True)
class Document:
    """One findable thing: where it is, what it is called, what it says."""

    kind: Kind
    url: str
    title: str
    text: str
    folded_title: str
    folded: str
    # Place in `text` of each folded character, so that an excerpt can be cut from what people read.
    places: tuple[int, ...]
    is_sample: bool = False


@dataclass(frozen=True)
class Result:
    document: Document
    words: tuple[re.Pattern[str], ...]

    @property
    def excerpt(self) -> SafeString:
        return excerpt(self.document, self.words)


# A letter with its half-width or combining voicing mark, which folds only together with it.
_LETTER = re.compile(r".[\uff9e\uff9f\u3099\u309a]?", re.DOTALL)
_fold_letter = lru_cache(maxsize=10_000)(fold)


def _document(kind: Kind, url: str, title: str, *texts: str, is_sample: bool = False) -> Document:
    text = "　".join(filter(None, texts)).replace("\n", "　")
    spots: list[int] = []
    folded: list[str] = []
    for letter in _LETTER.finditer(text):
        part = _fold_letter(letter[0])
        folded.append(part)
        spots += [letter.start()] * len(part)
    # A result is called by its action or measure, which is found for itself.
    folded_title = "" if kind == Kind.RESULT else fold(title)
    return Document(kind, url, title, text, folded_title, "".join(folded), tuple(spots), is_sample)


# ---- what there is to find -----------------------------------------------------
def _documents(edition: Edition) -> Iterator[Document]:
    plan = Plan(pk=edition.plan_id)
    yield from _structure(plan)
    for passage in places(edition).passages:
        yield _document(Kind.SECTION, passage.url, passage.heading, *passage.texts)
    yield from _evidence(plan)
    for term in plan.terms.all():
        url = f"{address('glossary')}#{term.page_anchor}"
        yield _document(Kind.TERM, url, term.term, term.reading, term.definition)
    for organization in Organization.objects.public():
        url = address("organization", organization.slug)
        yield _document(Kind.ORGANIZATION, url, organization.name, organization.section)
    yield from _results(plan)


def _structure(plan: Plan) -> Iterator[Document]:
    policies = BasicPolicy.objects.filter(goal__plan=plan).select_related("goal")
    for goal, own in groupby(policies, attrgetter("goal")):
        yield _document(Kind.POLICY, address("goal", goal.number), str(goal))
        for policy in own:
            url = address("policy", goal.number, policy.number)
            yield _document(Kind.POLICY, url, str(policy), policy.issues)
    measures = plan.measures.order_by(*Measure._meta.ordering, "role_items__actor__position", "role_items__position")
    rows = measures.values_list("code", "title", "introduction", "role_items__text")
    for (code, title), roles in groupby(rows, itemgetter(0, 1)):
        texts = list(roles)
        url = address("measure", code)
        yield _document(Kind.MEASURE, url, f"{code} {title}", texts[0][2], *(text for *_, text in texts))
    offices: dict[int, list[str]] = defaultdict(list)
    rows = Responsibility.objects.filter(action__plan=plan).order_by("action", "position")
    for action, name, wording in rows.values_list("action", "organization__name", "wording"):
        offices[action].append(name or wording)
    for action in plan.actions.in_order():
        url = address("action", action.code)
        yield _document(Kind.ACTION, url, str(action), action.content, *offices[action.pk])


def _evidence(plan: Plan) -> Iterator[Document]:
    for question in Question.objects.public().filter(survey__plan=plan).select_related("survey"):
        yield _document(Kind.QUESTION, of_question(question), question.text, *question.statements)
    for topic in MeetingTopic.objects.filter(meeting__plan=plan).select_related("meeting"):
        yield _document(
            Kind.MEETING, of_topic(topic.meeting.slug, topic.position), topic.field, *topic.opinions, *topic.issues
        )


def _results(plan: Plan) -> Iterator[Document]:
    """What the published years say: of actions by their sheets, of measures by conclusions, opinions and answers."""
    public = Cycle.objects.public().filter(plan=plan)
    fields = [field.name for field in PUBLIC if field.kind == "text"]
    sheets = Entry.objects.public().filter(cycle__in=public).in_order()
    of_action = ("action__code", "action__title", "cycle__year", "cycle__is_sample")
    yield from _by_year("action", sheets.values_list(*of_action, *fields))
    of_measure = ("measure__code", "measure__title", "cycle__year", "cycle__is_sample")
    reviews = MeasureReview.objects.filter(cycle__in=public)
    concluded = reviews.order_by("measure__code").values_list(*of_measure, "summary", "policy")
    opinions = Opinion.objects.received().filter(cycle__in=public, measure__isnull=False).order_by("pk")
    answers = Response.objects.confirmed().filter(opinion__in=opinions.values("pk")).order_by("opinion", "pk")
    said = opinions.values_list(*of_measure, "text")
    answered = answers.values_list(*(f"opinion__{name}" for name in of_measure), "text")
    yield from _by_year("measure", chain(concluded, said, answered))


def _by_year(page: str, rows: Iterable[tuple]) -> Iterator[Document]:
    """One result for each action or measure and year; `rows` are (code, title, year, is a sample, texts …)."""
    found: dict[tuple, list[str]] = defaultdict(list)
    for code, title, year, is_sample, *texts in rows:
        found[code, title, year, is_sample] += filter(None, texts)
    for (code, title, year, is_sample), texts in found.items():
        words = f"{code} {title}　{wareki_year(year)}"
        yield _document(Kind.RESULT, f"{address(page, code)}#h-years", words, *texts, is_sample=is_sample)


# ---- finding -------------------------------------------------------------------
@lru_cache(maxsize=4)
def _index(edition: Edition) -> tuple[Document, ...]:
    """The documents of one state of one plan."""
    return tuple(_documents(edition))


def search(plan: Plan, query: str) -> list[Result]:
    """Documents that hold every word of `query`, those with a hit in the title first."""
    words = tuple(map(pattern, filter(None, map(fold, query.split()))))
    if not words:
        return []
    found = []
    for document in _index(plan.edition):
        if all(word.search(document.folded_title) or word.search(document.folded) for word in words):
            in_title = sum(word.search(document.folded_title) is not None for word in words)
            found.append((-in_title, document))
    found.sort(key=lambda pair: pair[0])
    return [Result(document, words) for _, document in found]


def counts_by_kind(results: Iterable[Result]) -> dict[Kind, int]:
    """How many results there are of each kind that has any, in the order of the filters."""
    counts = dict.fromkeys(Kind, 0)
    for result in results:
        counts[result.document.kind] += 1
    return {kind: number for kind, number in counts.items() if number}


# ---- showing -------------------------------------------------------------------
def excerpt(document: Document, words: Iterable[re.Pattern[str]]) -> SafeString:
    """The text around the first hit, the hits marked; without a hit in the text, its beginning."""
    spans = sorted(_spans(document, words))
    first_hit, end_of_hit = spans[0] if spans else (0, EXCERPT)
    start = _sentence_start(document.text, first_hit)
    end = min(len(document.text), end_of_hit + EXCERPT)
    parts, place = ["…" if start else ""], start
    for first, last in spans:
        if first >= place and last <= end:
            parts += [escape(document.text[place:first]), "<mark>", escape(document.text[first:last]), "</mark>"]
            place = last
    parts += [escape(document.text[place:end]), "…" if end < len(document.text) else ""]
    return mark_safe("".join(parts))  # noqa: S308 - every piece of text is escaped above


def _sentence_start(text: str, hit: int) -> int:
    """Where the sentence of the hit begins, but not more than EXCERPT characters before it."""
    earliest = max(0, hit - EXCERPT)
    for place in range(hit - 1, earliest - 1, -1):
        if text[place] in "。\u3000":
            return place + 1
    return earliest


def _spans(document: Document, words: Iterable[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    for word in words:
        for hit in word.finditer(document.folded):
            last = document.places[hit.end() - 1]
            yield document.places[hit.start()], _LETTER.match(document.text, last).end()
