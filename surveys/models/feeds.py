"""指標の出どころ: an indicator whose yearly value is an answer of a survey or a statistic."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from measures.models import Indicator

from .questions import Choice, Item
from .statistics import Series


class IndicatorFeed(models.Model):
    """Where an indicator takes its values from: one series, or the share of one choice.

    A choice stands for the one of the same words in every survey that asks the
    question again (by its code), so that the next survey feeds the next year.
    """

    indicator = models.OneToOneField(Indicator, models.CASCADE, related_name="feed", verbose_name="指標")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="feeds", verbose_name="統計")
    choice = models.ForeignKey(
        Choice, models.PROTECT, null=True, blank=True, related_name="feeds", verbose_name="選択肢"
    )
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="feeds", verbose_name="項目")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "指標の出どころ"
        ordering = ["indicator"]
        constraints = [
            models.CheckConstraint(
                condition=Q(series__isnull=False, choice__isnull=True) | Q(series__isnull=True, choice__isnull=False),
                name="feed_is_one_series_or_one_choice",
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(choice__isnull=False), name="feed_item_belongs_to_a_choice"
            ),
        ]

    def __str__(self):
        if self.series_id:
            return f"統計「{self.series}」"
        part = f"{self.item}：" if self.item_id else ""
        return f"調査の設問「{self.choice.question}」の「{part}{self.choice}」"

    @property
    def source(self) -> str:
        """As the form chooses it."""
        return f"series-{self.series_id}" if self.series_id else f"choice-{self.choice_id}-{self.item_id or ''}"
