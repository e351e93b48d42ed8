"""統計: quantities through the years."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from measures.models import Measure
from mine_welfare.toolkit.fiscal import wareki_year
from plans.models import Plan

from .origin import Origin, OriginQuerySet

# The words for a value the draft shows only in a picture that was lost.
GAP = "素案の本文に値の記載なし"
UNIT_UNKNOWN = "記載なし"


def calendar_year(year: int) -> str:
    """2024 → 令和6年: statistics count calendar years."""
    return wareki_year(year).removesuffix("度")


class Series(models.Model):
    """統計: one quantity through the years, with unit, source and the day it is counted on.

    `statements` are the plan's sentences about it, word for word. A series
    without points is one of the draft's lost pictures: its note says `GAP`.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="series")
    code = models.SlugField("識別名")
    position = models.PositiveSmallIntegerField("並び順")
    theme = models.CharField("分野", max_length=60)
    title = models.CharField("名称", max_length=120)
    unit = models.CharField("単位", max_length=20)
    as_of = models.CharField("時点", max_length=60, blank=True)
    source = models.CharField("出所", max_length=200)
    note = models.TextField("注記", blank=True)
    statements = models.JSONField("計画書の文章", default=list, blank=True)
    measures = models.ManyToManyField(Measure, blank=True, related_name="series", verbose_name="関係する施策")
    hide_below = models.PositiveSmallIntegerField(
        "この数に満たない値を隠す", default=0, help_text="0は隠しません。人数の少ない区域の統計に使います。"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "統計"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="series_code_unique_in_plan")]

    def __str__(self):
        return self.title

    @property
    def page_anchor(self) -> str:
        """Its id on the page of the statistics."""
        return f"series-{self.code}"

    @property
    def shown_unit(self) -> str:
        """The unit beside a value; nothing where the draft names none."""
        return "" if self.unit == UNIT_UNKNOWN else self.unit


class Point(models.Model):
    """One year of a series. `year` is the calendar year the plan names (令和6年 = 2024)."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="points")
    year = models.PositiveSmallIntegerField("年（西暦）")
    value = models.DecimalField("値", max_digits=14, decimal_places=3, null=True, blank=True)
    wording = models.CharField("表記", max_length=40, blank=True)
    origin = models.CharField("値の出どころ", max_length=10, choices=Origin)
    derivation = models.CharField("計算の方法", max_length=200, blank=True)
    line = models.PositiveIntegerField("読み取りデータの行", null=True, blank=True)

    objects = OriginQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "統計の値"
        ordering = ["series", "year"]
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="point_unique_in_year"),
            models.CheckConstraint(
                condition=~Q(origin=Origin.DERIVED) | ~Q(derivation=""), name="point_derived_says_how"
            ),
        ]

    def __str__(self):
        return f"{self.series} {self.year}"

    @property
    def is_of_the_plan(self) -> bool:
        return Origin(self.origin).is_of_the_plan

    @property
    def wareki(self) -> str:
        """2024 → 令和6年."""
        return calendar_year(self.year)
