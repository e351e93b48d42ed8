"""訂正履歴: what was changed after the year had been fixed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .review import MeasureReview, Opinion, Response
from .year import Cycle, Entry


class CorrectionQuerySet(models.QuerySet):
    def public(self):
        """What citizens read: corrections made once the year had been published."""
        return self.filter(
            is_after_publication=True, cycle__published_at__isnull=False, cycle__unpublished_at__isnull=True
        )

    def newest_first(self):
        return self.order_by("-at", "-pk")


class Correction(models.Model):
    """訂正: one field of a fixed row, what it said, what it says now, and why. Never changed, never taken away."""

    TARGETS = ("entry", "review", "opinion", "response")

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="corrections")
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, blank=True, related_name="corrections")
    review = models.ForeignKey(MeasureReview, models.CASCADE, null=True, blank=True, related_name="corrections")
    opinion = models.ForeignKey(Opinion, models.CASCADE, null=True, blank=True, related_name="corrections")
    response = models.ForeignKey(Response, models.CASCADE, null=True, blank=True, related_name="corrections")
    label = models.CharField("項目", max_length=40)
    before = models.TextField("訂正前", blank=True)
    after = models.TextField("訂正後", blank=True)
    reason = models.CharField("訂正の理由", max_length=100)
    is_after_publication = models.BooleanField("公表後の訂正", default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="corrections", verbose_name="訂正した人"
    )
    at = models.DateTimeField("訂正日時", auto_now_add=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "訂正"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_says_why"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False, review=None, opinion=None, response=None)
                | Q(entry=None, review__isnull=False, opinion=None, response=None)
                | Q(entry=None, review=None, opinion__isnull=False, response=None)
                | Q(entry=None, review=None, opinion=None, response__isnull=False),
                name="correction_is_of_one_row",
            ),
        ]

    def __str__(self):
        return f"{self.label}（{self.at:%Y-%m-%d}）"

    @property
    def place(self) -> str:
        """Where citizens find what was corrected."""
        if self.entry:
            return f"{self.entry.action}（{self.entry.organization}）"
        if self.review:
            return f"{self.review.measure} の評価"
        opinion = self.opinion or self.response.opinion
        return f"{opinion.subject} への意見" if self.opinion else f"{opinion.subject} への意見に対する市の考え方"
