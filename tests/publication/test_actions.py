"""Meetings, handouts and papers: what a write does, and what refuses it."""

import datetime

import pytest
from django.core.files.base import ContentFile

from mine_welfare.publication import actions
from mine_welfare.publication.models import Handout, Meeting, Paper
from mine_welfare.toolkit.refusal import Refused

DAY = datetime.date(2026, 8, 20)
NOT_YOURS = "会議と資料を扱えるのは、事務局だけです。"


@pytest.fixture
def meeting(cycle) -> Meeting:
    return Meeting.objects.create(cycle=cycle, name="第1回 委員会", held_on=DAY)


@pytest.fixture
def handouts(meeting, secretariat) -> list[Handout]:
    return [
        actions.add_handout(handout=Handout(meeting=meeting, kind="report", title=title), by=secretariat)
        for title in ("報告書", "意見", "名簿")
    ]


def titles(meeting: Meeting) -> list[str]:
    return [str(row) for row in meeting.handouts.all()]


def test_a_meeting_is_saved(cycle, secretariat):
    made = actions.save_meeting(meeting=Meeting(cycle=cycle, name="第2回", held_on=DAY), by=secretariat)
    assert list(Meeting.objects.all()) == [made]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (-1, ["資料1　意見", "資料2　報告書", "資料3　名簿"]),
        (1, ["資料1　報告書", "資料2　名簿", "資料3　意見"]),
        (-9, ["資料1　意見", "資料2　報告書", "資料3　名簿"]),
        (9, ["資料1　報告書", "資料2　名簿", "資料3　意見"]),
    ],
)
def test_a_handout_moves_as_far_as_there_are_places(meeting, handouts, secretariat, places, expected):
    actions.move_handout(handout=handouts[1], places=places, by=secretariat)
    assert titles(meeting) == expected


def test_those_behind_a_removed_handout_close_up(meeting, handouts, secretariat):
    actions.remove_handout(handout=handouts[0], by=secretariat)
    assert titles(meeting) == ["資料1　意見", "資料2　名簿"]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([0, 0], ["資料1　甲", "資料2　乙"]),
        ([2, 1], ["資料1　乙", "資料2　甲"]),
        ([2, 2, 1], ["資料1　丙", "資料2-1　甲", "資料2-2　乙"]),
        ([0, 3], ["資料3　乙", "参考資料　甲"]),
        ([0, 3, 0], ["資料3　乙", "参考資料1　甲", "参考資料2　丙"]),
    ],
)
def test_handouts_are_numbered_by_the_agenda(meeting, secretariat, items, expected):
    for title, item in zip("甲乙丙", items, strict=False):
        handout = Handout(meeting=meeting, kind="report", title=title, item=item)
        assert actions.add_handout(handout=handout, by=secretariat).number
    assert titles(meeting) == expected


def test_a_handout_stays_with_its_item(meeting, secretariat):
    made = [
        actions.add_handout(handout=Handout(meeting=meeting, kind="report", title=title, item=item), by=secretariat)
        for title, item in (("甲", 1), ("乙", 2), ("丙", 2))
    ]
    assert actions.move_handout(handout=made[2], places=-2, by=secretariat).number == "資料2-1"
    assert titles(meeting) == ["資料1　甲", "資料2-1　丙", "資料2-2　乙"]


def test_a_handout_somebody_else_removed_is_gone(meeting, handouts, secretariat):
    Handout.objects.filter(pk=handouts[0].pk).delete()
    for write in (
        lambda: actions.remove_handout(handout=handouts[0], by=secretariat),
        lambda: actions.move_handout(handout=handouts[0], places=1, by=secretariat),
    ):
        with pytest.raises(Refused, match="^この資料は、もう外されています。$"):
            write()


def test_nobody_else_writes_to_a_meeting(meeting, handouts, approver):
    pack = Paper.objects.create(plan=meeting.cycle.plan, cycle=meeting.cycle, kind="pack", asked_by=approver)
    for write in (
        lambda: actions.save_meeting(meeting=meeting, by=approver),
        lambda: actions.add_handout(handout=Handout(meeting=meeting, kind="list", title="一覧"), by=approver),
        lambda: actions.move_handout(handout=handouts[0], places=1, by=approver),
        lambda: actions.remove_handout(handout=handouts[0], by=approver),
        lambda: actions.ask_for_pack(meeting=meeting, by=approver),
        lambda: actions.record_sent(meeting=meeting, pack=pack, by=approver),
    ):
        with pytest.raises(Refused, match=f"^{NOT_YOURS}$"):
            write()
    assert titles(meeting) == ["資料1　報告書", "資料2　意見", "資料3　名簿"]


def test_a_pack_is_asked_for_and_recorded_as_sent(meeting, handouts, secretariat):
    pack = actions.ask_for_pack(meeting=meeting, by=secretariat)
    assert (pack.kind, pack.scope, pack.title, pack.state) == (
        "pack",
        {"meeting": meeting.pk},
        "第1回 委員会　会議資料",
        "waiting",
    )
    with pytest.raises(Refused, match="^この資料は、まだできていません。$"):
        actions.record_sent(meeting=meeting, pack=pack, by=secretariat)
    pack.state = Paper.State.DONE
    pack.file.save("1.pdf", ContentFile(b"%PDF-1.7"), save=True)
    actions.record_sent(meeting=meeting, pack=pack, by=secretariat)
    assert Meeting.objects.get().pack == pack


def test_the_same_paper_of_the_same_data_is_taken_again(cycle, entry, secretariat):
    asked = {"cycle": cycle, "kind": "list", "scope": {}, "title": "一覧", "by": secretariat}
    first, is_new = actions.ask_for_paper(**asked)
    assert (is_new, actions.ask_for_paper(**asked)) == (True, (first, False))
    assert actions.ask_for_paper(**asked | {"scope": {"number": "資料1"}})[1]
    actions.stop_paper(paper=first, by=secretariat)
    assert actions.ask_for_paper(**asked)[1]


def test_a_department_is_not_given_the_paper_another_asked_for(cycle, entry, secretariat, writer):
    asked = {"cycle": cycle, "kind": "list", "scope": {"organization": entry.organization_id}, "title": "一覧"}
    actions.ask_for_paper(**asked, by=secretariat)
    assert actions.ask_for_paper(**asked, by=writer)[1]


def test_what_a_department_may_not_have_is_not_made(cycle, entry, writer):
    with pytest.raises(Refused, match="^作れるのは、自分の課の資料だけです。$"):
        actions.ask_for_paper(cycle=cycle, kind="list", scope={}, title="一覧", by=writer)
    assert not Paper.objects.exists()


@pytest.mark.parametrize(("state", "after"), [("waiting", ("stopped", False)), ("running", ("running", True))])
def test_what_waits_stops_at_once_and_what_runs_is_asked_to(cycle, secretariat, state, after):
    paper = Paper.objects.create(plan=cycle.plan, cycle=cycle, kind="list", state=state, asked_by=secretariat)
    row = actions.stop_paper(paper=paper, by=secretariat)
    assert (row.state, row.stop_asked) == after


def test_what_has_ended_is_not_stopped(cycle, secretariat):
    paper = Paper.objects.create(plan=cycle.plan, cycle=cycle, kind="list", state="failed", asked_by=secretariat)
    with pytest.raises(Refused, match="^この資料の作成は、もう終わっています。$"):
        actions.stop_paper(paper=paper, by=secretariat)
