"""Who keeps meetings, who asks for which paper, who takes it."""

import datetime

import pytest

from mine_welfare.publication import permissions
from mine_welfare.publication.models import Handout, Meeting, Paper
from tests.personas import PERSONAS

NOT_YOURS = "会議と資料を扱えるのは、事務局だけです。"
NO_KIND = "この資料を作れるのは、事務局と監査です。"
NOT_OWN = "作れるのは、自分の課の資料だけです。"
NOT_ASKED = "この資料を取りやめられるのは、作成を頼んだ人と事務局です。"


@pytest.fixture
def meeting(cycle) -> Meeting:
    return Meeting.objects.create(cycle=cycle, name="第1回 委員会", held_on=datetime.date(2026, 8, 20))


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_keeps_meetings(request, persona):
    expected = None if persona == "secretariat" else NOT_YOURS
    assert permissions.meeting_refusal(request.getfixturevalue(persona)) == expected


def test_a_pack_needs_a_handout(meeting, secretariat, writer):
    assert permissions.pack_refusal(secretariat, meeting) == "資料が1つもありません。先に資料を加えてください。"
    Handout.objects.create(meeting=meeting, position=1, kind="report", title="報告書")
    assert permissions.pack_refusal(secretariat, meeting) is None
    assert permissions.pack_refusal(writer, meeting) == NOT_YOURS


@pytest.mark.parametrize(
    ("persona", "kind", "of_this", "state", "refusal"),
    [
        ("secretariat", "pack", True, "done", None),
        ("writer", "pack", True, "done", NOT_YOURS),
        ("secretariat", "list", True, "done", "この会議の資料ではありません。"),
        ("secretariat", "pack", False, "done", "この会議の資料ではありません。"),
        ("secretariat", "pack", True, "failed", "この資料は、まだできていません。"),
    ],
)
def test_what_was_handed_out(request, meeting, persona, kind, of_this, state, refusal):
    pack = Paper(kind=kind, state=state, scope={"meeting": meeting.pk} if of_this else {})
    assert permissions.sent_refusal(request.getfixturevalue(persona), meeting, pack) == refusal


@pytest.mark.parametrize(
    ("persona", "kind", "of", "refusal"),
    [
        ("secretariat", "report", None, None),
        ("auditor", "report", None, None),
        ("writer", "report", "own", NO_KIND),
        ("nobody", "report", None, NO_KIND),
        ("writer", "sheets", "own", None),
        ("approver", "blanks", "own", None),
        ("writer", "list", None, NOT_OWN),
        ("other_writer", "list", "own", NOT_OWN),
        ("committee", "list", "own", NOT_OWN),
    ],
)
def test_who_asks_for_which_paper(request, office, persona, kind, of, refusal):
    person = request.getfixturevalue(persona)
    assert permissions.paper_refusal(person, kind, office.pk if of == "own" else None) == refusal


@pytest.mark.parametrize(
    ("persona", "state", "refusal"),
    [
        ("writer", "waiting", None),
        ("secretariat", "running", None),
        ("auditor", "running", NOT_ASKED),
        ("approver", "running", NOT_ASKED),
        ("writer", "done", "この資料の作成は、もう終わっています。"),
    ],
)
def test_who_stops_a_paper(request, writer, persona, state, refusal):
    paper = Paper(asked_by=writer, state=state)
    assert permissions.stop_refusal(request.getfixturevalue(persona), paper) == refusal


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_takes_a_paper(request, cycle, secretariat, writer, persona):
    for person in (secretariat, writer):
        Paper.objects.create(plan=cycle.plan, cycle=cycle, kind="list", asked_by=person)
    expected = {"secretariat": {secretariat, writer}, "auditor": {secretariat, writer}, "writer": {writer}}
    found = permissions.visible_to(request.getfixturevalue(persona))
    assert {paper.asked_by for paper in found} == expected.get(persona, set())
