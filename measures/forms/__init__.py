"""What staff fill in."""

from .cycles import AssignForm, CycleForm
from .entries import OVERDUE, STALE, UNANSWERED, UNSENT, CommentForm, EntryFilter, EntryForm, UnchangedForm

__all__ = [
    "OVERDUE",
    "STALE",
    "UNANSWERED",
    "UNSENT",
    "AssignForm",
    "CommentForm",
    "CycleForm",
    "EntryFilter",
    "EntryForm",
    "UnchangedForm",
]
