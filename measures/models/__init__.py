"""施策・取組・役割・指標 (`structure`) and the year's evaluation (`year`)."""

from .structure import (
    Action,
    ActionGroup,
    Actor,
    Indicator,
    IndicatorValue,
    Measure,
    PreviousReview,
    Responsibility,
    RoleItem,
)
from .year import Cycle, Direction, Entry, Grade, MeasureReview, Opinion, Response, Scale, Transition

__all__ = [
    "Action",
    "ActionGroup",
    "Actor",
    "Cycle",
    "Direction",
    "Entry",
    "Grade",
    "Indicator",
    "IndicatorValue",
    "Measure",
    "MeasureReview",
    "Opinion",
    "PreviousReview",
    "Response",
    "Responsibility",
    "RoleItem",
    "Scale",
    "Transition",
]
