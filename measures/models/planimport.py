"""Returned workbooks of the plan's structure: what came, what it would change, what was done with it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from plans.models import Plan

User = settings.AUTH_USER_MODEL


class PlanImport(models.Model):
    """計画のExcelの取込み: one workbook of one plan, looked at first, written as a whole or not at all.

    `given` is what the file says, until it is decided about: writing reads it
    again beside the plan of that moment. `seen` marks what was looked at. The
    file itself is not kept.
    """

    class State(models.TextChoices):
        CHECKED = "checked", "反映待ち"
        APPLIED = "applied", "反映済み"
        DISCARDED = "discarded", "取りやめ"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="imports", verbose_name="計画")
    by = models.ForeignKey(User, models.PROTECT, related_name="plan_imports", verbose_name="取り込んだ人")
    at = models.DateTimeField("日時", auto_now_add=True)
    file_name = models.CharField("ファイル名", max_length=255)
    sha256 = models.CharField("指紋（SHA-256）", max_length=64)
    size = models.PositiveIntegerField("大きさ（バイト）")
    state = models.CharField("状態", max_length=10, choices=State, default=State.CHECKED)
    version = models.PositiveIntegerField("元にした計画の版")
    given = models.JSONField("受け取った値", default=dict)
    seen = models.CharField("確かめた内容の印", max_length=64)
    missing = models.JSONField("ファイルにないシートと列", default=list)
    extra = models.JSONField("読み取らない列", default=list)

    new = models.PositiveIntegerField("追加", default=0)
    changed = models.PositiveIntegerField("変更", default=0)
    unchanged = models.PositiveIntegerField("変更なし", default=0)
    removed = models.PositiveIntegerField("ファイルにない行", default=0)
    conflict = models.PositiveIntegerField("競合", default=0)
    error = models.PositiveIntegerField("エラー", default=0)

    applied = models.PositiveIntegerField("反映した件数", default=0)
    applied_at = models.DateTimeField("反映日時", null=True, blank=True)
    applied_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="反映した人"
    )
    reason = models.CharField("変更の理由", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "計画のExcelの取込み"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="plan_import_applied_is_signed",
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("staff:plan-import", args=[self.pk])

    @property
    def stage(self) -> State:
        return self.State(self.state)

    @property
    def can_be_applied(self) -> bool:
        """Whether there is anything to write; one wrong cell holds back the whole file."""
        return not self.error and bool(self.new or self.changed or self.conflict or self.removed)


class PlanImportRow(models.Model):
    """One row of the workbook (or one that is gone from it) that is not as the plan is.

    `fields` are its cells in words: name, label, before, after, and for a
    conflict the side that changed it: "file", "portal", or "" for both.
    """

    class Kind(models.TextChoices):
        ERROR = "error", "エラー"
        CONFLICT = "conflict", "競合"
        REMOVED = "removed", "ファイルにない行"
        CHANGED = "changed", "変更"
        NEW = "new", "追加"

    record = models.ForeignKey(PlanImport, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField("並び順")
    kind = models.CharField("区分", max_length=10, choices=Kind)
    part = models.CharField("種類", max_length=10)
    sheet = models.CharField("シート", max_length=40)
    number = models.PositiveIntegerField("行", null=True, blank=True)
    key = models.CharField("番号", max_length=120)
    title = models.CharField("名称", max_length=200, blank=True)
    fields = models.JSONField("項目", default=list)
    problems = models.JSONField("エラー", default=list)
    note = models.CharField("注意", max_length=200, blank=True)
    can_go = models.BooleanField("消せる", default=False)
    is_applied = models.BooleanField("反映した", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "計画のExcelの行"
        ordering = ["record", "position"]
        constraints = [
            models.UniqueConstraint(fields=["record", "position"], name="plan_import_row_place_unique"),
        ]

    def __str__(self):
        return f"{self.sheet} {self.key}"

    @property
    def code(self) -> str:
        """What a list of problems calls the row."""
        return self.key or "（新しい行）"
