"""Who may keep the lists of people and organizations."""

from .models import User
from .roles import Role

KEEPERS = (Role.SECRETARIAT, Role.SYSADMIN)


def people_refusal(user: User) -> str | None:
    """Why `user` may not change people and organizations; None when they may."""
    return None if user.has_role(*KEEPERS) else "利用者と組織を変えられるのは、事務局とシステム管理の人です。"


def role_refusal(user: User, role: str) -> str | None:
    """Only システム管理 hands out システム管理: the secretariat cannot raise itself."""
    if role == Role.SYSADMIN and not user.has_role(Role.SYSADMIN):
        return "「システム管理」の役割を付けられるのは、システム管理の人だけです。"
    return None


def retire_refusal(user: User, person: User) -> str | None:
    """Why `person` may not be retired by `user`: nobody locks everyone out."""
    if sentence := people_refusal(user):
        return sentence
    if person.pk == user.pk:
        return "自分自身の利用は終えられません。ほかの事務局の人に頼んでください。"
    if person.has_role(Role.SYSADMIN) and not user.has_role(Role.SYSADMIN):
        return "システム管理の人の利用を終えられるのは、システム管理の人だけです。"
    if person.has_role(Role.SECRETARIAT) and not _others(person, Role.SECRETARIAT).exists():
        return "事務局の人が1人もいなくなるため、利用を終えられません。"
    return None


def _others(person: User, role: Role):
    return User.objects.filter(is_active=True, memberships__role=role).exclude(pk=person.pk)
