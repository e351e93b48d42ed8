"""What happens before any page: choose a password, and be told when an address only takes buttons."""

import pytest
from django.test import Client

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(writer):
    writer.must_change_password = True
    writer.save()
    return writer


@pytest.mark.parametrize("address", ["/staff/", "/staff/entries/", "/", "/admin/"])
def test_a_handed_out_password_is_changed_before_anything_else(newcomer, client_of, address):
    response = client_of(newcomer).get(address)
    assert (response.status_code, response["Location"]) == (302, "/accounts/password/")


def test_choosing_a_password_opens_the_portal(newcomer, client_of, cycle):
    browser = client_of(newcomer)
    assert "はじめに、あなただけのパスワードを決めてください" in browser.get("/accounts/password/").text
    new = "mountain-river-lantern"
    sent = browser.post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}, follow=True
    )
    assert sent.redirect_chain == [("/staff/", 302)]
    assert "パスワードを変えました。" in sent.text
    newcomer.refresh_from_db()
    assert (newcomer.must_change_password, newcomer.check_password(new)) == (False, True)


def test_leaving_is_always_possible(newcomer, client_of):
    assert client_of(newcomer).post("/accounts/logout/")["Location"] == "/"


def test_the_temporary_password_is_no_new_one(newcomer, client_of):
    sent = client_of(newcomer).post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    )
    assert "いまのパスワードとは別のものにしてください。" in sent.text
    newcomer.refresh_from_db()
    assert newcomer.must_change_password


def test_an_address_for_buttons_says_so(writer, client_of, cycle):
    answer = client_of(writer).get("/staff/entries/1/submit/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "ボタンから行う操作です" in answer.text
    assert "庁内のホーム" in answer.text


def test_citizens_are_told_the_same(plan):
    answer = Client().post("/")
    assert (answer.status_code, "この番地は、直接は開けません" in answer.text) == (405, True)


def test_machines_get_the_bare_answer(plan):
    answer = Client().delete("/healthz")
    assert (answer.status_code, answer.content) == (405, b"")
