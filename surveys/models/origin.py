"""Where a number comes from."""

from django.db import models


class Origin(models.TextChoices):
    """Where a number comes from."""

    PUBLISHED = "published", "計画書の値"
    DERIVED = "derived", "計画書の値から計算"
    COUNTED = "counted", "回答から集計"
    IMPORTED = "imported", "取り込んだ値"

    @property
    def is_of_the_plan(self) -> bool:
        """Whether the plan was adopted with it; else it was added since."""
        return self in OF_THE_PLAN


OF_THE_PLAN = (Origin.PUBLISHED, Origin.DERIVED)


class OriginQuerySet(models.QuerySet):
    """Rows that say where they come from."""

    def of_the_plan(self):
        return self.filter(origin__in=OF_THE_PLAN)
