"""Turning the public side to the next plan: what stands in the way, what to know first, the two side by side."""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from mine_welfare.toolkit.markup import number
from plans.models import BasicGoal, Plan, Section

from ..models import Action, Cycle, Grade, Measure, PreviousReview, Responsibility
from ..workflow import CycleState


@dataclass
class Readiness:
    """`refusals` must be settled first; `warnings` are for the secretariat to weigh. Sentences."""

    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def readiness(plan: Plan, old: Plan) -> Readiness:
    """Whether `plan` may take the place of `old`."""
    found = Readiness()
    _check_years(old, found)
    _check_draft(plan, found)
    if plan.start_year > fiscal_year(timezone.localdate()):
        found.warnings.append(f"「{plan}」が始まるのは{wareki_year(plan.start_year)}です。")
    return found


def _check_years(old: Plan, found: Readiness) -> None:
    cycles = {cycle.year: cycle for cycle in old.cycles.all()}
    for year in sorted(cycles):
        if cycles[year].stage not in (CycleState.PREPARING, CycleState.CLOSED):
            found.refusals.append(
                f"「{old}」の{wareki_year(year)}の評価が、「{cycles[year].stage.label}」の段階です。先に締めてください。"
            )
    if missing := [year for year in old.years if year not in cycles or cycles[year].stage == CycleState.PREPARING]:
        found.warnings.append(
            f"「{old}」の{'、'.join(wareki_year(year) for year in missing)}は、評価を行っていません。"
            "切り替えたあとは、この計画の評価を始められません。"
        )


def _check_draft(plan: Plan, found: Readiness) -> None:
    of_plan = {"plan": OuterRef("pk")}
    has = Plan.objects.annotate(
        measures_there=Exists(Measure.objects.filter(**of_plan)),
        actions_there=Exists(Action.objects.filter(**of_plan)),
        sections_there=Exists(Section.objects.filter(**of_plan)),
        grades_there=Exists(Grade.objects.filter(scale__plan=OuterRef("pk"))),
        reviews_there=Exists(PreviousReview.objects.filter(**of_plan)),
    ).get(pk=plan.pk)
    for is_there, sentence in (
        (has.measures_there, "施策が1つもありません。"),
        (has.actions_there, "取組が1つもありません。"),
        (has.sections_there, "計画書の本文がありません。"),
        (has.grades_there, "評価の基準がありません。"),
    ):
        if not is_there:
            found.refusals.append(sentence)
    answered = Responsibility.objects.filter(action__plan=plan).values("action")
    if alone := Action.objects.filter(plan=plan).evaluated().exclude(pk__in=answered).count():
        found.refusals.append(f"担当の書かれていない取組が{number(alone)}件あります。")
    if bare := Measure.objects.filter(plan=plan, actions=None).count():
        found.warnings.append(f"取組のない施策が{number(bare)}件あります。")
    if not has.reviews_there:
        found.warnings.append("「計画の評価・見直し」が、まだ取り込まれていません。")


def side_by_side(old: Plan, new: Plan) -> list[tuple[str, str, str]]:
    """[(what, of the plan that goes, of the plan that comes)]."""
    rows = Plan.objects.annotate(
        n_goals=_count(BasicGoal.objects.all()),
        n_measures=_count(Measure.objects.all()),
        n_actions=_count(Action.objects.all()),
        n_years=_count(Cycle.objects.public()),
    ).in_bulk([old.pk, new.pk])
    return [
        (label, *(words(rows[plan.pk]) for plan in (old, new)))
        for label, words in (
            ("計画名", lambda plan: "・".join(plan.titles)),
            ("期間", lambda plan: f"{wareki_year(plan.start_year)}〜{wareki_year(plan.end_year)}"),
            ("基本理念", lambda plan: plan.vision),
            ("段階", lambda plan: plan.get_status_display()),
            ("基本目標", lambda plan: number(plan.n_goals)),
            ("施策", lambda plan: number(plan.n_measures)),
            ("取組", lambda plan: number(plan.n_actions)),
            ("公表した年度", lambda plan: number(plan.n_years)),
        )
    ]


def _count(rows: QuerySet) -> Coalesce:
    """How many of `rows` a plan has."""
    own = rows.filter(plan=OuterRef("pk")).order_by().values("plan").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(own), 0)
