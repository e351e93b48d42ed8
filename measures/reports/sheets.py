"""The context of the year's papers: 個票 (one sheet a page), 一覧 (A3), blank forms.

Each function reads in a fixed number of queries, however many sheets it is given.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from plans.models import Plan

from ..fields import BY_NAME, Field
from ..models import Cycle, Entry, Grade, Measure, MeasureReview, Opinion, PreviousReview, Response, Transition
from ..queries.staff import with_previous
from ..queries.structure import Distribution, distributions
from ..workflow import EntryState, Verb

# A4 holds so many characters of answers in the usual type; beyond it the type shrinks one step.
ROOMY = 430
SHOWN = ("reason", "issues", "improvement", "next_plan")
STAMPS = (
    ("作成（担当者）", (Verb.SUBMIT,)),
    ("確認（課長）", (Verb.APPROVE,)),
    ("確認（事務局）", (Verb.ACCEPT,)),
    ("確定（事務局）", (Verb.FIX,)),
)


@dataclass
class Sheet:
    """One 個票 as the paper shows it."""

    entry: Entry
    review: MeasureReview | None = None
    counts: Distribution | None = None
    opinions: list[Opinion] = field(default_factory=list)
    handed_down: list[PreviousReview] = field(default_factory=list)
    moves: list[Transition] = field(default_factory=list)

    @property
    def before(self) -> Entry | None:
        return self.entry.previous

    @property
    def year_before(self) -> int:
        return self.entry.cycle.year - 1

    @property
    def grades(self) -> list[tuple[Grade, bool]]:
        """Every rating of the year's scale, and whether it was chosen."""
        return [(grade, grade.pk == self.entry.rating_id) for grade in self.entry.cycle.scale.grades.all()]

    @property
    def offered(self) -> list[tuple[Grade, bool]]:
        """The same with nothing chosen, for a form to fill in by hand."""
        return [(grade, False) for grade, _ in self.grades]

    @property
    def directions(self) -> list[tuple[object, bool]]:
        return [(one, one.pk == self.entry.direction_id) for one in self.entry.cycle.scale.directions.all()]

    @property
    def texts(self) -> list[tuple[Field, str]]:
        """The fields below the rating that say something, in the order of the form."""
        found = [(BY_NAME[name], getattr(self.entry, name)) for name in SHOWN]
        return [(one, text) for one, text in found if text]

    @property
    def stamps(self) -> list[tuple[str, str]]:
        """(who, the day the step was last taken); empty where it was not, or was taken back."""
        return [(words, self._day(verbs)) for words, verbs in STAMPS]

    def _day(self, verbs: tuple[Verb, ...]) -> str:
        for move in reversed(self.moves):
            if move.verb == Verb.RETURN:
                return ""
            if move.verb in verbs:
                return move.at
        return ""

    @property
    def is_tight(self) -> bool:
        """Whether its text asks for the smaller type."""
        entry = self.entry
        before = [entry.previous.result, entry.previous.next_plan] if entry.previous else []
        own = [entry.planned, entry.result, *(text for _, text in self.texts), entry.memo]
        beside = [self.review.first_comment, self.review.second_comment] if self.review else []
        talk = [text for one in self.opinions for text in (one.text, *(a.text for a in one.responses.all()))]
        handed = [line for row in self.handed_down for line in (*row.evaluation, *row.policy)] if not before else []
        texts = [entry.action.content, *before, *own, *beside, *talk, *handed]
        return sum(len(text) + 40 * text.count("\n") for text in texts) > ROOMY


def sheets(entries: QuerySet, cycle: Cycle, *, is_public: bool = False) -> list[Sheet]:
    """The 個票 of `entries` of one year, in the plan's order; the public ones without what is said inside only."""
    rows = with_previous(
        entries.select_related(
            "organization", "rating", "direction", "action__actor",
            "action__measure__policy__goal", "action__group",
        ),
        cycle,
    )  # fmt: skip
    # One year and one scale for all of them, read once.
    prefetch_related_objects([cycle.scale], "grades", "directions")
    measures = {row.action.measure_id for row in rows}
    reviews = {review.measure_id: review for review in cycle.reviews.filter(measure__in=measures)}
    counts = distributions(cycle, "action__measure")
    opinions = _opinions(cycle, measures)
    handed_down = _handed_down(cycle.plan, measures)
    moves = {} if is_public else _moves(rows)
    found = []
    for row in rows:
        row.cycle = cycle
        place = row.action.measure_id
        found.append(
            Sheet(
                row, reviews.get(place), counts.get(place), opinions[place], handed_down[place], moves.get(row.pk, [])
            )
        )
    return found


def _opinions(cycle: Cycle, measures: Iterable[int]) -> dict[int, list[Opinion]]:
    answers = Prefetch("responses", Response.objects.confirmed().select_related("organization"))
    found: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in cycle.opinions.received().filter(measure__in=measures).prefetch_related(answers):
        found[opinion.measure_id].append(opinion)
    return found


def _handed_down(plan: Plan, measures: Iterable[int]) -> dict[int, list[PreviousReview]]:
    """What the plan before concluded, by the measure that carries it on."""
    found: dict[int, list[PreviousReview]] = defaultdict(list)
    links = PreviousReview.measures.through.objects.filter(measure__in=measures, previousreview__plan=plan)
    for link in links.select_related("previousreview").order_by("previousreview__position"):
        found[link.measure_id].append(link.previousreview)
    return found


def _moves(rows: list[Entry]) -> dict[int, list[Transition]]:
    found: dict[int, list[Transition]] = defaultdict(list)
    for move in Transition.objects.filter(entry__in=rows).order_by("at", "pk"):
        found[move.entry_id].append(move)
    return found


# ---- 一覧 ---------------------------------------------------------------------
@dataclass
class ListPart:
    """One 施策 of the 一覧 with its rows."""

    measure: Measure
    rows: list[Entry]


@dataclass
class EntryList:
    """The 一覧 of some sheets of one year."""

    cycle: Cycle
    parts: list[ListPart]
    grades: list[Grade]

    @property
    def total(self) -> int:
        return sum(len(part.rows) for part in self.parts)

    @property
    def states(self) -> list[tuple[str, int]]:
        """(state in words, how many), those that occur."""
        rows = [row.stage for part in self.parts for row in part.rows]
        return [(state.label, rows.count(state)) for state in EntryState if state in rows]


def entry_list(entries: QuerySet, cycle: Cycle) -> EntryList:
    """The rows of `entries` grouped by 施策, in the plan's order, numbered through (`number`)."""
    rows = entries.select_related("organization", "rating", "direction", "action__measure", "cycle").in_order()
    parts: dict[int, ListPart] = {}
    for number, row in enumerate(rows, start=1):
        row.number = number
        parts.setdefault(row.action.measure_id, ListPart(row.action.measure, [])).rows.append(row)
    return EntryList(cycle, list(parts.values()), list(cycle.scale.grades.all()))
