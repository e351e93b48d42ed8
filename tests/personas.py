"""The persons of the city hall, as fixtures: a user for each, and a signed-in client with `client_of`.

All stand around one organization (`office`) that has one sheet (`entry`) in a
running year (`cycle`) of one plan (`plan`).
"""

from collections.abc import Callable

import pytest
from django.test import Client

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role

from .factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MembershipFactory,
    OrganizationFactory,
    PlanFactory,
    ResponsibilityFactory,
    UserFactory,
)

PERSONAS = (
    "writer",
    "approver",
    "secretariat",
    "other_writer",
    "other_approver",
    "committee",
    "auditor",
    "sysadmin",
    "nobody",
)


@pytest.fixture
def plan(db):
    return PlanFactory()


@pytest.fixture
def office(db):
    return OrganizationFactory(name="福祉課", slug="welfare")


@pytest.fixture
def cycle(plan):
    return CycleFactory(plan=plan)


@pytest.fixture
def action(plan, office):
    action = ActionFactory(measure__policy__goal__plan=plan)
    ResponsibilityFactory(action=action, organization=office)
    return action


@pytest.fixture
def entry(cycle, action, office):
    return EntryFactory(cycle=cycle, action=action, organization=office)


def person(role: Role | None, organization: Organization | None = None, **fields) -> User:
    user = UserFactory(**fields)
    if role:
        MembershipFactory(user=user, role=role, organization=organization)
    return user


@pytest.fixture
def writer(office):
    return person(Role.WRITER, office, login_id="writer", name="担当 者")


@pytest.fixture
def approver(office):
    return person(Role.APPROVER, office, login_id="approver", name="課 長")


@pytest.fixture
def secretariat(db):
    return person(Role.SECRETARIAT, login_id="secretariat", name="事務 局")


@pytest.fixture
def other_writer(db):
    return person(Role.WRITER, OrganizationFactory(name="総務課", slug="general"), login_id="other_writer")


@pytest.fixture
def other_approver(db):
    return person(Role.APPROVER, OrganizationFactory(name="建設課", slug="construction"), login_id="other_approver")


@pytest.fixture
def committee(db):
    return person(Role.COMMITTEE, login_id="committee")


@pytest.fixture
def auditor(db):
    return person(Role.AUDITOR, login_id="auditor")


@pytest.fixture
def sysadmin(db):
    return person(Role.SYSADMIN, login_id="sysadmin")


@pytest.fixture
def nobody(db):
    return person(None, login_id="nobody")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """`client_of(writer)` → a client signed in as that person."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="mine_welfare.accounts.backends.LoginIdOrEmailBackend")
        return client

    return sign_in
