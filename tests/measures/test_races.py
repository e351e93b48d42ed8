"""Two people at the same sheet in the same moment: exactly one wins, and the other is told.

Both threads read the sheet, wait for each other, and act. SQLite lets one
writer in at a time from the start of its transaction; there, waiting is all
there is to see, so these tests need PostgreSQL and its row locks.
"""

import threading

import pytest
from django.db import connection, connections

from measures import actions
from measures.actions import Conflict, Refused
from measures.models import Entry
from measures.workflow import EntryState, Verb
from tests.factories import CycleFactory, EntryFactory, fill

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks: one writer at a time"),
]


def at_once(*writes) -> list[str]:
    """What became of each write, done in threads that start together: "done", "conflict", or the refusal."""
    ready = threading.Barrier(len(writes))
    outcomes = [""] * len(writes)

    def run(place: int, write) -> None:
        try:
            ready.wait(timeout=10)
            write()
            outcomes[place] = "done"
        except Conflict:
            outcomes[place] = "conflict"
        except Refused as refused:
            outcomes[place] = str(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, write)) for place, write in enumerate(writes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def move(entry: Entry, verb: Verb, by, comment: str = "", version: int | None = None):
    return lambda: actions.transition(entry=entry, verb=verb, by=by, comment=comment, version=version)


def save(entry: Entry, by, **values):
    return lambda: actions.save_entry(entry=entry, by=by, version=entry.version, values=values)


def verbs(entry: Entry) -> list[str]:
    return list(entry.transitions.values_list("verb", flat=True))


def test_two_submit(entry, writer, approver):
    fill(entry, state=EntryState.DRAFT)
    outcomes = at_once(move(entry, Verb.SUBMIT, writer), move(entry, Verb.SUBMIT, approver))
    assert sorted(outcomes) == ["done", "「提出済」の個票には、提出はできません。"]
    entry.refresh_from_db()
    assert (entry.state, entry.version, verbs(entry)) == ("submitted", 1, ["submit"])


def test_confirm_and_return(entry, approver, secretariat):
    fill(entry, state=EntryState.SUBMITTED)
    outcomes = at_once(
        move(entry, Verb.APPROVE, approver, version=0), move(entry, Verb.RETURN, secretariat, "数を。", version=0)
    )
    entry.refresh_from_db()
    assert (outcomes, verbs(entry), entry.state, entry.version) in [
        (["done", "conflict"], ["approve"], "approved", 1),
        (["「差戻し」の個票には、課長確認はできません。", "done"], ["return"], "returned", 1),
    ]


def test_two_confirm(entry, approver, secretariat):
    fill(entry, state=EntryState.APPROVED)
    outcomes = at_once(move(entry, Verb.ACCEPT, secretariat), move(entry, Verb.ACCEPT, secretariat))
    assert sorted(outcomes) == ["done", "「事務局確認済」の個票には、事務局確認はできません。"]
    assert verbs(entry) == ["accept"]


def test_take_back_and_confirm(entry, writer, approver):
    fill(entry, state=EntryState.SUBMITTED)
    outcomes = at_once(move(entry, Verb.WITHDRAW, writer, version=0), move(entry, Verb.APPROVE, approver, version=0))
    assert outcomes.count("done") == 1
    assert len(verbs(entry)) == 1


def test_two_edit(entry, writer, approver):
    outcomes = at_once(save(entry, writer, result="一"), save(entry, approver, result="二"))
    assert sorted(outcomes) == ["conflict", "done"]
    entry.refresh_from_db()
    assert (entry.version, entry.result) == (1, {"done": "一", "conflict": "二"}[outcomes[0]])
    assert entry.history.count() == 2


def test_edit_and_submit(entry, writer, approver):
    fill(entry, state=EntryState.DRAFT)
    outcomes = at_once(save(entry, writer, result="直した。"), move(entry, Verb.SUBMIT, approver, version=0))
    assert sorted(outcomes) == ["conflict", "done"]
    entry.refresh_from_db()
    expected = {"done": ("draft", "直した。"), "conflict": ("submitted", "会議を2回開いた。")}[outcomes[0]]
    assert (entry.state, entry.result) == expected


def test_an_autosave_and_a_submission(entry, writer, approver):
    fill(entry, state=EntryState.DRAFT)
    values = {"result": "書きかけ"}
    outcomes = at_once(
        lambda: actions.autosave_entry(entry=entry, by=writer, version=0, values=values),
        move(entry, Verb.SUBMIT, approver, version=0),
    )
    assert sorted(outcomes) == ["conflict", "done"]


def test_two_state_that_nothing_changed(entry, writer, approver):
    before = CycleFactory(plan=entry.cycle.plan, year=2024, scale=entry.cycle.scale, state="closed")
    old = EntryFactory(cycle=before, action=entry.action, organization=entry.organization)
    fill(old, state=EntryState.FIXED, submitted_at="2025-06-01T10:00+09:00")
    outcomes = at_once(
        lambda: actions.submit_unchanged(entry=entry, by=writer, version=0),
        lambda: actions.submit_unchanged(entry=entry, by=approver, version=0),
    )
    entry.refresh_from_db()
    assert sorted(outcomes) == ["conflict", "done"]
    assert (verbs(entry), entry.version) == (["submit"], 2)
    assert entry.unchanged_by == (writer if outcomes[0] == "done" else approver)


def test_ten_edit_in_turns_and_no_save_is_lost(entry, writer):
    """Each takes what stands and adds its own; a conflict reads again. Every word is there in the end."""

    def add(word: str):
        def until_done() -> None:
            while True:
                row = Entry.objects.get(pk=entry.pk)
                values = {"result": row.result + word}
                try:
                    actions.autosave_entry(entry=row, by=writer, version=row.version, values=values)
                except Conflict:
                    continue
                return

        return until_done

    words = "一二三四五六七八九十"
    assert at_once(*map(add, words)) == ["done"] * 10
    entry.refresh_from_db()
    assert (sorted(entry.result), entry.version) == (sorted(words), 10)
