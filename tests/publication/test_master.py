"""Master data: what goes out comes back as no change; what may not be changed is refused in a sentence."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from measures.models import Action, Entry, Indicator, IndicatorValue, Responsibility
from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.publication.context import places_of
from mine_welfare.publication.master import actions
from mine_welfare.publication.master.resources import MASTERS, WHY
from mine_welfare.toolkit import excel
from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.refusal import Refused
from plans.models import GlossaryTerm, Plan, RelatedPlan
from surveys.models import Point, Series
from tests.factories import MembershipFactory, OrganizationFactory
from tests.masters import STRANGE, edited, sheet, upload
from tests.personas import person

pytestmark = pytest.mark.django_db


def looked_at(name: str, table: Table, plan: Plan, by: User) -> actions.Preview:
    return actions.preview(master=MASTERS[name](plan, by), table=table, by=by)


def problems(name: str, table: Table, plan: Plan, by: User) -> list[tuple]:
    return [(one.row, one.column, one.sentence) for one in looked_at(name, table, plan, by).problems]


# ---- out and in -----------------------------------------------------------------------


@pytest.mark.parametrize("name", MASTERS)
def test_what_goes_out_comes_back_as_no_change(client_of, filled, secretariat, name):
    table = sheet(client_of(secretariat), name)
    found = looked_at(name, table, filled, secretariat)
    assert found.problems == []
    assert (len(table.rows) > 0, dict(found.counts), found.changes) == (True, {"同じ": len(table.rows)}, [])


def test_a_formula_goes_out_as_text(client_of, filled, secretariat):
    content = client_of(secretariat).get("/staff/master/glossary/file.xlsx").content
    book = excel.read(BytesIO(content), "a.xlsx")
    assert [list(cells.values())[2] for _, cells in book.rows("用語")] == ["説明", STRANGE]


def test_nobodys_password_goes_out(client_of, filled, secretariat):
    table = sheet(client_of(secretariat), "users")
    assert table.columns == ["職員番号・ID", "氏名", "電子メール", "役割と所属"]
    assert [cells[0::3] for _, cells in table.rows] == [
        ["approver", "課長（welfare）"],
        ["secretariat", "事務局"],
        ["writer", "担当者（welfare）"],
    ]


CHANGES = [
    ("organizations", "電話", "0837-00-0000", lambda: Organization.objects.get(slug="welfare").phone, "0837-00-0000"),
    ("responsibilities", "並び順", "７", lambda: Responsibility.objects.get(wording="福祉課").position, 7),
    ("indicators", "基準値", "１，２３４.5", lambda: Indicator.objects.get().baseline, Decimal("1234.5")),
    ("indicator_values", "値なしの理由", "集計中", lambda: IndicatorValue.objects.get().reason, "集計中"),
    ("series", "名称", "=出生", lambda: Series.objects.get().title, "=出生"),
    ("statistics", "値", "0", lambda: Point.objects.get(year=2020).value, 0),
    ("glossary", "説明", "自分で\n行う。", lambda: GlossaryTerm.objects.get().definition, "自分で\n行う。"),
    ("related_plans", "期・次", "第3次", lambda: RelatedPlan.objects.get().label, "第3次"),
]


@pytest.mark.parametrize(("name", "column", "value", "read", "expected"), CHANGES, ids=[row[0] for row in CHANGES])
def test_a_change_is_shown_then_written_with_its_history(
    client_of, filled, secretariat, name, column, value, read, expected
):
    client, before, version = client_of(secretariat), read(), Plan.objects.get().version
    table = sheet(client, name)
    place = next(row for row, (_, cells) in enumerate(table.rows) if "旧課" not in cells and "関係各課" not in cells)
    page = client.post(f"/staff/master/{name}/send/", {"file": upload(edited(table, place, **{column: value}))})
    (change,) = page.context["preview"].changes
    assert (change.kind, [cell[0] for cell in change.cells]) == ("変更", [column])
    assert (read(), Plan.objects.get().version) == (before, version)
    done = client.post(f"/staff/master/{name}/apply/", {"signed": page.context["signed"]}, follow=True)
    assert [str(one) for one in done.context["messages"]] == [f"{MASTERS[name].title}を取り込みました（変更 1件）。"]
    assert (read(), Plan.objects.get().version) == (expected, version + 1)


def test_who_changed_it_and_why_is_kept(client_of, filled, secretariat):
    client = client_of(secretariat)
    table = edited(sheet(client, "glossary"), 0, 説明="新しい説明")
    page = client.post("/staff/master/glossary/send/", {"file": upload(table)})
    client.post("/staff/master/glossary/apply/", {"signed": page.context["signed"]})
    newest = GlossaryTerm.objects.get().history.first()
    assert (newest.definition, newest.history_user, newest.history_change_reason) == ("新しい説明", secretariat, WHY)


ADDED = {
    "organizations": {"識別名": "new", "名称": "新しい課", "区分": "市", "並び順": "9"},
    "responsibilities": {"取組番号": "CODE", "計画書の表記": "新課", "担当課の識別名": "old", "並び順": "3"},
    "indicators": {
        **{"施策番号": "MEASURE", "指標番号": "k2", "指標": "割合", "単位": "%", "種類": "成果"},
        **{"望ましい向き": "増やす", "並び順": "2"},
    },
    "indicator_values": {"施策番号": "MEASURE", "指標番号": "k1", "年度": "2026", "実績値": "5"},
    "series": {
        "識別名": "deaths",
        "分野": "人口",
        "名称": "死亡数",
        "単位": "人",
        "出所": "国",
        "この数に満たない値を隠す": "3",
        "並び順": "2",
    },
    "statistics": {"識別名": "births", "年": "2024", "値": "70"},
    "glossary": {"用語": "共助", "読み": "きょうじょ", "説明": "助け合うこと。"},
    "related_plans": {"ます": "1", "段": "1", "列": "3", "計画名": "総合計画", "期・次": "第3次"},
}


@pytest.mark.parametrize("name", ADDED)
def test_a_row_more_is_added(client_of, filled, action, secretariat, name):
    codes = {"CODE": action.code, "MEASURE": action.measure.code}
    table = sheet(client_of(secretariat), name)
    more = edited(table, len(table.rows), **{key: codes.get(value, value) for key, value in ADDED[name].items()})
    master = MASTERS[name](filled, secretariat)
    found = looked_at(name, more, filled, secretariat)
    assert (found.problems, found.counts["追加"]) == ([], 1)
    actions.apply(master=MASTERS[name](filled, secretariat), table=more, seen=found.digest, by=secretariat)
    assert len(list(master.get_queryset())) == len(table.rows) + 1


def test_a_new_responsibility_gets_its_sheet_in_the_open_year(client_of, filled, cycle, action, secretariat):
    general = OrganizationFactory(slug="general", name="総務課")
    table = sheet(client_of(secretariat), "responsibilities")
    cells = {"取組番号": action.code, "計画書の表記": "総務課", "担当課の識別名": "general", "並び順": "3"}
    more = edited(table, len(table.rows), **cells)
    found = looked_at("responsibilities", more, filled, secretariat)
    master = MASTERS["responsibilities"](filled, secretariat)
    actions.apply(master=master, table=more, seen=found.digest, by=secretariat)
    assert Entry.objects.filter(cycle=cycle, action=action, organization=general).count() == 1


# ---- people ---------------------------------------------------------------------------


def test_roles_are_changed_as_the_lists_keepers_may(client_of, filled, writer, secretariat):
    table = edited(
        sheet(client_of(secretariat), "users"), 2, 役割と所属="担当者（welfare）／課長（welfare）", 氏名="新 氏名"
    )
    found = looked_at("users", table, filled, secretariat)
    assert [(one.key, one.cells) for one in found.changes] == [
        (
            "writer",
            [("氏名", "担当 者", "新 氏名"), ("役割と所属", "担当者（welfare）", "課長（welfare）／担当者（welfare）")],
        )
    ]
    password = User.objects.get(login_id="writer").password
    actions.apply(master=MASTERS["users"](filled, secretariat), table=table, seen=found.digest, by=secretariat)
    changed = User.objects.get(login_id="writer")
    assert (changed.name, changed.roles, changed.password) == ("新 氏名", {Role.WRITER, Role.APPROVER}, password)


NO_SUCH_ROLE = f"「部長」という役割はありません。使えるのは、{'、'.join(Role.labels)}です。"
SYSADMIN_ONLY = "「システム管理」の役割を付けたり外したりできるのは、システム管理の人だけです。"


@pytest.mark.parametrize(
    ("row", "cells", "problem"),
    [
        (2, {"役割と所属": "システム管理"}, ("", SYSADMIN_ONLY)),
        (1, {"役割と所属": "委員"}, ("", "自分の「事務局」の役割は外せません。ほかの人に頼んでください。")),
        (
            2,
            {"役割と所属": "部長"},
            ("役割と所属", "「部長」という役割はありません。使えるのは、" + "、".join(Role.labels) + "です。"),
        ),
        (2, {"役割と所属": "担当者（nobody）"}, ("役割と所属", "「nobody」という組織はありません。")),
        (
            2,
            {"役割と所属": "担当者"},
            ("役割と所属", "「担当者」には、組織の識別名を「担当者（識別名）」のように付けてください。"),
        ),
        (2, {"電子メール": "APPROVER@example.jp"}, ("", "同じ電子メールの人が、ほかにいます。")),
        (
            3,
            {"職員番号・ID": "new", "氏名": "新 人", "役割と所属": "委員"},
            ("職員番号・ID", "利用中の人ではありません。「利用者」のページで加え、仮のパスワードを渡してください。"),
        ),
    ],
)
def test_what_may_not_be_done_to_people(client_of, filled, secretariat, row, cells, problem):
    table = edited(sheet(client_of(secretariat), "users"), row, **cells)
    assert problems("users", table, filled, secretariat) == [(row + 2, *problem)]


def test_an_administrator_is_changed_by_another_only(client_of, filled, secretariat):
    person(Role.SYSADMIN, login_id="admin")
    table = edited(sheet(client_of(secretariat), "users"), 0, 氏名="別の人")
    assert problems("users", table, filled, secretariat) == [
        (2, "", "システム管理の人の登録を変えられるのは、システム管理の人だけです。")
    ]


# ---- what is refused ------------------------------------------------------------------


ELSEWHERE = "廃止と継承は、「組織改編と人事異動」か「組織」のページで行ってください。"
WRONG = [
    ("organizations", 0, {"廃止年度": "2025"}, "廃止年度", ELSEWHERE),
    ("organizations", 0, {"継承先": "old"}, "継承先", ELSEWHERE),
    ("organizations", 0, {"継承先": "nobody"}, "継承先", "「nobody」という組織はありません。"),
    (
        "organizations",
        0,
        {"課長確認なし": "たぶん"},
        "課長確認なし",
        "「たぶん」は、「はい」か「いいえ」で書いてください。",
    ),
    ("organizations", 0, {"名称": ""}, "名称", "入力してください。"),
    ("responsibilities", 0, {"取組番号": "9-9-9"}, "取組番号", "「9-9-9」という取組はありません。"),
    ("responsibilities", 0, {"取組番号": ""}, "取組番号", "取組が空です。"),
    ("indicator_values", 0, {"施策番号": "9"}, "指標番号", "「k1」という指標はありません。"),
    ("indicators", 0, {"目標値": "5"}, "", "目標値には、目標の年度が要ります。"),
    ("indicators", 0, {"種類": "ほか"}, "種類", "「ほか」は使えません。使えるのは、活動、成果です。"),
    ("statistics", 0, {"値": "約5"}, "値", "「約5」は数ではありません。単位を付けずに、数だけを書いてください。"),
    ("statistics", 0, {"表記": "#REF!"}, "表記", "式の結果がありません（#REF!）。式ではなく、値を書いてください。"),
    ("glossary", 0, {"説明": "="}, "説明", "式の結果がありません（=）。式ではなく、値を書いてください。"),
    ("statistics", 0, {"年": "2020.5"}, "年", "「2020.5」は、0以上の整数で書いてください。"),
    ("statistics", 1, {"計算の方法": ""}, "", "計算した値には、計算の方法が要ります。"),
    ("statistics", 1, {"年": "2020"}, "", "同じものの行が、このファイルの中にもう1つあります。"),
]


@pytest.mark.parametrize(("name", "row", "cells", "column", "sentence"), WRONG)
def test_a_wrong_cell_is_named_and_nothing_is_written(
    client_of, filled, secretariat, name, row, cells, column, sentence
):
    client = client_of(secretariat)
    table = sheet(client, name)
    if name == "organizations":  # the office stands after the old one
        row = next(at for at, (_, values) in enumerate(table.rows) if values[0] == "welfare")
    wrong = edited(table, row, **cells)
    assert problems(name, wrong, filled, secretariat) == [(row + 2, column, sentence)]
    page = client.post(f"/staff/master/{name}/send/", {"file": upload(wrong)})
    assert (page.context["signed"], sentence in page.content.decode()) == ("", True)
    with pytest.raises(Refused, match="直すところが残っているか"):
        actions.apply(master=MASTERS[name](filled, secretariat), table=wrong, seen="", by=secretariat)
    assert sheet(client, name).rows == table.rows


def test_an_organization_with_sheets_keeps_its_name(client_of, filled, entry, secretariat):
    table = sheet(client_of(secretariat), "organizations")
    row = next(at for at, (_, values) in enumerate(table.rows) if values[0] == "welfare")
    found = problems("organizations", edited(table, row, 名称="新しい名前"), filled, secretariat)
    assert found == [
        (
            row + 2,
            "名称",
            "個票のある組織の名称は変えられません。「組織改編と人事異動」のページで、名称を変えてください。",
        )
    ]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (["用語", "読み"], "「説明」「説明の出どころ」の列がありません。「Excelで保存」したファイルを使ってください。"),
        (
            ["用語", "読み", "説明", "説明の出どころ", "id"],
            "「id」の列は使いません。列を取り除いてから送ってください。",
        ),
    ],
)
def test_another_table_is_refused(filled, secretariat, columns, sentence):
    with pytest.raises(Refused) as refused:
        looked_at("glossary", Table(columns, [], ""), filled, secretariat)
    assert str(refused.value) == sentence


def test_too_many_rows_are_refused(filled, secretariat):
    columns = ["用語", "読み", "説明", "説明の出どころ"]
    with pytest.raises(Refused, match="一度に取り込めるのは5,000行まで"):
        looked_at("glossary", Table(columns, [(2, [""] * 4)] * 5001, ""), filled, secretariat)


def test_a_mistake_of_ours_is_not_hidden(client_of, filled, secretariat, monkeypatch):
    table = edited(sheet(client_of(secretariat), "glossary"), 0, 説明="別の説明")

    def fail(*args):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(MASTERS["glossary"], "do_instance_save", fail)
    with pytest.raises(RuntimeError, match="on purpose"):
        looked_at("glossary", table, filled, secretariat)


# ---- who may ------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COMMITTEE, Role.WRITER])
def test_others_than_the_keepers_see_nothing(client_of, filled, office, role):
    client = client_of(person(role, office if role.needs_organization else None))
    addresses = ["", "users/", "users/file.xlsx"]
    assert [client.get(f"/staff/master/{address}").status_code for address in addresses] == [403, 403, 403]
    assert [client.post(f"/staff/master/users/{verb}/").status_code for verb in ("send", "apply")] == [403, 403]


@pytest.mark.parametrize("name", MASTERS)
def test_the_system_administrator_keeps_people_and_organizations_only(client_of, filled, sysadmin, name):
    client = client_of(sysadmin)
    allowed = name in ("organizations", "users")
    assert client.get(f"/staff/master/{name}/file.xlsx").status_code == (200 if allowed else 403)
    master = MASTERS[name](filled, sysadmin)
    if not allowed:
        with pytest.raises(Refused, match="事務局"):
            actions.preview(master=master, table=Table(master.columns, [], ""), by=sysadmin)
    assert (client.get("/staff/master/").content.decode().count(f'href="/staff/master/{name}/"') == 1) is allowed


@pytest.mark.parametrize("name", ["plans", "sessions"])
def test_there_is_no_other_master_data(client_of, filled, secretariat, name):
    assert client_of(secretariat).get(f"/staff/master/{name}/").status_code == 404


def test_its_place_is_named_for_the_keepers(secretariat, sysadmin, writer):
    found = [
        [place.label for _, places in places_of(one) for place in places if place.name == "staff:masters"]
        for one in (secretariat, sysadmin, writer)
    ]
    assert found == [["基礎データ"], ["基礎データ"], []]


# ---- the confirmation -----------------------------------------------------------------


@pytest.fixture
def confirmation(client_of, filled, secretariat) -> str:
    client = client_of(secretariat)
    table = edited(sheet(client, "glossary"), 0, 説明="新しい説明")
    return client.post("/staff/master/glossary/send/", {"file": upload(table)}).context["signed"]


OLD = "確かめてから時間がたったため、取り込めません。もう一度ファイルを送ってください。"


@pytest.mark.parametrize("signed", ["", "forged", "a:b:c"])
def test_what_was_not_looked_at_is_not_written(client_of, filled, secretariat, signed):
    done = client_of(secretariat).post("/staff/master/glossary/apply/", {"signed": signed}, follow=True)
    assert [str(one) for one in done.context["messages"]] == [OLD]


def test_a_confirmation_is_for_one_person_and_one_kind(client_of, confirmation, secretariat):
    other = person(Role.SECRETARIAT, login_id="other")
    MembershipFactory(user=other, role=Role.SYSADMIN)
    for who, name in ((other, "glossary"), (secretariat, "series")):
        done = client_of(who).post(f"/staff/master/{name}/apply/", {"signed": confirmation}, follow=True)
        assert [str(one) for one in done.context["messages"]] == [OLD]
    assert GlossaryTerm.objects.get().definition == STRANGE


def test_what_has_changed_since_is_looked_at_again(client_of, confirmation, secretariat):
    GlossaryTerm.objects.update(definition="その間に変えた説明")
    done = client_of(secretariat).post("/staff/master/glossary/apply/", {"signed": confirmation}, follow=True)
    assert [str(one) for one in done.context["messages"]] == [
        "確かめている間に、元の内容が変わりました。もう一度、変わる値を確かめてください。"
    ]
    assert GlossaryTerm.objects.get().definition == "その間に変えた説明"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "ファイルを選んでください。"),
        (SimpleUploadedFile("a.xlsm", b"PK"), "マクロの付いたファイル"),
        (SimpleUploadedFile("a.csv", "用語\n自助".encode()), "の列がありません"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(client_of, filled, secretariat, file, sentence):
    given = {"file": file} if file else {}
    done = client_of(secretariat).post("/staff/master/glossary/send/", given, follow=True)
    (message,) = [str(one) for one in done.context["messages"]]
    assert sentence in message


def test_the_same_number_of_questions_for_any_number_of_rows(client_of, filled, secretariat, django_assert_num_queries):
    client = client_of(secretariat)
    client.get("/staff/master/")
    for name, number in {"glossary": 5, "responsibilities": 5, "users": 7}.items():
        with django_assert_num_queries(number):
            client.get(f"/staff/master/{name}/file.xlsx")
    GlossaryTerm.objects.create(plan=filled, term="互助", reading="ごじょ", definition="助け合い")
    Responsibility.objects.create(action=Action.objects.get(), wording="別課", position=3)
    person(Role.COMMITTEE)
    for name, number in {"glossary": 5, "responsibilities": 5, "users": 7}.items():
        with django_assert_num_queries(number):
            client.get(f"/staff/master/{name}/file.xlsx")
