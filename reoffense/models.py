"""再犯防止推進計画: a plan carried inside one measure of the welfare plan."""

from django.db import models

from measures.models import ActionGroup
from plans.models import Component, Plan


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


class Partner(models.Model):
    """民間協力者・関係機関: who helps, and what they do, in the plan's words."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="partners")
    name = models.CharField("名称", max_length=80)
    role = models.TextField("役割", blank=True)
    contact = models.CharField("連絡先", max_length=120, blank=True)
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "民間協力者・関係機関"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="partner_name_unique_in_plan")]

    def __str__(self):
        return self.name
