"""お知らせ: what the secretariat tells everyone who writes."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

User = settings.AUTH_USER_MODEL


class NoticeQuerySet(models.QuerySet):
    def shown_on(self, day: datetime.date):
        """What hangs on the board that day; without a last day, until somebody takes it down."""
        return self.filter(from_on__lte=day).filter(Q(to_on__isnull=True) | Q(to_on__gte=day))


class Notice(models.Model):
    """事務局からのお知らせ, on the home page of every department from one day to another."""

    title = models.CharField("題名", max_length=60)
    text = models.TextField("本文", blank=True)
    from_on = models.DateField("掲載を始める日")
    to_on = models.DateField("掲載を終える日", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="notices", verbose_name="書いた人")

    objects = NoticeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "お知らせ"
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="notice_ends_after_it_begins"
            ),
        ]

    def __str__(self):
        return self.title

    def period(self, day: datetime.date) -> str:
        """Where `day` stands: before it is shown, while, or after."""
        if day < self.from_on:
            return "掲載前"
        return "掲載中" if self.to_on is None or day <= self.to_on else "掲載終了"
