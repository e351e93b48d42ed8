"""Where a number comes from."""

from django.db import models


class Origin(models.TextChoices):
    """Where a number comes from."""

    PUBLISHED = "published", "計画書の値"
    DERIVED = "derived", "計画書の値から計算"
    COUNTED = "counted", "回答から集計"
    IMPORTED = "imported", "取り込んだ値"
