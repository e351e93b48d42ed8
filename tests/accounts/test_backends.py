"""Who is found by what they type."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from mine_welfare.accounts.backends import LoginIdOrEmailBackend, counted_name, find_person
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako():
    return UserFactory(login_id="12345", email="Hanako@example.jp")


def sign_in(username, password=PASSWORD):
    return LoginIdOrEmailBackend().authenticate(None, username=username, password=password)


@pytest.mark.parametrize("typed", ["12345", "１２３４５", " 12345 ", "hanako@example.jp", "ＨＡＮＡＫＯ＠example.jp"])
def test_a_person_is_found_by_id_and_address(hanako, typed):
    assert sign_in(typed) == hanako
    assert counted_name(None, {"username": typed}) == "12345"


@pytest.mark.parametrize("typed", ["", " ", "1234", "hanako", None, "x" * 100_000])
def test_nobody_else_is_found(hanako, typed):
    assert sign_in(typed) is None
    assert len(counted_name(None, {"username": typed})) <= 254


def test_people_without_an_address_are_not_found_by_nothing():
    UserFactory(email="")
    assert find_person("") is None


def test_an_id_goes_before_an_address():
    UserFactory(login_id="first", email="mixed@example.jp")
    owner = UserFactory(login_id="mixed@example.jp", email="other@example.jp")
    assert find_person("mixed@example.jp") == owner


@pytest.mark.parametrize("password", ["wrong", "", None, PASSWORD.upper()])
def test_the_password_is_the_password(hanako, password):
    assert sign_in("12345", password) is None


def test_who_is_retired_does_not_come_in(hanako):
    hanako.is_active = False
    hanako.save()
    assert sign_in("12345") is None
    request = RequestFactory().post("/accounts/login/")
    assert authenticate(request, username="12345", password=PASSWORD) is None
    assert LoginIdOrEmailBackend().get_user(hanako.pk) is None


def test_the_name_is_taken_from_the_form_where_no_credentials_are_given(hanako):
    request = RequestFactory().post("/accounts/login/", {"username": "Hanako@example.jp"})
    assert counted_name(request) == "12345"
