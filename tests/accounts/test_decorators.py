"""The sentence of a closed page."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role

pytestmark = pytest.mark.django_db


@roles_required(Role.APPROVER, Role.AUDITOR)
def closed(request, word):
    return f"{request.user.login_id} {word}"


def asked_by(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_who_holds_one_of_the_roles_comes_in(approver, auditor):
    assert [closed(asked_by(user), "見た") for user in (approver, auditor)] == ["approver 見た", "auditor 見た"]


def test_others_are_told_whose_page_it_is(writer):
    with pytest.raises(PermissionDenied, match="^このページを開けるのは、課長・監査の役割を持つ人です。$"):
        closed(asked_by(writer), "見た")


def test_the_wrapped_view_keeps_its_name():
    assert closed.__name__ == "closed"
