"""調査票 on the screen: download, return, decide, take back."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from measures import actions
from measures.models import Entry, WorkbookImport
from measures.views import workbooks as views
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from tests.factories import ActionFactory, EntryFactory, OrganizationFactory, fill
from tests.workbooks import counts, made, opened, places, returned, written

pytestmark = pytest.mark.django_db
HOME = "/staff/workbooks/"
CONFLICT_QUERIES = 15


@pytest.fixture
def other_entry(cycle, action):
    return EntryFactory(
        cycle=cycle, action=ActionFactory(measure=action.measure), organization=OrganizationFactory(name="建設課")
    )


def upload(client, data: bytes, name: str = "調査票.xlsx"):
    return client.post(HOME, {"file": SimpleUploadedFile(name, data)})


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def leave(response) -> None:
    """As the server does when the browser is gone."""
    response._iterator.close()


def codes(response) -> list[str]:
    page = opened(body(response))["記入"]
    header, names = places(page)
    return [page.cell(row, names["番号"]).value for row in range(header + 1, page.max_row + 1)]


# ---- out -----------------------------------------------------------------------------
def test_the_page_says_what_to_do_in_three_steps(entry, writer, client_of):
    page = client_of(writer).get(HOME)
    text = page.content.decode()
    assert [text.count(words) for words in ("調査票をダウンロードする", "Excelで書いて、保存する", "ここへ返す")] == [
        1,
        1,
        1,
    ]
    assert (page.context["count"], "organization" in page.context["choice"].fields) == (1, False)


def test_a_department_gets_its_own_rows(entry, other_entry, writer, client_of):
    answer = client_of(writer).get(reverse("staff:workbook-form", args=[2025]))
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert "filename*=utf-8''%E8%AA%BF%E6%9F%BB%E7%A5%A8_" in answer["Content-Disposition"]
    assert codes(answer) == [entry.action.code]


def test_the_secretariat_gets_all_or_those_of_one_organization_or_measure(entry, other_entry, secretariat, client_of):
    client = client_of(secretariat)
    address = reverse("staff:workbook-form", args=[2025])
    assert codes(client.get(address)) == [entry.action.code, other_entry.action.code]
    other = Organization.objects.get(name="建設課")
    assert codes(client.get(address, {"organization": other.slug})) == [other_entry.action.code]
    measure = entry.action.measure.code
    assert codes(client.get(address, {"measure": measure})) == [entry.action.code, other_entry.action.code]


def test_the_sheet_names_whose_it_is_and_whom_to_ask(entry, writer, client_of, office):
    Organization.objects.filter(pk=office.pk).update(is_secretariat=True, phone="0837-00-0000")
    data = {"measure": entry.action.measure.code}
    book = opened(body(client_of(writer).get(reverse("staff:workbook-form", args=[2025]), data)))
    assert book["記入"]["A1"].value == f"令和7年度実績　調査票　福祉課　施策{entry.action.measure.code}"
    guide = {row[0].value: row[1].value for row in book["記入要領"].iter_rows(min_row=3)}
    assert guide["困ったとき"] == (
        "ポータルを開けないときや、書き方が分からないときは、事務局の福祉課（電話 0837-00-0000）へ連絡してください。"
    )
    assert guide["返し方"].startswith("保存してから、ポータル（http://testserver/staff/workbooks/）にサインインし、")


def test_without_rows_there_is_no_file(cycle, other_entry, writer, client_of):
    answer = client_of(writer).get(reverse("staff:workbook-form", args=[2025]), follow=True)
    assert answer.redirect_chain == [(HOME, 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "この条件の個票はありません。課・団体と施策を選び直してください。"
    ]
    assert "記入する個票がありません" in answer.content.decode()


def test_before_there_is_a_year_there_is_nothing_to_write(plan, writer, client_of):
    assert "measures/home_empty.html" in [one.name for one in client_of(writer).get(HOME).templates]


@pytest.mark.parametrize(
    ("persona", "status"), [("writer", 200), ("auditor", 200), ("committee", 403), ("sysadmin", 403)]
)
def test_who_opens_the_page(entry, request, client_of, persona, status):
    assert client_of(request.getfixturevalue(persona)).get(HOME).status_code == status


# ---- back ----------------------------------------------------------------------------
def test_a_returned_workbook_is_checked_and_shown_before_anything_is_written(entry, writer, client_of):
    data = written(made(entry.cycle), {(entry.action.code, "取組実績"): "会議を<b>2回</b>開いた。"})
    client = client_of(writer)
    answer = upload(client, data)
    record = WorkbookImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/staff/workbooks/imports/{record.pk}/")
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "まだ何も変わっていません" in text
    assert "<ins>会議</ins>" in text.replace("</ins><ins>", "</ins>|<ins>").split("|")[0] or "会議" in text
    assert "<b>2回</b>開いた" not in text
    assert [(kind.value, count) for kind, count in page.context["kinds"]] == [("new", 1)]
    assert Entry.objects.get(pk=entry.pk).version == 0


def test_a_refused_file_is_told_beside_the_field(entry, writer, client_of):
    answer = upload(client_of(writer), b"a,b", "調査票.xlsm")
    assert answer.status_code == 422
    assert answer.context["upload"].errors == {
        "file": [
            "マクロの付いたファイル（.xlsm）は受け取れません。"
            "Excelの「名前を付けて保存」で、種類を「Excel ブック (*.xlsx)」にして保存し直してください。"
        ]
    }
    assert WorkbookImport.objects.count() == 0


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "記入したExcelのファイルを選んでください。"),
        ({"file": ("調査票.xlsx", b"")}, "ファイルの中身が空です。保存したファイルを選び直してください。"),
    ],
    ids=["none", "empty"],
)
def test_without_a_file_the_page_asks_for_one(entry, writer, client_of, files, sentence):
    sent = {name: SimpleUploadedFile(*given) for name, given in files.items()}
    answer = client_of(writer).post(HOME, sent)
    assert (answer.status_code, answer.context["upload"].errors["file"]) == (422, [sentence])


def test_an_unchanged_workbook_says_so(entry, writer, client_of):
    client = client_of(writer)
    page = client.get(upload(client, made(entry.cycle))["Location"])
    assert "変わるところはありません" in page.content.decode()
    assert page.context["ready"] == 0


def test_a_closed_year_takes_nothing_and_says_why(entry, writer, client_of):
    entry.cycle.state = CycleState.COMMITTEE
    entry.cycle.save()
    client = client_of(writer)
    said = "令和7年度の評価は「委員会審議」の段階です。いまは、調査票を受け取れません。"
    assert client.get(HOME).context["refusal"] == said
    assert upload(client, made(entry.cycle)).context["upload"].errors["file"] == [said]


def test_a_long_workbook_is_read_with_its_progress_on_the_page(entry, other_entry, secretariat, client_of, monkeypatch):
    monkeypatch.setattr(views, "LONG", 0)
    answer = upload(client_of(secretariat), made(entry.cycle))
    text = body(answer).decode()
    record = WorkbookImport.objects.get()
    assert (answer.status_code, record.state) == (200, "checked")
    assert text.count("<li>2行を確かめました。</li>") == 2
    assert f'<a class="btn btn--main" href="/staff/workbooks/imports/{record.pk}/">結果を見る</a>' in text
    assert text.rstrip().endswith("</html>")


def test_a_long_workbook_that_breaks_off_says_so_on_the_page(entry, secretariat, client_of, monkeypatch):
    def broken(**given):
        yield views.Progress(0, 10**9)
        raise actions.Refused("途中で壊れています。")

    monkeypatch.setattr(actions, "receive_workbook", broken)
    text = body(upload(client_of(secretariat), b"x")).decode()
    assert (
        '<b>読み取れませんでした。</b>途中で壊れています。　<a href="/staff/workbooks/">Excelで記入する画面へ</a>'
        in text
    )


def test_who_leaves_the_page_finds_the_workbook_read(entry, other_entry, secretariat, client_of, monkeypatch):
    monkeypatch.setattr(views, "LONG", 0)
    answer = upload(client_of(secretariat), made(entry.cycle))
    pages = iter(answer.streaming_content)
    assert [next(pages)[:15], next(pages)] == [b"<!doctype html>", "<li>2行を確かめました。</li>".encode()]
    leave(answer)
    assert counts(WorkbookImport.objects.get()) == {"unchanged": 2}


def test_who_leaves_the_page_of_a_broken_workbook_finds_nothing(entry, secretariat, client_of, monkeypatch):
    def broken(**given):
        yield views.Progress(0, 10**9)
        yield views.Progress(500)
        raise actions.Refused("途中で壊れています。")

    monkeypatch.setattr(actions, "receive_workbook", broken)
    answer = upload(client_of(secretariat), b"x")
    pages = iter(answer.streaming_content)
    assert [next(pages)[:15], next(pages)] == [b"<!doctype html>", "<li>500行を確かめました。</li>".encode()]
    leave(answer)
    assert list(pages) == []


# ---- the record -----------------------------------------------------------------------
@pytest.fixture
def record(entry, other_entry, writer):
    """One row to be written, one of another organization."""
    typed = {(entry.action.code, "取組実績"): "開いた。", (other_entry.action.code, "課題"): "人手"}
    return returned(entry.cycle, writer, written(made(entry.cycle), typed))


def say(client, record, verb, **data) -> list[str]:
    answer = client.post(reverse(f"staff:workbook-{verb}", args=[record.pk]), data, follow=True)
    return [str(message) for message in answer.context["messages"]]


def applied(client, record):
    return client.post(reverse("staff:workbook-apply", args=[record.pk]))


def test_many_rows_are_applied_with_their_progress_on_the_page(entry, record, writer, client_of, monkeypatch):
    monkeypatch.setattr(views, "MANY", 0)
    text = body(applied(client_of(writer), record)).decode()
    assert re.findall(r"<li>(.*?)</li>", text.partition('role="log"')[2]) == [
        "1行まで進みました。",
        "1行まで進みました。",
        f'<b>反映が終わりました。</b>　<a class="btn btn--main" href="{record.get_absolute_url()}">結果を見る</a>',
    ]
    record.refresh_from_db()
    entry.refresh_from_db()
    assert (record.state, entry.result) == ("applied", "開いた。")


def test_who_leaves_the_page_finds_the_rows_applied(entry, record, writer, client_of, monkeypatch):
    monkeypatch.setattr(views, "MANY", 0)
    answer = applied(client_of(writer), record)
    pages = iter(answer.streaming_content)
    assert [next(pages)[:15], next(pages)] == [b"<!doctype html>", "<li>1行まで進みました。</li>".encode()]
    leave(answer)
    record.refresh_from_db()
    assert (record.state, record.applied) == ("applied", 1)


def test_many_rows_that_may_not_be_written_are_told_on_the_page(record, secretariat, writer, client_of, monkeypatch):
    actions.discard_import(record=record, by=writer)
    monkeypatch.setattr(views, "MANY", 0)
    text = body(applied(client_of(writer), record)).decode()
    assert "<b>反映していません。</b>この取込みは「取りやめ」です。反映はできません。" in text


def test_errors_come_first_with_sheet_cell_value_and_what_to_do(record, writer, client_of):
    page = client_of(writer).get(record.get_absolute_url())
    text = page.content.decode()
    assert (page.context["kind"], page.context["ready"]) == ("error", 1)
    assert "記入　D6" in text
    assert "ほかの課・団体の個票です。書けるのは、担当する組織の人と事務局だけです。" in text


@pytest.mark.parametrize(("asked", "shown"), [("new", "new"), ("changed", "error"), ("nonsense", "error")])
def test_the_rows_are_shown_by_kind(record, writer, client_of, asked, shown):
    assert client_of(writer).get(record.get_absolute_url(), {"kind": asked}).context["kind"] == shown


def test_applying_and_taking_back(record, entry, writer, client_of):
    client = client_of(writer)
    assert say(client, record, "apply") == ["1件の個票に反映しました。"]
    assert Entry.objects.get(pk=entry.pk).result == "開いた。"
    assert "反映を取り消す…" in client.get(record.get_absolute_url()).content.decode()
    assert say(client, record, "undo") == ["反映を取り消し、個票を元に戻しました。"]
    assert Entry.objects.get(pk=entry.pk).result == ""
    assert "反映を取り消しました" in client.get(record.get_absolute_url()).content.decode()


def test_laying_aside(record, writer, client_of):
    client = client_of(writer)
    assert say(client, record, "discard") == ["この調査票の取込みを取りやめました。個票は変わっていません。"]
    assert "取込みを取りやめました" in client.get(record.get_absolute_url()).content.decode()
    assert say(client, record, "apply") == ["この取込みは「取りやめ」です。反映はできません。"]
    assert say(client, record, "undo") == ["この取込みは「取りやめ」です。取り消せるのは、反映した取込みだけです。"]
    assert say(client, record, "discard") == ["この取込みは「取りやめ」です。取りやめることはできません。"]


def test_a_conflict_is_chosen_field_by_field(entry, writer, approver, client_of):
    data = written(made(entry.cycle), {(entry.action.code, "取組実績"): "ファイル", (entry.action.code, "課題"): "乙"})
    actions.save_entry(entry=entry, by=approver, version=0, values={"result": "画面"})
    record = returned(entry.cycle, writer, data)
    row = record.rows.get()
    client = client_of(writer)
    text = client.get(record.get_absolute_url()).content.decode()
    assert f'name="side-{row.pk}-issues" value="file" checked' in text
    assert f'name="side-{row.pk}-result" value="file">' in text
    sides = {f"side-{row.pk}-result": "portal", f"side-{row.pk}-issues": "file", "side-x-result": "file", "other": "1"}
    assert say(client, record, "apply", **sides) == ["1件の個票に反映しました。"]
    entry.refresh_from_db()
    assert (entry.result, entry.issues) == ("画面", "乙")


def test_the_errors_can_be_downloaded_mended_and_returned(record, entry, other_entry, secretariat, writer, client_of):
    answer = client_of(writer).get(reverse("staff:workbook-errors", args=[record.pk]))
    data = body(answer)
    book = opened(data)
    assert book.sheetnames == ["記入要領", "記入", "コード表"]
    page = book["記入"]
    header, names = places(page)
    wrong = page.cell(header + 2, names["課・団体"])
    assert (wrong.value, wrong.fill.start_color.rgb) == ("建設課", "00FDEEEE")
    assert page.cell(header + 2, names["エラー"]).value == (
        "課・団体：ほかの課・団体の個票です。書けるのは、担当する組織の人と事務局だけです。"
    )
    again = returned(entry.cycle, secretariat, data)
    assert (again.new, again.error, again.extra_columns) == (2, 0, [])


def test_the_same_file_again_is_told(record, entry, writer, client_of):
    client = client_of(writer)
    say(client, record, "apply")
    twin = WorkbookImport.objects.create(
        cycle=entry.cycle, by=writer, file_name="写し.xlsx", sha256=record.sha256, size=1, state="checked"
    )
    page = client.get(twin.get_absolute_url())
    assert page.context["twin"] == record
    assert "同じファイルを、前にも反映しています" in page.content.decode()


def test_a_workbook_of_somebody_else_is_not_there(record, approver, other_writer, client_of):
    assert client_of(approver).get(record.get_absolute_url()).status_code == 404
    assert client_of(other_writer).post(reverse("staff:workbook-apply", args=[record.pk])).status_code == 404


def test_who_only_reads_gets_no_buttons(record, auditor, client_of):
    text = client_of(auditor).get(record.get_absolute_url()).content.decode()
    assert ("を反映する</button>" in text, "取りやめる</button>" in text) == (False, False)
    assert say(client_of(auditor), record, "apply") == ["この取込みを扱えるのは、取り込んだ人と事務局だけです。"]


def test_the_list_of_returned_workbooks(record, writer, approver, client_of):
    WorkbookImport.objects.create(cycle=record.cycle, by=writer, file_name="途中", sha256="", size=1)
    page = client_of(writer).get(HOME)
    assert list(page.context["page"]) == [record]
    assert list(client_of(approver).get(HOME).context["page"]) == []


# ---- questions to the database ----------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_at_any_number_of_rows(
    cycle, action, office, writer, client_of, rows, django_assert_max_num_queries
):
    entries = [
        EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure), organization=office)
        for _ in range(rows)
    ]
    typed = {(entry.action.code, title): "甲" for entry in entries for title in ("取組実績", "課題")}
    records = [returned(cycle, writer, written(made(cycle), typed)) for _ in range(rows)]
    client = client_of(writer)
    with django_assert_max_num_queries(15):
        client.get(HOME)
    with django_assert_max_num_queries(15):
        client.get(records[0].get_absolute_url())
    for entry in entries:
        fill(entry, state=EntryState.DRAFT, version=3, issues="乙")
    clash = returned(cycle, writer, io.BytesIO(written(made(cycle), {})).getvalue())
    assert clash.unchanged == rows
