"""People, roles, organizations: what the tables themselves forbid, and who acts for whom."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mine_welfare.accounts.models import Membership, Organization, User
from mine_welfare.accounts.roles import Role
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def refused(write) -> bool:
    """Whether the database itself refuses `write`."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


# ---- organizations ----------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"slug": "welfare"}, True),
        ({"name": "福祉課"}, True),
        ({"name": "福祉課", "valid_to": 2024}, False),
        ({"valid_from": 2026, "valid_to": 2025}, True),
        ({"valid_from": 2025, "valid_to": 2025}, False),
    ],
)
def test_what_an_organization_may_not_be(office, changes, expected):
    assert refused(lambda: OrganizationFactory(**changes)) is expected


def test_an_organization_does_not_follow_itself(office):
    assert refused(lambda: Organization.objects.filter(pk=office.pk).update(successor=office.pk))


def test_years_of_an_organization():
    rows = {
        "always": OrganizationFactory(),
        "until": OrganizationFactory(valid_to=2024),
        "from": OrganizationFactory(valid_from=2026),
    }
    valid = {
        year: {name for name, row in rows.items() if row in Organization.objects.valid_in(year)}
        for year in (2024, 2025, 2026)
    }
    assert valid == {2024: {"always", "until"}, 2025: {"always"}, 2026: {"always", "from"}}


def test_citizens_do_not_see_bodies_outside(office):
    OrganizationFactory(kind=Organization.Kind.OUTSIDE)
    assert list(Organization.objects.public()) == [office]


def test_who_acts_for_an_organization_that_has_ended():
    last = OrganizationFactory(valid_from=2026)
    middle = OrganizationFactory(valid_to=2025, successor=last)
    first = OrganizationFactory(valid_to=2024, successor=middle)
    gone = OrganizationFactory(valid_to=2024)
    acting = {year: Organization.objects.acting_in(year) for year in (2024, 2025, 2026)}
    assert {year: (rows[first.pk], rows[middle.pk], rows[gone.pk]) for year, rows in acting.items()} == {
        2024: (first, middle, gone),
        2025: (middle, middle, None),
        2026: (last, last, None),
    }


def test_two_that_name_each_other_lead_nowhere():
    one = OrganizationFactory(valid_to=2024)
    other = OrganizationFactory(valid_to=2024, successor=one)
    Organization.objects.filter(pk=one.pk).update(successor=other)
    assert Organization.objects.acting_in(2025) == {one.pk: None, other.pk: None}


# ---- people -----------------------------------------------------------------
def test_an_address_belongs_to_one_person_and_may_be_left_out():
    UserFactory(email="Hanako@example.jp")
    assert refused(lambda: UserFactory(email="hanako@EXAMPLE.jp"))
    assert not refused(lambda: [UserFactory(email=""), UserFactory(email="")])


def test_an_id_belongs_to_one_person(writer):
    assert refused(lambda: UserFactory(login_id="writer"))


@pytest.mark.parametrize(
    ("role", "in_office", "expected"),
    [
        (Role.WRITER, False, True),
        (Role.APPROVER, False, True),
        (Role.SECRETARIAT, False, False),
        (Role.SECRETARIAT, True, False),
        (Role.COMMITTEE, False, False),
    ],
)
def test_writers_and_approvers_belong_somewhere(office, role, in_office, expected):
    user = UserFactory()
    assert (
        refused(lambda: MembershipFactory(user=user, role=role, organization=office if in_office else None)) is expected
    )


def test_a_role_is_given_once(writer, secretariat, office):
    assert refused(lambda: MembershipFactory(user=writer, role=Role.WRITER, organization=office))
    assert refused(lambda: MembershipFactory(user=secretariat, role=Role.SECRETARIAT))


def test_what_a_person_with_several_roles_may_be_asked(office):
    user = UserFactory()
    other = OrganizationFactory(name="総務課")
    for role, organization in ((Role.WRITER, office), (Role.APPROVER, other), (Role.SECRETARIAT, office)):
        MembershipFactory(user=user, role=role, organization=organization)
    assert user.organizations == [office, other]
    assert user.role_labels == "担当者・課長・事務局"
    assert user.organization_ids(Role.WRITER) == {office.pk}
    assert user.organization_ids(Role.WRITER, Role.APPROVER) == {office.pk, other.pk}
    assert (user.has_role(Role.AUDITOR, Role.SECRETARIAT), user.has_role(Role.AUDITOR)) == (True, False)


def test_roles_are_asked_of_the_database_once(writer, django_assert_num_queries):
    user = User.objects.get(pk=writer.pk)
    with django_assert_num_queries(1):
        assert (user.has_role(Role.WRITER), user.role_labels, len(user.organizations)) == (True, "担当者", 1)


def test_a_role_in_words(office):
    assert str(Membership(role=Role.WRITER, organization=office)) == "福祉課　担当者"
    assert str(Membership(role=Role.COMMITTEE)) == "委員"


def test_the_first_person_of_a_new_portal_can_let_in_the_others():
    user = User.objects.create_superuser("first", "long enough for a test", name="はじめの人")
    assert (user.roles, user.is_administrator, user.check_password("long enough for a test")) == (
        {Role.SYSADMIN},
        True,
        True,
    )


def test_a_person_is_found_by_the_id_as_django_asks(writer):
    assert User.objects.get_by_natural_key("writer") == writer


def test_signing_in_is_no_version_of_a_person(db):
    user = UserFactory()
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])
    assert user.history.count() == 1
    user.name = "別の名"
    user.save(update_fields=["name"])
    user.email = "other@example.jp"
    user.save()
    assert list(user.history.order_by("history_id").values_list("history_type", flat=True)) == ["+", "~", "~"]
