"""計画をExcelで直す: who opens the pages, what they show, and what their buttons do."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from measures.models import Action, ActionGroup, Measure, PlanImport, RoleItem
from mine_welfare.accounts.roles import Role
from plans.actions import edit_text, fingerprint
from plans.models import Plan
from tests.personas import person
from tests.planbooks import Edited, edited, made, returned, small_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(office) -> Plan:
    return small_plan()


def page_of(plan: Plan) -> str:
    return f"/staff/plan/{plan.slug}/workbook/"


def sent(client, plan: Plan, book: Edited | bytes, name: str = "計画.xlsx"):
    data = book if isinstance(book, bytes) else book.data
    return client.post(page_of(plan), {"file": SimpleUploadedFile(name, data)}, follow=True)


def messages(response) -> list[str]:
    return [str(one) for one in response.context["messages"]]


# ---- who ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, *Role])
def test_the_pages_are_the_secretariats(client_of, plan, office, secretariat, role):
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))
    user = person(role, office if role and role.needs_organization else None)
    client, own = client_of(user), f"/staff/plan/imports/{record.pk}/"
    allowed = role == Role.SECRETARIAT
    opened = [client.get(path).status_code for path in (page_of(plan), f"{page_of(plan)}file.xlsx", own)]
    assert opened == [200 if allowed else 403] * 3
    written = [client.post(path).status_code for path in (f"{own}apply/", f"{own}discard/")]
    assert written == [302 if allowed else 403] * 2
    assert (Measure.objects.get(code="1-1-1").title == "Excelの名") is allowed


def test_there_is_no_such_plan_or_file(client_of, plan, secretariat):
    client = client_of(secretariat)
    paths = ["/staff/plan/none/workbook/", "/staff/plan/none/workbook/file.xlsx", "/staff/plan/imports/99/"]
    assert [client.get(path).status_code for path in paths] == [404] * 3


def test_the_plans_page_leads_there(client_of, plan, secretariat):
    assert f'href="{page_of(plan)}"' in client_of(secretariat).get("/staff/plan/").content.decode()


# ---- out -----------------------------------------------------------------------------------


def test_the_file_is_the_plan(client_of, plan, secretariat):
    answer = client_of(secretariat).get(f"{page_of(plan)}file.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    assert [book["取組"].cell(row, 1).value for row in (2, 3, 4)] == ["1-1-1-G01", "1-1-1-G02", "1-1-2-G01"]
    assert [row[1].value for row in book["記入要領"].iter_rows() if row[0].value == "返し方"] == [
        f"保存してから、ポータル（http://testserver{page_of(plan)}）でこのファイルを選びます。"
        "変わるところを画面で確かめ、「反映する」を押すまでは、何も変わりません。"
    ]


@pytest.mark.parametrize(("is_current", "sentence"), [(True, "終えた取組"), (False, "公開する前の素案なので")])
def test_the_page_says_what_a_file_may_do(client_of, office, secretariat, is_current, sentence):
    plan = small_plan(is_current=is_current)
    page = client_of(secretariat).get(page_of(plan)).content.decode()
    assert [words in page for words in ("「終えた取組」", "公開する前の素案なので")] == [is_current, not is_current]
    assert sentence in page


# ---- back ------------------------------------------------------------------------------------


def test_a_file_is_looked_at_then_written(client_of, plan, secretariat):
    client = client_of(secretariat)
    book = edited(plan).put("取組", "1-1-1-G01", 内容="新しい内容", 担当="総務課").drop("取組", "1-1-2-G01")
    page = sent(client, plan, book)
    text = page.content.decode()
    assert "まだ何も変わっていません" in text
    shown = [(cell.label, cell.before, cell.after) for line in page.context["page"] for cell in line.fields]
    assert shown == [("内容", "相談に応じます。", "新しい内容"), ("担当", "福祉課", "総務課")]
    gone = page.context["gone"][0].row
    assert ([*page.context["form"].fields], gone.key) == (["since", "last_year", "reason"], "1-1-2-G01")
    record = PlanImport.objects.get()
    given = {"gone": [gone.pk, "x"], "since": "", "last_year": "2027", "reason": ""}
    done = client.post(f"/staff/plan/imports/{record.pk}/apply/", given, follow=True)
    assert messages(done) == ["2件を計画に反映しました。"]
    assert "反映しました" in done.content.decode()
    assert [one.key for one in record.rows.filter(is_applied=True)] == ["1-1-1-G01", "1-1-2-G01"]
    assert Action.objects.get(code="1-1-2-G01").valid_to == 2027
    assert record.file_name in client.get(page_of(plan)).content.decode()


def test_what_a_person_chose_of_a_conflict_is_written(client_of, plan, secretariat):
    client, measure = client_of(secretariat), Measure.objects.get(code="1-1-1")
    book = edited(plan).put("施策", "1-1-1", 施策="Excelの名", 説明="Excelの説明")
    values = {"title": "ポータルの名"}
    edit_text(row=measure, plan=plan, values=values, seen=fingerprint(measure, values), by=secretariat)
    page = sent(client, plan, book)
    row = page.context["conflicts"][0].row
    checked = re.findall(r'name="side-\d+-(\w+)" value="(\w+)" checked', page.content.decode())
    assert ([*page.context["form"].fields], page.context["kinds"]) == (["reason"], [])
    assert checked == [("introduction", "file")]
    assert "いまの版" in page.content.decode()
    given = {f"side-{row.pk}-title": "file", f"side-{row.pk}-introduction": "portal"}
    client.post(f"/staff/plan/imports/{row.record_id}/apply/", given)
    measure.refresh_from_db()
    assert (measure.title, measure.introduction) == ("Excelの名", "窓口を知らせます。")


def test_errors_are_named_with_their_cells_and_nothing_can_be_written(client_of, plan, secretariat):
    client = client_of(secretariat)
    page = sent(client, plan, edited(plan).put("取組", "1-1-1-G01", 担当="宇宙課", 内容=""))
    text = page.content.decode()
    assert ("エラーがあるため、反映できません" in text, page.context["form"]) == (True, None)
    assert re.findall(r'class="nw" role="cell">(.+?)</td>', text) == ["取組　G2", "取組　K2"]
    record = PlanImport.objects.get()
    done = client.post(f"/staff/plan/imports/{record.pk}/apply/", follow=True)
    assert messages(done) == ["エラーのある行があるため、反映できません。直したファイルを、もう一度送ってください。"]


def test_a_file_without_changes_says_so(client_of, plan, secretariat):
    page = sent(client_of(secretariat), plan, made(plan))
    assert ("変わるところはありません" in page.content.decode(), page.context["form"]) == (True, None)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "直したExcelのファイルを選んでください。"),
        (("計画.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "古い形式のファイル（.xls）は受け取れません。"),
        (("計画.xlsx", b"PK\x03\x04"), "ファイルが壊れていて読み取れません。"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(client_of, plan, secretariat, file, sentence):
    given = {"file": SimpleUploadedFile(*file)} if file else {}
    page = client_of(secretariat).post(page_of(plan), given)
    assert (page.status_code, sentence in page.context["upload"].errors["file"][0]) == (422, True)
    assert PlanImport.objects.count() == 0


def test_a_decided_plan_asks_for_a_reason(client_of, plan, secretariat):
    Plan.objects.update(status=Plan.Status.FINAL)
    client = client_of(secretariat)
    sent(client, plan, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))
    apply = f"/staff/plan/imports/{PlanImport.objects.get().pk}/apply/"
    assert messages(client.post(apply, follow=True)) == ["入力してください。"]
    done = client.post(apply, {"reason": "誤記の訂正"}, follow=True)
    assert "理由：誤記の訂正" in done.content.decode()


def test_what_changed_meanwhile_is_looked_at_again(client_of, plan, secretariat):
    client = client_of(secretariat)
    sent(client, plan, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))
    Measure.objects.filter(code="1-1-1").update(title="ポータルの名")
    done = client.post(f"/staff/plan/imports/{PlanImport.objects.get().pk}/apply/", follow=True)
    assert messages(done) == ["確かめている間に、計画が変わりました。変わるところを、もう一度確かめてください。"]
    assert len(done.context["conflicts"]) == 1


def test_a_file_is_laid_aside_once(client_of, plan, secretariat):
    client = client_of(secretariat)
    sent(client, plan, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))
    path = f"/staff/plan/imports/{PlanImport.objects.get().pk}/discard/"
    first, again = client.post(path, follow=True), client.post(path, follow=True)
    assert [messages(first), messages(again)] == [
        ["この取込みを取りやめました。計画は変わっていません。"],
        ["この取込みは「取りやめ」です。もう操作できません。"],
    ]
    assert "取込みを取りやめました" in again.content.decode()


def test_a_group_has_its_history(client_of, plan, secretariat):
    client, group = client_of(secretariat), ActionGroup.objects.get()
    sent(client, plan, edited(plan).put("まとまり", "1-1-1", まとまりの名称="就労支援"))
    client.post(f"/staff/plan/imports/{PlanImport.objects.get().pk}/apply/")
    events = client.get(f"/staff/history/action-group/{group.pk}/").context["history"].events
    assert [(one.who, one.reason, [(c.label, c.before, c.after) for c in one.changes]) for one in events[:1]] == [
        (secretariat.name, "Excelから反映（計画.xlsx）", [("名称", "就労", "就労支援")])
    ]


@pytest.mark.parametrize("kind", ["new", "changed", "removed", "nonsense"])
def test_each_kind_has_its_tab(client_of, plan, secretariat, kind):
    book = edited(plan).put("施策", "1-1-1", 施策="Excelの名").put("取組", "1-1-1-G01", 担当="宇宙課")
    book.put("役割", "", 施策番号="1-1-2", 担い手="市民", 文章="知りましょう。").drop("取組", "1-1-2-G01")
    record = returned(plan, secretariat, book)
    page = client_of(secretariat).get(f"/staff/plan/imports/{record.pk}/?kind={kind}")
    expected = kind if kind != "nonsense" else "error"
    assert [one for one, _ in page.context["kinds"]] == ["error", "removed", "changed", "new"]
    assert {line.row.kind for line in page.context["page"]} == {expected}


# ---- questions asked ---------------------------------------------------------------------------


def test_the_pages_ask_the_same_number_of_questions(client_of, plan, secretariat, django_assert_num_queries):
    client = client_of(secretariat)
    for lines in (1, 3):
        for number in range(lines):
            RoleItem.objects.create(
                measure=Measure.objects.get(code="1-1-2"), actor=plan.actors.get(code="citizen"),
                position=lines * 10 + number, text=f"{lines}-{number}",
            )  # fmt: skip
        book = edited(plan).drop("取組", "1-1-2-G01")
        for item in RoleItem.objects.filter(measure__code="1-1-2"):
            book.put("役割", str(item.pk), 文章=f"直した{lines}")
        record = returned(plan, secretariat, book)
        with django_assert_num_queries(7):
            client.get(page_of(plan))
        with django_assert_num_queries(15):
            client.get(f"{page_of(plan)}file.xlsx")
        with django_assert_num_queries(6):
            client.get(f"/staff/plan/imports/{record.pk}/")
