"""What is said of the year above its sheets: reviews of measures, opinions of the committee, answers to them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from mine_welfare.accounts.models import Organization

from ..workflow import ResponseState
from .structure import Measure
from .year import Cycle, Grade

User = settings.AUTH_USER_MODEL


class MeasureReview(models.Model):
    """施策の評価: 1次 (inside the city hall) and 2次 (committee) for one year.

    At the end of the plan these rows are the next plan's 「計画の評価・見直し」.
    """

    class State(models.TextChoices):
        """How far a review has come, read off its fields."""

        EMPTY = "empty", "未記入"
        FIRST = "first", "1次評価まで"
        SECOND = "second", "2次評価まで"
        COMPLETE = "complete", "記入済"

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="reviews")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="reviews")
    version = models.PositiveIntegerField("版", default=0)
    first_rating = models.ForeignKey(
        Grade, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="1次評価"
    )
    first_comment = models.TextField("1次評価の所見", blank=True)
    second_rating = models.ForeignKey(
        Grade, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="2次評価"
    )
    second_comment = models.TextField("2次評価の所見", blank=True)
    summary = models.TextField("主な評価と課題", blank=True)
    policy = models.TextField("見直し方針", blank=True)
    saved_at = models.DateTimeField("最終保存", null=True, blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "施策の評価"
        ordering = ["cycle", "measure"]
        constraints = [models.UniqueConstraint(fields=["cycle", "measure"], name="review_unique_for_measure_year")]

    def __str__(self):
        return f"{self.cycle} {self.measure}"

    @property
    def rating(self) -> Grade | None:
        """What counts of this year: the committee's rating, and before it the city hall's."""
        return self.second_rating or self.first_rating

    @property
    def state(self) -> State:
        if not self.first_rating_id:
            return self.State.EMPTY
        if not self.second_rating_id:
            return self.State.FIRST
        return self.State.COMPLETE if self.summary and self.policy else self.State.SECOND


class OpinionQuerySet(models.QuerySet):
    def received(self):
        """What the secretariat has taken in: the committee's opinions as they stand."""
        return self.filter(received_at__isnull=False)

    def in_order(self):
        """The whole plan first, then measure by measure as the plan has them."""
        return self.order_by(
            models.F("measure__policy__goal__number").asc(nulls_first=True),
            "measure__policy__number",
            "measure__number",
            "at",
            "pk",
        )


class Opinion(models.Model):
    """委員会意見, on a measure or on the whole plan. Members' names are never public, nor shown to departments.

    A member may mend their own until the secretariat has received it.
    """

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="opinions")
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="施策"
    )
    meeting = models.CharField("会議", max_length=80, blank=True)
    text = models.TextField("意見")
    version = models.PositiveIntegerField("版", default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="opinions", verbose_name="記入した人")
    at = models.DateTimeField("日時", auto_now_add=True)
    received_at = models.DateTimeField("事務局の受付", null=True, blank=True)

    objects = OpinionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "委員会意見"
        ordering = ["cycle", "measure", "at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="opinion_says_something")]

    def __str__(self):
        return self.text[:40]

    def get_absolute_url(self):
        return reverse("staff:opinion", args=[self.pk])

    @property
    def subject(self) -> str:
        return str(self.measure) if self.measure else "計画の全体"


class ResponseQuerySet(models.QuerySet):
    def waiting(self):
        """Those the asked organization has still to answer."""
        return self.filter(state__in=[state for state in ResponseState if state.is_with_office])

    def confirmed(self):
        """What may stand beside its opinion for citizens and the committee."""
        return self.filter(state=ResponseState.ACCEPTED)


class Response(models.Model):
    """市の考え方: the answer of the responsible organization to one opinion, asked for with a due date."""

    class Reflection(models.TextChoices):
        DONE = "done", "反映済"
        PLANNED = "planned", "今後反映"
        NOTED = "noted", "参考"
        HARD = "hard", "困難"

        @property
        def definition(self) -> str:
            return REFLECTION_DEFINITIONS[self]

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="responses")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="responses", verbose_name="回答する組織"
    )
    state = models.CharField("状態", max_length=12, choices=ResponseState, default=ResponseState.ASKED)
    version = models.PositiveIntegerField("版", default=0)
    due_on = models.DateField("回答の期限", null=True, blank=True)
    text = models.TextField("市の考え方", blank=True)
    reflection = models.CharField("反映状況", max_length=10, choices=Reflection, blank=True)
    return_reason = models.TextField("差戻しの理由", blank=True)
    answered_at = models.DateTimeField("回答日時", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ResponseQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "市の考え方"
        ordering = ["opinion", "organization__position"]
        constraints = [
            models.UniqueConstraint(fields=["opinion", "organization"], name="response_unique_for_opinion"),
            models.CheckConstraint(
                condition=Q(state__in=[ResponseState.ASKED, ResponseState.RETURNED])
                | (~Q(text="") & ~Q(reflection="")),
                name="response_answered_is_complete",
            ),
        ]

    def __str__(self):
        return self.text[:40]

    def get_absolute_url(self):
        return reverse("staff:response", args=[self.pk])

    @property
    def stage(self) -> ResponseState:
        return ResponseState(self.state)


REFLECTION_DEFINITIONS = {
    Response.Reflection.DONE: "すでに取組や評価に反映している",
    Response.Reflection.PLANNED: "次の年度の取組や計画に反映する",
    Response.Reflection.NOTED: "今後の取組の参考とする",
    Response.Reflection.HARD: "反映することが難しい",
}
