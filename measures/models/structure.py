"""施策 and what hangs on it: who does what, by whom it is answered, how it is measured."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from mine_welfare.accounts.models import Organization
from plans.models import BasicPolicy, Component, Plan

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class MeasureQuerySet(models.QuerySet):
    def of_plan(self, plan: Plan):
        return (
            self.filter(plan=plan)
            .select_related("policy__goal")
            .order_by("policy__goal__number", "policy__number", "number")
        )


class Measure(models.Model):
    """施策: ①②③ under a 基本施策, with its introduction, roles and actions.

    `action_headings` holds, by actor code, the heading of an action table
    where the draft words it differently from the actor's usual one.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="measures")
    policy = models.ForeignKey(BasicPolicy, models.CASCADE, related_name="measures")
    number = models.PositiveSmallIntegerField("番号")
    code = models.CharField("施策番号", max_length=20)
    title = models.CharField("名称", max_length=120)
    introduction = models.TextField("説明", blank=True, help_text="段落ごとに改行します。")
    action_headings = models.JSONField("取組の表の見出し", default=dict, blank=True)

    objects = MeasureQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "施策"
        ordering = ["policy__goal__number", "policy__number", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="measure_code_unique_in_plan"),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def marker(self) -> str:
        """The number as the plan prints it: ①."""
        return CIRCLED[self.number - 1] if self.number <= len(CIRCLED) else f"({self.number})"


class Actor(models.Model):
    """担い手: who a role line or an action belongs to, in this plan's words.

    The codes are the same for every plan (`citizen community shakyo
    government` in the open data); labels and headings are the plan's own.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="actors")
    code = models.SlugField("識別名")
    letter = models.CharField(
        "取組番号の文字", max_length=1, blank=True, help_text="取組を持つ担い手だけ（S、Gなど）。"
    )
    label = models.CharField("担い手", max_length=40)
    principle = models.CharField("自助・互助・共助・公助", max_length=20)
    group_heading = models.CharField("まとまりの見出し", max_length=60, blank=True)
    heading = models.CharField("役割の見出し", max_length=60)
    actions_heading = models.CharField("取組の表の見出し", max_length=30, blank=True)
    office = models.CharField("表に担当課がないときの担当", max_length=60, blank=True)
    component = models.ForeignKey(
        Component, models.SET_NULL, null=True, blank=True, related_name="actors", verbose_name="構成計画"
    )
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "担い手"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="actor_code_unique_in_plan"),
            models.UniqueConstraint(
                fields=["plan", "letter"], condition=~Q(letter=""), name="actor_letter_unique_in_plan"
            ),
        ]

    def __str__(self):
        return self.label


class RoleItem(models.Model):
    """役割分担の1行. A second and later line of `text` is a list under the first."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="role_items")
    actor = models.ForeignKey(Actor, models.CASCADE, related_name="role_items")
    position = models.PositiveSmallIntegerField("並び順")
    text = models.TextField("文章")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "役割"
        ordering = ["measure", "actor__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "actor", "position"], name="role_place_unique_in_measure")
        ]

    def __str__(self):
        return self.text


class ActionGroup(models.Model):
    """取組のまとまり within one measure's table (ア〜オ), with the sentence that closes it."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="groups")
    label = models.CharField("記号", max_length=4)
    title = models.CharField("名称", max_length=120)
    position = models.PositiveSmallIntegerField("並び順")
    closing = models.TextField("結びの文", blank=True)
    see = models.ForeignKey(
        Measure, models.SET_NULL, null=True, blank=True, related_name="referring_groups", verbose_name="参照する施策"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "取組のまとまり"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["measure", "label"], name="group_label_unique_in_measure")]

    def __str__(self):
        return f"{self.label} {self.title}"


class ActionQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by(
            "measure__policy__goal__number", "measure__policy__number", "measure__number", "actor__position", "number"
        )

    def active_in(self, year: int):
        """Actions that belong to the plan in fiscal year `year`."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=year)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=year)
        )

    def evaluated(self):
        """Without 再掲: a repeated action is evaluated once, where it stands first."""
        return self.filter(repeats__isnull=True, see__isnull=True)


class Action(models.Model):
    """具体的取組: one row of a measure's table, known for good by its code."""

    class Commission(models.TextChoices):
        NONE = "", "—"
        CITY = "city", "市受託事業"
        PREFECTURE = "prefecture", "県受託事業"

    class Form(models.TextChoices):
        STANDARD = "standard", "標準"
        SHORT = "short", "簡易"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="actions")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="actions")
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="actions", verbose_name="担い手")
    group = models.ForeignKey(
        ActionGroup, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name="まとまり"
    )
    number = models.PositiveSmallIntegerField("番号")
    code = models.CharField("取組番号", max_length=20)
    title = models.CharField("取組", max_length=120)
    content = models.TextField("内容", help_text="段落ごとに改行します。")
    commission = models.CharField("受託", max_length=12, choices=Commission, blank=True)
    form = models.CharField("様式", max_length=10, choices=Form, default=Form.STANDARD)
    components = models.ManyToManyField(Component, related_name="actions", verbose_name="構成計画")
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeated_by", verbose_name="再掲元の取組"
    )
    see = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="referring_actions", verbose_name="参照する施策"
    )
    valid_from = models.PositiveSmallIntegerField("始めた年度", null=True, blank=True)
    valid_to = models.PositiveSmallIntegerField("終えた年度", null=True, blank=True)

    objects = ActionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "具体的取組"
        ordering = ["measure", "actor__position", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="action_code_unique_in_plan"),
            models.CheckConstraint(condition=~Q(pk=F("repeats")), name="action_does_not_repeat_itself"),
            models.CheckConstraint(
                condition=Q(repeats__isnull=True) | Q(see__isnull=True),
                name="action_repeats_action_or_measure_not_both",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="action_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def is_evaluated(self) -> bool:
        return self.repeats_id is None and self.see_id is None


class ResponsibilityQuerySet(models.QuerySet):
    def valid_in(self, year: int):
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=year)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=year)
        )

    def unassigned(self):
        """Printed as 「関係各課」 and not yet given to anyone."""
        return self.filter(organization__isnull=True)

    def carried_on(self, year: int) -> dict[tuple[int, int], int]:
        """{(action, organization): organization it was handed to} by fiscal year `year`.

        A split hands its actions to several: the successor of the whole would not say to whom.
        """
        rows = self.filter(continues__isnull=False, valid_from__lte=year).order_by("valid_from")
        steps = rows.values_list("action_id", "continues__organization_id", "organization_id")
        found: dict[tuple[int, int], int] = {}
        for action, before, after in steps:
            found |= {place: after for place, now in found.items() if place[0] == action and now == before}
            found[action, before] = after
        return found


class Responsibility(models.Model):
    """担当: an action is answered by an organization, in the plan's own wording.

    「関係各課」 names nobody: it stands with no organization until the
    secretariat puts real ones in its place, which keep the wording.
    """

    action = models.ForeignKey(Action, models.CASCADE, related_name="responsibilities")
    wording = models.CharField("計画書の表記", max_length=60)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="responsibilities", verbose_name="担当課"
    )
    position = models.PositiveSmallIntegerField("並び順")
    valid_from = models.PositiveSmallIntegerField("始まりの年度", null=True, blank=True)
    valid_to = models.PositiveSmallIntegerField("終わりの年度", null=True, blank=True)
    continues = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="continued_by", verbose_name="引き継いだ元の担当"
    )

    objects = ResponsibilityQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "担当"
        ordering = ["action", "position", "organization__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "wording", "organization"],
                condition=Q(valid_to__isnull=True),
                name="responsibility_unique_while_valid",
            ),
            models.UniqueConstraint(
                fields=["action", "wording"],
                condition=Q(valid_to__isnull=True, organization__isnull=True),
                name="responsibility_unassigned_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="responsibility_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.action_id} {self.wording}"


class IndicatorQuerySet(models.QuerySet):
    def in_year(self, year: int):
        """Those that are measured in this fiscal year: not ended before it."""
        return self.filter(Q(last_year__isnull=True) | Q(last_year__gte=year))


class Indicator(models.Model):
    """目標指標 of a measure. The draft sets no targets; they stay empty until the city sets them."""

    class Kind(models.TextChoices):
        OUTPUT = "output", "活動"
        OUTCOME = "outcome", "成果"

    class Trend(models.TextChoices):
        UP = "up", "増やす"
        DOWN = "down", "減らす"
        KEEP = "keep", "保つ"

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="indicators")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name="記入する組織"
    )
    code = models.CharField("指標番号", max_length=24)
    name = models.CharField("指標", max_length=120)
    unit = models.CharField("単位", max_length=20)
    kind = models.CharField("種類", max_length=10, choices=Kind)
    trend = models.CharField("望ましい向き", max_length=10, choices=Trend)
    baseline = models.DecimalField("基準値", max_digits=14, decimal_places=3, null=True, blank=True)
    baseline_year = models.CharField("基準の時点", max_length=40, blank=True)
    target = models.DecimalField("目標値", max_digits=14, decimal_places=3, null=True, blank=True)
    target_year = models.PositiveSmallIntegerField("目標の年度", null=True, blank=True)
    source = models.CharField("出所", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("並び順", default=0)
    last_year = models.PositiveSmallIntegerField("最後の年度", null=True, blank=True)

    objects = IndicatorQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "目標指標"
        ordering = ["measure", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "code"], name="indicator_code_unique_in_measure"),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target_year__isnull=False), name="indicator_target_names_its_year"
            ),
        ]

    def __str__(self):
        return self.name

    def is_measured_in(self, year: int) -> bool:
        return self.last_year is None or self.last_year >= year


class IndicatorValue(models.Model):
    """One fiscal year's target and actual of an indicator; a missing actual needs a reason."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    year = models.PositiveSmallIntegerField("年度")
    target = models.DecimalField("年度の目標値", max_digits=14, decimal_places=3, null=True, blank=True)
    actual = models.DecimalField("実績値", max_digits=14, decimal_places=3, null=True, blank=True)
    reason = models.CharField("値なしの理由", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "指標の実績"
        ordering = ["indicator", "year"]
        constraints = [models.UniqueConstraint(fields=["indicator", "year"], name="indicator_value_unique_in_year")]

    def __str__(self):
        return f"{self.indicator} {self.year}"


class PreviousReview(models.Model):
    """前計画の評価・見直し: one row of the last plan's closing table, and who carries it on.

    `evaluation` and `policy` are lists of statements, as printed.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="previous_reviews")
    position = models.PositiveSmallIntegerField("並び順")
    title = models.CharField("前計画の施策", max_length=120)
    evaluation = models.JSONField("主な評価と課題", default=list)
    policy = models.JSONField("見直し方針", default=list)
    measures = models.ManyToManyField(Measure, related_name="previous_reviews", verbose_name="引き継ぐ施策")

    class Meta:
        verbose_name = verbose_name_plural = "前計画の評価・見直し"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="previous_review_place_unique")]

    def __str__(self):
        return self.title
