"""Who may do what with surveys and statistics. A refusal sentence, or None."""

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role

from .models import Survey, Upload

# Who may look at the staff side: raw counts, files that wait.
READERS = (Role.SECRETARIAT, Role.AUDITOR)


def change_refusal(user: User) -> str | None:
    """Why `user` may not change surveys, statistics and their files."""
    return None if user.has_role(Role.SECRETARIAT) else "調査と統計を変えられるのは、事務局の人だけです。"


def upload_refusal(user: User, upload: Upload) -> str | None:
    """Why `user` may not confirm or throw away this file: another may still be reading its preview."""
    if sentence := change_refusal(user):
        return sentence
    if upload.sent_by_id != user.pk:
        return "このファイルを取り込めるのは、送った人だけです。"
    return None


def file_refusal(user: User, kind: str, survey: Survey | None) -> str | None:
    """Why `user` may not send a file of that kind."""
    if sentence := change_refusal(user):
        return sentence
    if kind == Upload.Kind.DEFINITION and survey is not None and hasattr(survey, "answers"):
        return "回答データがあるあいだは、設問の定義を変えられません。先に、回答データを削除してください。"
    return None


def counts_refusal(user: User, survey: Survey) -> str | None:
    """Why `user` may not keep the counts of the answers as the survey's shares."""
    if sentence := change_refusal(user):
        return sentence
    if not hasattr(survey, "answers"):
        return "回答データがありません。"
    if survey.answers.is_synthetic:
        return "合成データの集計は、調査の結果として保存できません。"
    return None
