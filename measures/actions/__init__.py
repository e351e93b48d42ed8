"""Every write bigger than one plain form save. Keyword-only, atomic, takes `by=`, returns the object."""

from mine_welfare.toolkit.refusal import Refused

from .cycles import add_missing_entries, advance, prepare_cycle, step_back
from .entries import UNCHANGED, Conflict, save_entry, submit_unchanged, transition
from .responsibilities import assign

__all__ = [
    "UNCHANGED",
    "Conflict",
    "Refused",
    "add_missing_entries",
    "advance",
    "assign",
    "prepare_cycle",
    "save_entry",
    "step_back",
    "submit_unchanged",
    "transition",
]
