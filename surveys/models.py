"""調査・統計・座談会: what stands beside the plan as evidence.

A number is kept with where it came from: printed in the plan, derived from
what is printed (and how), or counted from answers. A value the draft does not
give is absent, never estimated.
"""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from measures.models import Measure
from plans.models import Plan


class Origin(models.TextChoices):
    """Where a number comes from."""

    PUBLISHED = "published", "計画書の値"
    DERIVED = "derived", "計画書の値から計算"
    COUNTED = "counted", "回答から集計"
    IMPORTED = "imported", "取り込んだ統計"


class Survey(models.Model):
    """One survey: whom it asked, how, when, and how many answered."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="surveys")
    slug = models.SlugField("識別名")
    title = models.CharField("調査名", max_length=120)
    year = models.PositiveSmallIntegerField("年度")
    target = models.CharField("調査対象", max_length=200)
    starts_on = models.DateField("調査の開始日")
    ends_on = models.DateField("調査の終了日")
    period = models.CharField("調査期間（表記）", max_length=80)
    distribution = models.CharField("配布", max_length=120)
    collection = models.CharField("回収", max_length=120)
    sent = models.PositiveIntegerField("配布数")
    returned = models.PositiveIntegerField("回収数")
    response_rate = models.DecimalField("回収率（%）", max_digits=4, decimal_places=1)
    note = models.TextField("注記", blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "調査"
        ordering = ["-year", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "slug"], name="survey_slug_unique_in_plan"),
            models.CheckConstraint(condition=Q(returned__lte=F("sent")), name="survey_returns_at_most_sent"),
        ]

    def __str__(self):
        return self.title


class Question(models.Model):
    """設問. `statements` are the sentences the plan writes about it, word for word."""

    class Kind(models.TextChoices):
        SINGLE = "single", "1つ回答（SA）"
        MULTIPLE = "multiple", "複数回答（MA）"
        MATRIX = "matrix", "項目ごとに1つ回答"
        NUMBER = "number", "数値"
        TEXT = "text", "自由記述"

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    code = models.SlugField("設問番号")
    position = models.PositiveSmallIntegerField("並び順")
    theme = models.CharField("テーマ", max_length=60)
    text = models.CharField("設問文", max_length=200)
    kind = models.CharField("種類", max_length=10, choices=Kind)
    base = models.PositiveIntegerField("回答者数 n", null=True, blank=True)
    statements = models.JSONField("計画書の文章", default=list, blank=True)
    measures = models.ManyToManyField(Measure, blank=True, related_name="questions", verbose_name="関係する施策")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "設問"
        ordering = ["survey", "position"]
        constraints = [models.UniqueConstraint(fields=["survey", "code"], name="question_code_unique_in_survey")]

    def __str__(self):
        return self.text


class Item(models.Model):
    """One row of a matrix question: ① 災害時の避難場所を知っていますか。"""

    question = models.ForeignKey(Question, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField("番号")
    label = models.CharField("項目", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "項目"
        ordering = ["question", "number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="item_number_unique_in_question")]

    def __str__(self):
        return self.label


class Choice(models.Model):
    """One answer a question offers."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField("並び順")
    label = models.CharField("選択肢", max_length=120)
    is_no_answer = models.BooleanField("無回答", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "選択肢"
        ordering = ["question", "position"]
        constraints = [models.UniqueConstraint(fields=["question", "label"], name="choice_label_unique_in_question")]

    def __str__(self):
        return self.label


class Tally(models.Model):
    """集計値: the share (percent, one decimal) or the count of one choice, and where it comes from.

    `wording` keeps a value the plan gives only in words (約3割, 8割を超え).
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="tallies")
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="tallies")
    choice = models.ForeignKey(Choice, models.CASCADE, null=True, blank=True, related_name="tallies")
    label = models.CharField("まとめた選択肢", max_length=160, blank=True)
    percent = models.DecimalField("割合（%）", max_digits=4, decimal_places=1, null=True, blank=True)
    count = models.PositiveIntegerField("件数", null=True, blank=True)
    wording = models.CharField("文章での値", max_length=60, blank=True)
    origin = models.CharField("値の出どころ", max_length=10, choices=Origin)
    derivation = models.CharField("計算の方法", max_length=200, blank=True)
    line = models.PositiveIntegerField("読み取りデータの行", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "集計値"
        ordering = ["question", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "choice", "label"], name="tally_unique_for_item_and_choice"),
            models.UniqueConstraint(
                fields=["question", "choice", "label"], condition=Q(item__isnull=True), name="tally_unique_for_choice"
            ),
            models.UniqueConstraint(
                fields=["item", "label"], condition=Q(choice__isnull=True), name="tally_unique_for_item"
            ),
            models.UniqueConstraint(
                fields=["question", "label"],
                condition=Q(item__isnull=True, choice__isnull=True),
                name="tally_unique_for_label",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
                name="tally_percent_between_0_and_100",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False) | Q(count__isnull=False) | ~Q(wording=""),
                name="tally_says_something",
            ),
            models.CheckConstraint(
                condition=~Q(origin=Origin.DERIVED) | ~Q(derivation=""), name="tally_derived_says_how"
            ),
        ]

    def __str__(self):
        return f"{self.question_id} {self.label or self.choice}"


class Ranking(models.Model):
    """順位: an order the plan gives without numbers (「② 治安…、① 緑…、⑧ 近所…の順」)."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="rankings")
    criterion = models.CharField("並べる基準", max_length=120)
    rank = models.PositiveSmallIntegerField("順位")
    item = models.ForeignKey(Item, models.CASCADE, related_name="rankings")
    line = models.PositiveIntegerField("読み取りデータの行", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "順位"
        ordering = ["question", "criterion", "rank"]
        constraints = [models.UniqueConstraint(fields=["question", "criterion", "rank"], name="ranking_place_unique")]

    def __str__(self):
        return f"{self.criterion} {self.rank}位"


class Series(models.Model):
    """統計: one quantity through the years, with unit, source and the day it is counted on."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="series")
    code = models.SlugField("識別名")
    position = models.PositiveSmallIntegerField("並び順")
    theme = models.CharField("分野", max_length=60)
    title = models.CharField("名称", max_length=120)
    unit = models.CharField("単位", max_length=20)
    as_of = models.CharField("時点", max_length=60, blank=True)
    source = models.CharField("出所", max_length=200)
    note = models.TextField("注記", blank=True)
    measures = models.ManyToManyField(Measure, blank=True, related_name="series", verbose_name="関係する施策")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "統計"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="series_code_unique_in_plan")]

    def __str__(self):
        return self.title


class Point(models.Model):
    """One year of a series. `year` is the calendar year the plan names (令和6年 = 2024)."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="points")
    year = models.PositiveSmallIntegerField("年（西暦）")
    value = models.DecimalField("値", max_digits=14, decimal_places=3, null=True, blank=True)
    wording = models.CharField("表記", max_length=40, blank=True)
    origin = models.CharField("値の出どころ", max_length=10, choices=Origin)
    derivation = models.CharField("計算の方法", max_length=200, blank=True)
    line = models.PositiveIntegerField("読み取りデータの行", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "統計の値"
        ordering = ["series", "year"]
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="point_unique_in_year"),
            models.CheckConstraint(
                condition=~Q(origin=Origin.DERIVED) | ~Q(derivation=""), name="point_derived_says_how"
            ),
        ]

    def __str__(self):
        return f"{self.series} {self.year}"


class ResidentMeeting(models.Model):
    """地域ふくし座談会: where residents spoke about their districts."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="resident_meetings")
    slug = models.SlugField("識別名")
    title = models.CharField("名称", max_length=120)
    districts = models.PositiveSmallIntegerField("地区数")
    participants = models.PositiveIntegerField("延べ参加者数")
    note = models.TextField("注記", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "座談会"
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["plan", "slug"], name="resident_meeting_slug_unique_in_plan")]

    def __str__(self):
        return self.title


class MeetingTopic(models.Model):
    """One field of the meeting's table: opinions and the causes or issues behind them, as lists."""

    meeting = models.ForeignKey(ResidentMeeting, models.CASCADE, related_name="topics")
    position = models.PositiveSmallIntegerField("並び順")
    field = models.CharField("分野", max_length=60)
    opinions = models.JSONField("主な意見", default=list)
    issues = models.JSONField("要因や取組課題", default=list)
    measures = models.ManyToManyField(Measure, blank=True, related_name="meeting_topics", verbose_name="関係する施策")

    class Meta:
        verbose_name = verbose_name_plural = "座談会の分野"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="meeting_topic_place_unique")]

    def __str__(self):
        return self.field

    @property
    def page_anchor(self) -> str:
        """Its id where the meeting's table is shown."""
        return f"topic-{self.meeting.slug}-{self.position}"
