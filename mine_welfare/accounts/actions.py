"""Writes to people and organizations. Keyword-only, atomic, take `by=`, return the object."""

import secrets

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from mine_welfare.toolkit.fiscal import fiscal_year

from .models import Membership, Organization, User
from .permissions import people_refusal, retire_refusal, role_refusal

# Letters a person reads aloud without doubt: no 0/O, 1/l/I.
CLEAR_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
Roles = list[tuple[str, Organization | None]]


class Refused(Exception):
    """The rule said no; the message is the sentence to show."""


def _allow(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)


def temporary_password() -> str:
    """16 letters in groups of four, handed over once and changed at the first sign-in."""
    groups = ("".join(secrets.choice(CLEAR_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


@transaction.atomic
def add_person(*, login_id: str, name: str, email: str, roles: Roles, by: User) -> tuple[User, str]:
    """A new person and the temporary password, which is stored nowhere."""
    _allow(people_refusal(by))
    password = temporary_password()
    person = User.objects.create_user(login_id, password, name=name, email=email, must_change_password=True)
    set_roles(person=person, roles=roles, by=by)
    return person, password


@transaction.atomic
def set_roles(*, person: User, roles: Roles, by: User) -> User:
    """Make `roles` (role, organization or None) the person's memberships: moving is just new roles."""
    _allow(people_refusal(by))
    wanted = {(role, organization.pk if organization else None) for role, organization in roles}
    present = {(row.role, row.organization_id): row for row in person.memberships.all()}
    for role, _ in wanted ^ set(present):
        _allow(role_refusal(by, role))
    for key, row in present.items():
        if key not in wanted:
            row.delete()
    for role, organization_id in sorted(wanted - set(present), key=str):
        Membership.objects.create(user=person, role=role, organization_id=organization_id)
    person.__dict__.pop("memberships_now", None)
    person.__dict__.pop("roles", None)
    return person


@transaction.atomic
def reset_password(*, person: User, by: User) -> str:
    """A new temporary password; sessions open elsewhere end."""
    _allow(people_refusal(by) or retire_refusal_for_reset(by, person))
    password = temporary_password()
    person.set_password(password)
    person.must_change_password = True
    person.save()
    return password


def retire_refusal_for_reset(by: User, person: User) -> str | None:
    """A system administrator's password is reset only by one of them."""
    for membership in person.memberships_now:
        if sentence := role_refusal(by, membership.role):
            return sentence
    return None


@transaction.atomic
def retire_person(*, person: User, by: User) -> User:
    """End a person's use: signed out everywhere, no longer able to sign in, still named in past records."""
    _allow(retire_refusal(by, person))
    person.is_active = False
    person.retired_on = timezone.localdate()
    person.set_unusable_password()
    person.save()
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()
    return person


@transaction.atomic
def retire_organization(*, organization: Organization, successor: Organization | None, by: User) -> Organization:
    """End an organization with this fiscal year; past sheets keep its name."""
    _allow(people_refusal(by))
    if successor and successor.pk == organization.pk:
        raise Refused("継承先に、同じ組織は選べません。")
    if organization.is_secretariat and not (successor and successor.is_secretariat):
        raise Refused("事務局を置く組織です。先に継承先の組織に「事務局を置く」の印を付けてください。")
    organization.valid_to = fiscal_year(timezone.localdate())
    organization.successor = successor
    organization.save()
    return organization
