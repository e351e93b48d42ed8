"""Checking a returned workbook: what each row would change, and why some cannot be taken."""

import datetime
import io
import random

import pytest
from django.utils import timezone

from measures import actions, sheets
from measures.actions import returned as checking
from measures.actions.returned import PLAN_DIFFERS
from measures.models import Cycle, Entry, WorkbookImport, WorkbookRow
from measures.workflow import CycleState, EntryState
from tests.factories import ActionFactory, EntryFactory, OrganizationFactory, fill
from tests.workbooks import counts, made, opened, places, returned, saved, written

pytestmark = pytest.mark.django_db
NAME = "調査票.xlsx"


@pytest.fixture
def other_entry(cycle, action):
    """A sheet of another organization for another action."""
    organization = OrganizationFactory(name="建設課")
    return EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure), organization=organization)


def only_row(record: WorkbookImport) -> WorkbookRow:
    return record.rows.get()


def sentences(record: WorkbookImport) -> list[tuple[str, str, str]]:
    return [
        (problem["cell"], problem["column"], problem["sentence"])
        for row in record.rows.order_by("number")
        for problem in row.problems
    ]


# ---- what is found ------------------------------------------------------------------
def test_an_untouched_workbook_changes_nothing(entry, other_entry, secretariat):
    fill(entry, issues="=1+1", memo="髙﨑\n二行", budget=5)
    record = returned(entry.cycle, secretariat, made(entry.cycle))
    assert (record.state, counts(record)) == ("checked", {"unchanged": 2})
    assert (record.by, record.file_name, record.cycle) == (secretariat, NAME, entry.cycle)


def test_the_file_is_known_by_its_fingerprint(entry, writer):
    data = made(entry.cycle)
    record = returned(entry.cycle, writer, data)
    assert (len(record.sha256), record.size) == (64, len(data))


def test_a_first_answer_is_new(entry, writer):
    data = written(
        made(entry.cycle), {(entry.action.code, "取組実績"): "開いた。", (entry.action.code, "達成度"): "Ａ"}
    )
    record = returned(entry.cycle, writer, data)
    row = only_row(record)
    assert counts(record) == {"new": 1}
    assert (row.number, row.code, row.entry, row.seen) == (5, entry.action.code, entry, 0)
    assert row.values == {"result": "開いた。", "rating": "A"}
    assert row.note == "反映したあとも、提出に必要な2項目（今後の方向性、次年度の取組予定）が空いています。"
    entry.refresh_from_db()
    assert (entry.state, entry.version, entry.result) == ("empty", 0, "")


def test_another_answer_is_a_change_beside_what_stood(entry, writer):
    fill(entry, state=EntryState.DRAFT, version=2)
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(entry.action.code, "取組実績"): None}))
    row = only_row(record)
    assert (counts(record), row.values, row.before["result"]) == ({"changed": 1}, {"result": ""}, "会議を2回開いた。")
    assert row.note == "反映したあとも、提出に必要な1項目（取組実績）が空いています。"


def test_a_confirmed_sheet_comes_with_a_warning(entry, writer):
    fill(entry, state=EntryState.APPROVED)
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(entry.action.code, "課題"): "人手"}))
    assert (counts(record), only_row(record).note) == ({"changed": 1}, "反映すると、課長の確認をもう一度受けます。")


# ---- what is tolerated ----------------------------------------------------------------
def test_a_workbook_as_people_leave_it(entry, writer):
    """Moved and added columns, a hidden row, a filter, blank rows at the end, full-width digits, a date as text."""
    fill(entry, state=EntryState.DRAFT)
    book = opened(made(entry.cycle))
    page = book["記入"]
    header, names = places(page)
    page.insert_cols(names["番号"])
    page.cell(header, names["番号"]).value = "自分のメモ"
    page.cell(header + 1, names["番号"]).value = "あとで"
    moved = {name: place + (place >= names["番号"]) for name, place in names.items()}
    page.cell(header + 1, moved["予算額（千円）"]).value = "１，２００"
    page.cell(header + 1, moved["達成度"]).value = "ａ"
    page.cell(header + 1, moved["課題"]).value = "2026年4月1日から\n2行目"
    page.row_dimensions[header + 1].hidden = True
    page.auto_filter.add_filter_column(2, ["x"])
    for row in range(header + 2, header + 30):
        page.cell(row, 1).value = ""
        page.cell(row, 3).value = None
    page.sheet_properties.tabColor = "FF0000"
    record = returned(entry.cycle, writer, saved(book))
    assert (counts(record), record.extra_columns) == ({"changed": 1}, ["自分のメモ"])
    assert only_row(record).values == {"budget": 1200, "rating": "A", "issues": "2026年4月1日から\n2行目"}


def test_columns_that_are_gone_leave_their_answers_alone(entry, writer):
    fill(entry, state=EntryState.DRAFT)
    book = opened(made(entry.cycle))
    page = book["記入"]
    _, names = places(page)
    page.delete_cols(names["取組実績"])
    record = returned(entry.cycle, writer, saved(book))
    assert (counts(record), record.missing_columns) == ({"unchanged": 1}, ["取組実績"])


def test_a_renamed_sheet_is_found(entry, writer):
    book = opened(made(entry.cycle))
    book["記入"].title = "福祉課の分"
    assert counts(returned(entry.cycle, writer, saved(book))) == {"unchanged": 1}


# ---- what is refused, row by row ---------------------------------------------------------
def test_every_wrong_cell_is_named_with_what_to_do(entry, writer):
    code = entry.action.code
    data = written(
        made(entry.cycle), {(code, "達成度"): "S", (code, "予算額（千円）"): "多い", (code, "取組実績"): "開いた。"}
    )
    record = returned(entry.cycle, writer, data)
    assert (counts(record), only_row(record).values) == ({"error": 1}, {})
    assert only_row(record).problems[0] == {
        "sheet": "記入",
        "cell": "M5",
        "column": "達成度",
        "value": "S",
        "sentence": "一覧にない値です。A 計画以上、B 計画どおり、C 一部実施、D 未実施、F 完了から選んでください。",
    }
    assert [cell for cell, _, _ in sentences(record)] == ["M5", "S5"]


@pytest.mark.parametrize(
    ("title", "value", "sentence"),
    [
        ("年度", "令和6年度", "令和7年度の行ではありません。受け取れるのは、令和7年度の調査票だけです。"),
        ("年度", None, "令和7年度の行ではありません。受け取れるのは、令和7年度の調査票だけです。"),
        ("番号", "9-9-9-G99", "この番号の個票は、令和7年度の評価にありません。"),
        ("番号", None, "番号がありません。ダウンロードした調査票の行に書いてください。"),
        ("課・団体", "総務課", "この番号の個票は、この課・団体の担当ではありません。"),
        ("版", "x", "版を読み取れません。ダウンロードしたときの数に戻してください。"),
        ("取組", "別の取組", PLAN_DIFFERS),
        ("施策", None, PLAN_DIFFERS),
        ("内容", "短くした。", PLAN_DIFFERS),
        ("課題", "あ" * 10_001, "10,001字あります。10,000字までにしてください。"),
    ],
)
def test_rows_that_cannot_be_taken(entry, writer, title, value, sentence):
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(entry.action.code, title): value}))
    assert ([one[1:] for one in sentences(record)], counts(record)) == ([(title, sentence)], {"error": 1})


def test_another_years_row_of_an_action_that_is_no_more(entry, writer):
    code = entry.action.code
    data = written(made(entry.cycle), {(code, "年度"): "令和6年度"})
    data = written(data, {(code, "番号"): "9-9-9-G99"})
    record = returned(entry.cycle, writer, data)
    assert [one[1] for one in sentences(record)] == ["年度"]


def test_the_year_may_be_written_in_numbers(entry, writer):
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(entry.action.code, "年度"): 2025}))
    assert counts(record) == {"unchanged": 1}


def test_another_organizations_row_is_refused(entry, other_entry, writer):
    data = written(made(entry.cycle), {(other_entry.action.code, "取組実績"): "書いた。"})
    record = returned(entry.cycle, writer, data)
    assert counts(record) == {"unchanged": 1, "error": 1}
    assert [one[1:] for one in sentences(record)] == [
        ("課・団体", "ほかの課・団体の個票です。書けるのは、担当する組織の人と事務局だけです。")
    ]


def test_a_version_that_was_never_made(entry, writer):
    code = entry.action.code
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(code, "版"): 7, (code, "課題"): "人手"}))
    assert [one[1:] for one in sentences(record)] == [
        ("版", "この版は、まだありません。ダウンロードしたときの数に戻してください。")
    ]


def test_amounts_without_a_budget(entry, writer):
    code = entry.action.code
    data = written(made(entry.cycle), {(code, "予算額（千円）"): 5, (code, "予算を伴わない"): "はい"})
    record = returned(entry.cycle, writer, data)
    assert [one[1:] for one in sentences(record)] == [
        ("予算を伴わない", "金額を入れるときは、「予算を伴わない」を空にしてください。")
    ]


def test_a_settlement_without_a_budget(entry, writer):
    fill(entry, no_budget=True)
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(entry.action.code, "決算額（千円）"): 5}))
    assert counts(record) == {"error": 1}


def test_a_submitted_sheet_cannot_be_made_incomplete(entry, writer):
    fill(entry, state=EntryState.SUBMITTED)
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(entry.action.code, "取組実績"): None}))
    assert [one[1:] for one in sentences(record)] == [
        ("番号", "提出した個票の必須の項目は空にできません（取組実績）。")
    ]


def test_what_may_no_longer_be_written_is_refused_only_where_it_would_change(entry, writer):
    fill(entry, state=EntryState.ACCEPTED)
    record = returned(entry.cycle, writer, written(made(entry.cycle), {(entry.action.code, "課題"): "人手"}))
    assert [one[1:] for one in sentences(record)] == [("番号", "「事務局確認済」の個票には、保存はできません。")]
    assert counts(returned(entry.cycle, writer, made(entry.cycle))) == {"unchanged": 1}


def test_two_rows_of_one_sheet_are_both_refused(entry, writer):
    book = opened(made(entry.cycle))
    page = book["記入"]
    header, names = places(page)
    for name, place in names.items():
        page.cell(header + 2, place).value = "別" if name == "課題" else page.cell(header + 1, place).value
    record = returned(entry.cycle, writer, saved(book))
    said = "同じ個票の行が、5行目・6行目にあります。"
    assert (counts(record), sentences(record)) == ({"error": 2}, [("B5", "番号", said), ("B6", "番号", said)])


# ---- rows read at an older version -----------------------------------------------------
def test_what_two_people_wrote_is_a_conflict_with_both_sides(entry, writer, approver):
    entry = actions.save_entry(entry=entry, by=writer, version=0, values={"result": "一", "issues": "甲", "memo": "子"})
    data = written(made(entry.cycle), {(entry.action.code, "取組実績"): "ファイル", (entry.action.code, "課題"): "乙"})
    actions.save_entry(entry=entry, by=approver, version=1, values={"result": "画面", "memo": "丑"})
    record = returned(entry.cycle, writer, data)
    row = only_row(record)
    assert (counts(record), row.seen) == ({"conflict": 1}, 2)
    assert row.values == {"result": "ファイル", "issues": "乙", "memo": "子"}
    assert row.suggested == {"result": "", "issues": "file", "memo": "portal"}


def test_an_old_row_nobody_touched_in_the_file_is_no_conflict(entry, writer):
    entry = actions.save_entry(entry=entry, by=writer, version=0, values={"result": "一"})
    data = made(entry.cycle)
    actions.save_entry(entry=entry, by=writer, version=1, values={"result": "二"})
    assert counts(returned(entry.cycle, writer, data)) == {"unchanged": 1}


def test_before_its_first_save_a_sheet_was_empty(entry, writer):
    data = written(made(entry.cycle), {(entry.action.code, "課題"): "乙"})
    actions.save_entry(entry=entry, by=writer, version=0, values={"result": "二"})
    row = only_row(returned(entry.cycle, writer, data))
    assert (row.kind, row.values, row.suggested) == (
        "conflict", {"issues": "乙", "result": ""}, {"issues": "file", "result": "portal"},
    )  # fmt: skip


def test_where_the_old_version_is_not_known_both_sides_are_asked(entry, writer):
    fill(entry, state=EntryState.DRAFT)
    Entry.objects.filter(pk=entry.pk).update(version=5)
    data = made(entry.cycle)
    Entry.objects.filter(pk=entry.pk).update(version=6, issues="画面")
    row = only_row(returned(entry.cycle, writer, data))
    assert (row.kind, row.values, row.suggested) == ("conflict", {"issues": ""}, {"issues": ""})


# ---- the whole file ---------------------------------------------------------------------
def refused(cycle, by, data, name=NAME) -> str:
    with pytest.raises(actions.Refused) as told:
        returned(cycle, by, data, name)
    assert WorkbookImport.objects.count() == 0
    return str(told.value)


def test_a_workbook_that_is_no_form(entry, writer):
    book = opened(made(entry.cycle))
    del book["記入"]
    assert refused(entry.cycle, writer, saved(book)) == (
        "シート「記入」に「年度」「番号」「版」「課・団体」の見出しがありません。"
        "ポータルからダウンロードした調査票を選んでください。"
    )


def test_a_file_that_is_no_workbook(entry, writer):
    assert refused(entry.cycle, writer, b"a,b\n1,2") == (
        "中身がExcelのファイルではありません。名前だけを .xlsx に変えたファイルは読み取れません。"
    )


@pytest.mark.parametrize(
    ("persona", "state", "sentence"),
    [
        ("auditor", CycleState.OPEN, "調査票を返せるのは、担当者・課長・事務局です。"),
        (
            "writer",
            CycleState.COMMITTEE,
            "令和7年度の評価は「委員会審議」の段階です。いまは、調査票を受け取れません。",
        ),
    ],
)
def test_who_may_not_return_a_workbook_at_all(entry, request, persona, state, sentence):
    data = made(entry.cycle)
    entry.cycle.state = state
    entry.cycle.save()
    assert refused(entry.cycle, request.getfixturevalue(persona), data) == sentence


def test_a_file_that_breaks_off_leaves_nothing_behind(entry, writer, monkeypatch):
    data = made(entry.cycle)

    def broken(self, title):
        for number, cells in rows(self, title):
            if number > 4:
                raise actions.Refused("途中で壊れています。")
            yield number, cells

    rows = checking.excel.Book.rows
    monkeypatch.setattr(checking.excel.Book, "rows", broken)
    assert refused(entry.cycle, writer, data) == "途中で壊れています。"


def test_nobody_waits_any_more(entry, writer):
    steps = actions.receive_workbook(cycle=entry.cycle, by=writer, file=io.BytesIO(made(entry.cycle)), name=NAME)
    next(steps)
    next(steps)
    steps.close()
    assert WorkbookImport.objects.count() == 0


def test_what_a_killed_process_left_half_read_goes_with_the_next_one(entry, writer, secretariat):
    now = timezone.now()
    for by, minutes in ((writer, 61), (writer, 59), (secretariat, 61)):
        left = WorkbookImport.objects.create(cycle=entry.cycle, by=by, file_name=f"{by}{minutes}", sha256="0", size=1)
        WorkbookImport.objects.filter(pk=left.pk).update(at=now - datetime.timedelta(minutes=minutes))
    returned(entry.cycle, writer, made(entry.cycle))
    left = WorkbookImport.objects.filter(state="reading").order_by("pk")
    assert list(left.values_list("file_name", flat=True)) == [f"{writer}59", f"{secretariat}61"]


def test_the_reading_says_how_far_it_is(cycle, secretariat, action, monkeypatch):
    monkeypatch.setattr(checking, "CHUNK", 2)
    for _ in range(5):
        EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure))
    steps = list(actions.receive_workbook(cycle=cycle, by=secretariat, file=io.BytesIO(made(cycle)), name=NAME))
    assert [step.rows for step in steps] == [0, 2, 4, 5, 5]
    assert [step.record is None for step in steps] == [True, True, True, True, False]


def test_the_questions_to_the_database_do_not_grow_with_the_rows(cycle, secretariat, action, django_assert_num_queries):
    EntryFactory(cycle=cycle, action=action)
    cycle = Cycle.objects.select_related("scale").get()
    assert secretariat.roles == {"secretariat"}
    one = made(cycle)
    with django_assert_num_queries(12):
        returned(cycle, secretariat, one)
    for _ in range(2):
        EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure))
    three = made(cycle)
    with django_assert_num_queries(12):
        returned(cycle, secretariat, three)


def test_mangled_workbooks_are_read_or_refused_and_write_nothing(entry, other_entry, secretariat):
    """The bounded form of the fuzz run of `bench`."""
    fill(entry, state=EntryState.DRAFT)
    good = written(made(entry.cycle), {(entry.action.code, "課題"): "人手"})
    before = list(Entry.objects.order_by("pk").values())
    chance = random.Random(4)  # noqa: S311 - the same files every time
    for _ in range(60):
        data = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            record = returned(entry.cycle, secretariat, bytes(data))
        except actions.Refused:
            continue
        assert record.state == "checked"
    assert list(Entry.objects.order_by("pk").values()) == before


def test_the_fields_of_an_empty_sheet_are_those_of_a_new_one(cycle, action, office):
    assert sheets.plain(Entry(cycle=cycle, action=action, organization=office)) == checking.EMPTY
