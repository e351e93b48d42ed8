"""調査票 through real programs: the browser takes it, LibreOffice writes it again, the browser brings it back."""

from pathlib import Path

import pytest

from measures.models import Entry, WorkbookImport
from tests.factories import PASSWORD, ActionFactory, EntryFactory, fill
from tests.workbooks import saved_by_libreoffice, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.office]


@pytest.fixture
def signed_in(page, writer):
    page.goto("/accounts/login/")
    page.get_by_label("職員番号・ID").fill(writer.login_id)
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.locator("main button.btn--main").click()
    page.wait_for_load_state()
    return page


def test_a_workbook_through_libreoffice_lands_right(signed_in, axe, cycle, action, office, writer, tmp_path):
    page = signed_in
    one = EntryFactory(cycle=cycle, action=action, organization=office)
    two = fill(EntryFactory(cycle=cycle, action=ActionFactory(measure=action.measure), organization=office))
    Entry.objects.filter(pk=two.pk).update(
        state="draft", version=1, issues="=1+1", memo="+81 髙﨑😀\n二行目", budget=1200
    )

    page.goto("/staff/workbooks/")
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Excelをダウンロードする").click()
    folder = tmp_path / "saved"
    folder.mkdir()
    path = tmp_path / "調査票.xlsx"
    download.value.save_as(path)

    # Written in LibreOffice: untouched, it changes nothing.
    send(page, saved_by_libreoffice(path, folder))
    assert page.get_by_text("変わるところはありません").count() == 1

    path.write_bytes(
        written(
            path.read_bytes(),
            {
                (action.code, "取組実績"): "会議を2回開いた。\n参加者は30人。",
                (action.code, "達成度"): "Ａ",
                (action.code, "予算額（千円）"): "１，５００",
                (two.action.code, "達成度"): "よい",
            },
        )
    )
    send(page, saved_by_libreoffice(path, folder))
    assert axe(page) == []
    assert page.get_by_text("一覧にない値です。").count() == 1
    page.get_by_role("link", name="新しく記入").click()
    page.wait_for_url("**kind=new*")
    assert axe(page) == []
    assert Entry.objects.get(pk=one.pk).version == 0
    page.get_by_role("button", name="1件を反映する").click()
    assert page.get_by_text("1件の個票に反映しました。").count() == 1
    answered = Entry.objects.get(pk=one.pk)
    assert (answered.result, answered.rating.code, answered.budget, answered.state) == (
        "会議を2回開いた。\n参加者は30人。", "A", 1500, "draft",
    )  # fmt: skip
    kept = Entry.objects.get(pk=two.pk)
    assert (kept.issues, kept.memo, kept.version) == ("=1+1", "+81 髙﨑😀\n二行目", 1)

    page.get_by_role("link", name="反映を取り消す…").click()
    page.get_by_role("button", name="取り消して元に戻す").click()
    assert Entry.objects.get(pk=one.pk).state == "empty"
    assert list(WorkbookImport.objects.order_by("pk").values_list("state", flat=True)) == ["checked", "undone"]


def send(page, path: Path) -> None:
    page.goto("/staff/workbooks/")
    page.get_by_label("記入したExcelを選ぶか、ここに置く").set_input_files(path)
    page.get_by_role("button", name="中身を確かめる").click()
    page.wait_for_url("**/staff/workbooks/imports/*/")
