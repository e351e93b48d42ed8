"""Sign-in, and the lists of people and organizations, as the browser sends and sees them."""

import datetime
import re

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from tests.factories import PASSWORD, OrganizationFactory
from tests.personas import person

from .test_forms import GIVEN, rows

pytestmark = pytest.mark.django_db

FAILED = "IDかパスワードが違います。大文字と小文字、全角と半角を確かめてください。"
LOCKED = "サインインを一時的に止めています"


def sign_in(client, username="writer", password=PASSWORD, **more):
    return client.post("/accounts/login/", {"username": username, "password": password, **more})


def roles_of(user: User) -> set:
    return set(user.memberships.values_list("role", "organization__name"))


def banners(response) -> list[str]:
    """The headlines of the page's banners."""
    return re.findall(r'class="banner-title">([^<]*)<', response.text)


# ---- sign-in ----------------------------------------------------------------
@pytest.mark.parametrize("typed", ["writer", "ｗｒｉｔｅｒ", "WRITER@example.jp"])
def test_signing_in_by_id_or_address(writer, cycle, typed):
    client = Client()
    assert sign_in(client, typed)["Location"] == "/staff/"
    assert client.session["_auth_user_id"] == str(writer.pk)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password": "wrong"}, FAILED),
        ({"username": "nobody"}, FAILED),
        ({"password": "x" * 100_000}, FAILED),
        ({"username": ""}, "職員番号・IDか、電子メールを入力してください。"),
        ({"password": ""}, "パスワードを入力してください。"),
        ({"username": "wri\x00ter"}, "画面に表示できない文字が入っています。入力し直してください。"),
    ],
)
def test_failing_to_sign_in(writer, fields, sentence):
    client = Client()
    answer = sign_in(client, **fields)
    assert (banners(answer), sentence in answer.text) == (["サインインできませんでした"], True)
    assert "<title>エラー：サインイン" in answer.text
    assert "_auth_user_id" not in client.session


def test_who_has_left_gets_the_same_sentence_as_a_stranger(writer):
    User.objects.update(is_active=False)
    answer = sign_in(Client())
    assert FAILED in answer.text


def test_the_previous_sign_in_is_shown(writer, cycle):
    client = Client()
    sign_in(client)
    first = User.objects.get(pk=writer.pk).last_login
    assert "のサインイン" not in client.get("/staff/").text
    sign_in(Client())
    local = timezone.localtime(first)
    shown = re.sub(r"<[^>]+>", "", client.get("/staff/").text)
    assert f"前回のサインイン {local.month}月{local.day}日" in shown
    assert f"{local:%H:%M}" in shown


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("/staff/entries/", "/staff/entries/"),
        ("https://elsewhere.example/", "/staff/"),
        ("//elsewhere.example/", "/staff/"),
        ("javascript:alert(1)", "/staff/"),
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(writer, asked, expected):
    assert sign_in(Client(), next=asked)["Location"] == expected


def test_who_is_in_already_goes_on(writer, client_of):
    assert client_of(writer).get("/accounts/login/")["Location"] == "/staff/"


def test_ten_failures_lock_however_the_person_is_spelt(writer):
    client = Client()
    spellings = ["writer", "ｗｒｉｔｅｒ", "Writer@example.jp", " writer "]
    for turn in range(9):
        assert FAILED in sign_in(client, spellings[turn % 4], "wrong").text
    locked = sign_in(client, "writer", "wrong")
    assert (locked.status_code, LOCKED in locked.text, "<b>30分</b>" in locked.text) == (429, True, True)
    assert sign_in(client).status_code == 429
    assert list(AccessAttempt.objects.values_list("username", flat=True).distinct()) == ["writer"]
    # Nobody else is locked out by it.
    assert FAILED in sign_in(client, "somebody", "wrong").text


def test_the_secretariat_lets_a_locked_person_in_again(writer, secretariat, client_of, cycle):
    client = Client()
    for _ in range(10):
        sign_in(client, "writer", "wrong")
    shown = client_of(secretariat).post(f"/staff/people/{writer.pk}/reset/")
    password = re.search(r'id="password">([^<]+)<', shown.text)[1]
    assert sign_in(client, "writer", password)["Location"] == "/staff/"
    assert client.get("/staff/")["Location"] == "/accounts/password/"


def test_a_success_forgets_the_failures_before_it(writer):
    client = Client()
    for _ in range(3):
        for _ in range(9):
            sign_in(client, "writer", "wrong")
        assert sign_in(client)["Location"] == "/staff/"
    assert AccessAttempt.objects.count() == 0


def test_an_over_long_name_is_counted_too(db):
    assert FAILED in sign_in(Client(), "x" * 5000, "wrong").text
    assert AccessAttempt.objects.get().username == "x" * 254


def test_a_session_lasts_a_working_day(writer, client_of, monkeypatch):
    client = client_of(writer)
    assert client.get("/staff/").status_code == 200
    late = timezone.now() + datetime.timedelta(hours=8, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert client.get("/staff/")["Location"] == "/accounts/login/?next=/staff/"


def test_without_the_forms_token_nothing_is_taken(writer):
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client)
    assert (answer.status_code, "送信できませんでした" in answer.text) == (403, True)
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_door_of_its_own(writer, client_of):
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=/admin/"
    assert Client().get("/admin/login/?next=/admin/axes/")["Location"] == "/accounts/login/?next=/admin/axes/"
    answer = client_of(writer).get("/admin/", follow=True)
    assert (answer.status_code, banners(answer)) == (
        403,
        ["管理画面を開けるのは、サーバーで管理者として登録された人だけです。"],
    )


# ---- people -----------------------------------------------------------------
@pytest.fixture
def desk(secretariat, client_of):
    """The secretariat's browser."""
    return client_of(secretariat)


def test_the_list_of_people(desk, writer, office):
    person(Role.COMMITTEE, name="前の委員", is_active=False, retired_on=datetime.date(2026, 3, 31))
    text = re.sub(r"<[^>]+>", "", desk.get("/staff/people/").text)
    assert "利用中 2人" in text
    assert "利用を終えた人 1人" in text
    assert "福祉課　担当者" in text
    assert "令和8年3月31日" in text


def test_a_portal_without_a_secretariat_says_who_comes_first(sysadmin, client_of):
    client = client_of(sysadmin)
    assert "事務局の人が、まだいません" in client.get("/staff/people/").text
    person(Role.SECRETARIAT)
    assert "事務局の人が、まだいません" not in client.get("/staff/people/").text


def test_adding_a_person_shows_the_password_once(desk, office):
    answer = desk.post(
        "/staff/people/new/",
        {"login_id": "１２３４", "name": "新任", "email": ""} | rows(("writer", office.pk), ("committee", "")),
    )
    added = User.objects.get(login_id="1234")
    password = re.search(r'id="password">([^<]+)<', answer.text)[1]
    assert (added.check_password(password), added.must_change_password) == (True, True)
    assert roles_of(added) == {("writer", "福祉課"), ("committee", None)}
    assert "no-store" in answer["Cache-Control"]
    assert password not in desk.get(f"/staff/people/{added.pk}/").text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"login_id": ""}, "入力してください。"),
        ({"login_id": "secretariat"}, "同じ職員番号・IDの利用者が、もう登録されています。"),
        (rows(("sysadmin", "")), "「システム管理」の役割を付けたり外したりできるのは、システム管理の人だけです。"),
        (rows(("writer", "")), "1行目の組織：「担当者」は、組織も選んでください。"),
        (rows(("", "")), "役割を1つ以上選んでください。"),
        ({"roles-TOTAL_FORMS": ""}, "送られた内容を読み取れませんでした。"),
    ],
)
def test_a_person_that_cannot_be_added(desk, data, sentence):
    given = {"login_id": "1234", "name": "新任", "email": ""} | rows(("committee", "")) | data
    answer = desk.post("/staff/people/new/", given)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "<title>エラー：" in answer.text
    assert not User.objects.filter(login_id="1234").exists()


def test_moving_a_person(desk, writer, office):
    general = OrganizationFactory(name="総務課")
    form = desk.get(f"/staff/people/{writer.pk}/").text
    assert (form.count('-role"'), 'value="writer" selected' in form) == (3 * 3, True)
    sent = desk.post(
        f"/staff/people/{writer.pk}/",
        {"login_id": "writer", "name": "異動 者", "email": ""}
        | rows(("", ""), ("approver", general.pk), ("", ""), **{"roles-INITIAL_FORMS": "1"}),
        follow=True,
    )
    assert (sent.redirect_chain, banners(sent)) == ([("/staff/people/", 302)], ["異動 者さんの登録を変えました。"])
    moved = User.objects.get(pk=writer.pk)
    assert (moved.name, roles_of(moved)) == ("異動 者", {("approver", "総務課")})


def test_nobody_locks_themselves_out(desk, secretariat, office):
    answer = desk.post(
        f"/staff/people/{secretariat.pk}/",
        {"login_id": "secretariat", "name": "改名", "email": ""} | rows(("writer", office.pk)),
    )
    assert (answer.status_code, "自分の「事務局」の役割は外せません。" in answer.text) == (422, True)
    assert "<h1>事務 局さんの登録</h1>" in answer.text
    same = User.objects.get(pk=secretariat.pk)
    assert (same.name, roles_of(same)) == ("事務 局", {("secretariat", None)})


def test_a_system_administrator_is_only_shown_to_the_secretariat(desk, sysadmin):
    sentence = "システム管理の人の登録を変えられるのは、システム管理の人だけです。"
    page = desk.get(f"/staff/people/{sysadmin.pk}/").text
    assert (sentence in page, "変更を保存する" in page) == (True, False)
    data = {"login_id": "taken", "name": "x", "email": ""} | rows(("sysadmin", ""))
    assert sentence in desk.post(f"/staff/people/{sysadmin.pk}/", data).text
    for verb in ("retire", "reset"):
        answer = desk.post(f"/staff/people/{sysadmin.pk}/{verb}/", follow=True)
        assert sentence in banners(answer)
    same = User.objects.get(pk=sysadmin.pk)
    assert (same.login_id, same.is_active, same.check_password(PASSWORD)) == ("sysadmin", True, True)


def test_システム管理_hands_out_システム管理(sysadmin, writer, client_of):
    client_of(sysadmin).post(
        f"/staff/people/{writer.pk}/",
        {"login_id": "writer", "name": "担当 者", "email": ""} | rows(("sysadmin", "")),
    )
    assert roles_of(writer) == {("sysadmin", None)}


def test_retiring_and_coming_back(desk, writer):
    gone = desk.post(f"/staff/people/{writer.pk}/retire/", follow=True)
    assert banners(gone) == ["担当 者さんの利用を終えました。"]
    assert FAILED in sign_in(Client()).text
    assert "利用を終えた人です" in desk.get(f"/staff/people/{writer.pk}/").text
    # Neither can be done twice.
    assert desk.post(f"/staff/people/{writer.pk}/retire/").status_code == 404
    assert desk.post(f"/staff/people/{writer.pk}/reset/").status_code == 404
    shown = desk.post(f"/staff/people/{writer.pk}/restore/")
    password = re.search(r'id="password">([^<]+)<', shown.text)[1]
    assert sign_in(Client(), "writer", password)["Location"] == "/staff/"


def test_the_last_of_the_secretariat_is_not_retired(secretariat, sysadmin, client_of):
    answer = client_of(sysadmin).post(f"/staff/people/{secretariat.pk}/retire/", follow=True)
    assert banners(answer)[0] == "「事務局」の人が1人もいなくなるため、利用を終えられません。"
    assert User.objects.get(pk=secretariat.pk).is_active


# ---- organizations ----------------------------------------------------------
def test_adding_and_changing_an_organization(desk, office):
    made = desk.post("/staff/organizations/new/", GIVEN, follow=True)
    assert banners(made)[0] == "「新課」を保存しました。"
    new = Organization.objects.get(slug="new")
    desk.post(f"/staff/organizations/{new.pk}/", GIVEN | {"phone": "0837-52-5228", "slug": "moved"})
    new.refresh_from_db()
    assert (new.phone, new.slug) == ("0837-52-5228", "new")


def test_organizations_nobody_can_call_are_counted_until_they_have_a_number(desk, office):
    OrganizationFactory(kind=Organization.Kind.OUTSIDE)
    OrganizationFactory(valid_to=2020)
    missing = desk.get("/staff/organizations/")
    assert (missing.context["without_phone"], banners(missing)) == ([office], ["電話番号のない組織があります"])
    Organization.objects.filter(pk=office.pk).update(phone="0837-52-5228")
    assert banners(desk.get("/staff/organizations/")) == []


def test_an_organization_that_cannot_be_saved(desk, office):
    answer = desk.post("/staff/organizations/new/", GIVEN | {"name": "福祉課", "slug": "welfare"})
    assert answer.status_code == 422
    assert "同じ識別名の組織が、もう登録されています。" in answer.text
    assert Organization.objects.count() == 1


def test_ending_an_organization(desk, office, writer):
    successor = OrganizationFactory(name="福祉総務課")
    year = timezone.localdate().year - 1
    page = desk.get(f"/staff/organizations/{office.pk}/").text
    assert ("所属する利用者　1人" in page, "担当 者" in page) == (True, True)
    sent = desk.post(
        f"/staff/organizations/{office.pk}/retire/", {"last_year": str(year), "successor": successor.pk}, follow=True
    )
    office.refresh_from_db()
    assert (office.valid_to, office.successor) == (year, successor)
    assert banners(sent)[0].startswith("「福祉課」は、")
    listed = re.sub(r"<[^>]+>", "", desk.get("/staff/organizations/").text)
    assert f"令和{year - 2018}年度まで（福祉総務課に継承）" in listed or "廃止した組織 1" in listed
    desk.post(f"/staff/organizations/{office.pk}/retire/", {"last_year": "", "successor": ""})
    office.refresh_from_db()
    assert (office.valid_to, office.successor) == (None, None)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"last_year": "1999"}, "廃止する年度と継承先を、一覧から選び直してください。"),
        ({"last_year": "x"}, "廃止する年度と継承先を、一覧から選び直してください。"),
        ({"successor": "999999"}, "廃止する年度と継承先を、一覧から選び直してください。"),
        ({}, "事務局を置く組織です。先に継承先の組織に「事務局を置く」の印を付けてください。"),
    ],
)
def test_endings_that_cannot_be(desk, office, data, sentence):
    Organization.objects.update(is_secretariat=True)
    year = timezone.localdate().year - 1
    given = {"last_year": str(year), "successor": ""} | data
    answer = desk.post(f"/staff/organizations/{office.pk}/retire/", given, follow=True)
    assert banners(answer)[0] == sentence
    assert Organization.objects.get().valid_to is None
