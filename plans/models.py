"""The plan book's own vocabulary: plan, goals, policies, chapters, terms, tiers."""

import datetime
from typing import NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords


class Edition(NamedTuple):
    """One state of a plan's public text: whatever a process remembers of the plan, it remembers by this."""

    plan_id: int
    version: int
    changed_at: datetime.datetime


class PlanQuerySet(models.QuerySet):
    def current(self):
        """The plan citizens see at the permanent addresses, or None before one is loaded."""
        return self.filter(is_current=True).first()


class Plan(models.Model):
    """One generation of the city's plan, such as the 3rd (FY2025–2029).

    Several stand side by side: the next is drafted while this one still runs.
    Site-wide wording (portal name, municipality) belongs to the plan's data.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "素案"
        FINAL = "final", "確定"

    slug = models.SlugField("識別名", unique=True)
    portal_name = models.CharField("ポータルの名称", max_length=60)
    municipality = models.CharField("市町村名", max_length=40)
    titles = models.JSONField("計画名", help_text="表紙に並べる計画名。1行ずつ。")
    short_title = models.CharField("計画名（短い形）", max_length=120)
    subtitle = models.CharField("副題", max_length=120, blank=True)
    issuers = models.JSONField("発行者", default=list)
    vision = models.CharField("基本理念", max_length=120)
    lead = models.TextField("ポータルの説明", blank=True)
    start_year = models.PositiveSmallIntegerField("始まりの年度")
    end_year = models.PositiveSmallIntegerField("終わりの年度")
    status = models.CharField("段階", max_length=10, choices=Status, default=Status.DRAFT)
    is_current = models.BooleanField("公開中の計画", default=False)
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name="前の計画"
    )
    # Bumped by every write to what citizens read: caches, ETags and PDFs compare it.
    version = models.PositiveIntegerField("公開内容の版", default=0, editable=False)
    changed_at = models.DateTimeField("最終更新", default=timezone.now, editable=False)

    objects = PlanQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["version", "changed_at"])

    class Meta:
        verbose_name = verbose_name_plural = "計画"
        ordering = ["-start_year", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end_year__gte=F("start_year")), name="plan_ends_after_it_begins"),
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="plan_only_one_current"),
        ]

    def __str__(self):
        return self.short_title

    @property
    def years(self) -> range:
        """Fiscal years of the plan: range(2025, 2030)."""
        return range(self.start_year, self.end_year + 1)

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def edition(self) -> Edition:
        return Edition(self.pk, self.version, self.changed_at)

    def touch(self) -> None:
        """Note that public content changed; safe when two writers do so at once."""
        Plan.objects.filter(pk=self.pk).update(version=F("version") + 1, changed_at=timezone.now())


class Component(models.Model):
    """A plan within the plan: 地域福祉計画 (市), 地域福祉活動計画 (社協), 再犯防止推進計画."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="components")
    code = models.SlugField("識別名")
    title = models.CharField("名称", max_length=80)
    edition = models.CharField("次数", max_length=20, blank=True)
    owner = models.CharField("策定主体", max_length=60)
    legal_basis = models.CharField("根拠", max_length=200, blank=True)
    lead = models.TextField("やさしい説明", blank=True, help_text="この計画は何かを、はじめて読む人に伝える文です。")
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "構成計画"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="component_code_unique_in_plan")]

    def __str__(self):
        return f"{self.edition}{self.title}"


class BasicGoal(models.Model):
    """基本目標."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="goals")
    number = models.PositiveSmallIntegerField("番号")
    title = models.CharField("名称", max_length=120)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "基本目標"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="goal_number_unique_in_plan")]

    def __str__(self):
        return f"基本目標{self.number} {self.title}"

    @property
    def code(self) -> str:
        return str(self.number)


class BasicPolicy(models.Model):
    """基本施策, with its 現状と課題."""

    goal = models.ForeignKey(BasicGoal, models.CASCADE, related_name="policies")
    number = models.PositiveSmallIntegerField("番号")
    title = models.CharField("名称", max_length=120)
    issues = models.TextField("現状と課題", blank=True, help_text="段落ごとに改行します。")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "基本施策"
        ordering = ["goal__number", "number"]
        constraints = [models.UniqueConstraint(fields=["goal", "number"], name="policy_number_unique_in_goal")]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        return f"{self.goal.number}-{self.number}"


class Section(models.Model):
    """One heading of the plan book with the text under it, in reading order.

    An outline, not a tree: `level` 1 is the chapter, 2 「1 計画策定の趣旨」,
    3 「(1) …」, and so on. The body is the text subset of `toolkit.richtext`;
    a figure line names what to draw there (`series:…`, `question:…`, `lost:`).
    """

    class Kind(models.TextChoices):
        TEXT = "text", "文章"
        MEASURES = "measures", "施策から組む"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sections")
    chapter = models.PositiveSmallIntegerField("章")
    position = models.PositiveSmallIntegerField("並び順")
    level = models.PositiveSmallIntegerField("深さ")
    anchor = models.SlugField("番地")
    marker = models.CharField("番号", max_length=20, blank=True)
    title = models.CharField("見出し", max_length=120)
    body = models.TextField("本文", blank=True)
    kind = models.CharField("種類", max_length=10, choices=Kind, default=Kind.TEXT)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "計画書の本文"
        ordering = ["chapter", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "chapter", "anchor"], name="section_anchor_unique_in_chapter"),
            models.CheckConstraint(condition=Q(level__gte=1), name="section_level_from_one"),
        ]

    def __str__(self):
        return self.heading

    @property
    def heading(self) -> str:
        """Number and title as printed: 「第1章　計画の策定にあたって」."""
        return f"{self.marker}　{self.title}" if self.marker else self.title

    @property
    def page_anchor(self) -> str:
        """Its id on the chapter's page; a letter first, as some tools still want it."""
        return f"s{self.anchor}"


class GlossaryTerm(models.Model):
    """用語解説. `origin` says whether the plan or the portal explains the word."""

    class Origin(models.TextChoices):
        PLAN = "plan", "計画書の文章"
        PORTAL = "portal", "ポータルの説明"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="terms")
    term = models.CharField("用語", max_length=60)
    reading = models.CharField("読み", max_length=120)
    definition = models.TextField("説明")
    origin = models.CharField("説明の出どころ", max_length=10, choices=Origin, default=Origin.PORTAL)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "用語"
        ordering = ["reading", "term"]
        constraints = [models.UniqueConstraint(fields=["plan", "term"], name="term_unique_in_plan")]

    def __str__(self):
        return self.term

    @property
    def is_portals(self) -> bool:
        """Whether the portal supplied the explanation."""
        return self.origin == self.Origin.PORTAL

    @property
    def page_anchor(self) -> str:
        """Its id in the glossary. Not the row's number: a link to a term outlives the next loading of the plan."""
        return f"term-{'_'.join(self.term.split())}"


class RelatedPlan(models.Model):
    """One bar of the table of related plans' periods, as the draft prints it.

    `column` is the draft's own column (1 = the plan's first year). The draft's
    table is out of step with its header, so no year is derived from it.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="related_plans")
    block = models.PositiveSmallIntegerField("ます")
    names = models.CharField("計画名", max_length=120)
    line = models.PositiveSmallIntegerField("段")
    column = models.PositiveSmallIntegerField("列")
    label = models.CharField("期・次", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "関連計画の期間"
        ordering = ["block", "line", "column"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "block", "line", "column"], name="related_plan_place_unique")
        ]

    def __str__(self):
        return f"{self.names} {self.label}"


class AreaTier(models.Model):
    """圏域: one tier from 市全域 down to 隣近所, with the facilities and bodies that work there.

    `facilities` is a list of printed lines, each a list of names.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="tiers")
    position = models.PositiveSmallIntegerField("並び順")
    name = models.CharField("圏域", max_length=60)
    facilities = models.JSONField("施設・団体", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "圏域"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="tier_place_unique_in_plan")]

    def __str__(self):
        return self.name


ERRATUM_EXPLANATIONS = {
    "draft": "素案にある表記の揺れや誤りと考えられるものです。計画を確定するときに、直すかどうかを決めてください。",
    "reading": "機械の読み取りの誤りです。元の素案の表記に直して収録しました。",
    "structure": "文章は変えずに、行のつなぎ方や見出しの組み方だけを直しました。",
    "omitted": "ページ番号や、ページごとに繰り返される表の見出しなど、収録しなかった行です。",
}


class ErratumQuerySet(models.QuerySet):
    def for_the_city(self):
        """What the secretariat has to decide: slips of the draft and uncertain readings."""
        return self.filter(Q(kind=Erratum.Kind.DRAFT) | Q(confidence=Erratum.Confidence.LIKELY))


class Erratum(models.Model):
    """素案の確認事項: how one place of the machine-read draft became data, or why it stays."""

    class Kind(models.TextChoices):
        READING = "reading", "読み取りの誤り（直して収録）"
        DRAFT = "draft", "素案の表記（そのまま収録）"
        STRUCTURE = "structure", "組み方（文章は変えず、つなげ方を直す）"
        OMITTED = "omitted", "収録しない行"

        @property
        def explanation(self) -> str:
            """What the city is asked to do with the errata of this kind."""
            return ERRATUM_EXPLANATIONS[self]

    class Confidence(models.TextChoices):
        CERTAIN = "certain", "確実"
        LIKELY = "likely", "ほぼ確実"
        OPEN = "open", "市の確認が必要"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="errata")
    position = models.PositiveSmallIntegerField("並び順")
    kind = models.CharField("種類", max_length=10, choices=Kind)
    confidence = models.CharField("確からしさ", max_length=10, choices=Confidence)
    line = models.PositiveIntegerField("読み取りデータの行")
    place = models.CharField("場所", max_length=80)
    as_read = models.TextField("読み取りのまま")
    corrected = models.TextField("収録した形・案", blank=True)
    reason = models.TextField("理由", blank=True)

    objects = ErratumQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "素案の確認事項"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="erratum_place_unique_in_plan")]

    def __str__(self):
        return f"{self.line}行 {self.as_read[:30]}"
