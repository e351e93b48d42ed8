"""Who keeps the lists: the rules as one table each."""

import pytest

from mine_welfare.accounts.permissions import (
    people_refusal,
    person_refusal,
    retire_refusal,
    role_refusal,
    roles_refusal,
)
from mine_welfare.accounts.roles import Role
from tests.factories import MembershipFactory, UserFactory
from tests.personas import PERSONAS, person

pytestmark = pytest.mark.django_db

KEEPERS_ONLY = "利用者と組織を変えられるのは、事務局とシステム管理の人です。"
ADMIN_ONLY = "システム管理の人の登録を変えられるのは、システム管理の人だけです。"


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_keeps_the_lists(request, persona):
    expected = None if persona in ("secretariat", "sysadmin") else KEEPERS_ONLY
    assert people_refusal(request.getfixturevalue(persona)) == expected


@pytest.mark.parametrize("role", Role)
def test_only_システム管理_hands_out_システム管理(secretariat, sysadmin, role):
    sentence = "「システム管理」の役割を付けたり外したりできるのは、システム管理の人だけです。"
    assert role_refusal(secretariat, role) == (sentence if role == Role.SYSADMIN else None)
    assert role_refusal(sysadmin, role) is None


def test_whose_registration_may_be_changed(secretariat, sysadmin, writer):
    found = {
        (user.login_id, subject.login_id): person_refusal(user, subject)
        for user in (secretariat, sysadmin, writer)
        for subject in (secretariat, sysadmin, writer)
    }
    assert found == {
        ("secretariat", "secretariat"): None,
        ("secretariat", "sysadmin"): ADMIN_ONLY,
        ("secretariat", "writer"): None,
        ("sysadmin", "secretariat"): None,
        ("sysadmin", "sysadmin"): None,
        ("sysadmin", "writer"): None,
        ("writer", "secretariat"): KEEPERS_ONLY,
        ("writer", "sysadmin"): KEEPERS_ONLY,
        ("writer", "writer"): KEEPERS_ONLY,
    }


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_who_was_made_administrator_on_the_server_is_one_here(secretariat, sysadmin, flag):
    subject = UserFactory(**{flag: True})
    assert person_refusal(secretariat, subject) == ADMIN_ONLY
    assert person_refusal(sysadmin, subject) is None


def test_roles_nobody_may_take_from_themselves(secretariat, sysadmin, office):
    sentence = "自分の「{}」の役割は外せません。ほかの人に頼んでください。"
    assert roles_refusal(secretariat, secretariat, [(Role.WRITER, office)]) == sentence.format("事務局")
    assert roles_refusal(sysadmin, sysadmin, [(Role.AUDITOR, None)]) == sentence.format("システム管理")
    assert roles_refusal(secretariat, secretariat, [(Role.SECRETARIAT, office), (Role.WRITER, office)]) is None


def test_the_last_of_the_secretariat_keeps_its_role(secretariat, sysadmin, office):
    roles = [(Role.WRITER, office)]
    assert roles_refusal(sysadmin, secretariat, roles) == "「事務局」の人が1人もいなくなるため、この役割は外せません。"
    person(Role.SECRETARIAT)
    assert roles_refusal(sysadmin, secretariat, roles) is None


def test_who_has_left_does_not_count_as_another(secretariat, sysadmin):
    person(Role.SECRETARIAT, is_active=False)
    assert retire_refusal(sysadmin, secretariat) == "「事務局」の人が1人もいなくなるため、利用を終えられません。"


def test_the_secretariat_cannot_raise_itself(secretariat, writer, office):
    for subject in (secretariat, writer):
        roles = [(Role.SECRETARIAT, None), (Role.WRITER, office), (Role.SYSADMIN, None)]
        assert roles_refusal(secretariat, subject, roles) == role_refusal(secretariat, Role.SYSADMIN)


def test_who_may_end_whose_use(secretariat, sysadmin, writer, committee):
    other = person(Role.SECRETARIAT, login_id="other")
    MembershipFactory(user=other, role=Role.SYSADMIN)
    assert retire_refusal(secretariat, writer) is None
    assert retire_refusal(secretariat, secretariat) == "自分の利用は終えられません。ほかの事務局の人に頼んでください。"
    assert retire_refusal(secretariat, other) == ADMIN_ONLY
    assert retire_refusal(sysadmin, other) is None
    assert retire_refusal(committee, writer) == KEEPERS_ONLY


def test_the_last_システム管理_stays(sysadmin):
    other = person(Role.SYSADMIN)
    sysadmin.memberships.all().delete()
    user = person(Role.SYSADMIN)
    user.memberships.all().delete()
    boss = person(Role.SYSADMIN, login_id="boss")
    assert retire_refusal(boss, other) is None
    boss.is_active = False
    boss.save()
    assert retire_refusal(boss, other) == "「システム管理」の人が1人もいなくなるため、利用を終えられません。"
