"""From one plan to the next: the closing table of the one, and what went on in the other."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mine_welfare.toolkit.text import lines
from plans.models import Plan

from ..models import Action, ActionLink, Grade, Lineage, Measure, MeasureLink, MeasureReview


# ---- 計画の評価・見直し -------------------------------------------------------
@dataclass
class ClosingRow:
    """One measure of the closing table, in the columns of the last plan's: 施策, 主な評価と課題, 見直し方針."""

    measure: Measure
    evaluation: list[str] = field(default_factory=list)
    policy: list[str] = field(default_factory=list)
    year: int | None = None
    rating: Grade | None = None
    carried: list[Measure] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.evaluation and not self.policy


def closing_table(plan: Plan) -> list[ClosingRow]:
    """Every measure of `plan` with what its latest written review says."""
    rows = {measure.pk: ClosingRow(measure) for measure in Measure.objects.of_plan(plan)}
    reviews = (
        MeasureReview.objects.filter(cycle__plan=plan)
        .exclude(summary="", policy="")
        .select_related("cycle", "first_rating", "second_rating")
        .order_by("cycle__year")
    )
    for review in reviews:  # the later year takes the earlier one's place
        row = rows[review.measure_id]
        row.evaluation, row.policy = lines(review.summary), lines(review.policy)
        row.year, row.rating = review.cycle.year, review.rating
    for link in MeasureLink.objects.filter(before__plan=plan).select_related("after").order_by("after__code"):
        rows[link.before_id].carried.append(link.after)
    return list(rows.values())


# ---- 継続・統合・分割・新規・終了 -----------------------------------------------
@dataclass
class Line:
    """What belongs together over two plans: the rows before, the rows after, and what to call it."""

    before: list
    after: list
    actions: list["Line"] = field(default_factory=list)

    @property
    def kind(self) -> Lineage:
        if not self.before:
            return Lineage.NEW
        if not self.after:
            return Lineage.ENDED
        if len(self.before) > 1:
            return Lineage.MERGED
        return Lineage.SPLIT if len(self.after) > 1 else Lineage.SAME

    @property
    def counts(self) -> list[tuple[Lineage, int]]:
        """Its actions by what became of them."""
        return tally(self.actions)


def tally(found: Iterable[Line]) -> list[tuple[Lineage, int]]:
    """[(kind, how many)] of those there are."""
    counts = Counter(line.kind for line in found)
    return [(kind, counts[kind]) for kind in Lineage if counts[kind]]


def join(before: list, after: list, links: Iterable[tuple[int, int]]) -> list[Line]:
    """The rows of both plans, those that hang together by `links` in one line; in the order of the new plan.

    What ended stands at the end, in the order of the old one.
    """
    forward, backward = defaultdict(set), defaultdict(set)
    for old, new in links:
        forward[old].add(new)
        backward[new].add(old)
    rows: list[Line] = []
    seen: set[int] = set()
    for row in after:
        if row.pk in seen:
            continue
        news, olds = {row.pk}, set()
        while True:
            more = {old for new in news for old in backward[new]}
            reached = news | {new for old in more for new in forward[old]}
            if (reached, more) == (news, olds):
                break
            news, olds = reached, more
        seen |= news
        rows.append(Line([one for one in before if one.pk in olds], [one for one in after if one.pk in news]))
    return rows + [Line([row], []) for row in before if not forward[row.pk]]


def lineage(plan: Plan) -> list[Line]:
    """Every measure of `plan` and of the one before it, with their actions, by what became of them."""
    before = list(Measure.objects.of_plan(plan.predecessor))
    after = list(Measure.objects.of_plan(plan))
    links = MeasureLink.objects.filter(after__plan=plan).values_list("before_id", "after_id")
    found = join(before, after, links)
    by_measure = {row.pk: line for line in found for row in (*line.before, *line.after)}
    for line in _actions(plan):
        of = (line.after or line.before)[0]
        by_measure[of.measure_id].actions.append(line)
    return found


def _actions(plan: Plan) -> list[Line]:
    before = list(Action.objects.filter(plan=plan.predecessor).active_in(plan.predecessor.end_year).in_order())
    after = list(Action.objects.filter(plan=plan).in_order())
    links = ActionLink.objects.filter(after__plan=plan).values_list("before_id", "after_id")
    return join(before, after, links)
