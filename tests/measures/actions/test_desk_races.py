"""Two people press the same button at the same moment: one wins, the other is told, nothing is done twice."""

import datetime
import threading

import pytest
from django.db import connection

from measures import actions
from measures.actions import Refused
from measures.models import Cycle, Inquiry, Reminder
from measures.workflow import EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, EntryFactory, ResponsibilityFactory, ScaleFactory, fill
from tests.personas import person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*attempts) -> list:
    """What each of them got: the value, or the sentence of the refusal. All begin together."""
    start, results = threading.Barrier(len(attempts)), [None] * len(attempts)

    def run(place, attempt):
        start.wait()
        try:
            results[place] = attempt()
        except Refused as refused:
            results[place] = str(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def refusals(results) -> list[str]:
    return [result for result in results if isinstance(result, str)]


def test_two_課長_confirm_the_same_five_sheets(cycle, action, office, approver):
    second = person(Role.APPROVER, office, login_id="second")
    sheets = []
    for _ in range(5):
        entry = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
        sheets.append(fill(entry, state=EntryState.SUBMITTED))
    versions = {sheet.pk: 0 for sheet in sheets}
    results = at_once(
        *(lambda by=by: actions.move_many(verb=Verb.APPROVE, versions=versions, by=by) for by in (approver, second))
    )
    done = [outcome.entry.pk for outcomes in results for outcome in outcomes if not outcome.refusal]
    assert sorted(done) == sorted(versions)
    assert [sheet.transitions.count() for sheet in sheets] == [1] * 5


def test_one_confirms_while_the_other_returns(cycle, entry, approver, office):
    second = person(Role.APPROVER, office, login_id="second")
    fill(entry, state=EntryState.SUBMITTED)
    results = at_once(
        lambda: actions.move_many(verb=Verb.APPROVE, versions={entry.pk: 0}, by=approver),
        lambda: actions.move_many(verb=Verb.RETURN, versions={entry.pk: 0}, by=second, comment="数を直す。"),
    )
    told = [outcome.refusal for outcomes in results for outcome in outcomes]
    entry.refresh_from_db()
    assert (told.count(""), entry.transitions.count()) == (1, 1)
    assert entry.state == entry.transitions.get().target


def test_a_reminder_goes_once(cycle, entry, office, writer, secretariat):
    send = {
        "cycle": cycle, "organization": office, "addressee": Role.WRITER, "way": "hand", "text": "お願いします。",
        "named": {entry.pk}, "sent_before": 0, "by": secretariat,
    }  # fmt: skip
    results = at_once(*(lambda: actions.remind(**send) for _ in range(2)))
    assert refusals(results) == ["福祉課には、いま別の督促を送ったところです。"]
    assert Reminder.objects.count() == 1


def test_a_question_is_asked_and_answered_once(entry, writer, approver, secretariat):
    asked = at_once(*(lambda: actions.ask_inquiry(entry=entry, question="何人？", by=secretariat) for _ in range(2)))
    assert refusals(asked) == ["同じ質問を、もう出しています。"]
    inquiry = Inquiry.objects.get()
    answered = at_once(
        *(
            lambda by=by: actions.answer_inquiry(inquiry=inquiry, text=f"{by.login_id}の回答", by=by)
            for by in (writer, approver)
        )
    )
    assert refusals(answered) == ["この質問は、もう「回答済」です。"]
    inquiry.refresh_from_db()
    assert inquiry.answer == f"{inquiry.answered_by.login_id}の回答"


def test_a_year_is_made_once(plan, action, office, secretariat):
    open_row = ResponsibilityFactory(action=ActionFactory(measure=action.measure), organization=None)
    year = {
        "year": 2026, "scale": ScaleFactory(plan=plan), "opens_on": datetime.date(2027, 5, 15),
        "due_on": datetime.date(2027, 6, 20), "by": secretariat, "plan": plan, "owners": {open_row: [office]},
    }  # fmt: skip
    results = at_once(*(lambda: actions.prepare_from_draft(**year) for _ in range(2)))
    assert len(refusals(results)) == 1
    assert Cycle.objects.get().entries.count() == 2
