"""Saving in passing, and saving again what had already arrived."""

import pytest

from measures import actions
from measures.actions import Conflict, Refused
from measures.workflow import EntryState, Verb
from tests.factories import fill

pytestmark = pytest.mark.django_db


def standing(entry) -> tuple:
    entry.refresh_from_db()
    return entry.state, entry.version, entry.result, entry.history.count()


def test_what_is_typed_is_saved_in_passing(entry, writer):
    saved = actions.autosave_entry(entry=entry, by=writer, version=0, values={"result": "会議を"})
    assert (saved.state, saved.version, saved.result, saved.saved_by) == ("draft", 1, "会議を", writer)


def test_an_untouched_form_writes_nothing(entry, writer):
    before = standing(entry)
    saved = actions.autosave_entry(entry=entry, by=writer, version=0, values={"result": "", "rating": None})
    assert (saved.version, saved.saved_at) == (0, None)
    assert standing(entry) == before


@pytest.mark.parametrize("state", [state for state in EntryState if not state.is_with_writer])
def test_a_submitted_sheet_is_never_changed_in_passing(entry, writer, state):
    fill(entry, state=state)
    before = standing(entry)
    with pytest.raises(Refused) as refused:
        actions.autosave_entry(entry=entry, by=writer, version=0, values={"result": "直した。"})
    assert str(refused.value) == "提出した個票は、自動では保存しません。「保存する」を押して保存してください。"
    assert standing(entry) == before


def test_submitted_in_between_is_a_conflict(entry, writer, approver):
    fill(entry, state=EntryState.DRAFT)
    actions.transition(entry=entry, verb=Verb.SUBMIT, by=approver)
    with pytest.raises(Conflict):
        actions.autosave_entry(entry=entry, by=writer, version=0, values={"result": "書きかけ"})
    assert standing(entry)[:3] == ("submitted", 1, "会議を2回開いた。")


def test_others_save_nothing_in_passing(entry, other_writer):
    with pytest.raises(Refused, match="この個票を扱えるのは、担当する組織の人と事務局だけです。"):
        actions.autosave_entry(entry=entry, by=other_writer, version=0, values={"result": "一"})


def test_a_save_whose_answer_was_lost_can_be_sent_again(entry, writer):
    first = actions.autosave_entry(entry=entry, by=writer, version=0, values={"result": "一"})
    again = actions.autosave_entry(entry=entry, by=writer, version=0, values={"result": "一"})
    assert (again.version, again.history.count()) == (first.version, first.history.count())
    with pytest.raises(Conflict):
        actions.autosave_entry(entry=entry, by=writer, version=0, values={"result": "二"})
