"""The secretariat's desk: a year being prepared, what is left out of it, reminders, questions to a sheet."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from mine_welfare.accounts.models import Organization
from mine_welfare.accounts.roles import Role
from plans.models import Plan

from .structure import Action
from .year import Cycle, Entry

User = settings.AUTH_USER_MODEL


class CycleDraft(models.Model):
    """用意の途中の年度: what the pages of the wizard hold so far. One per plan, shared by the secretariat.

    `answers` is {page of the wizard: its form's values}, as the form shows them again.
    """

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="cycle_draft")
    answers = models.JSONField("記入した内容", default=dict, encoder=DjangoJSONEncoder)
    saved_at = models.DateTimeField("最終保存", auto_now=True)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存した人")

    class Meta:
        verbose_name = verbose_name_plural = "用意の途中の年度"

    def __str__(self):
        return f"{self.plan}の新しい年度"


class Omission(models.Model):
    """今年度は評価しない取組: an action that gets no sheet in one year, and why."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="omissions")
    action = models.ForeignKey(Action, models.PROTECT, related_name="omissions", verbose_name="取組")
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="決めた人")
    at = models.DateTimeField("日時", auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "今年度は評価しない取組"
        ordering = ["action__code"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "action"], name="omission_unique_in_year"),
            models.CheckConstraint(condition=~Q(reason=""), name="omission_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.cycle} {self.action.code}"


class Reminder(models.Model):
    """督促: one text sent to one organization, as it was sent. Never changed afterwards.

    `readers` are [name, address] pairs; a text that was handed over otherwise
    (電話・庁内メール・紙) keeps the names without addresses.
    """

    class Way(models.TextChoices):
        MAIL = "mail", "メール"
        HAND = "hand", "メール以外"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="reminders")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="reminders", verbose_name="課・団体")
    addressee = models.CharField("宛先", max_length=12, choices=Role)
    way = models.CharField("送り方", max_length=4, choices=Way)
    readers = models.JSONField("受け取った人", default=list)
    entries = models.ManyToManyField(Entry, related_name="reminders", verbose_name="残っていた個票")
    subject = models.CharField("件名", max_length=200)
    text = models.TextField("文面")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="送った人")
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "督促の記録"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.organization} {self.at:%Y-%m-%d}"

    @property
    def names(self) -> str:
        return "、".join(name for name, _ in self.readers)


class InquiryQuerySet(models.QuerySet):
    def open(self):
        """Waiting for an answer."""
        return self.filter(answered_at__isnull=True, withdrawn_at__isnull=True)


class Inquiry(models.Model):
    """個票への質問: the secretariat asks the department that wrote the sheet, and gets one answer.

    The sheet stays where it is: a question is no 差戻し.
    """

    class State(models.TextChoices):
        OPEN = "open", "回答待ち"
        ANSWERED = "answered", "回答済"
        WITHDRAWN = "withdrawn", "取下げ"

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="inquiries", verbose_name="個票")
    question = models.TextField("質問")
    due_on = models.DateField("回答の期限", null=True, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="質問した人")
    asked_at = models.DateTimeField("質問した日時", auto_now_add=True)
    answer = models.TextField("回答", blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回答した人"
    )
    answered_at = models.DateTimeField("回答した日時", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取り下げた日時", null=True, blank=True)

    objects = InquiryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "個票への質問"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="inquiry_answer_is_signed_and_dated",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="inquiry_answered_or_withdrawn_not_both",
            ),
        ]

    def __str__(self):
        return self.question[:40]

    @property
    def state(self) -> State:
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.ANSWERED if self.answered_at else self.State.OPEN
