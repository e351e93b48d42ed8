"""Where a figure, a survey question or a field of the residents' meetings stands in the plan book."""

from dataclasses import dataclass
from functools import lru_cache

from mine_welfare.toolkit.addresses import address
from mine_welfare.toolkit.richtext import figures, plain
from mine_welfare.toolkit.text import fold
from plans.models import Edition, Section
from surveys.models import MeetingTopic, Question


def of_section(section: Section) -> str:
    """The chapter, and in it the heading; a chapter's own heading is its page."""
    page = address("chapter", section.chapter)
    return page if section.level == 1 else f"{page}#{section.page_anchor}"


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

    def of_question(self, question: Question) -> str | None:
        """Its own section of the book, or the passage that speaks of it."""
        spoken = (self.of_sentence(sentence) for sentence in question.statements)
        return self.figures.get(f"question:{question.code}") or next(filter(None, spoken), None)

    def of_topic(self, topic: MeetingTopic) -> str | None:
        """Its row of the meeting's table."""
        table = self.figures.get("meetings:")
        return f"{table.partition('#')[0]}#{topic.page_anchor}" if table else None

    def of_sentence(self, sentence: str) -> str | None:
        wanted = fold(sentence)
        return next((passage.url for passage in self.passages if wanted in passage.folded), None)


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
