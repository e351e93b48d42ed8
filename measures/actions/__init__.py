"""Every write bigger than one plain form save. Keyword-only, atomic, takes `by=`, returns the object."""

from mine_welfare.toolkit.refusal import Refused

from .bulk import move_many
from .cycles import add_missing_entries, advance, leave_out, prepare_cycle, revise_cycle, step_back, take_in
from .drafts import drop_draft, prepare_from_draft, save_draft
from .entries import UNCHANGED, Conflict, autosave_entry, save_entry, submit_unchanged, transition
from .imports import apply_import, apply_steps, discard_import, undo_import
from .inquiries import answer_inquiry, ask_inquiry, withdraw_inquiry
from .notices import remove_notice, save_notice
from .reminders import remind
from .responsibilities import assign
from .returned import receive_workbook
from .scales import copy_scale, delete_scale, save_scale

__all__ = [
    "UNCHANGED",
    "Conflict",
    "Refused",
    "add_missing_entries",
    "advance",
    "answer_inquiry",
    "apply_import",
    "apply_steps",
    "ask_inquiry",
    "assign",
    "autosave_entry",
    "copy_scale",
    "delete_scale",
    "discard_import",
    "drop_draft",
    "leave_out",
    "move_many",
    "prepare_cycle",
    "prepare_from_draft",
    "receive_workbook",
    "remind",
    "remove_notice",
    "revise_cycle",
    "save_draft",
    "save_entry",
    "save_notice",
    "save_scale",
    "step_back",
    "submit_unchanged",
    "take_in",
    "transition",
    "undo_import",
    "withdraw_inquiry",
]
