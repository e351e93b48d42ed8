"""継続・統合・分割・新規・終了: what of one plan goes on in the next.

Only the links are kept; what to call them follows from how many there are, so
the two can never contradict each other.
"""

from django.db import models
from django.db.models import F, Q, TextChoices

from .structure import Action, Measure


class Lineage(TextChoices):
    """How a row of one plan stands to the other plan."""

    SAME = "same", "継続"
    MERGED = "merged", "統合"
    SPLIT = "split", "分割"
    NEW = "new", "新規"
    ENDED = "ended", "終了"


class MeasureLink(models.Model):
    """This measure of the plan before goes on in that measure of the next."""

    before = models.ForeignKey(Measure, models.CASCADE, related_name="carried_by", verbose_name="前計画の施策")
    after = models.ForeignKey(Measure, models.CASCADE, related_name="carries", verbose_name="次期計画の施策")

    class Meta:
        verbose_name = verbose_name_plural = "施策の引継ぎ"
        ordering = ["before", "after"]
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="measure_link_unique"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="measure_link_joins_two"),
        ]

    def __str__(self):
        return f"{self.before_id}→{self.after_id}"


class ActionLink(models.Model):
    """This action of the plan before goes on in that action of the next."""

    before = models.ForeignKey(Action, models.CASCADE, related_name="carried_by", verbose_name="前計画の取組")
    after = models.ForeignKey(Action, models.CASCADE, related_name="carries", verbose_name="次期計画の取組")

    class Meta:
        verbose_name = verbose_name_plural = "取組の引継ぎ"
        ordering = ["before", "after"]
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="action_link_unique"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="action_link_joins_two"),
        ]

    def __str__(self):
        return f"{self.before_id}→{self.after_id}"
