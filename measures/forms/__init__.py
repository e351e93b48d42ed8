"""What staff fill in."""

from .cycles import AssignForm, CycleForm
from .entries import OVERDUE, STALE, CommentForm, EntryFilter, EntryForm, UnchangedForm

__all__ = ["OVERDUE", "STALE", "AssignForm", "CommentForm", "CycleForm", "EntryFilter", "EntryForm", "UnchangedForm"]
