"""What the printed papers say: the contexts of their templates."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from measures.models import Actor
from measures.queries import structure
from measures.queries.structure import ActionTable, GoalPart, MeasurePart
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit import richtext, typography
from mine_welfare.toolkit.richtext import Figure
from mine_welfare.toolkit.text import fold
from plans.models import BasicPolicy, GlossaryTerm, Plan, Section

from .figures import Figures

# Figures that are tables, and are numbered apart from the pictures.
TABLES = ("previous-review", "meetings")
# 五十音: the first kana of a reading → the heading it stands under.
KANA = (
    "あいうえおぁぃぅぇぉゔ",
    "かきくけこがぎぐげご",
    "さしすせそざじずぜぞ",
    "たちつてとだぢづでどっ",
    "なにぬねの",
    "はひふへほばびぶべぼぱぴぷぺぽ",
    "まみむめも",
    "やゆよゃゅょ",
    "らりるれろ",
    "わをん",
)
KANA_ROWS = {kana: f"{row[0]}行" for row in KANA for kana in row}
BACK_MATTER = "資料編"


@dataclass
class Plate:
    """One numbered figure or table: 図2-1 人口の推移."""

    label: str
    title: str
    anchor: str


class Plates:
    """Draws the figures of the book and numbers them within each chapter; `listed` is the 図表目次."""

    def __init__(self, figures: Figures):
        self.figures, self.listed = figures, []
        self.counts: Counter[tuple[int, str]] = Counter()

    def of(self, section: Section) -> richtext.FigureRenderer:
        """The renderer of one section's figures; a figure without a caption is called by the section."""

        def draw(figure: Figure) -> str:
            question = self.figures.questions.get(figure.ref) if figure.scheme == "question" else None
            kind = "表" if figure.scheme in TABLES else "図"
            self.counts[section.chapter, kind] += 1
            number = f"{section.chapter}-{self.counts[section.chapter, kind]}"
            title = figure.caption or (question.theme if question else section.title)
            plate = Plate(f"{kind}{number}", title, f"{'t' if kind == '表' else 'f'}{number}")
            self.listed.append(plate)
            return self.figures(figure, plate=plate)

        return draw


@dataclass
class Line:
    """One line of the 目次."""

    level: int
    anchor: str
    text: str


@dataclass
class Chapter:
    """One chapter: its heading, and its sections below with heading and text as HTML."""

    section: Section
    tab: int  # mm from the top of the type area to the thumb tab
    parts: list[tuple[SafeString, SafeString]] = field(default_factory=list)
    goals: list["GoalPages"] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return anchor(self.section)


@dataclass
class GoalPages:
    """A 基本目標 with the table that opens it: how many 取組 each 担い手 has in each 施策."""

    part: GoalPart
    actors: list[Actor]

    @property
    def heading(self) -> str:
        return f"基本目標{self.part.goal.number}　{self.part.goal.title}"

    @property
    def rows(self) -> list[tuple[BasicPolicy, list[tuple[MeasurePart, list[int]]]]]:
        return [
            (policy.policy, [(measure, self.counts(measure.tables)) for measure in policy.measures])
            for policy in self.part.policies
        ]

    @property
    def tables(self) -> list[ActionTable]:
        return [table for policy in self.part.policies for measure in policy.measures for table in measure.tables]

    @property
    def totals(self) -> list[int]:
        return self.counts(self.tables)

    @property
    def repeated(self) -> int:
        """取組 that stand here for the second time (再掲)."""
        return sum(not row.action.is_evaluated for table in self.tables for row in table.rows)

    def counts(self, tables: list[ActionTable]) -> list[int]:
        number = Counter({actor.pk: 0 for actor in self.actors})
        for table in tables:
            number[table.actor.pk] += len(table.rows)
        return [number[actor.pk] for actor in self.actors]


def anchor(section: Section) -> str:
    return f"c{section.chapter}" if section.level == 1 else f"c{section.chapter}-{section.anchor}"


def plan_book(plan: Plan) -> str:
    """The whole plan book as one HTML document, with seams where `pdf_pieces` may cut it."""
    sections = list(plan.sections.all())
    plates = Plates(Figures(plan, sections, templates="pdf/figures"))
    goals = structure.goal_parts(plan)
    chapters = list(_chapters(sections, plates, goals, list(plan.actors.all())))
    terms = list(plan.terms.all())
    context = {"plan": plan, "chapters": chapters, "actors": list(plan.actors.all())}
    body = render_to_string("pdf/book/chapters.html", context)
    body, used = _with_terms(body, terms)
    context |= {
        "body": mark_safe(body),  # noqa: S308 - rendered by our own templates
        "plates": plates.listed,
        "terms": list(_by_kana(terms, used)),
        "back_matter": BACK_MATTER,
        "tabs": [(chapter.anchor, chapter.tab) for chapter in chapters] + [("back", _tab(len(chapters)))],
        "measure": next((m for goal in goals for policy in goal.policies for m in policy.measures), None),
        "offices": Organization.objects.current().filter(is_secretariat=True),
    }
    html = render_to_string("pdf/book.html", context)
    return typography.hold_line_ends(typography.mark_numbered_items(html))


def _tab(place: int) -> int:
    """The tabs step down the edge of the page, and begin again after nine."""
    return 8 + 24 * (place % 9)


def _chapters(sections: list[Section], plates: Plates, goals: list[GoalPart], actors: list[Actor]) -> Iterator[Chapter]:
    answering = [actor for actor in actors if actor.letter]
    chapter = None
    for section in sections:
        if section.level == 1:
            if chapter:
                yield chapter
            chapter = Chapter(section, _tab(section.chapter - 1))
            if section.kind == Section.Kind.MEASURES:
                chapter.goals = [GoalPages(goal, answering) for goal in goals]
                chapter.lines = list(_goal_lines(goals))
        elif section.level <= 3:
            chapter.lines.append(Line(section.level, anchor(section), section.heading))
        chapter.parts.append((_heading(section), _text(section, plates)))
    if chapter:
        yield chapter


def _goal_lines(goals: list[GoalPart]) -> Iterator[Line]:
    for goal in goals:
        yield Line(2, f"g{goal.goal.number}", f"基本目標{goal.goal.number}　{goal.goal.title}")
        for policy in goal.policies:
            yield Line(3, f"p{policy.policy.code}", f"{policy.policy.number}. {policy.policy.title}")
            for measure in policy.measures:
                title = f"{measure.measure.marker}{measure.measure.title}"
                yield Line(4, f"m{measure.measure.code}", title)


def _heading(section: Section) -> SafeString:
    """The heading of a section; a chapter's own stands in its opening."""
    if section.level == 1:
        return SafeString()
    marker = format_html('<span class="n">{}</span>　', section.marker) if section.marker else ""
    level = min(section.level, 6)
    return format_html('<h{} id="{}">{}{}</h{}>', level, anchor(section), marker, section.title, level)


def _text(section: Section, plates: Plates) -> SafeString:
    html = richtext.render(section.body, plates.of(section), heading_level=min(6, section.level + 1))
    vision = f"<p>{escape(section.plan.vision)}</p>"
    return SafeString(html.replace(vision, vision.replace("<p>", '<p class="vision">')))


def _with_terms(body: str, terms: list[GlossaryTerm]) -> tuple[str, set[str]]:
    """The chapters with the first use of each term linked to its explanation."""
    return typography.link_first_uses(
        body, [(escape(term.term), f"use-{term.pk}", f"term-{term.pk}") for term in terms]
    )


def _by_kana(terms: list[GlossaryTerm], used: set[str]) -> Iterator[tuple[str, list[tuple[GlossaryTerm, str, bool]]]]:
    """(あ行, [(term, its reading unless it is written in kana, whether the book uses it)]) by the readings."""
    groups: dict[str, list] = {}
    for term in terms:
        reading = term.reading if fold(term.reading) != fold(term.term) else ""
        row = KANA_ROWS.get(term.reading[:1], "その他")
        groups.setdefault(row, []).append((term, reading, escape(term.term) in used))
    yield from groups.items()
