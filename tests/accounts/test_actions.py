"""Writes to people and organizations: what changes, what is refused, what stays."""

import re

import pytest
from axes.models import AccessAttempt
from django.utils import timezone

from mine_welfare.accounts import actions
from mine_welfare.accounts.actions import Refused
from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from tests.factories import PASSWORD, OrganizationFactory, UserFactory
from tests.personas import person

pytestmark = pytest.mark.django_db


def roles_of(user: User) -> set:
    return set(user.memberships.values_list("role", "organization__name"))


# ---- people -----------------------------------------------------------------
def test_a_temporary_password_can_be_read_aloud():
    passwords = {actions.temporary_password() for _ in range(50)}
    assert len(passwords) == 50
    assert all(re.fullmatch(r"([a-km-np-zA-HJ-NP-Z2-9]{4}-){3}[a-km-np-zA-HJ-NP-Z2-9]{4}", one) for one in passwords)


def test_a_new_person(secretariat, office):
    added, password = actions.add_person(
        login_id="1234", name="新任", email="", roles=[(Role.WRITER, office), (Role.SECRETARIAT, None)], by=secretariat
    )
    added.refresh_from_db()
    assert (added.name, added.must_change_password, added.is_active) == ("新任", True, True)
    assert added.check_password(password)
    assert roles_of(added) == {("writer", "福祉課"), ("secretariat", None)}


def test_a_refused_person_is_not_half_made(secretariat, writer):
    for by, roles in ((writer, [(Role.COMMITTEE, None)]), (secretariat, [(Role.SYSADMIN, None)])):
        with pytest.raises(Refused):
            actions.add_person(login_id="1234", name="新任", email="", roles=roles, by=by)
    assert not User.objects.filter(login_id="1234").exists()


def test_moving_is_new_roles(secretariat, writer, office):
    general = OrganizationFactory(name="総務課")
    kept = writer.memberships.get()
    new = {"login_id": "writer", "name": "担当 者", "email": "w@example.jp"}
    actions.change_person(person=writer, **new, roles=[(Role.WRITER, office), (Role.APPROVER, general)], by=secretariat)
    assert roles_of(writer) == {("writer", "福祉課"), ("approver", "総務課")}
    assert writer.memberships.get(role=Role.WRITER) == kept
    moved = actions.change_person(person=writer, **new, roles=[(Role.WRITER, general)], by=secretariat)
    assert (roles_of(moved), moved.roles) == ({("writer", "総務課")}, {"writer"})
    assert User.objects.get(pk=writer.pk).email == "w@example.jp"


def test_a_refused_change_changes_nothing(secretariat, sysadmin):
    with pytest.raises(Refused, match="^システム管理の人の登録を変えられるのは、システム管理の人だけです。$"):
        actions.change_person(
            person=sysadmin, login_id="mine", name="別人", email="", roles=[(Role.COMMITTEE, None)], by=secretariat
        )
    sysadmin.refresh_from_db()
    assert (sysadmin.login_id, roles_of(sysadmin)) == ("sysadmin", {("sysadmin", None)})


def test_a_new_password_ends_sessions_and_the_lockout(secretariat, writer, client_of):
    browser = client_of(writer)
    AccessAttempt.objects.create(username="writer", failures_since_start=10, ip_address="127.0.0.1")
    password = actions.reset_password(person=writer, by=secretariat)
    writer.refresh_from_db()
    assert (writer.check_password(password), writer.must_change_password) == (True, True)
    assert browser.get("/staff/").headers["Location"] == "/accounts/login/?next=/staff/"
    assert AccessAttempt.objects.count() == 0


def test_whose_password_is_not_for_the_secretariat(secretariat, sysadmin, writer):
    with pytest.raises(Refused):
        actions.reset_password(person=sysadmin, by=secretariat)
    with pytest.raises(Refused):
        actions.reset_password(person=secretariat, by=writer)
    assert {user.check_password(PASSWORD) for user in (User.objects.get(pk=sysadmin.pk), secretariat)} == {True}


def test_who_retires_is_out_at_once_but_stays_named(secretariat, writer, client_of):
    browser = client_of(writer)
    actions.retire_person(person=writer, by=secretariat)
    writer.refresh_from_db()
    assert (writer.is_active, writer.retired_on, writer.has_usable_password()) == (False, timezone.localdate(), False)
    assert (writer.name, roles_of(writer)) == ("担当 者", {("writer", "福祉課")})
    assert browser.get("/staff/").status_code == 302


def test_two_who_retire_each_other(secretariat):
    other = person(Role.SECRETARIAT, login_id="other")
    actions.retire_person(person=other, by=secretariat)
    with pytest.raises(Refused, match="^「事務局」の人が1人もいなくなるため、利用を終えられません。$"):
        actions.retire_person(person=secretariat, by=other)
    secretariat.refresh_from_db()
    assert secretariat.is_active


def test_a_person_who_comes_back(secretariat, writer):
    actions.retire_person(person=writer, by=secretariat)
    password = actions.restore_person(person=writer, by=secretariat)
    back = User.objects.get(pk=writer.pk)
    assert (back.is_active, back.retired_on, back.check_password(password), back.must_change_password) == (
        True,
        None,
        True,
        True,
    )
    with pytest.raises(Refused):
        actions.restore_person(person=writer, by=UserFactory())


# ---- organizations ----------------------------------------------------------
def test_ending_an_organization_and_taking_it_back(secretariat, office):
    successor = OrganizationFactory(name="福祉総務課")
    actions.retire_organization(organization=office, last_year=2025, successor=successor, by=secretariat)
    office.refresh_from_db()
    assert (office.valid_to, office.successor, office.name) == (2025, successor, "福祉課")
    actions.restore_organization(organization=office, by=secretariat)
    office.refresh_from_db()
    assert (office.valid_to, office.successor) == (None, None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"successor": "office"}, "継承先に、同じ組織は選べません。"),
        ({"last_year": 2023}, "設置した年度より前には廃止できません。"),
    ],
)
def test_endings_that_cannot_be(secretariat, office, changes, sentence):
    Organization.objects.filter(pk=office.pk).update(valid_from=2024)
    office.refresh_from_db()
    given = {"last_year": 2025, "successor": None} | changes
    if given["successor"]:
        given["successor"] = office
    with pytest.raises(Refused) as refused:
        actions.retire_organization(organization=office, by=secretariat, **given)
    office.refresh_from_db()
    assert (str(refused.value), office.valid_to) == (sentence, None)


def test_the_seat_of_the_secretariat_is_handed_on(secretariat, office):
    office.is_secretariat = True
    office.save()
    successor = OrganizationFactory()
    for given in (None, successor):
        with pytest.raises(Refused, match="^事務局を置く組織です。"):
            actions.retire_organization(organization=office, last_year=2025, successor=given, by=secretariat)
    successor.is_secretariat = True
    successor.save()
    actions.retire_organization(organization=office, last_year=2025, successor=successor, by=secretariat)
    office.refresh_from_db()
    assert office.successor == successor


def test_a_name_taken_meanwhile_is_not_taken_back(secretariat):
    old = OrganizationFactory(name="福祉課", valid_to=2024)
    OrganizationFactory(name="福祉課")
    with pytest.raises(Refused, match="^「福祉課」という名称の組織がほかにあるため、廃止を取り消せません。$"):
        actions.restore_organization(organization=old, by=secretariat)


def test_others_change_no_organization(writer, office):
    with pytest.raises(Refused):
        actions.retire_organization(organization=office, last_year=2025, successor=None, by=writer)
    with pytest.raises(Refused):
        actions.restore_organization(organization=office, by=writer)
    office.refresh_from_db()
    assert office.valid_to is None
