"""Every write of this app bigger than one plain form save."""

from .answers import delete_answers, keep_counts
from .feeds import set_feed, take_reading
from .statistics import delete_point, save_point
from .uploads import confirm, discard, send

__all__ = [
    "confirm",
    "delete_answers",
    "delete_point",
    "discard",
    "keep_counts",
    "save_point",
    "send",
    "set_feed",
    "take_reading",
]
