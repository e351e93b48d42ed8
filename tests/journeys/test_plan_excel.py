"""計画のExcel through real programs: the browser takes it, LibreOffice writes it again, the browser brings it back."""

from pathlib import Path

import pytest

from measures.models import Action, Measure, RoleItem
from plans.actions import edit_text, fingerprint
from tests.factories import PASSWORD
from tests.planbooks import Edited, small_plan
from tests.workbooks import saved_by_libreoffice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.office]


@pytest.fixture
def plan(office):
    return small_plan()


@pytest.fixture
def signed_in(page, secretariat):
    page.goto("/accounts/login/")
    page.get_by_label("職員番号・ID").fill(secretariat.login_id)
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.locator("main button.btn--main").click()
    page.wait_for_load_state()
    return page


def send(page, plan, path: Path) -> None:
    page.goto(f"/staff/plan/{plan.slug}/workbook/")
    page.get_by_label("直したExcelを選ぶか、ここに置く").set_input_files(path)
    page.get_by_role("button", name="中身を確かめる").click()
    page.wait_for_url("**/staff/plan/imports/*/")


def test_a_plan_through_libreoffice_lands_right(signed_in, axe, plan, secretariat, tmp_path):
    page, measure = signed_in, Measure.objects.get(code="1-1-1")
    Action.objects.filter(code="1-1-2-G01").update(content="=1+1\n+81 髙﨑😀", title="@取組")
    page.goto("/staff/plan/")
    page.get_by_role("link", name="計画をExcelで直す").click()
    page.wait_for_url("**/workbook/")
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Excelをダウンロードする").click()
    folder = tmp_path / "saved"
    folder.mkdir()
    path = tmp_path / "計画.xlsx"
    download.value.save_as(path)

    # Written by LibreOffice: untouched, it changes nothing.
    send(page, plan, saved_by_libreoffice(path, folder))
    assert page.get_by_text("変わるところはありません").count() == 1

    gone = RoleItem.objects.get(text="話しましょう。")
    book = Edited(path.read_bytes()).put("取組", "1-1-1-G01", 内容="一行目。\n二行目。", 担当="福祉課／総務課")
    book.put("取組", "", 施策番号="1-1-1", 担い手="行政", 取組="案内板", 内容="置きます。", 担当="福祉課")
    book.put("施策", "1-1-1", 施策="Excelの名").drop("役割", str(gone.pk))
    path.write_bytes(book.data)
    values = {"title": "ポータルの名"}
    edit_text(row=measure, plan=plan, values=values, seen=fingerprint(measure, values), by=secretariat)
    send(page, plan, saved_by_libreoffice(path, folder))
    for width in (1366, 360):
        page.set_viewport_size({"width": width, "height": 768})
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert Action.objects.count() == 3

    page.get_by_label("Excelの内容にする").check()
    page.get_by_role("checkbox", name="役割 1-1-1 市民を消すか、終える").check()
    page.get_by_role("button", name="反映する").click()
    assert page.get_by_text("4件を計画に反映しました。").count() == 1
    assert axe(page) == []
    changed = Action.objects.get(code="1-1-1-G01")
    assert (changed.content, changed.responsibilities.count()) == ("一行目。\n二行目。", 2)
    assert Action.objects.get(code="1-1-1-G03").title == "案内板"
    assert Action.objects.get(code="1-1-2-G01").content == "=1+1\n+81 髙﨑😀"
    assert (Measure.objects.get(code="1-1-1").title, RoleItem.objects.count()) == ("Excelの名", 2)

    page.goto("/staff/history/")
    assert page.get_by_text("Excelから反映（計画.xlsx）").count() > 0
