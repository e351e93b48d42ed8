"""Page-shaped reads of the component: its areas with their actions, and what was published about them.

The actions and sheets are those of `measures`. What an area reaches through a
cross-reference (「…に掲げる取組」, 再掲) is shown beside it and never counted with it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from measures.models import Action, Cycle, Entry, Grade, Indicator, IndicatorValue, Measure, Responsibility
from measures.queries.public import REPEATED, UNANSWERED, UNASSIGNED, latest_public_cycle
from measures.queries.structure import ANSWERED, Distribution, distributions
from plans.models import Component, Plan

from .models import FocusArea

REFERRED = "関連施策"


def indicators(page: "ComponentPlan") -> list[Indicator]:
    """目標指標 of the measures that carry the component, with the values of the years up to the page's."""
    values = IndicatorValue.objects.order_by("year")
    if page.cycle:
        values = values.filter(year__lte=page.cycle.year)
    rows = Indicator.objects.filter(measure__in=page.measures)
    return list(rows.prefetch_related(Prefetch("values", values, to_attr="known")))


def component_of(plan: Plan) -> Component | None:
    """The component of `plan` that has focus areas."""
    return plan.components.filter(focus_areas__isnull=False).distinct().first()


@dataclass
class Answer:
    """One line of an action's row: who answers for it, and the sheet or in `gap` why there is none."""

    wording: str
    sheet: Entry | None = None
    gap: str = ""

    @property
    def grade(self) -> Grade | None:
        """達成度, once the secretariat confirmed the sheet."""
        return self.sheet.rating if self.sheet and self.sheet.stage in ANSWERED else None


@dataclass
class Row:
    """One action as the plan prints it, with its offices; `related` are the results a cross-reference leads to."""

    action: Action
    offices: list[str]
    answers: list[Answer]
    related: "Related | None" = None


@dataclass
class Related:
    """関連施策: the measure (or the repeated action) a cross-reference names, with its own results."""

    measure: Measure
    action: Action | None = None
    distribution: Distribution | None = None


@dataclass
class Area:
    """One 重点項目: its rows in order, the sentence that closes it, and where that leads."""

    focus: FocusArea
    rows: list[Row]
    closing: str = ""
    related: Related | None = None


@dataclass
class ComponentPlan:
    """The whole component in one year: areas (行政), the other actors' actions, and the count of its sheets."""

    component: Component
    measures: list[Measure]
    cycle: Cycle | None
    areas: list[Area]
    others: list[Row]
    whole: Distribution | None = None
    by_area: dict[int, Distribution] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        return [*chain.from_iterable(area.rows for area in self.areas), *self.others]

    @property
    def references(self) -> list[Related]:
        """Every cross-reference once, in the order of the page."""
        return [*filter(None, chain.from_iterable((*(r.related for r in a.rows), a.related) for a in self.areas))]

    def area_counts(self) -> list[tuple[Area, Distribution | None]]:
        return [(area, self.by_area.get(area.focus.group_id)) for area in self.areas]


def component_plan(plan: Plan, cycle: Cycle | None = None, sheets: QuerySet | None = None) -> ComponentPlan | None:
    """The component of `plan` with the results of `cycle` (None: the latest published year); 8 queries at most.

    `sheets` are those the reader may see; without it, what was published.
    """
    component = component_of(plan)
    if component is None:
        return None
    cycle = cycle or latest_public_cycle(plan)
    if cycle:
        prefetch_related_objects([cycle.scale], "grades")  # for every count of the year
    year = cycle.year if cycle else plan.start_year
    focus = list(component.focus_areas.select_related("group__see__policy__goal", "group__measure"))
    actions = list(
        component.actions.active_in(year)
        .select_related("actor", "measure", "see__policy__goal", "repeats__measure__policy__goal")
        .in_order()
    )
    make = _Rows(actions, cycle, year, sheets)
    rows = {action.pk: make.row(action) for action in actions}
    areas = [
        Area(one, [rows[a.pk] for a in actions if a.group_id == one.group_id], one.group.closing, make.see(one.group))
        for one in focus
    ]
    inside = {one.group_id for one in focus}
    others = [rows[action.pk] for action in actions if action.group_id not in inside]
    found = ComponentPlan(component, _measures(focus), cycle, areas, others)
    if cycle:
        found.whole = make.counts(lambda _measure, _group, action: action in rows).get(True)
        found.by_area = make.counts(lambda _measure, group, action: group if action in rows else None)
    return found


def _measures(focus: list[FocusArea]) -> list[Measure]:
    return list(dict.fromkeys(one.group.measure for one in focus))


class _Rows:
    """Makes the rows of one year: reads offices, sheets and the results of referred measures once."""

    def __init__(self, actions: list[Action], cycle: Cycle | None, year: int, sheets: QuerySet | None):
        self.offices: dict[int, list[Responsibility]] = defaultdict(list)
        offices = Responsibility.objects.valid_in(year).filter(action__in=actions).select_related("organization")
        for office in offices.order_by("position", "organization__position"):
            self.offices[office.action_id].append(office)
        self.cycle = cycle
        self.sheets: dict[tuple[int, int], Entry] = {}
        self.referred: dict[int, Distribution] = {}
        self.repeated: dict[int, Distribution] = {}
        if cycle is None:
            return
        sheets = cycle.entries.public() if sheets is None else sheets.filter(cycle=cycle)
        sheets = sheets.filter(action__in=actions).select_related("rating", "direction", "organization")
        self.sheets = {(sheet.action_id, sheet.organization_id): sheet for sheet in sheets}
        self.counted = distributions(cycle, "action__measure", "action__group", "action")
        self.referred = self.counts(lambda measure, *_: measure)
        self.repeated = self.counts(lambda _measure, _group, action: action)

    def counts(self, key: Callable[..., Any]) -> dict[Any, Distribution]:
        """The counts of the year by `key(measure, group, action)`; those without one are left out."""
        found: dict[Any, Counter] = defaultdict(Counter)
        grades = []
        for place, one in self.counted.items():
            if name := key(*place):
                found[name].update(one.counts)
                grades = one.grades
        return {name: Distribution(grades, dict(counts)) for name, counts in found.items()}

    def row(self, action: Action) -> Row:
        offices = self.offices[action.pk]
        wordings = list(dict.fromkeys(office.wording for office in offices)) or [action.actor.office]
        related = None
        if action.repeats:
            related = Related(action.repeats.measure, action.repeats, self.repeated.get(action.repeats_id))
        elif action.see:
            related = Related(action.see, None, self.referred.get(action.see_id))
        return Row(action, wordings, [self._answer(action, office) for office in offices], related)

    def _answer(self, action: Action, office: Responsibility) -> Answer:
        name = str(office.organization or office.wording)
        if action.repeats_id:
            return Answer(name, gap=REPEATED)
        if action.see_id:
            return Answer(name, gap=REFERRED)
        if office.organization is None:
            return Answer(name, gap=UNASSIGNED)
        sheet = self.sheets.get((action.pk, office.organization_id))
        return Answer(name, sheet, "" if sheet else UNANSWERED)

    def see(self, group) -> Related | None:
        return Related(group.see, None, self.referred.get(group.see_id)) if group.see else None
