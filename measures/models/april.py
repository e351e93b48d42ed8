"""組織改編: which organizations became which, from which year, and what moved with them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mine_welfare.accounts.models import Organization

User = settings.AUTH_USER_MODEL


class Reorganization(models.Model):
    """One 組織改編, written down first and carried out once; afterwards it is the record of what moved."""

    class Kind(models.TextChoices):
        RENAME = "rename", "名称変更"
        MERGE = "merge", "統合"
        SPLIT = "split", "分割・一部移管"

    kind = models.CharField("種類", max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField("いつから")
    sources = models.ManyToManyField(Organization, related_name="reorganizations", verbose_name="元の組織")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="用意した人")
    drafted_at = models.DateTimeField("用意した日時", auto_now_add=True)
    applied_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="反映した人"
    )
    applied_at = models.DateTimeField("反映した日時", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "組織改編"
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="reorganization_applied_by_somebody",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}（{self.year}年度から）"


class ReorganizationTarget(models.Model):
    """One organization a 組織改編 leads to: one that exists, or one it makes."""

    reorganization = models.ForeignKey(Reorganization, models.CASCADE, related_name="targets")
    position = models.PositiveSmallIntegerField("並び順")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="組織"
    )
    name = models.CharField("名称", max_length=60)
    slug = models.SlugField("識別名", blank=True)
    section = models.CharField("担当班・係", max_length=60, blank=True)
    phone = models.CharField("電話", max_length=30, blank=True)
    email = models.EmailField("電子メール", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "新しい組織"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["reorganization", "position"], name="reorganization_target_place_unique")
        ]

    def __str__(self):
        return self.name


class ReorganizationMove(models.Model):
    """What one 組織改編 moved, in words that stay true however the rows change later."""

    class Kind(models.TextChoices):
        RESPONSIBILITY = "responsibility", "担当する取組"
        PERSON = "person", "利用者"
        SHEET = "sheet", "個票"
        INDICATOR = "indicator", "目標指標"
        RESPONSE = "response", "意見への回答"

    reorganization = models.ForeignKey(Reorganization, models.CASCADE, related_name="moves")
    kind = models.CharField("種類", max_length=16, choices=Kind)
    label = models.CharField("移したもの", max_length=200)
    source = models.CharField("元の組織", max_length=60)
    target = models.CharField("移した先", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "組織改編で移したもの"
        ordering = ["pk"]

    def __str__(self):
        return self.label
