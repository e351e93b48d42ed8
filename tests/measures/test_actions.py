"""Writes: what changes, what is refused, what is recorded."""

import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from measures import actions
from measures.actions import Conflict, Refused
from measures.models import Cycle, Entry, Responsibility, Transition
from measures.workflow import CycleState, EntryState, Verb
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    OrganizationFactory,
    ResponsibilityFactory,
    ScaleFactory,
    fill,
)

pytestmark = pytest.mark.django_db


def moves(entry: Entry) -> list[tuple]:
    return list(entry.transitions.values_list("verb", "source", "target", "by__login_id", "comment"))


# ---- saving ---------------------------------------------------------------
def test_a_first_save_begins_the_sheet(entry, writer):
    saved = actions.save_entry(entry=entry, by=writer, version=0, values={"result": " 会議を開いた。\r\n "})
    assert (saved.state, saved.version, saved.result) == ("draft", 1, "会議を開いた。")
    assert (saved.saved_by, saved.is_proxy) == (writer, False)
    assert moves(saved) == []


def test_saving_the_same_again_changes_nothing(entry, writer):
    saved = actions.save_entry(entry=entry, by=writer, version=0, values={"result": "一"})
    again = actions.save_entry(entry=saved, by=writer, version=1, values={"result": "一"})
    assert (again.version, again.history.count()) == (1, saved.history.count())


def test_two_people_saving_the_second_is_told(entry, writer, approver):
    actions.save_entry(entry=entry, by=writer, version=0, values={"result": "一"})
    with pytest.raises(Conflict) as conflict:
        actions.save_entry(entry=entry, by=approver, version=0, values={"result": "二"})
    assert conflict.value.entry.result == "一"
    entry.refresh_from_db()
    assert entry.result == "一"


def test_the_secretariat_entering_for_a_department_is_marked(entry, secretariat):
    saved = actions.save_entry(entry=entry, by=secretariat, version=0, values={"result": "一"})
    assert saved.is_proxy is True


def test_mending_a_confirmed_sheet_puts_it_back_before_the_課長(entry, writer):
    fill(entry, state=EntryState.APPROVED)
    saved = actions.save_entry(entry=entry, by=writer, version=0, values={"issues": "人手"})
    assert (saved.state, moves(saved)) == ("submitted", [("save", "approved", "submitted", "writer", "")])


def test_a_submitted_sheet_cannot_be_made_incomplete(entry, writer):
    fill(entry, state=EntryState.SUBMITTED)
    with pytest.raises(Refused, match="^提出した個票の必須の項目は空にできません（取組実績）。$"):
        actions.save_entry(entry=entry, by=writer, version=0, values={"result": ""})
    entry.refresh_from_db()
    assert entry.result == "会議を2回開いた。"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"state": "fixed"}, "「state」という項目はありません。"),
        ({"result": "あ" * 10_001}, "「取組実績」は10,000字までです。"),
    ],
)
def test_what_cannot_be_saved(entry, writer, values, sentence):
    with pytest.raises(Refused) as refused:
        actions.save_entry(entry=entry, by=writer, version=0, values=values)
    assert str(refused.value) == sentence
    entry.refresh_from_db()
    assert (entry.state, entry.version) == ("empty", 0)


def test_control_characters_are_dropped(entry, writer):
    saved = actions.save_entry(entry=entry, by=writer, version=0, values={"result": "一\x00二\x1b\n三"})
    assert saved.result == "一二\n三"


def test_without_budget_there_are_no_amounts(entry, writer):
    values = {"budget": 100, "settlement": 90, "no_budget": True}
    saved = actions.save_entry(entry=entry, by=writer, version=0, values=values)
    assert (saved.budget, saved.settlement, saved.no_budget) == (None, None, True)


def test_a_choice_of_another_years_scale_is_refused(entry, writer):
    other = ScaleFactory(plan=entry.cycle.plan, name="別の基準")
    for name, choice, label in (
        ("rating", other.grades.first(), "達成度"),
        ("direction", other.directions.first(), "今後の方向性"),
    ):
        with pytest.raises(Refused, match=f"^「{label}」は、この年度の基準から選んでください。$"):
            actions.save_entry(entry=entry, by=writer, version=0, values={name: choice})


# ---- moving ---------------------------------------------------------------
def test_a_sheet_through_the_year(entry, writer, approver, secretariat, django_capture_on_commit_callbacks):
    fill(entry, state=EntryState.DRAFT)
    with django_capture_on_commit_callbacks(execute=True):
        actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
    assert [(m.subject, m.to) for m in mail.outbox] == [
        (f"【提出】{entry.action.code} {entry.action.title}", [approver.email])
    ]
    actions.transition(entry=entry, verb=Verb.APPROVE, by=approver, comment="確認した。")
    actions.transition(entry=entry, verb=Verb.ACCEPT, by=secretariat)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        entry = actions.transition(entry=entry, verb=Verb.RETURN, by=secretariat, comment="件数を直してください。")
    assert [(m.to, "件数を直してください。" in m.body) for m in mail.outbox] == [([writer.email], True)]
    assert moves(entry) == [
        ("submit", "draft", "submitted", "writer", ""),
        ("approve", "submitted", "approved", "approver", "確認した。"),
        ("accept", "approved", "accepted", "secretariat", ""),
        ("return", "accepted", "returned", "secretariat", "件数を直してください。"),
    ]
    assert entry.version == 4


def test_a_return_needs_a_reason(entry, approver):
    fill(entry, state=EntryState.SUBMITTED)
    with pytest.raises(Refused, match="^差戻しには理由が必要です。$"):
        actions.transition(entry=entry, verb=Verb.RETURN, by=approver, comment=" \n")
    entry.refresh_from_db()
    assert (entry.state, moves(entry)) == ("submitted", [])


def test_nobody_confirms_what_they_have_not_read(entry, writer, approver):
    fill(entry, state=EntryState.SUBMITTED)
    actions.save_entry(entry=entry, by=writer, version=0, values={"issues": "人手"})
    with pytest.raises(Conflict):
        actions.transition(entry=entry, verb=Verb.APPROVE, by=approver, version=0)


def test_a_flood_of_words_with_a_move_is_refused(entry, approver):
    fill(entry, state=EntryState.SUBMITTED)
    with pytest.raises(Refused, match="^理由は10,000字までです。$"):
        actions.transition(entry=entry, verb=Verb.RETURN, by=approver, comment="あ" * 10_001)


@pytest.mark.parametrize(("days", "late"), [(0, False), (1, True)])
def test_the_first_submission_decides_whether_it_was_late(entry, writer, days, late):
    cycle = entry.cycle
    cycle.opens_on = cycle.due_on = timezone.localdate() - datetime.timedelta(days=days)
    cycle.grace_days = 5
    cycle.save()
    fill(entry, state=EntryState.DRAFT)
    entry = actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
    assert (entry.is_late, entry.submitted_at is not None) == (late, True)
    first = entry.submitted_at
    actions.transition(entry=entry, verb=Verb.WITHDRAW, by=writer)
    assert actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer).submitted_at == first


def test_who_answers_after_closing_was_late_and_is_no_longer_silent(entry, secretariat):
    entry.cycle.state = CycleState.COLLECTING
    entry.cycle.save()
    fill(entry, state=EntryState.DRAFT, closed_unanswered=True)
    entry = actions.transition(entry=entry, verb=Verb.SUBMIT, by=secretariat)
    assert (entry.is_late, entry.closed_unanswered, entry.is_proxy) == (True, False, True)


def test_taking_back_what_citizens_read_is_noticed(entry, secretariat):
    cycle = entry.cycle
    cycle.state, cycle.published_at = CycleState.PUBLISHED, timezone.now()
    cycle.save()
    fill(entry, state=EntryState.FIXED)
    version = cycle.plan.version
    actions.transition(entry=entry, verb=Verb.REOPEN, by=secretariat, comment="数値の誤り")
    cycle.plan.refresh_from_db()
    assert (list(Entry.objects.public()), cycle.plan.version) == ([], version + 1)


def test_approver_hears_nothing_where_approval_is_skipped(entry, writer, approver, django_capture_on_commit_callbacks):
    entry.organization.skips_approval = True
    entry.organization.save()
    fill(entry, state=EntryState.DRAFT)
    with django_capture_on_commit_callbacks(execute=True):
        actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
    assert mail.outbox == []


# ---- 前年度から変更なし ------------------------------------------------------
@pytest.fixture
def last_year(entry):
    cycle = CycleFactory(plan=entry.cycle.plan, scale=entry.cycle.scale, year=2024, state=CycleState.CLOSED)
    before = EntryFactory(cycle=cycle, action=entry.action, organization=entry.organization)
    return fill(before, "C", "review", reason="人手不足", improvement="会議を増やす", submitted_at=timezone.now())


def test_unchanged_repeats_last_year_signed_and_dated(entry, writer, last_year):
    saved = actions.submit_unchanged(entry=entry, by=writer, version=0)
    repeated = {name: getattr(saved, name) for name in ("result", "reason", "improvement", "next_plan")}
    assert repeated == {name: getattr(last_year, name) for name in repeated}
    assert (saved.rating.code, saved.direction.code, saved.state) == ("C", "review", "submitted")
    assert (saved.unchanged_on, saved.unchanged_by) == (timezone.localdate(), writer)
    assert moves(saved) == [("submit", "empty", "submitted", "writer", "前年度から変更なし")]


def test_an_edit_afterwards_takes_the_statement_back(entry, writer, last_year):
    saved = actions.submit_unchanged(entry=entry, by=writer, version=0)
    saved = actions.save_entry(entry=saved, by=writer, version=saved.version, values={"issues": "増えた"})
    assert (saved.unchanged_on, saved.unchanged_by) == (None, None)


def test_unchanged_needs_a_last_year(entry, writer):
    with pytest.raises(Refused, match="^前年度の回答がないため、「前年度から変更なし」は使えません。$"):
        actions.submit_unchanged(entry=entry, by=writer, version=0)


def test_unchanged_is_refused_on_an_old_version_and_to_others(entry, writer, other_writer, last_year):
    with pytest.raises(Conflict):
        actions.submit_unchanged(entry=entry, by=writer, version=7)
    with pytest.raises(Refused):
        actions.submit_unchanged(entry=entry, by=other_writer, version=0)


def test_unchanged_never_loses_what_was_written(entry, writer, last_year):
    saved = actions.save_entry(entry=entry, by=writer, version=0, values={"result": "今年の言葉"})
    sentence = "^入力した内容があります。前年度の内容に置き換えるときは、「置き換える」に印を付けてください。$"
    with pytest.raises(Refused, match=sentence):
        actions.submit_unchanged(entry=saved, by=writer, version=saved.version)
    entry.refresh_from_db()
    assert entry.result == "今年の言葉"
    saved = actions.submit_unchanged(entry=saved, by=writer, version=saved.version, replace=True)
    assert (saved.result, saved.state) == (last_year.result, "submitted")


def test_unchanged_finds_the_same_letters_in_a_new_scale(entry, writer, last_year):
    new = ScaleFactory(plan=entry.cycle.plan, name="新しい基準")
    entry.cycle.scale = new
    entry.cycle.save()
    saved = actions.submit_unchanged(entry=entry, by=writer, version=0)
    assert (saved.rating, saved.direction) == (new.grades.get(code="C"), new.directions.get(code="review"))


def test_unchanged_is_refused_where_the_new_scale_has_no_such_letter(entry, writer, last_year):
    new = ScaleFactory(plan=entry.cycle.plan, name="新しい基準")
    new.grades.filter(code="C").delete()
    entry.cycle.scale = new
    entry.cycle.save()
    sentence = "^前年度の「C 一部実施」が今年度の基準にないため、「前年度から変更なし」は使えません。$"
    with pytest.raises(Refused, match=sentence):
        actions.submit_unchanged(entry=entry, by=writer, version=0)


def test_unchanged_is_not_for_what_is_submitted_already(entry, writer, last_year):
    saved = actions.submit_unchanged(entry=entry, by=writer, version=0)
    with pytest.raises(Refused, match="^「提出済」の個票には、提出はできません。$"):
        actions.submit_unchanged(entry=saved, by=writer, version=saved.version, replace=True)


def test_an_unchanged_statement_is_always_signed(entry):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(unchanged_on=timezone.localdate())


# ---- the year -------------------------------------------------------------
DATES = {"opens_on": datetime.date(2027, 5, 15), "due_on": datetime.date(2027, 6, 20)}


def test_a_new_year_gets_a_sheet_for_each_responsibility(plan, action, office, secretariat, cycle):
    fill(EntryFactory(cycle=cycle, action=action, organization=office), next_plan="会議を3回開く。")
    Cycle.objects.update(state=CycleState.CLOSED)
    ResponsibilityFactory(action=action, organization=None)
    repeated = ActionFactory(measure=action.measure, repeats=action)
    ResponsibilityFactory(action=repeated, organization=office)
    new = actions.prepare_cycle(plan=plan, year=2026, scale=cycle.scale, by=secretariat, **DATES)
    sheets = list(new.entries.values_list("action__code", "organization__name", "planned", "state"))
    assert sheets == [(action.code, "福祉課", "会議を3回開く。", "empty")]
    assert new.state == CycleState.PREPARING


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"year": 2030}, "2030年度は、この計画の期間（2025〜2029年度）に入りません。"),
        ({"year": 2025}, "2025年度の評価は、もうあります。"),
        ({"due_on": datetime.date(2027, 5, 14)}, "締切日は、入力の開始日より後の日にしてください。"),
        ({"due_on": datetime.date(2206, 6, 20)}, "入力の開始日と締切日の年を確かめてください（2026年度の評価です）。"),
        (
            {"opens_on": datetime.date(2025, 5, 15)},
            "入力の開始日と締切日の年を確かめてください（2026年度の評価です）。",
        ),
    ],
)
def test_a_year_that_cannot_be(plan, cycle, secretariat, changes, sentence):
    given = {"plan": plan, "year": 2026, "scale": cycle.scale, "by": secretariat, **DATES, **changes}
    with pytest.raises(Refused) as refused:
        actions.prepare_cycle(**given)
    assert str(refused.value) == sentence


def test_after_a_reorganization_the_successors_write(plan, action, office, secretariat, cycle):
    merged = OrganizationFactory(name="福祉総務課", valid_from=2027)
    general = OrganizationFactory(name="総務課", valid_to=2026, successor=merged)
    gone = OrganizationFactory(name="臨時室", valid_to=2026)
    for organization in (general, gone):
        ResponsibilityFactory(action=action, organization=organization)
    office.valid_to, office.successor = 2026, merged
    office.save()
    for organization, words in ((office, "会議を3回開く。"), (general, "")):
        fill(EntryFactory(cycle=cycle, action=action, organization=organization), next_plan=words)
    Cycle.objects.update(state=CycleState.CLOSED)
    new = actions.prepare_cycle(plan=plan, year=2026, scale=cycle.scale, by=secretariat, **DATES)
    assert list(new.entries.values_list("organization__name", "planned")) == [("福祉総務課", "会議を3回開く。")]


def test_what_two_merged_departments_planned_stands_in_two_paragraphs(plan, action, office, secretariat, cycle):
    general = OrganizationFactory(name="総務課", valid_to=2026, successor=office)
    for organization, words in ((office, "会議を3回開く。"), (general, "広報に載せる。")):
        fill(EntryFactory(cycle=cycle, action=action, organization=organization), next_plan=words)
    Cycle.objects.update(state=CycleState.CLOSED)
    new = actions.prepare_cycle(plan=plan, year=2026, scale=cycle.scale, by=secretariat, **DATES)
    assert new.entries.get().planned == "会議を3回開く。\n広報に載せる。"


def test_a_second_click_does_not_move_the_year_twice(cycle, secretariat):
    moved = actions.advance(cycle=cycle, by=secretariat, seen="open")
    sentence = "^令和7年度の評価は、もう「取りまとめ」の段階です。画面を確かめてください。$"
    with pytest.raises(Refused, match=sentence):
        actions.advance(cycle=cycle, by=secretariat, seen="open")
    with pytest.raises(Refused, match=sentence):
        actions.step_back(cycle=cycle, by=secretariat, reason="理由", seen="open")
    cycle.refresh_from_db()
    assert (moved.state, cycle.state) == ("collecting", "collecting")


def test_others_do_not_run_the_year(cycle, writer):
    for write in (
        lambda: actions.advance(cycle=cycle, by=writer),
        lambda: actions.step_back(cycle=cycle, by=writer, reason="理由"),
        lambda: actions.add_missing_entries(cycle=cycle, by=writer),
    ):
        with pytest.raises(Refused, match="^年度の進行と割当ては、事務局だけが行えます。$"):
            write()


def test_opening_makes_the_sheets_still_missing(plan, action, office, secretariat, cycle):
    cycle.state = CycleState.PREPARING
    cycle.save()
    opened = actions.advance(cycle=cycle, by=secretariat, seen="preparing")
    assert (opened.state, list(opened.entries.values_list("organization", flat=True))) == ("open", [office.pk])


def test_one_year_at_a_time(plan, cycle, secretariat):
    later = CycleFactory(plan=plan, year=2026, scale=cycle.scale, state=CycleState.PREPARING)
    with pytest.raises(Refused, match="^令和7年度の評価がまだ終わっていません。先に公表まで進めてください。$"):
        actions.advance(cycle=later, by=secretariat)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cycle.objects.filter(pk=later.pk).update(state=CycleState.OPEN)


def test_closing_the_gates_marks_silence_as_silence(entry, secretariat):
    other = EntryFactory(cycle=entry.cycle, action=ActionFactory(measure=entry.action.measure))
    fill(other, state=EntryState.SUBMITTED, submitted_at=timezone.now())
    actions.advance(cycle=entry.cycle, by=secretariat)
    rows = dict(Entry.objects.values_list("pk", "closed_unanswered"))
    assert rows == {entry.pk: True, other.pk: False}
    entry.refresh_from_db()
    assert entry.rating is None


def test_fixing_and_publishing(plan, entry, secretariat):
    fill(entry, state=EntryState.ACCEPTED)
    open_row = EntryFactory(cycle=entry.cycle, action=ActionFactory(measure=entry.action.measure))
    Cycle.objects.filter(pk=entry.cycle_id).update(state=CycleState.RESPONDING)
    cycle = actions.advance(cycle=entry.cycle, by=secretariat)
    states = dict(Entry.objects.values_list("pk", "state"))
    assert (cycle.state, states) == ("fixed", {entry.pk: "fixed", open_row.pk: "empty"})
    assert list(Entry.objects.public()) == []
    version = plan.version
    cycle = actions.advance(cycle=cycle, by=secretariat)
    plan.refresh_from_db()
    assert (cycle.is_public, list(Entry.objects.public()), plan.version) == (True, [entry], version + 1)
    cycle = actions.advance(cycle=cycle, by=secretariat)
    with pytest.raises(Refused, match="^この年度は、もう締めてあります。$"):
        actions.advance(cycle=cycle, by=secretariat)


def test_going_back_needs_a_reason_and_takes_the_year_from_the_public(entry, secretariat):
    cycle = entry.cycle
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.PUBLISHED, published_at=timezone.now())
    with pytest.raises(Refused, match="^前の段階に戻すには、理由が必要です。$"):
        actions.step_back(cycle=cycle, by=secretariat, reason=" ")
    cycle = actions.step_back(cycle=cycle, by=secretariat, reason="数値の誤り")
    assert (cycle.state, cycle.is_public, cycle.history.first().history_change_reason) == ("fixed", False, "数値の誤り")


def test_taking_answers_again_gives_the_silent_their_chance(entry, secretariat):
    cycle = actions.advance(cycle=entry.cycle, by=secretariat)
    cycle = actions.step_back(cycle=cycle, by=secretariat, reason="締切を延ばすため")
    entry.refresh_from_db()
    assert (cycle.state, entry.closed_unanswered) == ("open", False)


def test_a_published_year_does_not_run_beside_another(plan, cycle, secretariat):
    published = CycleFactory(
        plan=plan, year=2024, scale=cycle.scale, state=CycleState.PUBLISHED, published_at=timezone.now()
    )
    with pytest.raises(Refused, match="^令和7年度の評価がまだ終わっていません。先に公表まで進めてください。$"):
        actions.step_back(cycle=published, by=secretariat, reason="数値の誤り")
    published.refresh_from_db()
    assert (published.state, published.is_public) == ("published", True)


def test_a_reason_for_going_back_has_room_in_the_history(cycle, secretariat):
    with pytest.raises(Refused, match="^理由は100字までです。$"):
        actions.step_back(cycle=cycle, by=secretariat, reason="あ" * 101)


def test_nothing_is_before_preparation(cycle, secretariat):
    Cycle.objects.filter(pk=cycle.pk).update(state=CycleState.PREPARING)
    with pytest.raises(Refused, match="^「準備」より前には戻せません。$"):
        actions.step_back(cycle=cycle, by=secretariat, reason="理由")


# ---- responsibilities -----------------------------------------------------
def test_assigning_関係各課_keeps_the_wording_and_makes_sheets(cycle, action, secretariat):
    row = ResponsibilityFactory(action=action, organization=None, position=2)
    offices = [OrganizationFactory(), OrganizationFactory()]
    actions.assign(responsibility=row, organizations=offices, by=secretariat)
    assigned = Responsibility.objects.filter(action=action, wording="関係各課").order_by("organization__position")
    assert [(r.organization, r.position) for r in assigned] == [(office, 2) for office in offices]
    sheets = cycle.entries.filter(organization__in=offices).order_by("organization__position")
    assert [sheet.organization for sheet in sheets] == offices


def test_assignments_that_cannot_be(action, secretariat, writer):
    row = ResponsibilityFactory(action=action, organization=None)
    office = OrganizationFactory()
    with pytest.raises(Refused, match="^担当する組織を1つ以上選んでください。$"):
        actions.assign(responsibility=row, organizations=[], by=secretariat)
    with pytest.raises(Refused, match="^年度の進行と割当ては、事務局だけが行えます。$"):
        actions.assign(responsibility=row, organizations=[office], by=writer)
    done = ResponsibilityFactory(action=action, organization=office)
    with pytest.raises(Refused, match="^この担当は、もう決まっています。$"):
        actions.assign(responsibility=done, organizations=[OrganizationFactory()], by=secretariat)
    with pytest.raises(Refused, match=f"^「{office}」は、もうこの取組を担当しています。$"):
        actions.assign(responsibility=row, organizations=[office, OrganizationFactory()], by=secretariat)
    assert list(Responsibility.objects.unassigned()) == [row]


def test_a_second_person_assigning_is_told(cycle, action, secretariat):
    row = ResponsibilityFactory(action=action, organization=None)
    first = OrganizationFactory()
    actions.assign(responsibility=row, organizations=[first], by=secretariat)
    row.pk = row.pk or Responsibility.objects.order_by("pk").last().pk + 100
    with pytest.raises(Refused, match="^この担当は、もう決まっています。$"):
        actions.assign(responsibility=row, organizations=[OrganizationFactory()], by=secretariat)


@pytest.mark.parametrize("stage", CycleState)
def test_who_is_assigned_late_still_gets_a_sheet(cycle, action, secretariat, stage):
    Cycle.objects.update(state=stage)
    row = ResponsibilityFactory(action=action, organization=None)
    actions.assign(responsibility=row, organizations=[OrganizationFactory()], by=secretariat)
    takes = stage not in (CycleState.FIXED, CycleState.PUBLISHED, CycleState.CLOSED)
    # The office of the action had no sheet either.
    assert cycle.entries.count() == (2 if takes else 0)


def test_refused_moves_leave_no_trace(entry, other_writer):
    with pytest.raises(Refused):
        actions.transition(entry=entry, verb=Verb.SUBMIT, by=other_writer)
    assert Transition.objects.count() == 0
