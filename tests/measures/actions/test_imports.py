"""Applying a checked workbook, taking it back, laying it aside."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from measures import actions, permissions
from measures.actions import imports
from measures.models import Entry, WorkbookImport, WorkbookRow
from measures.workflow import CycleState, EntryState, Verb
from tests.factories import ActionFactory, CycleFactory, EntryFactory, fill
from tests.workbooks import counts, made, returned, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(cycle, action, office):
    """Three sheets of one organization."""
    return [
        EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure), organization=office) for _ in range(3)
    ]


def checked(cycle, by, values) -> WorkbookImport:
    """A workbook with {(sheet, column): value} typed in, returned."""
    typed = {(entry.action.code, title): value for (entry, title), value in values.items()}
    return returned(cycle, by, written(made(cycle), typed))


def now(entry: Entry) -> Entry:
    return Entry.objects.get(pk=entry.pk)


def answers(*entries: Entry) -> list[tuple]:
    return [(row.state, row.version, row.result) for row in (now(entry) for entry in entries)]


def kinds(record: WorkbookImport) -> list[tuple[str, bool]]:
    return list(record.rows.values_list("kind", "is_applied"))


# ---- applying -----------------------------------------------------------------------
def test_the_good_rows_are_written_at_once_and_signed(cycle, entries, writer):
    one, two, three = entries
    fill(two, state=EntryState.DRAFT, version=4)
    record = checked(
        cycle,
        writer,
        {(one, "取組実績"): "一", (two, "取組実績"): "=1+1", (three, "取組実績"): "三", (three, "達成度"): "S"},
    )
    done = actions.apply_import(record=record, by=writer)
    assert answers(one, two, three) == [("draft", 1, "一"), ("draft", 5, "=1+1"), ("empty", 0, "")]
    assert (done.state, done.applied, done.applied_by) == ("applied", 2, writer)
    assert timezone.now() - done.applied_at < datetime.timedelta(minutes=1)
    assert kinds(done) == [("new", True), ("changed", True), ("error", False)]
    saved = now(one)
    assert (saved.saved_by, saved.is_proxy, saved.saved_at is not None) == (writer, False, True)


def test_every_written_sheet_keeps_its_history(cycle, entries, writer):
    record = checked(cycle, writer, {(entries[0], "取組実績"): "一"})
    actions.apply_import(record=record, by=writer)
    last = entries[0].history.first()
    assert (last.version, last.result, last.history_user, last.history_change_reason, last.history_type) == (
        1, "一", writer, "Excelから反映（調査票.xlsx）", "~",
    )  # fmt: skip
    assert entries[1].history.count() == 1


def test_half_a_sheet_stays_a_draft_and_a_whole_one_is_not_submitted_by_itself(cycle, entries, writer):
    one, two, _ = entries
    whole = {"取組実績": "一", "達成度": "B", "今後の方向性": "継続", "次年度の取組予定": "続ける。"}
    record = checked(cycle, writer, {(one, title): value for title, value in whole.items()} | {(two, "課題"): "二"})
    actions.apply_import(record=record, by=writer)
    assert [(now(one).state, now(one).missing_labels), now(two).state] == [("draft", []), "draft"]


def test_the_same_rules_as_a_save_by_hand(cycle, entries, secretariat):
    """代理入力 is marked, a confirmed sheet goes back before the 課長, amounts give way to 「予算を伴わない」."""
    one, two, _ = entries
    fill(one, state=EntryState.APPROVED, unchanged_on=datetime.date(2026, 6, 1), unchanged_by=secretariat)
    fill(two, state=EntryState.DRAFT, budget=5)
    record = checked(
        cycle, secretariat, {(one, "課題"): "人手", (two, "予算額（千円）"): None, (two, "予算を伴わない"): "○"}
    )
    actions.apply_import(record=record, by=secretariat)
    one, two = now(one), now(two)
    assert (one.state, one.is_proxy, one.unchanged_on, one.unchanged_by) == ("submitted", True, None, None)
    assert list(one.transitions.values_list("verb", "source", "target", "by")) == [
        ("save", "approved", "submitted", secretariat.pk)
    ]
    assert (two.budget, two.no_budget, two.transitions.count()) == (None, True, 0)


def test_nothing_to_apply_is_refused(cycle, entries, writer):
    record = checked(cycle, writer, {})
    with pytest.raises(actions.Refused) as refused:
        actions.apply_import(record=record, by=writer)
    assert str(refused.value) == "反映する行がありません。競合のある行は、どちらを残すかを選んでから反映してください。"
    assert WorkbookImport.objects.get().state == "checked"


def test_a_sheet_saved_since_the_check_becomes_a_conflict(cycle, entries, writer, approver):
    one, two, _ = entries
    record = checked(cycle, writer, {(one, "取組実績"): "一", (two, "取組実績"): "二"})
    actions.save_entry(entry=one, by=approver, version=0, values={"result": "画面", "issues": "人手"})
    done = actions.apply_import(record=record, by=writer)
    assert answers(one, two) == [("draft", 1, "画面"), ("draft", 1, "二")]
    row = done.rows.get(entry=one)
    assert (row.kind, row.seen, row.suggested, row.note) == ("conflict", 1, {"result": ""}, imports.OVERTAKEN)
    assert (row.before["result"], row.values, done.applied) == ("画面", {"result": "一"}, 1)
    assert counts(done) == {"new": 1, "unchanged": 1, "conflict": 1}


def test_a_conflict_that_came_later_can_still_be_decided(cycle, entries, writer, approver):
    one, two, _ = entries
    record = checked(cycle, writer, {(one, "取組実績"): "一", (two, "取組実績"): "二"})
    actions.save_entry(entry=one, by=approver, version=0, values={"result": "画面"})
    record = actions.apply_import(record=record, by=writer)
    row = record.rows.get(entry=one)
    done = actions.apply_import(record=record, by=writer, chosen={row.pk: {"result": "file"}})
    assert (answers(one), done.applied) == ([("draft", 2, "一")], 2)


def test_what_may_no_longer_be_written_becomes_an_error(cycle, entries, writer):
    record = checked(cycle, writer, {(entries[0], "取組実績"): "一"})
    cycle.state = CycleState.LIAISON
    cycle.save()
    done = actions.apply_import(record=record, by=writer)
    (problem,) = done.rows.get(kind="error").problems
    assert problem == {
        "sheet": "記入",
        "cell": "5行目",
        "column": "番号",
        "value": entries[0].action.code,
        "sentence": "令和7年度の評価は「連携会議」の段階です。いまは、保存はできません。",
    }
    assert (done.applied, answers(entries[0])) == (0, [("empty", 0, "")])


def test_a_sheet_that_is_gone_becomes_an_error(cycle, entries, writer):
    record = checked(cycle, writer, {(entries[0], "取組実績"): "一"})
    entries[0].delete()
    done = actions.apply_import(record=record, by=writer)
    assert [problem["sentence"] for problem in done.rows.get(kind="error").problems] == ["この個票は、なくなりました。"]


def test_a_choice_from_the_file_may_not_make_a_submitted_sheet_incomplete(cycle, entries, writer, approver):
    one = fill(entries[0], state=EntryState.SUBMITTED)
    record = checked(cycle, writer, {(one, "取組実績"): "一"})
    WorkbookRow.objects.filter(entry=one).update(values={"result": ""})
    done = actions.apply_import(record=record, by=writer)
    assert [problem["sentence"] for problem in done.rows.get(kind="error").problems] == [
        "提出した個票の必須の項目は空にできません（取組実績）。"
    ]


# ---- conflicts ----------------------------------------------------------------------
@pytest.fixture
def conflict(cycle, entries, writer, approver) -> WorkbookRow:
    """The file says 「ファイル」 and 「乙」 where the portal says 「画面」 and 「甲」."""
    one = actions.save_entry(entry=entries[0], by=writer, version=0, values={"result": "一", "issues": "甲"})
    data = written(made(cycle), {(one.action.code, "取組実績"): "ファイル", (one.action.code, "課題"): "乙"})
    actions.save_entry(entry=one, by=approver, version=1, values={"result": "画面"})
    return returned(cycle, writer, data).rows.get(kind="conflict")


@pytest.mark.parametrize(
    ("sides", "result", "issues", "version"),
    [
        ({"result": "file", "issues": "file"}, "ファイル", "乙", 3),
        ({"result": "portal", "issues": "file"}, "画面", "乙", 3),
        ({"result": "portal", "issues": "portal"}, "画面", "甲", 2),
    ],
)
def test_each_field_of_a_conflict_is_chosen(conflict, writer, sides, result, issues, version):
    done = actions.apply_import(record=conflict.workbook, by=writer, chosen={conflict.pk: sides})
    entry = now(conflict.entry)
    assert (entry.result, entry.issues, entry.version) == (result, issues, version)
    assert (done.state, done.applied) == ("applied", version - 2)


def test_a_conflict_decided_for_the_portal_is_no_longer_one(conflict, writer):
    sides = {"result": "portal", "issues": "portal"}
    actions.apply_import(record=conflict.workbook, by=writer, chosen={conflict.pk: sides})
    conflict.refresh_from_db()
    assert (conflict.kind, conflict.note, conflict.is_applied) == ("unchanged", "ポータルの内容を残しました。", False)


@pytest.mark.parametrize("sides", [{}, {"result": "file"}, {"result": "file", "issues": "both"}])
def test_a_conflict_left_open_is_not_written(conflict, writer, sides):
    with pytest.raises(actions.Refused, match="^反映する行がありません。"):
        actions.apply_import(record=conflict.workbook, by=writer, chosen={conflict.pk: sides})
    assert now(conflict.entry).result == "画面"


# ---- who, and when --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("persona", "sentence"),
    [
        ("writer", None),
        ("secretariat", None),
        ("approver", "この取込みを扱えるのは、取り込んだ人と事務局だけです。"),
        ("auditor", "この取込みを扱えるのは、取り込んだ人と事務局だけです。"),
    ],
)
def test_who_may_decide_about_a_workbook(cycle, entries, writer, request, persona, sentence):
    record = checked(cycle, writer, {(entries[0], "取組実績"): "一"})
    assert permissions.import_refusal(request.getfixturevalue(persona), record) == sentence


@pytest.mark.parametrize("deed", [actions.apply_import, actions.undo_import, actions.discard_import])
def test_whoever_may_not_decide_is_refused(cycle, entries, writer, approver, deed):
    record = checked(cycle, writer, {(entries[0], "取組実績"): "一"})
    with pytest.raises(actions.Refused, match="^この取込みを扱えるのは、取り込んだ人と事務局だけです。$"):
        deed(record=record, by=approver)


@pytest.mark.parametrize(
    ("persona", "seen"), [("writer", 1), ("approver", 0), ("other_writer", 0), ("secretariat", 1), ("auditor", 1)]
)
def test_who_sees_a_workbook(cycle, entries, writer, request, persona, seen):
    checked(cycle, writer, {})
    user = request.getfixturevalue(persona)
    assert permissions.imports_visible_to(WorkbookImport.objects.all(), user).count() == seen


def test_what_breaks_off_writes_nothing(cycle, entries, writer, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 1)
    record = checked(cycle, writer, {(one, "取組実績"): "開いた。" for one in entries})
    steps = actions.apply_steps(record=record, by=writer)
    assert [next(steps).rows, next(steps).rows] == [1, 2]
    steps.close()
    record.refresh_from_db()
    assert (record.state, record.applied, answers(*entries)) == ("checked", 0, [("empty", 0, "")] * 3)


# ---- taking back ----------------------------------------------------------------------
def test_an_import_is_taken_back_as_a_whole(cycle, entries, writer):
    one, two, _ = entries
    fill(two, state=EntryState.RETURNED, version=4, unchanged_on=datetime.date(2026, 6, 1), unchanged_by=writer)
    record = checked(cycle, writer, {(one, "取組実績"): "一", (two, "取組実績"): "二", (two, "達成度"): "A"})
    record = actions.apply_import(record=record, by=writer)
    done = actions.undo_import(record=record, by=writer)
    assert answers(one, two) == [("empty", 2, ""), ("returned", 6, "会議を2回開いた。")]
    two = now(two)
    assert (two.rating.code, two.unchanged_on, two.unchanged_by) == ("B", datetime.date(2026, 6, 1), writer)
    assert (done.state, done.undone_by, done.undone_at is not None) == ("undone", writer, True)
    assert one.history.first().history_change_reason == "Excelからの反映の取消し（調査票.xlsx）"
    assert [move.verb for move in one.transitions.all()] == []


def test_taking_back_restores_what_the_課長_had_confirmed(cycle, entries, writer):
    one = fill(entries[0], state=EntryState.APPROVED)
    record = actions.apply_import(record=checked(cycle, writer, {(one, "課題"): "人手"}), by=writer)
    actions.undo_import(record=record, by=writer)
    assert (now(one).state, now(one).issues) == ("approved", "")
    assert list(one.transitions.values_list("source", "target", "comment")) == [
        ("approved", "submitted", ""),
        ("submitted", "approved", "Excelからの反映の取消し"),
    ]


def test_taking_back_forgets_the_代理入力_it_brought(cycle, entries, secretariat):
    record = actions.apply_import(record=checked(cycle, secretariat, {(entries[0], "課題"): "人手"}), by=secretariat)
    assert now(entries[0]).is_proxy is True
    actions.undo_import(record=record, by=secretariat)
    assert now(entries[0]).is_proxy is False


def test_nothing_is_taken_back_once_somebody_wrote_after_it(cycle, entries, writer, approver):
    one, two, _ = entries
    record = actions.apply_import(
        record=checked(cycle, writer, {(one, "取組実績"): "一", (two, "取組実績"): "二"}), by=writer
    )
    actions.save_entry(entry=two, by=approver, version=1, values={"issues": "人手"})
    with pytest.raises(actions.Refused) as refused:
        actions.undo_import(record=record, by=writer)
    assert str(refused.value) == (
        f"反映のあとに変わった個票が1件（{two.action.code}）あるため、まとめて取り消せません。"
    )
    assert answers(one, two) == [("draft", 1, "一"), ("draft", 2, "二")]


def test_of_many_changed_sheets_the_first_are_named(cycle, action, office, writer):
    rows = [
        EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure), organization=office) for _ in range(6)
    ]
    record = actions.apply_import(record=checked(cycle, writer, {(row, "課題"): "人手" for row in rows}), by=writer)
    Entry.objects.update(version=9)
    with pytest.raises(actions.Refused, match=f"^反映のあとに変わった個票が6件（{rows[0].action.code}、.*など）ある"):
        actions.undo_import(record=record, by=writer)


def test_a_sheet_that_is_gone_cannot_be_taken_back(cycle, entries, writer):
    record = actions.apply_import(record=checked(cycle, writer, {(entries[0], "課題"): "人手"}), by=writer)
    entries[0].delete()
    with pytest.raises(actions.Refused, match="^反映のあとに変わった個票が1件"):
        actions.undo_import(record=record, by=writer)


def test_nothing_is_taken_back_when_the_sheets_may_no_longer_be_written(cycle, entries, writer):
    record = actions.apply_import(record=checked(cycle, writer, {(entries[0], "課題"): "人手"}), by=writer)
    cycle.state = CycleState.LIAISON
    cycle.save()
    with pytest.raises(actions.Refused) as refused:
        actions.undo_import(record=record, by=writer)
    assert str(refused.value) == (
        f"{entries[0].action.code}：令和7年度の評価は「連携会議」の段階です。いまは、保存はできません。"
    )


# ---- the record's own states --------------------------------------------------------------
def test_a_workbook_can_be_laid_aside(cycle, entries, writer):
    record = checked(cycle, writer, {(entries[0], "課題"): "人手"})
    assert actions.discard_import(record=record, by=writer).state == "discarded"
    assert answers(entries[0]) == [("empty", 0, "")]


@pytest.mark.parametrize(
    ("state", "deed", "sentence"),
    [
        ("discarded", actions.apply_import, "この取込みは「取りやめ」です。反映はできません。"),
        ("undone", actions.apply_import, "この取込みは「取消し済み」です。反映はできません。"),
        (
            "checked",
            actions.undo_import,
            "この取込みは「反映待ち」です。取り消せるのは、反映した取込みだけです。",
        ),
        (
            "undone",
            actions.undo_import,
            "この取込みは「取消し済み」です。取り消せるのは、反映した取込みだけです。",
        ),
        ("applied", actions.discard_import, "この取込みは「反映済み」です。取りやめることはできません。"),
    ],
)
def test_what_each_state_allows(cycle, entries, writer, state, deed, sentence):
    record = checked(cycle, writer, {(entries[0], "課題"): "人手"})
    signed = {"applied_at": timezone.now(), "applied_by": writer, "undone_at": timezone.now(), "undone_by": writer}
    WorkbookImport.objects.filter(pk=record.pk).update(state=state, **signed)
    with pytest.raises(actions.Refused) as refused:
        deed(record=record, by=writer)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("state", ["applied", "undone"])
def test_a_decision_is_signed(cycle, entries, writer, state):
    record = checked(cycle, writer, {})
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkbookImport.objects.filter(pk=record.pk).update(state=state)


def test_a_row_stands_once_in_a_workbook(cycle, entries, writer):
    record = checked(cycle, writer, {})
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkbookRow.objects.create(workbook=record, number=5, kind="new")


def test_the_words_of_a_record(cycle, entries, writer):
    record = checked(cycle, writer, {(entries[0], "課題"): "人手"})
    assert (str(record), record.total, counts(record)) == ("調査票.xlsx", 3, {"new": 1, "unchanged": 2})
    assert str(record.rows.first()) == f"5行目 {entries[0].action.code}"


def test_a_writer_of_the_year_before_is_told_by_the_year(entry, writer):
    """Last year's workbook, all of it, into this year."""
    past = CycleFactory(plan=entry.cycle.plan, year=2024, scale=entry.cycle.scale, state="closed")
    EntryFactory(cycle=past, action=entry.action, organization=entry.organization)
    record = returned(entry.cycle, writer, made(past))
    assert counts(record) == {"error": 1}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_statements_of_an_application_do_not_grow_with_the_rows(
    cycle, entries, writer, rows, django_assert_num_queries
):
    record = checked(cycle, writer, {(entry, "取組実績"): "実績" for entry in entries[:rows]})
    with django_assert_num_queries(14):
        actions.apply_import(record=record, by=writer)


def test_after_an_application_the_sheets_can_be_submitted(cycle, entries, writer):
    whole = {"取組実績": "一", "達成度": "B", "今後の方向性": "継続", "次年度の取組予定": "続ける。"}
    record = checked(cycle, writer, {(entries[0], title): value for title, value in whole.items()})
    actions.apply_import(record=record, by=writer)
    sent = actions.transition(entry=now(entries[0]), verb=Verb.SUBMIT, by=writer)
    assert sent.state == "submitted"
