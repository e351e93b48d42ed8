"""What has a history: every kind of row, its name in the address, who may read it, what of it can be brought back."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit.addresses import address
from plans.models import BasicGoal, BasicPolicy, GlossaryTerm, Plan, Section

from ..fields import FIELDS
from ..models import (
    Action,
    ActionGroup,
    Cycle,
    Direction,
    Entry,
    Grade,
    Indicator,
    IndicatorValue,
    Inquiry,
    Measure,
    MeasureReview,
    Notice,
    Omission,
    Opinion,
    Response,
    Responsibility,
    RoleItem,
)
from ..reviewing import REVIEW_FIELDS


@dataclass(frozen=True)
class Kind:
    """`title` are the columns that name a row; `restorable` the fields a version brings back (none: not here)."""

    name: str
    label: str
    model: type[models.Model]
    group: str
    title: tuple[str, ...]
    restorable: tuple[str, ...] = ()
    page: Callable[[models.Model], str] | None = None

    @property
    def title_words(self) -> Concat | Cast:
        """The name of a row as one text column of its history table."""
        parts = [Coalesce(Cast(F(name), TextField()), Value("", TextField())) for name in self.title]
        if len(parts) == 1:
            return parts[0]
        spaced = [piece for part in parts for piece in (part, Value(" ", TextField()))][:-1]
        return Concat(*spaced, output_field=TextField())


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "entry", "個票", Entry, "sheets",
            ("action__code", "action__title", "organization__name"),
            tuple(field.name for field in FIELDS),
            lambda row: address("staff:entry", row.pk),
        ),
        Kind(
            "review", "施策の評価", MeasureReview, "committee",
            ("measure__code", "measure__title"),
            tuple(field.name for field in REVIEW_FIELDS),
            lambda row: f"{address('staff:review', row.measure.code)}?year={row.cycle.year}",
        ),
        Kind(
            "opinion", "委員会意見", Opinion, "committee",
            ("measure__code", "text"),
            ("text", "meeting"),
            lambda row: address("staff:opinion", row.pk),
        ),
        Kind(
            "response", "市の考え方", Response, "committee",
            ("organization__name", "text"),
            ("text", "reflection"),
            lambda row: address("staff:response", row.pk),
        ),
        Kind(
            "cycle", "年度の評価", Cycle, "committee", ("year",),
            page=lambda row: address("staff:cycle", row.year),
        ),
        Kind(
            "plan", "計画", Plan, "texts", ("short_title",),
            ("portal_name", "short_title", "subtitle", "titles", "issuers", "vision", "lead"),
            lambda row: address("plan"),
        ),
        Kind(
            "goal", "基本目標", BasicGoal, "texts", ("number", "title"), ("title",),
            lambda row: address("goal", row.number),
        ),
        Kind(
            "policy", "基本施策", BasicPolicy, "texts", ("goal__number", "number", "title"), ("title", "issues"),
            lambda row: address("policy", row.goal.number, row.number),
        ),
        Kind(
            "measure", "施策", Measure, "texts", ("code", "title"), ("title", "introduction", "action_headings"),
            lambda row: address("measure", row.code),
        ),
        Kind(
            "role-item", "役割", RoleItem, "texts", ("measure__code", "actor__label", "text"), ("text", "position"),
            lambda row: address("measure", row.measure.code),
        ),
        Kind(
            "action-group", "取組のまとまり", ActionGroup, "texts", ("measure__code", "label", "title"),
            ("title", "closing"), lambda row: address("measure", row.measure.code),
        ),
        Kind(
            "action", "具体的取組", Action, "texts", ("code", "title"), ("title", "content", "commission", "form"),
            lambda row: address("action", row.code),
        ),
        Kind(
            "responsibility", "担当", Responsibility, "texts", ("action__code", "wording"), ("wording", "position"),
            lambda row: address("action", row.action.code),
        ),
        Kind(
            "indicator", "目標指標", Indicator, "texts", ("code", "name"),
            ("name", "unit", "kind", "trend", "baseline", "baseline_year", "target", "target_year", "source"),
            lambda row: address("measure", row.measure.code),
        ),
        Kind(
            "indicator-value", "指標の実績", IndicatorValue, "texts", ("indicator__name", "year"),
            ("target", "actual", "reason"),
            lambda row: address("measure", row.indicator.measure.code),
        ),
        Kind(
            "section", "計画書の本文", Section, "texts", ("marker", "title"), ("marker", "title", "body"),
            lambda row: f"{address('chapter', row.chapter)}#{row.page_anchor}",
        ),
        Kind(
            "glossary-term", "用語", GlossaryTerm, "texts", ("term",), ("term", "reading", "definition", "origin"),
            lambda row: f"{address('glossary')}#{row.page_anchor}",
        ),
        Kind(
            "grade", "達成度", Grade, "texts", ("code", "label"),
            ("label", "short_label", "mark", "tone", "definition", "is_rated", "needs_reason"),
        ),
        Kind(
            "direction", "今後の方向性", Direction, "texts", ("label",), ("label", "needs_improvement", "ends_action"),
        ),
        Kind(
            "organization", "組織", Organization, "texts", ("name",),
            ("name", "section", "phone", "email", "url", "hours", "position", "skips_approval"),
            lambda row: address("staff:organization", row.pk),
        ),
        Kind(
            "notice", "お知らせ", Notice, "texts", ("title",), ("title", "text", "from_on", "to_on"),
            lambda row: f"{address('staff:notices')}#notice-{row.pk}",
        ),
        Kind(
            "omission", "評価しない取組", Omission, "texts", ("cycle__year", "action__code"),
            page=lambda row: address("staff:omissions", row.cycle.year),
        ),
        Kind(
            "inquiry", "個票への質問", Inquiry, "committee", ("entry__action__code", "question"),
            page=lambda row: address("staff:entry", row.entry_id),
        ),
        Kind("user", "利用者", User, "people", ("name",), page=lambda row: address("staff:person", row.pk)),
    )
}  # fmt: skip


def add(*kinds: Kind) -> None:
    """The kinds of an app above this one: it adds its own when it is ready."""
    KINDS.update({kind.name: kind for kind in kinds})
