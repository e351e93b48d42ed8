"""Mail that follows a move, sent only after the move is really stored."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role

from .models import Entry
from .workflow import Verb

# Who hears of which move: the 課長 of a submission, the 担当者 of a return.
READERS = {Verb.SUBMIT: Role.APPROVER, Verb.RETURN: Role.WRITER}


def announce(entry: Entry, verb: Verb, *, by: User, comment: str = "") -> None:
    """Tell those whose turn it now is; nobody is told of their own move."""
    role = READERS.get(verb)
    if role is None or (verb == Verb.SUBMIT and entry.organization.skips_approval):
        return
    readers = User.objects.filter(
        is_active=True, memberships__role=role, memberships__organization=entry.organization_id
    )
    addresses = sorted(set(readers.exclude(pk=by.pk).exclude(email="").values_list("email", flat=True)))
    if not addresses:
        return
    subject = f"【{verb.label}】{entry.action.code} {entry.action.title}"
    lines = [f"{by}さんが、{entry.organization}の個票「{entry.action.title}」を{verb.done}。"]
    if comment:
        lines += ["", f"理由・コメント：{comment}"]
    body = "\n".join(lines)
    transaction.on_commit(lambda: send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, addresses), robust=True)
