"""Who may change the plan's text, and which plan citizens see. A refusal sentence, or None."""

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role


def text_refusal(user: User) -> str | None:
    """Why `user` may not change what the plan says."""
    return None if user.has_role(Role.SECRETARIAT) else "計画の本文を直せるのは、事務局だけです。"


def switch_refusal(user: User) -> str | None:
    """Why `user` may not decide which plan citizens see."""
    return None if user.has_role(Role.SECRETARIAT) else "公開する計画を切り替えられるのは、事務局だけです。"
