"""Two people at one review, opinion, answer or version in the same moment: one wins, the other is told."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from measures.actions.changes import Overtaken
from measures.actions.history import MOVED_ON, restore
from measures.actions.opinions import ask, edit_opinion, receive_opinions, respond
from measures.actions.publication import correct
from measures.actions.reviews import save_review
from measures.models import Correction, Cycle, MeasureReview, Response, RoleItem
from measures.queries.kinds import KINDS
from measures.workflow import CycleState, EntryState, ResponseState, ResponseVerb
from mine_welfare.toolkit.refusal import Refused
from tests.factories import MeasureFactory, OpinionFactory, ResponseFactory, RoleItemFactory, fill

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = "somebody was faster"


def at_once(*attempts) -> list[str]:
    """What became of each, done in threads that start together: "done", TOLD, or the refusal; sorted."""
    start, results = threading.Barrier(len(attempts)), [""] * len(attempts)

    def run(place, attempt):
        start.wait()
        try:
            attempt()
            results[place] = "done"
        except Overtaken:
            results[place] = TOLD
        except Refused as refused:
            results[place] = str(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    shown = timezone.now() if stage == CycleState.PUBLISHED else None
    Cycle.objects.filter(pk=cycle.pk).update(state=stage, published_at=shown)
    cycle.refresh_from_db()
    return cycle


def test_two_begin_the_same_review(plan, cycle, secretariat):
    in_stage(cycle, CycleState.LIAISON)
    measure = MeasureFactory(policy__goal__plan=plan)
    given = {"cycle": cycle, "measure": measure, "by": secretariat, "version": 0}
    assert at_once(*(lambda text=text: save_review(**given, values={"summary": text}) for text in "一二")) == [
        "done",
        TOLD,
    ]
    assert (MeasureReview.objects.get().version, MeasureReview.history.count()) == (1, 1)


def test_a_member_mends_while_the_secretariat_receives(cycle, committee, secretariat):
    in_stage(cycle, CycleState.COMMITTEE)
    opinion = OpinionFactory(cycle=cycle, by=committee, received_at=None, text="元", version=1)
    results = at_once(
        lambda: edit_opinion(opinion=opinion, by=committee, version=1, text="直した"),
        lambda: receive_opinions(opinions=[opinion], by=secretariat),
    )
    opinion.refresh_from_db()
    assert opinion.received_at is not None
    # Either the mended words were received, or the member was told that it was too late.
    too_late = "事務局が受け付けた意見です。直すときは、事務局へ連絡してください。"
    assert (opinion.text, results) in (("直した", ["done", "done"]), ("元", ["done", too_late]))


def test_an_organization_asked_twice_is_asked_once(cycle, office, secretariat):
    opinion = OpinionFactory(cycle=in_stage(cycle, CycleState.COMMITTEE))
    given = {"opinion": opinion, "organizations": [office], "due_on": None, "by": secretariat}
    assert at_once(*(lambda: ask(**given) for _ in range(2))) == ["done", "done"]
    assert Response.objects.count() == 1


def test_one_confirms_while_the_other_returns(cycle, office, secretariat):
    opinion = OpinionFactory(cycle=in_stage(cycle, CycleState.RESPONDING))
    response = ResponseFactory(opinion=opinion, organization=office, state=ResponseState.ANSWERED)
    given = {"response": response, "by": secretariat, "version": 0}
    results = at_once(
        lambda: respond(**given, verb=ResponseVerb.ACCEPT),
        lambda: respond(**given, verb=ResponseVerb.RETURN, reason="時期を。"),
    )
    # Whoever comes second finds another version, or a state that allows it no more.
    assert (results.count("done"), Response.objects.get().version, response.history.count()) == (1, 1, 2)


def test_two_correct_the_same_field(entry, secretariat):
    in_stage(entry.cycle, CycleState.PUBLISHED)
    fill(entry, state=EntryState.FIXED)
    given = {"row": entry, "by": secretariat, "version": 0, "reason": "誤り"}
    assert at_once(*(lambda text=text: correct(**given, values={"issues": text}) for text in "一二")) == ["done", TOLD]
    assert (Correction.objects.count(), Correction.objects.get().before) == (1, "")


@pytest.mark.parametrize("is_deleted", [False, True])
def test_two_bring_the_same_version_back(plan, secretariat, is_deleted):
    role = RoleItemFactory(measure__policy__goal__plan=plan, text="元")
    pk, version = role.pk, role.history.get().history_id
    role.text = "いま"
    role.save()
    if is_deleted:
        role.delete()
    seen = RoleItem.history.latest("history_id").history_id
    given = {
        "kind": KINDS["role-item"],
        "pk": pk,
        "version": version,
        "seen": seen,
        "by": secretariat,
        "reason": "誤り",
    }
    assert at_once(*(lambda: restore(**given) for _ in range(2))) == ["done", MOVED_ON]
    assert RoleItem.objects.get().text == "元"
