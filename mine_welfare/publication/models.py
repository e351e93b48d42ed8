"""Papers that take longer than a reader waits: asked for, made by the worker, kept."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from measures.models import Cycle
from plans.models import Plan

User = settings.AUTH_USER_MODEL


def private_files():
    """Papers of the city hall's own; nothing under this storage has an address."""
    return storages["default"]


class PaperQuerySet(models.QuerySet):
    def open(self):
        """Waiting for the worker, or being made."""
        return self.filter(state__in=[Paper.State.WAITING, Paper.State.RUNNING])


class Paper(models.Model):
    """One paper somebody asked for, with how far it is.

    `scope` says of what ({"organization": 3}); `contents` is the state of the
    data it was made from: the same paper is not made twice of the same data.
    """

    class Kind(models.TextChoices):
        SHEETS = "sheets", "個票"
        BLANKS = "blanks", "個票（手書き用）"
        LIST = "list", "一覧"
        REPORT = "report", "達成状況評価報告書"
        OPINIONS = "opinions", "主な意見と市の考え方"
        PACK = "pack", "会議資料"

    class State(models.TextChoices):
        WAITING = "waiting", "順番待ち"
        RUNNING = "running", "作成中"
        DONE = "done", "できました"
        FAILED = "failed", "作れませんでした"
        STOPPED = "stopped", "取りやめました"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="papers")
    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="papers")
    kind = models.CharField("種類", max_length=12, choices=Kind)
    scope = models.JSONField("範囲", default=dict, blank=True)
    title = models.CharField("名称", max_length=200)
    state = models.CharField("状態", max_length=10, choices=State, default=State.WAITING)
    contents = models.CharField("内容の状態", max_length=64, blank=True)
    done = models.PositiveIntegerField("済んだ数", default=0)
    total = models.PositiveIntegerField("全体の数", default=0)
    doing = models.CharField("していること", max_length=200, blank=True)
    stop_asked = models.BooleanField("取りやめの求め", default=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="papers", verbose_name="求めた人")
    asked_at = models.DateTimeField("求めた日時", default=timezone.now)
    ended_at = models.DateTimeField("終わった日時", null=True, blank=True)
    file = models.FileField("ファイル", storage=private_files, upload_to="papers/asked", blank=True)
    pages = models.PositiveIntegerField("ページ数", null=True, blank=True)
    error = models.CharField("理由", max_length=300, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作成した資料"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="done") | ~Q(file=""), name="paper_done_has_its_file"),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="paper_by_state")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("staff:paper", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class MeetingQuerySet(models.QuerySet):
    def handed_out(self):
        """With the pack recorded as handed out."""
        return self.filter(pack__isnull=False).select_related("pack", "cycle")


class Meeting(models.Model):
    """会議: a meeting of the committee or the liaison council, with what was handed out."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="meetings")
    name = models.CharField("会議の名称", max_length=120)
    held_on = models.DateField("開催日")
    place = models.CharField("場所", max_length=120, blank=True)
    agenda = models.TextField("次第", blank=True, help_text="1行に1つ書きます。番号は自動で付きます。")
    pack = models.ForeignKey(Paper, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="送った資料")
    sent_on = models.DateField("送付日", null=True, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会議"
        ordering = ["-held_on", "-pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("staff:meeting", args=[self.pk])

    @property
    def items(self) -> list[str]:
        """The items of the agenda."""
        return [line.strip() for line in self.agenda.splitlines() if line.strip()]


class Handout(models.Model):
    """資料: one paper of a meeting; `item` is the line of the agenda it belongs to, 0 for none.

    `number` is the 資料番号 as it is printed: 資料1, 資料2-1, 資料2-2, 参考資料.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="handouts")
    position = models.PositiveSmallIntegerField("並び順")
    item = models.PositiveSmallIntegerField("次第", default=0, help_text="どの議事の資料かを選びます。")
    number = models.CharField("資料番号", max_length=20, blank=True)
    kind = models.CharField(
        "種類", max_length=12, choices=[c for c in Paper.Kind.choices if c[0] != "pack"], blank=True
    )
    scope = models.JSONField("範囲", default=dict, blank=True)
    title = models.CharField("名称", max_length=200)
    upload = models.FileField(
        "添付するPDF", storage=private_files, upload_to="papers/handouts", blank=True, help_text="ほかで作ったPDFです。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "資料"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="handout_place_unique_in_meeting"),
            models.CheckConstraint(
                condition=Q(kind="", upload__gt="") | Q(kind__gt="", upload=""),
                name="handout_is_made_or_uploaded",
                violation_error_message="資料の種類を選ぶか、PDFを添付してください（どちらか1つ）。",
            ),
        ]

    def __str__(self):
        return f"{self.number}　{self.title}"
