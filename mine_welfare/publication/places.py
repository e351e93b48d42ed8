"""Where a figure, a survey question or a field of the residents' meetings stands in the plan book."""

from dataclasses import dataclass
from functools import lru_cache

from mine_welfare.toolkit.addresses import address
from mine_welfare.toolkit.richtext import figures, plain
from mine_welfare.toolkit.text import fold
from plans.models import Edition, Section
from surveys.models import MeetingTopic, Question, ResidentMeeting, Series


def of_section(section: Section) -> str:
    """The chapter, and in it the heading; a chapter's own heading is its page."""
    page = address("chapter", section.chapter)
    return page if section.level == 1 else f"{page}#{section.page_anchor}"


def of_question(question: Question) -> str:
    """Its place on the page of its survey."""
    return f"{address('survey', question.survey.slug)}#{question.page_anchor}"


def of_series(code: str) -> str:
    """The place of a series on the page of the statistics."""
    return f"{address('statistics')}#{Series(code=code).page_anchor}"


def of_topic(meeting: str, position: int) -> str:
    """The row of a topic in the table of the meeting of that slug."""
    return f"{address('meetings')}#{MeetingTopic(meeting=ResidentMeeting(slug=meeting), position=position).page_anchor}"


@dataclass(frozen=True)
class Passage:
    """One section as it can be found: its address, heading and text, block by block."""

    url: str
    heading: str
    texts: tuple[str, ...]
    folded: str


@dataclass(frozen=True)
class Places:
    """The passages of the book, and the address of each figure (`question:livability`)."""

    passages: tuple[Passage, ...]
    figures: dict[str, str]


@lru_cache(maxsize=4)
def places(edition: Edition) -> Places:
    """The places of one state of the plan, found once per process."""
    addresses: dict[str, str] = {}
    passages = []
    for section in Section.objects.filter(plan=edition.plan_id):
        url, texts = of_section(section), tuple(plain(section.body))
        passages.append(Passage(url, section.heading, texts, fold("".join(texts))))
        for figure in figures(section.body):
            for ref in figure.ref.split(","):
                addresses.setdefault(f"{figure.scheme}:{ref}", url)
    return Places(tuple(passages), addresses)
