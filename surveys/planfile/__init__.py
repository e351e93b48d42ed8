"""`survey.yaml`, `statistics.yaml`, `meetings.yaml`: the evidence beside the plan."""

from .meetings import dump_meetings, read_meetings, save_meetings
from .questions import dump_surveys, read_surveys, save_surveys
from .statistics import dump_series, read_series, save_series

__all__ = [
    "dump_meetings",
    "dump_series",
    "dump_surveys",
    "read_meetings",
    "read_series",
    "read_surveys",
    "save_meetings",
    "save_series",
    "save_surveys",
]
