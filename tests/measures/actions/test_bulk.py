"""Many sheets at once: each told its own outcome, none moved twice, none that is not theirs."""

import pytest
from django.core import mail

from measures import actions
from measures.actions import Refused
from measures.actions.bulk import CHANGED, UNKNOWN
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import ActionFactory, EntryFactory, OrganizationFactory, fill
from tests.personas import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheets(cycle, action, office):
    """Three sheets of one office, submitted."""
    made = []
    for _ in range(3):
        entry = EntryFactory(cycle=cycle, organization=office, action=ActionFactory(measure=action.measure))
        made.append(fill(entry, state=EntryState.SUBMITTED))
    return made


def told(outcomes) -> list[tuple]:
    return [(outcome.entry and outcome.entry.pk, outcome.refusal) for outcome in outcomes]


def states(sheets) -> list[str]:
    for sheet in sheets:
        sheet.refresh_from_db()
    return [sheet.state for sheet in sheets]


def test_a_課長_confirms_all(sheets, approver):
    outcomes = actions.move_many(verb=Verb.APPROVE, versions={sheet.pk: 0 for sheet in sheets}, by=approver)
    assert told(outcomes) == [(sheet.pk, "") for sheet in sheets]
    assert states(sheets) == ["approved", "approved", "approved"]


def test_sent_twice_it_is_done_once(sheets, approver):
    versions = {sheet.pk: 0 for sheet in sheets}
    actions.move_many(verb=Verb.APPROVE, versions=versions, by=approver)
    again = actions.move_many(verb=Verb.APPROVE, versions=versions, by=approver)
    sentence = "「課長確認済」の個票には、課長確認はできません。"
    assert told(again) == [(sheet.pk, sentence) for sheet in sheets]
    assert [sheet.transitions.count() for sheet in sheets] == [1, 1, 1]


def test_one_that_changed_since_it_was_read_stays(sheets, approver):
    first, second, third = sheets
    outcomes = actions.move_many(
        verb=Verb.APPROVE, versions={first.pk: 0, second.pk: 7, third.pk: 0}, by=approver, comment="確認した。"
    )
    assert told(outcomes) == [(first.pk, ""), (second.pk, CHANGED), (third.pk, "")]
    assert states(sheets) == ["approved", "submitted", "approved"]
    assert first.transitions.get().comment == "確認した。"


def test_words_for_one_sheet_stand_before_the_words_for_all(sheets, approver):
    first, second, _ = sheets
    actions.move_many(
        verb=Verb.RETURN,
        versions={first.pk: 0, second.pk: 0},
        by=approver,
        comment="直してください。",
        comments={first.pk: "件数を直してください。", second.pk: ""},
    )
    assert [sheet.transitions.get().comment for sheet in (first, second)] == [
        "件数を直してください。",
        "直してください。",
    ]


def test_many_returned_sheets_are_one_mail(
    sheets, writer, approver, secretariat, cycle, action, django_capture_on_commit_callbacks
):
    first, second, third = sheets
    other = OrganizationFactory(name="総務課")
    person(Role.WRITER, other, login_id="general")
    alone = fill(
        EntryFactory(cycle=cycle, organization=other, action=ActionFactory(measure=action.measure)),
        state=EntryState.SUBMITTED,
    )
    with django_capture_on_commit_callbacks(execute=True):
        actions.move_many(
            verb=Verb.RETURN,
            versions={first.pk: 0, second.pk: 0, third.pk: 9, alone.pk: 0},
            by=secretariat,
            comment="件数を直してください。",
            comments={second.pk: "年度を直してください。"},
        )
    assert [(message.to, message.subject, message.body) for message in mail.outbox] == [
        (
            ["writer@example.jp"],
            "【差戻し】福祉課の個票 2件",
            "事務 局さんが、福祉課の個票2件を差し戻しました。\n\n"
            f"・{first.action.code} {first.action.title}\n　件数を直してください。\n\n"
            f"・{second.action.code} {second.action.title}\n　年度を直してください。",
        ),
        (
            ["general@example.jp"],
            f"【差戻し】{alone.action.code} {alone.action.title}",
            f"事務 局さんが、総務課の個票「{alone.action.title}」を差し戻しました。\n\n"
            "理由・コメント：件数を直してください。",
        ),
    ]


def test_many_confirmed_sheets_are_no_mail(sheets, approver, writer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.move_many(verb=Verb.APPROVE, versions={sheet.pk: 0 for sheet in sheets}, by=approver)
    assert mail.outbox == []


def test_a_return_without_reason_returns_nothing(sheets, approver):
    outcomes = actions.move_many(verb=Verb.RETURN, versions={sheets[0].pk: 0}, by=approver)
    assert told(outcomes) == [(sheets[0].pk, "差戻しには理由が必要です。")]
    assert states(sheets) == ["submitted", "submitted", "submitted"]


def test_the_secretariat_confirms_what_the_課長_did_and_is_told_of_the_rest(sheets, approver, secretariat):
    first, *rest = sheets
    actions.transition(entry=first, verb=Verb.APPROVE, by=approver)
    versions = {first.pk: 1} | {sheet.pk: 0 for sheet in rest}
    outcomes = actions.move_many(verb=Verb.ACCEPT, versions=versions, by=secretariat)
    assert told(outcomes) == [(first.pk, ""), *((sheet.pk, "課長の確認を待っています。") for sheet in rest)]


def test_forged_ids_are_refused_and_logged(sheets, approver, cycle, caplog):
    stranger = EntryFactory(
        cycle=cycle, organization=OrganizationFactory(), action=ActionFactory(measure=sheets[0].action.measure)
    )
    fill(stranger, state=EntryState.SUBMITTED)
    outcomes = actions.move_many(verb=Verb.APPROVE, versions={sheets[0].pk: 0, stranger.pk: 0, 10**15: 0}, by=approver)
    assert told(outcomes) == [(sheets[0].pk, ""), (None, UNKNOWN), (None, UNKNOWN)]
    stranger.refresh_from_db()
    assert stranger.state == "submitted"
    assert [record.getMessage() for record in caplog.records] == [
        f"approve: sheet {pk} refused to approver: not theirs to see" for pk in (stranger.pk, 10**15)
    ]


def test_a_refused_sheet_is_logged_with_its_sentence(sheets, writer, caplog):
    actions.move_many(verb=Verb.APPROVE, versions={sheets[0].pk: 0}, by=writer)
    assert [record.getMessage() for record in caplog.records] == [
        f"approve: sheet {sheets[0].pk} refused to writer: 課長確認ができるのは課長です。"
    ]


@pytest.mark.parametrize("stage", [CycleState.PREPARING, CycleState.LIAISON, CycleState.CLOSED])
def test_out_of_season_nothing_moves(sheets, approver, cycle, stage):
    cycle.state = stage
    cycle.save()
    outcomes = actions.move_many(verb=Verb.APPROVE, versions={sheet.pk: 0 for sheet in sheets}, by=approver)
    sentence = f"{cycle}は「{stage.label}」の段階です。いまは、課長確認はできません。"
    assert told(outcomes) == [(sheet.pk, sentence) for sheet in sheets]


@pytest.mark.parametrize(
    ("verb", "versions", "sentence"),
    [
        (Verb.FIX, {1: 0}, "確定は、まとめてはできません。"),
        (Verb.APPROVE, {}, "個票を1件以上選んでください。"),
    ],
)
def test_what_makes_no_sense_for_any_sheet(approver, verb, versions, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        actions.move_many(verb=verb, versions=versions, by=approver)
