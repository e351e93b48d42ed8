"""再犯防止推進計画: a plan carried inside one measure of the welfare plan."""

import datetime

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from measures.models import ActionGroup
from plans.models import Component, Plan, Section


class FocusArea(models.Model):
    """重点項目 ア〜オ: a group of the measure's own actions, read as part of this plan.

    The actions are never copied; they are the group's rows in `measures`,
    evaluated once there.
    """

    component = models.ForeignKey(Component, models.CASCADE, related_name="focus_areas")
    group = models.OneToOneField(ActionGroup, models.CASCADE, related_name="focus_area")
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "重点項目"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["component", "position"], name="focus_area_place_unique_in_component")
        ]

    def __str__(self):
        return str(self.group)


class Background(models.Model):
    """背景: a section of the plan book that tells why this plan is made."""

    component = models.ForeignKey(Component, models.CASCADE, related_name="backgrounds")
    section = models.ForeignKey(Section, models.CASCADE, related_name="+", verbose_name="計画書の節")
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "背景"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["component", "position"], name="background_place_unique_in_component")
        ]

    def __str__(self):
        return str(self.section)


class Partner(models.Model):
    """民間協力者・関係機関: who helps, and what they do, in the plan's words."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="partners")
    name = models.CharField("名称", max_length=80)
    role = models.TextField("役割", blank=True)
    contact = models.CharField("連絡先", max_length=120, blank=True)
    known_as = models.CharField(
        "調査での名称",
        max_length=80,
        blank=True,
        help_text="市民への調査で、認知度を尋ねた名称です。",
    )
    position = models.PositiveSmallIntegerField("並び順")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "民間協力者・関係機関"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="partner_name_unique_in_plan")]

    def __str__(self):
        return self.name


class EventQuerySet(models.QuerySet):
    def coming(self, today: datetime.date):
        """Not over yet on `today`, the next one first."""
        return self.filter(Q(ends_on__gte=today) | Q(ends_on=None, starts_on__gte=today))

    def past(self, today: datetime.date):
        """Over on `today`, the latest first."""
        return self.filter(Q(ends_on__lt=today) | Q(ends_on=None, starts_on__lt=today)).order_by("-starts_on", "-pk")


class Event(models.Model):
    """行事のお知らせ: a dated notice, such as those of “社会を明るくする運動”."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="events")
    title = models.CharField("行事", max_length=120)
    text = models.TextField("内容", blank=True)
    place = models.CharField("場所", max_length=120, blank=True)
    starts_on = models.DateField("日（始まり）")
    ends_on = models.DateField("日（終わり）", null=True, blank=True, help_text="1日だけの行事では空けておきます。")

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "行事のお知らせ"
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="event_ends_after_it_begins"
            )
        ]

    def __str__(self):
        return self.title
