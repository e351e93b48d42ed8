"""Raw answers, kept by column until they are counted, and files that wait for a confirmation."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from plans.models import Plan

from .questions import Item, Question, Survey


class AnswerSet(models.Model):
    """回答データ: the answers of one survey. They can be deleted once they are counted."""

    survey = models.OneToOneField(Survey, models.CASCADE, related_name="answers")
    number = models.PositiveIntegerField("回答数")
    filename = models.CharField("ファイル名", max_length=200)
    encoding = models.CharField("文字コード", max_length=40)
    is_synthetic = models.BooleanField("合成データ", default=False)
    imported_at = models.DateTimeField("取込日時", default=timezone.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="imported_answers"
    )

    class Meta:
        verbose_name = verbose_name_plural = "回答データ"

    def __str__(self):
        return f"{self.survey}の回答データ"


class AnswerColumn(models.Model):
    """The answers of everyone to one question (of a matrix: to one item), in the order of the file.

    `codes` are the numbers of `counting.Column`, `labels` the choices they stand
    for as they were when the file came. Free texts stand in `texts` and are
    read by the secretariat only.
    """

    answers = models.ForeignKey(AnswerSet, models.CASCADE, related_name="columns")
    question = models.ForeignKey(Question, models.CASCADE, related_name="columns")
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="columns")
    codes = models.BinaryField(default=bytes)
    labels = models.JSONField(default=list, blank=True)
    texts = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "回答の列"
        constraints = [
            models.UniqueConstraint(fields=["answers", "item"], name="answer_column_unique_for_item"),
            models.UniqueConstraint(
                fields=["answers", "question"],
                condition=models.Q(item__isnull=True),
                name="answer_column_unique_for_question",
            ),
        ]

    def __str__(self):
        return f"{self.question_id} {self.item_id or ''}"


class Upload(models.Model):
    """A file somebody has sent but not confirmed yet. Nothing of it is in the data."""

    class Kind(models.TextChoices):
        STATISTICS = "statistics", "統計"
        TALLIES = "tallies", "集計値"
        DEFINITION = "definition", "設問の定義"
        ANSWERS = "answers", "回答データ"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="uploads")
    survey = models.ForeignKey(Survey, models.CASCADE, null=True, blank=True, related_name="uploads")
    kind = models.CharField("種類", max_length=12, choices=Kind)
    filename = models.CharField("ファイル名", max_length=200)
    content = models.BinaryField("中身")
    sent_at = models.DateTimeField("送信日時", default=timezone.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")

    class Meta:
        verbose_name = verbose_name_plural = "確認待ちのファイル"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="statistics") | models.Q(survey__isnull=False),
                name="upload_names_its_survey",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.filename}"
