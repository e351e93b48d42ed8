"""調査: whom it asked, what it asked, and what the plan says of the answers.

A number is kept with where it came from: printed in the plan, derived from
what is printed (and how), or counted from answers. A value the draft does not
give is absent, never estimated.
"""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from measures.models import Measure
from plans.models import Plan

from .origin import Origin, OriginQuerySet


class SurveyQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_public=True)


class Survey(models.Model):
    """One survey: whom it asked, how, when, and how many answered.

    The three limits say what the portal shows of its tables: counts below
    `hide_below` are hidden, groups smaller than `base_hidden_below` are not
    shown at all, groups smaller than `base_reference_below` are marked 参考.
    """

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
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="following", verbose_name="前回の調査"
    )
    is_public = models.BooleanField("公開する", default=True)
    hide_below = models.PositiveSmallIntegerField("この人数に満たない回答を隠す", default=3)
    base_hidden_below = models.PositiveSmallIntegerField("この人数に満たない区分を表示しない", default=10)
    base_reference_below = models.PositiveSmallIntegerField("この人数に満たない区分を参考とする", default=30)

    objects = SurveyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "調査"
        ordering = ["-year", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "slug"], name="survey_slug_unique_in_plan"),
            models.CheckConstraint(condition=Q(returned__lte=F("sent")), name="survey_returns_at_most_sent"),
            models.CheckConstraint(
                condition=Q(base_hidden_below__lte=F("base_reference_below")), name="survey_reference_from_shown_base"
            ),
        ]

    def __str__(self):
        return self.title


class QuestionQuerySet(models.QuerySet):
    def public(self):
        return self.filter(survey__is_public=True)


class Question(models.Model):
    """設問. `statements` are the sentences the plan writes about its answers, `remarks` what the plan
    concludes from them elsewhere (「本計画で取り組むべき課題」), both word for word.

    A question keeps its code from survey to survey: the one of the same code
    is what it is compared with, whatever became of its wording.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", "1つ選択"
        MULTIPLE = "multiple", "複数回答"
        MATRIX = "matrix", "項目ごとに1つ選択"
        NUMBER = "number", "数値"
        TEXT = "text", "自由記述"

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    code = models.SlugField("設問番号")
    position = models.PositiveSmallIntegerField("並び順")
    field = models.CharField("分野", max_length=60, blank=True)
    theme = models.CharField("テーマ", max_length=60)
    text = models.CharField("設問文", max_length=200)
    kind = models.CharField("種類", max_length=10, choices=Kind)
    base = models.PositiveIntegerField("回答者数 n", null=True, blank=True)
    statements = models.JSONField("計画書の文章", default=list, blank=True)
    remarks = models.JSONField("計画書の課題の文章", default=list, blank=True)
    is_attribute = models.BooleanField("属性（クロス集計の軸）", default=False)
    measures = models.ManyToManyField(Measure, blank=True, related_name="questions", verbose_name="関係する施策")

    objects = QuestionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "設問"
        ordering = ["survey", "position"]
        constraints = [models.UniqueConstraint(fields=["survey", "code"], name="question_code_unique_in_survey")]

    def __str__(self):
        return self.text

    @property
    def page_anchor(self) -> str:
        """Its id on the page of the survey."""
        return f"question-{self.code}"


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
    """One answer a question offers; `code` is what stands for it in a file of answers."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField("並び順")
    label = models.CharField("選択肢", max_length=120)
    is_no_answer = models.BooleanField("無回答", default=False)
    code = models.CharField("選択肢番号", max_length=10, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "選択肢"
        ordering = ["question", "position"]
        constraints = [
            models.UniqueConstraint(fields=["question", "label"], name="choice_label_unique_in_question"),
            models.UniqueConstraint(
                fields=["question", "code"], condition=~Q(code=""), name="choice_code_unique_in_question"
            ),
        ]

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

    objects = OriginQuerySet.as_manager()
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

    @property
    def is_of_the_plan(self) -> bool:
        return Origin(self.origin).is_of_the_plan


class Ranking(models.Model):
    """順位: an order the plan gives without numbers (「② 治安…、① 緑…、⑧ 近所…の順」)."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="rankings")
    criterion = models.CharField("並べる基準", max_length=120)
    rank = models.PositiveSmallIntegerField("順位")
    item = models.ForeignKey(Item, models.CASCADE, related_name="rankings")
    line = models.PositiveIntegerField("読み取りデータの行", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "順位"
        ordering = ["question", "line", "rank"]
        constraints = [models.UniqueConstraint(fields=["question", "criterion", "rank"], name="ranking_place_unique")]

    def __str__(self):
        return f"{self.criterion} {self.rank}位"
