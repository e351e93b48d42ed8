"""Who may keep the lists of people and organizations. A refusal sentence, or None."""

from collections.abc import Collection

from django.db.models import QuerySet

from .models import Membership, Organization, User
from .roles import Role

KEEPERS = (Role.SECRETARIAT, Role.SYSADMIN)
Roles = list[tuple[str, Organization | None]]


def people_refusal(user: User) -> str | None:
    """Why `user` may not change people and organizations; None when they may."""
    return None if user.has_role(*KEEPERS) else "利用者と組織を変えられるのは、事務局とシステム管理の人です。"


def role_refusal(user: User, role: str) -> str | None:
    """Only システム管理 hands out システム管理: the secretariat cannot raise itself."""
    if role == Role.SYSADMIN and not user.has_role(Role.SYSADMIN):
        return "「システム管理」の役割を付けたり外したりできるのは、システム管理の人だけです。"
    return None


def person_refusal(user: User, person: User) -> str | None:
    """Why `user` may not change the registration or the password of `person`."""
    if sentence := people_refusal(user):
        return sentence
    if person.is_administrator and not user.has_role(Role.SYSADMIN):
        return "システム管理の人の登録を変えられるのは、システム管理の人だけです。"
    return None


def change_refusal(user: User, person: User, wanted: Collection[str]) -> str | None:
    """Why `user` may not make `wanted` the roles of `person`, whoever else holds them: nobody raises themselves."""
    if sentence := person_refusal(user, person):
        return sentence
    for role in Role:
        if (role in wanted) != person.has_role(role) and (sentence := role_refusal(user, role)):
            return sentence
    for role in KEEPERS:
        if person.pk == user.pk and person.has_role(role) and role not in wanted:
            return f"自分の「{role.label}」の役割は外せません。ほかの人に頼んでください。"
    return None


def roles_refusal(user: User, person: User, roles: Roles) -> str | None:
    """Why `person` may not be given exactly `roles`: nobody raises or locks out themselves, or everyone."""
    wanted = {role for role, _ in roles}
    if sentence := change_refusal(user, person, wanted):
        return sentence
    for role in KEEPERS:
        if person.has_role(role) and role not in wanted and not _others(person, role).exists():
            return f"「{role.label}」の人が1人もいなくなるため、この役割は外せません。"
    return None


def leave_refusal(user: User, person: User) -> str | None:
    """Why `user` may not end the use of `person`, whoever else is left."""
    if sentence := person_refusal(user, person):
        return sentence
    if person.pk == user.pk:
        return "自分の利用は終えられません。ほかの事務局の人に頼んでください。"
    return None


def retire_refusal(user: User, person: User) -> str | None:
    """Why `user` may not end the use of `person`."""
    if sentence := leave_refusal(user, person):
        return sentence
    for role in KEEPERS:
        if person.has_role(role) and not _others(person, role).exists():
            return f"「{role.label}」の人が1人もいなくなるため、利用を終えられません。"
    return None


def _others(person: User, role: Role) -> QuerySet:
    return Membership.objects.filter(role=role, user__is_active=True).exclude(user=person)
