"""地域ふくし座談会: what residents said about their districts."""

from django.db import models

from measures.models import Measure
from plans.models import Plan


class ResidentMeeting(models.Model):
    """地域ふくし座談会: where residents spoke about their districts."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="resident_meetings")
    slug = models.SlugField("識別名")
    title = models.CharField("名称", max_length=120)
    districts = models.PositiveSmallIntegerField("地区数")
    participants = models.PositiveIntegerField("延べ参加者数")
    note = models.TextField("注記", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "座談会"
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["plan", "slug"], name="resident_meeting_slug_unique_in_plan")]

    def __str__(self):
        return self.title


class MeetingTopic(models.Model):
    """One field of the meeting's table: opinions and the causes or issues behind them, as lists."""

    meeting = models.ForeignKey(ResidentMeeting, models.CASCADE, related_name="topics")
    position = models.PositiveSmallIntegerField("並び順")
    field = models.CharField("分野", max_length=60)
    opinions = models.JSONField("主な意見", default=list)
    issues = models.JSONField("要因や取組課題", default=list)
    measures = models.ManyToManyField(Measure, blank=True, related_name="meeting_topics", verbose_name="関係する施策")

    class Meta:
        verbose_name = verbose_name_plural = "座談会の分野"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="meeting_topic_place_unique")]

    def __str__(self):
        return self.field

    @property
    def page_anchor(self) -> str:
        """Its id where the meeting's table is shown."""
        return f"topic-{self.meeting.slug}-{self.position}"
