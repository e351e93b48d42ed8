"""Who may do what with meetings and papers. A refusal sentence, or None."""

from django.db.models import QuerySet

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role

from .models import Meeting, Paper

# Who takes every paper, and who takes those of their own departments.
KEEPERS = (Role.SECRETARIAT, Role.AUDITOR)
DEPARTMENTS = (Role.WRITER, Role.APPROVER)
# Who reads what was handed out at the meetings.
AT_THE_TABLE = (*KEEPERS, Role.COMMITTEE)
OF_A_DEPARTMENT = (Paper.Kind.SHEETS, Paper.Kind.BLANKS, Paper.Kind.LIST)


def meeting_refusal(user: User) -> str | None:
    """Why `user` may not keep the meetings and their handouts."""
    return None if user.has_role(Role.SECRETARIAT) else "会議と資料を扱えるのは、事務局だけです。"


def pack_refusal(user: User, meeting: Meeting) -> str | None:
    """Why `user` may not have the handouts put together now."""
    if sentence := meeting_refusal(user):
        return sentence
    if not meeting.handouts.exists():
        return "資料が1つもありません。先に資料を加えてください。"
    return None


def sent_refusal(user: User, meeting: Meeting, pack: Paper) -> str | None:
    """Why `pack` may not be recorded as what was handed out at `meeting`."""
    if sentence := meeting_refusal(user):
        return sentence
    if pack.kind != Paper.Kind.PACK or pack.scope.get("meeting") != meeting.pk:
        return "この会議の資料ではありません。"
    if pack.state != Paper.State.DONE:
        return "この資料は、まだできていません。"
    return None


def paper_refusal(user: User, kind: str, organization: int | None) -> str | None:
    """Why `user` may not ask for a paper of that kind; `organization` is whose sheets it prints, None of all."""
    if user.has_role(*KEEPERS):
        return None
    if kind not in OF_A_DEPARTMENT:
        return "この資料を作れるのは、事務局と監査です。"
    if organization not in user.organization_ids(*DEPARTMENTS):
        return "作れるのは、自分の課の資料だけです。"
    return None


def stop_refusal(user: User, paper: Paper) -> str | None:
    """Why `user` may not stop `paper`."""
    if paper.asked_by_id != user.pk and not user.has_role(Role.SECRETARIAT):
        return "この資料を取りやめられるのは、作成を頼んだ人と事務局です。"
    return None if paper.is_open else "この資料の作成は、もう終わっています。"


def visible_to(user: User) -> QuerySet[Paper]:
    """The papers `user` may take: the secretariat and 監査 all, a department its own."""
    rows = Paper.objects.all()
    return rows if user.has_role(*KEEPERS) else rows.filter(asked_by=user)
