"""Returned workbooks: what came, what it would change, what was done with it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from .year import Cycle, Entry

User = settings.AUTH_USER_MODEL


class WorkbookImport(models.Model):
    """調査票の取込み: one returned workbook of one year, checked first, applied or not, perhaps taken back.

    The counts are those of the check; `applied` is how many sheets were really
    written. The file itself is not kept: its rows are, and its fingerprint.
    """

    class State(models.TextChoices):
        READING = "reading", "読み取り中"
        CHECKED = "checked", "反映待ち"
        APPLIED = "applied", "反映済み"
        UNDONE = "undone", "取消し済み"
        DISCARDED = "discarded", "取りやめ"

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="imports", verbose_name="年度の評価")
    by = models.ForeignKey(User, models.PROTECT, related_name="imports", verbose_name="取り込んだ人")
    at = models.DateTimeField("日時", auto_now_add=True)
    file_name = models.CharField("ファイル名", max_length=255)
    sha256 = models.CharField("指紋（SHA-256）", max_length=64)
    size = models.PositiveIntegerField("大きさ（バイト）")
    state = models.CharField("状態", max_length=10, choices=State, default=State.READING)
    missing_columns = models.JSONField("ファイルにない列", default=list)
    extra_columns = models.JSONField("読み取らない列", default=list)

    new = models.PositiveIntegerField("新しく記入", default=0)
    changed = models.PositiveIntegerField("変更", default=0)
    unchanged = models.PositiveIntegerField("変更なし", default=0)
    conflict = models.PositiveIntegerField("競合", default=0)
    error = models.PositiveIntegerField("エラー", default=0)

    applied = models.PositiveIntegerField("反映した件数", default=0)
    applied_at = models.DateTimeField("反映日時", null=True, blank=True)
    applied_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="反映した人"
    )
    undone_at = models.DateTimeField("取消し日時", null=True, blank=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="取り消した人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "調査票の取込み"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["cycle", "sha256"], name="import_by_cycle_fingerprint")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "undone"]) | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="import_applied_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="import_undone_is_signed",
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("staff:workbook-import", args=[self.pk])

    @property
    def stage(self) -> State:
        return self.State(self.state)

    @property
    def total(self) -> int:
        """Rows of the file that were read."""
        return self.new + self.changed + self.unchanged + self.conflict + self.error


class WorkbookRow(models.Model):
    """One row of a returned workbook beside the sheet it is about.

    `values` and `before` are plain (choices by code): what the file would
    write, and all that stood at version `seen`. `suggested` says for a
    conflict which side changed a field: "file", "portal", or "" for both.
    `given` is every cell as it came, by the column's name, to hand it back.
    """

    class Kind(models.TextChoices):
        ERROR = "error", "エラー"
        CONFLICT = "conflict", "競合"
        NEW = "new", "新しく記入"
        CHANGED = "changed", "変更"
        UNCHANGED = "unchanged", "変更なし"

    workbook = models.ForeignKey(WorkbookImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行")
    kind = models.CharField("区分", max_length=10, choices=Kind)
    entry = models.ForeignKey(
        Entry, models.SET_NULL, null=True, blank=True, related_name="workbook_rows", verbose_name="個票"
    )
    code = models.CharField("番号", max_length=60, blank=True)
    title = models.CharField("取組", max_length=200, blank=True)
    seen = models.PositiveIntegerField("確かめた版", null=True, blank=True)
    values = models.JSONField("書く値", default=dict)
    before = models.JSONField("前の値", default=dict)
    suggested = models.JSONField("競合の見立て", default=dict)
    problems = models.JSONField("エラー", default=list)
    given = models.JSONField("受け取った値", default=dict)
    note = models.CharField("注意", max_length=200, blank=True)
    is_applied = models.BooleanField("反映した", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "調査票の行"
        ordering = ["workbook", "number"]
        constraints = [
            models.UniqueConstraint(fields=["workbook", "number"], name="workbook_row_once_in_workbook"),
        ]

    def __str__(self):
        return f"{self.number}行目 {self.code}"
