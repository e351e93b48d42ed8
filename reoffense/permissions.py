"""Who keeps the lists of partners and events: a refusal sentence, or None."""

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role


def keep_refusal(user: User) -> str | None:
    """Why `user` may not change partners and events; None when they may."""
    return None if user.has_role(Role.SECRETARIAT) else "協力者の名簿と行事のお知らせを変えられるのは、事務局だけです。"
