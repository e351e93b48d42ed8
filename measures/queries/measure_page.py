"""What the page of one 施策 shows: the plan's own part, what was published about it, and who answers for it now.

The first two change only with the plan's public text, of which `Plan.version`
keeps count, and are remembered until it moves. Every page is drawn anew.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from mine_welfare.accounts.directory import whom_to_ask
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.addresses import address
from mine_welfare.toolkit.fiscal import wareki_date
from mine_welfare.toolkit.templatetags.ui import breadcrumb
from plans.models import Edition, Plan

from ..models import (
    Action,
    ActionGroup,
    Actor,
    Correction,
    Cycle,
    Grade,
    Measure,
    MeasureReview,
    Opinion,
    Response,
    Responsibility,
    RoleItem,
)
from ..workflow import EntryState
from .corrections import of_measure
from .public import ELSEWHERE, UNANSWERED, UNASSIGNED
from .structure import Distribution

CLOSING = ("庁内の所見（1次評価）", "委員会の所見（2次評価）", "見直し方針")
SHOWN_TITLES = 3  # actions named beside an organization; the rest are counted


# ---- what the plan says ---------------------------------------------------------
@dataclass
class Part:
    """What the plan itself says of one measure in one year, and how that looks."""

    measure: Measure
    crumb: SafeString
    roles: SafeString
    # (title, group, actions) of each table in printed order: one for each actor, or each of its groups.
    tables: list[tuple[str, ActionGroup | None, list[Action]]]
    # (organization's id or None, the plan's wording) by action.
    offices: dict[int, list[tuple[int | None, str]]]
    _cells: dict[tuple[int, int], SafeString] = field(default_factory=dict)

    @property
    def actions(self) -> list[Action]:
        return [action for _, _, actions in self.tables for action in actions]

    def cells(self, action: Action, span: int) -> SafeString:
        """The first cells of its row, over as many lines as organizations answer for it."""
        if (action.pk, span) not in self._cells:
            context = {"action": action, "span": span}
            self._cells[action.pk, span] = render_to_string("measures/action_cells.html", context)
        return self._cells[action.pk, span]


@lru_cache(maxsize=256)
def _part(edition: Edition, year: int, code: str) -> Part | None:
    measure = Measure.objects.select_related("policy__goal").filter(plan=edition.plan_id, code=code).first()
    if measure is None:
        return None
    actions = (
        measure.actions.active_in(year)
        .select_related("actor", "group__see", "repeats__measure", "see")
        .order_by("actor__position", "number")
    )
    tables: dict[tuple, tuple[str, ActionGroup | None, list[Action]]] = {}
    for action in actions:
        title = str(action.group or f"{action.actor.label}の取組（{action.actor.principle}）")
        tables.setdefault((action.actor_id, action.group_id), (title, action.group, []))[2].append(action)
    return Part(measure, _crumb(measure), roles_of(measure), list(tables.values()), _offices(measure, year))


def _crumb(measure: Measure) -> SafeString:
    policy, goal = measure.policy, measure.policy.goal
    trail = [("施策をさがす", address("goals")), (str(goal), address("goal", goal.number))]
    trail.append((str(policy), address("policy", goal.number, policy.number)))
    return breadcrumb(*(part for link in trail for part in link), str(measure))


def roles_of(measure: Measure) -> SafeString:
    """それぞれの役割 of one measure, as its page shows them."""
    roles: dict[Actor, list[RoleItem]] = {}
    for item in measure.role_items.select_related("actor").order_by("actor__position", "position"):
        roles.setdefault(item.actor, []).append(item)
    return render_to_string("measures/measure_roles.html", {"roles": list(roles.items())})


def _offices(measure: Measure, year: int) -> dict[int, list[tuple[int | None, str]]]:
    rows = Responsibility.objects.valid_in(year).filter(action__measure=measure)
    found: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    for row in rows.order_by("position", "organization__position"):
        # After a merger one organization may stand in the place of several wordings.
        if row.organization_id is None or row.organization_id not in {pk for pk, _ in found[row.action_id]}:
            found[row.action_id].append((row.organization_id, row.wording))
    return found


# ---- what was published -----------------------------------------------------------
@dataclass
class Published:
    """What the published years say of one measure."""

    whole: Distribution | None = None  # of the latest year
    # (達成度, 今後の方向性) of the latest year by (action, organization).
    results: dict[tuple[int, int], tuple[Grade, str]] = field(default_factory=dict)
    # (1次評価, 2次評価, 主な評価と課題) by year.
    reviews: dict[int, tuple[Grade | None, Grade | None, str]] = field(default_factory=dict)
    # (1次評価の所見, 2次評価の所見, 見直し方針) by year.
    closings: dict[int, tuple[str, ...]] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)  # newest first
    opinions: list[Opinion] = field(default_factory=list)  # with their answers, latest year first
    drawn: dict[tuple, SafeString] = field(default_factory=dict)  # the table, by the organizations' names


@lru_cache(maxsize=256)
def _published(edition: Edition, measure_id: int, public: tuple[Cycle, ...]) -> Published:
    """What `public`, the published years from the newest down, say of one measure."""
    if not public:
        return Published()
    cycles = {cycle.pk: cycle for cycle in public}
    # Of all the plan's scales: one may have changed between two years.
    grades = {grade.pk: grade for grade in Grade.objects.filter(scale__plan=edition.plan_id)}
    latest = public[0]
    found = Published(opinions=_opinions(measure_id, cycles))
    counts: Counter[int | None] = Counter()
    sheets = latest.entries.filter(action__measure=measure_id).order_by()
    for action, organization, state, grade, direction in sheets.values_list(
        "action", "organization", "state", "rating", "direction__label"
    ):
        counts[grade if state == EntryState.FIXED else None] += 1
        if state == EntryState.FIXED:
            found.results[action, organization] = (grades.get(grade), direction or ELSEWHERE)
    if counts:
        own = [grade for grade in grades.values() if grade.scale_id == latest.scale_id]
        found.whole = Distribution(own, dict(counts))
    reviews = MeasureReview.objects.filter(measure=measure_id, cycle__in=list(cycles))
    columns = ("cycle", "first_rating", "second_rating", "summary", "first_comment", "second_comment", "policy")
    for cycle, first, second, summary, *closing in reviews.values_list(*columns):
        found.reviews[cycles[cycle].year] = (grades.get(first), grades.get(second), summary)
        found.closings[cycles[cycle].year] = tuple(closing)
    found.corrections = list(of_measure(latest.plan, measure_id))
    return found


def _opinions(measure_id: int, cycles: dict[int, Cycle]) -> list[Opinion]:
    answers = Prefetch("responses", Response.objects.confirmed().select_related("organization"))
    received = Opinion.objects.received().filter(measure=measure_id, cycle__in=list(cycles))
    opinions = received.prefetch_related(answers)
    found = sorted(opinions.order_by("pk"), key=lambda opinion: -cycles[opinion.cycle_id].year)
    for opinion in found:
        opinion.cycle = cycles[opinion.cycle_id]
    return found


# ---- the page -------------------------------------------------------------------
@dataclass
class Answer:
    """What one organization answered for one action, or in `gap` why there is nothing."""

    name: str
    url: str = ""  # none where the plan names nobody (関係各課)
    grade: Grade | None = None
    direction: str = ELSEWHERE
    gap: str = ELSEWHERE


@dataclass
class Row:
    """One action: the cells of the plan, and the answers of its organizations."""

    cells: SafeString
    answers: list[Answer]


@dataclass
class Table:
    title: str
    group: ActionGroup | None
    rows: list[Row]


@dataclass
class Contact:
    """One organization with the actions to ask it about."""

    organization: Organization
    url: str
    actions: list[Action] = field(default_factory=list)

    @property
    def words(self) -> str:
        titles = "、".join(action.title for action in self.actions[:SHOWN_TITLES])
        more = len(self.actions) > SHOWN_TITLES
        return f"{titles} ほか（{len(self.actions)}取組）" if more else titles


@dataclass
class YearCard:
    """One year of the plan, as the years strip shows it."""

    year: int
    note: str
    place: str  # "latest", "next", or "" for a published year before it
    grade: Grade | None = None
    text: str = ""


@dataclass
class MeasurePage:
    """One 施策: who does what, its actions with the latest published results, its years and opinions."""

    plan: Plan
    part: Part
    published: Published
    cycles: dict[int, Cycle]  # by year
    latest: Cycle | None  # that citizens may read
    directory: dict[int, Organization]

    @property
    def measure(self) -> Measure:
        return self.part.measure

    @property
    def tables(self) -> list[Table]:
        """The tables in the order the plan prints them."""
        return [
            Table(title, group, [self._row(action) for action in actions]) for title, group, actions in self.part.tables
        ]

    @property
    def table(self) -> SafeString:
        """The tables as the page shows them, drawn once for each state of the plan and each change of a name."""
        names = tuple((pk, one.name, one.slug) for pk, one in self.directory.items())
        if names not in self.published.drawn:
            cycle, whole = self.latest, self.published.whole
            context = {"page": self, "cycle": cycle, "whole": whole, "is_sample": cycle and cycle.is_sample}
            self.published.drawn = {names: render_to_string("measures/measure_table.html", context)}
        return self.published.drawn[names]

    def _row(self, action: Action) -> Row:
        answers = self._answers(action)
        return Row(self.part.cells(action, len(answers)), answers)

    def _offices(self, action: Action) -> list[tuple[int | None, str]]:
        """Who answers for it; where another wrote the published sheet after a 組織改編, the one that wrote."""
        offices = self.part.offices[action.pk]
        own = {pk for pk, _ in offices}
        wrote = [pk for done, pk in self.published.results if done == action.pk]
        if others := [(pk, "") for pk in wrote if pk not in own]:
            return [(pk, wording) for pk, wording in offices if pk in wrote] + others
        return offices

    def _answers(self, action: Action) -> list[Answer]:
        answers = []
        for pk, wording in self._offices(action):
            organization = self.directory.get(pk)
            answer = Answer(organization.name, _page(organization)) if organization else Answer(wording)
            if found := self.published.results.get((action.pk, pk)):
                answer.grade, answer.direction = found
            elif action.is_evaluated:
                answer.gap = UNANSWERED if organization else UNASSIGNED
            answers.append(answer)
        # An action nobody answers for any more is still a row of the plan.
        return answers or [Answer(ELSEWHERE)]

    @property
    def contacts(self) -> list[Contact]:
        """Whom to ask about what, in the city's order."""
        asked: dict[int | None, list[Action]] = defaultdict(list)
        today = whom_to_ask(self.directory)
        for action in self.part.actions:
            for pk in dict.fromkeys(today[pk].pk for pk, _ in self.part.offices[action.pk] if pk):
                asked[pk].append(action)
        return [Contact(one, _page(one), asked[pk]) for pk, one in self.directory.items() if pk in asked]

    @property
    def conclusion(self) -> tuple[str, Grade] | None:
        """Who rated the measure last, and how."""
        first, second, _ = self.published.reviews.get(self.latest.year if self.latest else 0, (None, None, ""))
        if second:
            return "委員会の評価（2次）", second
        return ("庁内の評価（1次）", first) if first else None

    @property
    def closing(self) -> list[tuple[str, str]]:
        """(heading, text) of why it was rated so in the latest year, and of what will change."""
        texts = self.published.closings.get(self.latest.year if self.latest else 0, ())
        return [row for row in zip(CLOSING, texts, strict=False) if row[1]]

    @property
    def years(self) -> list[YearCard]:
        """Every year of the plan, those not yet published included."""
        return [self._year(year, self.cycles.get(year)) for year in self.plan.years]

    def _year(self, year: int, cycle: Cycle | None) -> YearCard:
        if cycle is None or not cycle.is_public:
            note = cycle.stage.label if cycle else ""
            on = cycle.publish_on if cycle else None
            return YearCard(year, note, "next", text=f"公表は{wareki_date(on)}の予定です。" if on else "これから")
        first, second, summary = self.published.reviews.get(year, (None, None, ""))
        note, place = ("最新の公表", "latest") if cycle is self.latest else ("公表済", "")
        return YearCard(year, note, place, second or first, summary)


def _page(organization: Organization) -> str:
    return address("organization", organization.slug)


def measure_page(plan: Plan, code: str, directory: dict[int, Organization]) -> MeasurePage | None:
    """The page of the measure `code`, or None where the plan has no such measure."""
    cycles = {cycle.year: cycle for cycle in plan.cycles.order_by("-year")}
    public = tuple(cycle for cycle in cycles.values() if cycle.is_public)
    latest = public[0] if public else None
    part = _part(plan.edition, latest.year if latest else plan.start_year, code)
    if part is None:
        return None
    return MeasurePage(plan, part, _published(plan.edition, part.measure.pk, public), cycles, latest, directory)
