"""The year: cycle, sheets (個票) and their moves."""

import datetime
from collections.abc import Collection, Iterable
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year, wareki_year
from plans.models import Plan

from ..fields import has_answers, missing
from ..workflow import CycleState, EntryState, Verb
from .structure import Action, Responsibility

User = settings.AUTH_USER_MODEL


def _day(day: datetime.date | None) -> str:
    return f"{day.month}月{day.day}日" if day else ""


class Scale(models.Model):
    """評価の基準: the ratings and directions of a year, with their printed definitions."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="scales")
    name = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "評価の基準"
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="scale_name_unique_in_plan")]

    def __str__(self):
        return self.name


class Grade(models.Model):
    """達成度の1段. `is_rated` is False for F X Y Z: counted apart, never in a share."""

    class Tone(models.TextChoices):
        A = "a", "濃い青"
        B = "b", "淡い青"
        C = "c", "黄の斜線"
        D = "d", "赤の網"
        NEUTRAL = "n", "灰"

    scale = models.ForeignKey(Scale, models.CASCADE, related_name="grades")
    code = models.CharField("記号", max_length=2)
    label = models.CharField("名称", max_length=40)
    short_label = models.CharField("短い名称", max_length=12)
    mark = models.CharField("印", max_length=20, help_text="アイコンの名前")
    tone = models.CharField("色と模様", max_length=1, choices=Tone, default=Tone.NEUTRAL)
    definition = models.CharField("定義", max_length=120)
    is_rated = models.BooleanField("評価の対象", default=True)
    needs_reason = models.BooleanField("理由が必要", default=False)
    position = models.PositiveSmallIntegerField("並び順")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "達成度"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["scale", "code"], name="grade_code_unique_in_scale")]

    def __str__(self):
        return f"{self.code} {self.label}"


class Direction(models.Model):
    """今後の方向性の1つ."""

    scale = models.ForeignKey(Scale, models.CASCADE, related_name="directions")
    code = models.SlugField("識別名")
    label = models.CharField("名称", max_length=20)
    needs_improvement = models.BooleanField("改善策が必要", default=False)
    ends_action = models.BooleanField("次年度の予定が要らない", default=False)
    position = models.PositiveSmallIntegerField("並び順")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "今後の方向性"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["scale", "code"], name="direction_code_unique_in_scale")]

    def __str__(self):
        return self.label


AT_REST = (CycleState.PREPARING, CycleState.PUBLISHED, CycleState.CLOSED)


class CycleQuerySet(models.QuerySet):
    def public(self):
        """Years citizens may read."""
        return self.filter(published_at__isnull=False, unpublished_at__isnull=True)

    def running(self):
        """Years between opening and archive; at most one per plan."""
        return self.exclude(state__in=AT_REST)


class Cycle(models.Model):
    """年度の評価: one fiscal year of one plan, from 準備 to 締め."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="cycles")
    year = models.PositiveSmallIntegerField("年度")
    scale = models.ForeignKey(Scale, models.PROTECT, related_name="cycles", verbose_name="評価の基準")
    state = models.CharField("段階", max_length=12, choices=CycleState, default=CycleState.PREPARING)
    opens_on = models.DateField("入力の開始日")
    due_on = models.DateField("締切日")
    grace_days = models.PositiveSmallIntegerField("猶予日数", default=0)
    liaison_on = models.DateField("連携会議の日", null=True, blank=True)
    committee_on = models.DateField("委員会の日", null=True, blank=True)
    publish_on = models.DateField("公表の予定日", null=True, blank=True)
    instructions = models.TextField("記入のお願い", blank=True)
    is_sample = models.BooleanField("サンプル", default=False)
    published_at = models.DateTimeField("公表日時", null=True, blank=True)
    unpublished_at = models.DateTimeField("公表を取り下げた日時", null=True, blank=True)

    objects = CycleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "年度の評価"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year"], name="cycle_unique_in_year"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=~Q(state__in=[CycleState.PREPARING, CycleState.PUBLISHED, CycleState.CLOSED]),
                name="cycle_only_one_running",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="cycle_due_after_it_opens"),
        ]

    def __str__(self):
        return f"{wareki_year(self.year)}の評価"

    @property
    def stage(self) -> CycleState:
        return CycleState(self.state)

    @property
    def is_running(self) -> bool:
        return self.stage not in AT_REST

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.unpublished_at is None

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(stage, date in words) of the nine stages, for the step line."""
        dates = {
            CycleState.OPEN: f"{_day(self.opens_on)}〜{_day(self.due_on)}",
            CycleState.LIAISON: _day(self.liaison_on),
            CycleState.COMMITTEE: _day(self.committee_on),
            CycleState.PUBLISHED: _day(self.publish_on),
        }
        return [(stage.label, dates.get(stage, "")) for stage in CycleState]


class EntryQuerySet(models.QuerySet):
    def public(self):
        """What citizens may read: every row of a published year that was answered and fixed."""
        return self.filter(
            cycle__published_at__isnull=False, cycle__unpublished_at__isnull=True, state=EntryState.FIXED
        )

    def in_order(self):
        return self.order_by(
            "action__measure__policy__goal__number",
            "action__measure__policy__number",
            "action__measure__number",
            "action__actor__position",
            "action__number",
            "organization__position",
        )


class Entry(models.Model):
    """個票: what one organization did for one action in one year. Never overwritten by the next year.

    Money is in thousand yen. `version` grows with every save; a form or a
    workbook that was read at an older version is a conflict, never a loss.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="entries")
    action = models.ForeignKey(Action, models.PROTECT, related_name="entries")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="entries")
    state = models.CharField("状態", max_length=12, choices=EntryState, default=EntryState.EMPTY)
    version = models.PositiveIntegerField("版", default=0)

    planned = models.TextField("当該年度の取組予定", blank=True)
    result = models.TextField("取組実績", blank=True)
    rating = models.ForeignKey(
        Grade, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="達成度"
    )
    reason = models.TextField("評価の理由・成果", blank=True)
    issues = models.TextField("課題", blank=True)
    direction = models.ForeignKey(
        Direction, models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="今後の方向性"
    )
    improvement = models.TextField("方向性の内容・改善策", blank=True)
    next_plan = models.TextField("次年度の取組予定", blank=True)
    budget = models.PositiveIntegerField("予算額（千円）", null=True, blank=True)
    settlement = models.PositiveIntegerField("決算額（千円）", null=True, blank=True)
    no_budget = models.BooleanField("予算を伴わない", default=False)
    memo = models.TextField("庁内メモ", blank=True)

    unchanged_on = models.DateField("「前年度から変更なし」とした日", null=True, blank=True)
    unchanged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField("最初の提出日時", null=True, blank=True)
    is_proxy = models.BooleanField("代理入力", default=False)
    is_late = models.BooleanField("締切後入力", default=False)
    closed_unanswered = models.BooleanField("未回答のまま締切", default=False)
    saved_at = models.DateTimeField("最終保存", null=True, blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EntryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "個票"
        ordering = ["action__code", "organization__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "action", "organization"], name="entry_unique_for_action_year_organization"
            ),
            models.CheckConstraint(
                condition=Q(no_budget=False) | Q(budget__isnull=True, settlement__isnull=True),
                name="entry_without_budget_has_no_amounts",
            ),
            models.CheckConstraint(
                condition=Q(unchanged_on__isnull=True) | Q(unchanged_by__isnull=False),
                name="entry_unchanged_statement_is_signed",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "organization", "state"], name="entry_by_cycle_organization")]

    def __str__(self):
        return f"{self.action.code}（{self.organization}）"

    def get_absolute_url(self):
        return reverse("staff:entry", args=[self.pk])

    @property
    def stage(self) -> EntryState:
        return EntryState(self.state)

    @property
    def has_answers(self) -> bool:
        return has_answers(self)

    @property
    def missing_labels(self) -> list[str]:
        """What keeps this sheet from being submitted, in words."""
        return [field.label for field in missing(self)]

    @cached_property
    def previous(self) -> "Entry | None":
        """Last year's sheet of the same action and organization.

        A list sets this attribute for all its rows at once (`queries.with_previous`).
        """
        before = Entry.objects.filter(
            cycle__plan_id=self.cycle.plan_id, cycle__year=self.cycle.year - 1, action_id=self.action_id
        ).select_related("rating", "direction", "cycle")
        return paired([self], before, self.cycle)[self.pk]


def paired(rows: Collection[Entry], before: Iterable[Entry], cycle: Cycle) -> dict[int, Entry | None]:
    """{id of a sheet of `cycle`: last year's sheet of the same action and organization}.

    Where a 組織改編 lies between, it is the sheet of who handed the action on.
    """
    by_place = {(entry.action_id, entry.organization_id): entry for entry in before}
    open_rows = {row.action_id for row in rows if (row.action_id, row.organization_id) not in by_place}
    if any(action in open_rows for action, _ in by_place):
        year = fiscal_year(cycle.opens_on)
        acting, carried = Organization.objects.acting_in(year), Responsibility.objects.carried_on(year)
        for place, entry in list(by_place.items()):
            if now := acting[carried.get(place, place[1])]:
                by_place.setdefault((place[0], now.pk), entry)
    return {row.pk: by_place.get((row.action_id, row.organization_id)) for row in rows}


class Transition(models.Model):
    """One move of one sheet: who, when, from, to, and the words given with it."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="transitions")
    verb = models.CharField("操作", max_length=12, choices=Verb)
    source = models.CharField("前の状態", max_length=12, choices=EntryState)
    target = models.CharField("後の状態", max_length=12, choices=EntryState)
    by = models.ForeignKey(User, models.PROTECT, related_name="transitions", verbose_name="操作した人")
    at = models.DateTimeField("日時", auto_now_add=True)
    comment = models.TextField("理由・コメント", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "状態の記録"
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d}"
