"""施策・取組・役割・指標 (`structure`), the year's sheets (`year`), what is said above them (`review`,
`correction`), the secretariat's desk (`desk`).
"""

from .april import Reorganization, ReorganizationMove, ReorganizationTarget
from .correction import Correction
from .desk import CycleDraft, Inquiry, Omission, Reminder
from .imports import WorkbookImport, WorkbookRow
from .lineage import ActionLink, Lineage, MeasureLink
from .notice import Notice
from .planimport import PlanImport, PlanImportRow
from .review import MeasureReview, Opinion, Response
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
from .year import Cycle, Direction, Entry, Grade, Scale, Transition

__all__ = [
    "Action",
    "ActionGroup",
    "ActionLink",
    "Actor",
    "Correction",
    "Cycle",
    "CycleDraft",
    "Direction",
    "Entry",
    "Grade",
    "Indicator",
    "IndicatorValue",
    "Inquiry",
    "Lineage",
    "Measure",
    "MeasureLink",
    "MeasureReview",
    "Notice",
    "Omission",
    "Opinion",
    "PlanImport",
    "PlanImportRow",
    "PreviousReview",
    "Reminder",
    "Reorganization",
    "ReorganizationMove",
    "ReorganizationTarget",
    "Response",
    "Responsibility",
    "RoleItem",
    "Scale",
    "Transition",
    "WorkbookImport",
    "WorkbookRow",
]
