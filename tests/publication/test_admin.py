"""Master data in Django's admin: the same files, the same rules and the same confirmation as on /staff/master/."""

import re

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile

from measures.models import Responsibility
from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.publication.admin import MasterAdmin
from mine_welfare.publication.master.resources import EVERY, MASTERS, WHY
from plans.models import GlossaryTerm, Plan
from tests.factories import MembershipFactory
from tests.masters import STRANGE, edited, sheet, upload
from tests.personas import person

pytestmark = pytest.mark.django_db
# The page of each kind in the admin.
PLACES = {
    "organizations": "accounts/organization",
    "users": "accounts/user",
    "responsibilities": "measures/responsibility",
    "indicators": "measures/indicator",
    "indicator_values": "measures/indicatorvalue",
    "series": "surveys/series",
    "statistics": "surveys/point",
    "glossary": "plans/glossaryterm",
    "related_plans": "plans/relatedplan",
}
TERMS = "/admin/plans/glossaryterm"


@pytest.fixture
def keeper(db) -> User:
    """Registered as an administrator on the server, and 事務局."""
    user = User.objects.create_superuser("keeper", name="管理 人")
    MembershipFactory(user=user, role=Role.SECRETARIAT)
    return user


@pytest.fixture
def server(db) -> User:
    """Registered as an administrator on the server."""
    return User.objects.create_superuser("server", name="情報 担当")


def messages(response) -> list[str]:
    return [str(one) for one in response.context["messages"]]


# ---- where it is, and for whom ------------------------------------------------------------


def test_every_kind_has_its_place():
    places = {
        one.master.name: f"{one.opts.app_label}/{one.opts.model_name}"
        for one in admin.site._registry.values()
        if isinstance(one, MasterAdmin)
    }
    assert (places, set(places)) == (PLACES, {master.name for master in EVERY})


def linked(client) -> set[str]:
    found = re.findall(r'href="/admin/(\w+/\w+)/"', client.get("/admin/").content.decode())
    return {name for name, place in PLACES.items() if place in found}


def test_the_first_page_names_what_a_person_may_keep(client_of, plan, keeper, server):
    assert linked(client_of(keeper)) == set(PLACES)
    assert linked(client_of(server)) == {"organizations", "users"}


REFUSALS = {
    "responsibilities": "年度の進行と割当ては、事務局だけが行えます。",
    "indicators": "計画の本文を直せるのは、事務局だけです。",
    "indicator_values": "計画の本文を直せるのは、事務局だけです。",
    "series": "調査と統計を変えられるのは、事務局の人だけです。",
    "statistics": "調査と統計を変えられるのは、事務局の人だけです。",
    "glossary": "計画の本文を直せるのは、事務局だけです。",
    "related_plans": "計画の本文を直せるのは、事務局だけです。",
}


@pytest.mark.parametrize("name", PLACES)
def test_the_rules_are_those_of_the_portal(client_of, filled, server, keeper, name):
    """The same sentence stands in every door: list, export, import, confirmation."""
    assert MASTERS[name].refusal(server) == REFUSALS.get(name)
    for who, expected in ((keeper, 200), (server, 403 if name in REFUSALS else 200)):
        client, page = client_of(who), f"/admin/{PLACES[name]}"
        answers = [client.get(f"{page}/{verb}") for verb in ("", "export/", "import/")]
        assert [answer.status_code for answer in answers] == [expected] * 3
        confirmed = client.post(f"{page}/process_import/")
        assert confirmed.status_code == (403 if expected == 403 else 302)
        if expected == 403:
            assert {REFUSALS[name] in answer.content.decode() for answer in (*answers, confirmed)} == {True}


@pytest.mark.parametrize("role", [None, *Role])
def test_a_role_alone_opens_no_admin(client_of, filled, office, role):
    user = person(role, office if role and role.needs_organization else None)
    client = client_of(user)
    for verb in ("", "export/", "import/", "process_import/"):
        answer = client.get(f"{TERMS}/{verb}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/login/?next={TERMS}/{verb}")


@pytest.mark.parametrize("name", PLACES)
def test_a_row_has_no_page_that_goes_round_the_rules(client_of, filled, keeper, name):
    client, page = client_of(keeper), f"/admin/{PLACES[name]}"
    pk = MASTERS[name](filled, keeper).rows().first().pk
    paths = [f"{page}/add/", f"{page}/{pk}/change/", f"{page}/{pk}/delete/", f"{page}/{pk}/history/"]
    assert [client.get(path).status_code for path in paths] == [403] * 4
    assert [client.post(path).status_code for path in paths[:3]] == [403] * 3


def test_nobodys_password_is_shown(client_of, filled, keeper):
    page = client_of(keeper).get("/admin/accounts/user/").content.decode()
    assert ("課長（welfare）" in page, "argon2" in page, keeper.password in page) == (True, False, False)


# ---- out ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES)
def test_the_file_is_the_secretariats(client_of, filled, keeper, name):
    client = client_of(keeper)
    found = sheet(client, PLACES[name], "/admin/{}/export/")
    expected = sheet(client, name)
    assert (found.columns, found.rows) == (expected.columns, expected.rows)


def test_the_file_holds_what_the_list_shows(client_of, filled, keeper):
    GlossaryTerm.objects.create(plan=filled, term="互助", reading="ごじょ", definition="助け合い")
    client = client_of(keeper)
    for query, terms in (("", ["互助", "自助"]), ("?q=互助", ["互助"]), ("?origin__exact=plan", [])):
        found = sheet(client, query, TERMS + "/export/{}")
        assert [cells[0] for _, cells in found.rows] == terms


# ---- in -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES)
def test_what_goes_out_comes_back_as_no_change(client_of, filled, keeper, name):
    client, page = client_of(keeper), f"/admin/{PLACES[name]}"
    table = sheet(client, PLACES[name], "/admin/{}/export/")
    looked = client.post(f"{page}/import/", {"file": upload(table)})
    preview = looked.context["preview"]
    assert (dict(preview.counts), preview.changes, preview.problems) == ({"同じ": len(table.rows)}, [], [])
    assert (looked.context["signed"], "変わる値はありません" in looked.content.decode()) == ("", True)


def look(client, **cells):
    return client.post(f"{TERMS}/import/", {"file": upload(edited(sheet(client, "glossary"), 0, **cells))})


def test_a_change_is_shown_then_written_as_by_the_secretariat(client_of, filled, keeper):
    client, version = client_of(keeper), Plan.objects.get().version
    page = look(client, 説明="新しい\n説明")
    assert '<th scope="rowgroup" colspan="3">変更　自助（2行目）</th>' in page.content.decode()
    assert (GlossaryTerm.objects.get().definition, Plan.objects.get().version) == (STRANGE, version)
    done = client.post(f"{TERMS}/process_import/", {"signed": page.context["signed"]}, follow=True)
    assert (done.redirect_chain, messages(done)) == ([(f"{TERMS}/", 302)], ["用語を取り込みました（変更 1件）。"])
    newest = GlossaryTerm.objects.get().history.first()
    assert (newest.definition, newest.history_user, newest.history_change_reason) == ("新しい\n説明", keeper, WHY)
    assert Plan.objects.get().version == version + 1


def test_a_wrong_cell_is_named_and_nothing_is_written(client_of, filled, keeper):
    client = client_of(keeper)
    page = look(client, 説明="新しい説明", 説明の出どころ="だれか")
    sentence = "「だれか」は使えません。使えるのは、計画書の文章、ポータルの説明です。"
    assert (page.context["signed"], f"<td>{sentence}</td>" in page.content.decode()) == ("", True)
    assert GlossaryTerm.objects.get().definition == STRANGE


def test_a_rule_of_the_portal_is_not_gone_round(client_of, filled, server):
    """The lists of people: nobody lifts themselves out of their own role, in the admin neither."""
    client = client_of(server)
    table = sheet(client, "users")
    row = next(at for at, (_, cells) in enumerate(table.rows) if cells[0] == "server")
    page = client.post("/admin/accounts/user/import/", {"file": upload(edited(table, row, 役割と所属="委員"))})
    assert [one.sentence for one in page.context["preview"].problems] == [
        "自分の「システム管理」の役割は外せません。ほかの人に頼んでください。"
    ]


def test_an_organization_is_not_ended_by_a_file(client_of, filled, server):
    client = client_of(server)
    table = sheet(client, "organizations")
    row = next(at for at, (_, cells) in enumerate(table.rows) if cells[0] == "welfare")
    page = client.post("/admin/accounts/organization/import/", {"file": upload(edited(table, row, 廃止年度="2025"))})
    assert (page.context["signed"], len(page.context["preview"].problems)) == ("", 1)
    assert Organization.objects.get(slug="welfare").valid_to is None


FILES = [
    (None, "ファイルを選んでください。"),
    (("a.csv", b""), "ファイルの中身がありません。"),
    (("a.xlsm", b"PK"), "マクロの付いたファイル（.xlsm）は受け取れません。"),
    (("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "古い形式のファイル（.xls）は受け取れません。"),
    (("a.xlsx", b"PK\x03\x04"), "ファイルが壊れていて読み取れません。"),
    (("a.xlsx", b"text"), "中身がExcelのファイルではありません。"),
    (("a.json", b"[]"), "CSV（.csv）かExcel（.xlsx）のファイルを選んでください。"),
    (("a.csv", "用語\n自助".encode()), "「読み」「説明」「説明の出どころ」の列がありません。"),
]


@pytest.mark.parametrize(("file", "sentence"), FILES)
def test_a_file_that_cannot_be_read_is_told(client_of, filled, keeper, file, sentence):
    given = {"file": SimpleUploadedFile(*file)} if file else {}
    page = client_of(keeper).post(f"{TERMS}/import/", given)
    (error,) = page.context["form"].errors["file"]
    assert (page.status_code, sentence in error, GlossaryTerm.objects.count()) == (422, True, 1)


# ---- the confirmation -------------------------------------------------------------------

OLD = "確かめてから時間がたったため、取り込めません。もう一度ファイルを送ってください。"


@pytest.mark.parametrize("signed", ["", "forged", "a:b:c"])
def test_what_was_not_looked_at_is_not_written(client_of, filled, keeper, signed):
    done = client_of(keeper).post(f"{TERMS}/process_import/", {"signed": signed}, follow=True)
    assert (done.redirect_chain, messages(done)) == ([(f"{TERMS}/import/", 302)], [OLD])


def test_a_confirmation_is_for_one_person_and_one_kind(client_of, filled, keeper):
    signed = look(client_of(keeper), 説明="新しい説明").context["signed"]
    other = User.objects.create_superuser("other", name="別の 人")
    MembershipFactory(user=other, role=Role.SECRETARIAT)
    for who, place in ((other, TERMS), (keeper, "/admin/surveys/series")):
        done = client_of(who).post(f"{place}/process_import/", {"signed": signed}, follow=True)
        assert messages(done) == [OLD]
    assert GlossaryTerm.objects.get().definition == STRANGE


def test_a_confirmation_is_only_posted(client_of, filled, keeper):
    signed = look(client_of(keeper), 説明="新しい説明").context["signed"]
    assert client_of(keeper).get(f"{TERMS}/process_import/", {"signed": signed}).status_code == 405
    assert GlossaryTerm.objects.get().definition == STRANGE


def test_nothing_is_left_on_the_server_between_the_two_steps(client_of, filled, keeper, tmp_path, monkeypatch):
    """Another worker, or the same after a restart, confirms what this one looked at; nobody has to tidy up."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    page = look(client_of(keeper), 説明="新しい説明")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    client_of(keeper).post(f"{TERMS}/process_import/", {"signed": page.context["signed"]})
    assert GlossaryTerm.objects.get().definition == "新しい説明"


# ---- the pages --------------------------------------------------------------------------


def test_the_list_asks_the_same_number_of_questions(client_of, filled, action, keeper, django_assert_num_queries):
    client = client_of(keeper)
    client.get("/admin/")
    pages = {"measures/responsibility": 6, "accounts/user": 8, "plans/glossaryterm": 6}
    for place, number in pages.items():
        with django_assert_num_queries(number):
            client.get(f"/admin/{place}/")
    Responsibility.objects.create(action=action, wording="別課", position=3)
    GlossaryTerm.objects.create(plan=filled, term="互助", reading="ごじょ", definition="助け合い")
    person(Role.COMMITTEE)
    for place, number in pages.items():
        with django_assert_num_queries(number):
            client.get(f"/admin/{place}/")


def words(page: str) -> set[str]:
    """Latin words a person reads on the page."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>|&\w+;", " ", page, flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{3,}", text))


def test_the_pages_are_japanese(client_of, filled, keeper):
    client = client_of(keeper)
    pages = [client.get(path).content.decode() for path in ("/admin/", f"{TERMS}/", f"{TERMS}/import/")]
    pages.append(look(client, 説明="新しい説明").content.decode())
    names = {"Axes", "CSV", "Excel", "JIS", "Shift", "UTF", "keeper", "xlsx"}
    assert {word for page in pages for word in words(page)} == names
