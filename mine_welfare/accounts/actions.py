"""Writes to people and organizations. Keyword-only, atomic, take `by=`, return the object."""

import secrets
from collections.abc import Iterable

from axes.utils import reset as forget_failures
from django.db import transaction
from django.utils import timezone

from mine_welfare.toolkit.refusal import Refused

from .models import Membership, Organization, User
from .permissions import (
    KEEPERS,
    Roles,
    people_refusal,
    person_refusal,
    retire_refusal,
    roles_refusal,
)
from .sheets import Change, Operation

# Letters a person reads aloud without doubt: no 0/O, 1/l/I.
CLEAR_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _allow(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)


def _hold_keepers() -> None:
    """Lock who keeps the lists: two people who retire each other at once must not both succeed."""
    list(Membership.objects.select_for_update().filter(role__in=KEEPERS).order_by("pk").values_list("pk"))


def temporary_password() -> str:
    """16 letters in groups of four, handed over once and changed at the first sign-in."""
    groups = ("".join(secrets.choice(CLEAR_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


# ---- people ---------------------------------------------------------------
@transaction.atomic
def add_person(*, login_id: str, name: str, email: str, roles: Roles, by: User) -> tuple[User, str]:
    """A new person and the temporary password, which is stored nowhere."""
    _allow(people_refusal(by))
    password = temporary_password()
    person = User.objects.create_user(login_id, password, name=name, email=email, must_change_password=True)
    set_roles(person=person, roles=roles, by=by)
    return person, password


@transaction.atomic
def change_person(*, person: User, login_id: str, name: str, email: str, roles: Roles, by: User) -> User:
    """New particulars and new roles at once: moving to another department is just new roles."""
    set_roles(person=person, roles=roles, by=by)
    person.login_id, person.name, person.email = login_id, name, email
    person.save()
    return person


@transaction.atomic
def set_roles(*, person: User, roles: Roles, by: User) -> User:
    """Make `roles` (role, organization or None) the person's memberships."""
    _hold_keepers()
    _allow(roles_refusal(by, person, roles))
    wanted = {(role, organization.pk if organization else None) for role, organization in roles}
    present = {(row.role, row.organization_id): row for row in person.memberships.all()}
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
    """A new temporary password. Sessions open elsewhere end, and so does a lockout."""
    _allow(person_refusal(by, person))
    password = temporary_password()
    person.set_password(password)
    person.must_change_password = True
    person.save()
    forget_failures(username=person.login_id)
    return password


@transaction.atomic
def retire_person(*, person: User, by: User) -> User:
    """End a person's use: signed out everywhere, no longer able to sign in, still named in past records."""
    _hold_keepers()
    _allow(retire_refusal(by, person))
    person.is_active = False
    person.retired_on = timezone.localdate()
    # Open sessions end here too: each carries a fingerprint of the password.
    person.set_unusable_password()
    person.save()
    return person


@transaction.atomic
def restore_person(*, person: User, by: User) -> str:
    """Let a retired person in again, with the roles they had and a temporary password."""
    _allow(person_refusal(by, person))
    person.is_active, person.retired_on = True, None
    return reset_password(person=person, by=by)


@transaction.atomic
def transfer(*, changes: Iterable[Change], by: User) -> list[tuple[User, str]]:
    """人事異動: everything a checked list asks for, or nothing; returns who is new with their temporary passwords.

    Who takes the lists over comes before who gives them up, so that a handing
    over within one list is never refused half-way.
    """
    new = []
    for change in sorted(changes, key=_turn):
        person = change.person
        given = {"login_id": change.login_id, "name": change.name, "email": change.email, "roles": change.roles}
        if change.operation == Operation.ADD:
            if User.objects.filter(login_id=change.login_id).exists():
                raise Refused(f"「{change.login_id}」のIDは、もう登録されています。")
            new.append(add_person(**given, by=by))
        elif change.operation == Operation.MOVE:
            change_person(person=person, **given, by=by)
        else:
            retire_person(person=person, by=by)
    return new


def _turn(change: Change) -> int:
    """Where in the list a change stands: arrivals, takers-over, the others, leavers."""
    if change.operation != Operation.MOVE:
        return 0 if change.operation == Operation.ADD else 3
    gains = any(role in KEEPERS and not change.person.has_role(role) for role, _ in change.roles)
    loses = any(change.person.has_role(role) and role not in {own for own, _ in change.roles} for role in KEEPERS)
    return 2 if loses or not gains else 1


# ---- organizations --------------------------------------------------------
@transaction.atomic
def retire_organization(
    *, organization: Organization, last_year: int, successor: Organization | None, by: User
) -> Organization:
    """End an organization with fiscal year `last_year`; past sheets keep its name, new ones go to the successor."""
    _allow(people_refusal(by))
    if successor and successor.pk == organization.pk:
        raise Refused("継承先に、同じ組織は選べません。")
    if organization.is_secretariat and not (successor and successor.is_secretariat):
        raise Refused("事務局を置く組織です。先に継承先の組織に「事務局を置く」の印を付けてください。")
    if organization.valid_from is not None and last_year < organization.valid_from:
        raise Refused("設置した年度より前には廃止できません。")
    organization.valid_to, organization.successor = last_year, successor
    organization.save()
    return organization


@transaction.atomic
def restore_organization(*, organization: Organization, by: User) -> Organization:
    """Take an ending back."""
    _allow(people_refusal(by))
    if Organization.objects.filter(name=organization.name, valid_to=None).exclude(pk=organization.pk).exists():
        raise Refused(f"「{organization}」という名称の組織がほかにあるため、廃止を取り消せません。")
    organization.valid_to = organization.successor = None
    organization.save()
    return organization
