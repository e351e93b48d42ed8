"""Mail that follows a move, a question or a reminder, sent only after it is really stored."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role

from .models import Entry, Inquiry, Reminder, Response
from .workflow import Verb

# Who hears of which move: the 課長 of a submission, the 担当者 of a return.
READERS = {Verb.SUBMIT: Role.APPROVER, Verb.RETURN: Role.WRITER}


def announce(entry: Entry, verb: Verb, *, by: User, comment: str = "") -> None:
    """Tell those whose turn it now is; nobody is told of their own move."""
    role = READERS.get(verb)
    if role is None or (verb == Verb.SUBMIT and entry.organization.skips_approval):
        return
    subject = f"【{verb.label}】{entry.action.code} {entry.action.title}"
    lines = [f"{by}さんが、{entry.organization}の個票「{entry.action.title}」を{verb.done}。"]
    if comment:
        lines += ["", f"理由・コメント：{comment}"]
    _send(subject, lines, _people(entry.organization, role, but=by))


def announce_many(entries: Iterable[Entry], verb: Verb, *, by: User, comments: Mapping[int, str]) -> None:
    """One mail to each organization for all of its sheets that were moved together, each with its words."""
    by_office: dict[Organization, list[Entry]] = {}
    for entry in entries:
        by_office.setdefault(entry.organization, []).append(entry)
    for organization, rows in by_office.items():
        if len(rows) == 1:
            announce(rows[0], verb, by=by, comment=comments[rows[0].pk].strip())
        elif role := READERS.get(verb):
            lines = [f"{by}さんが、{organization}の個票{len(rows)}件を{verb.done}。"]
            for entry in rows:
                lines += ["", f"・{entry.action.code} {entry.action.title}", f"　{comments[entry.pk].strip()}"]
            _send(f"【{verb.label}】{organization}の個票 {len(rows)}件", lines, _people(organization, role, but=by))


def ask(inquiry: Inquiry) -> None:
    """Tell the department that it has been asked."""
    entry = inquiry.entry
    lines = [f"事務局から、{entry.organization}の個票「{entry.action.title}」について質問があります。"]
    if inquiry.due_on:
        lines.append(f"{inquiry.due_on.month}月{inquiry.due_on.day}日までに、ポータルの個票の画面で回答してください。")
    lines += ["", inquiry.question]
    readers = _people(entry.organization, Role.WRITER, Role.APPROVER, but=inquiry.asked_by)
    _send(f"【質問】{entry.action.code} {entry.action.title}", lines, readers)


def answer(inquiry: Inquiry) -> None:
    """Tell who asked."""
    entry = inquiry.entry
    lines = [f"{entry.organization}が、個票「{entry.action.title}」への質問に回答しました。", "", inquiry.answer]
    asker = [inquiry.asked_by] if inquiry.asked_by != inquiry.answered_by else []
    _send(f"【回答】{entry.action.code} {entry.action.title}", lines, asker)


def remind(reminder: Reminder) -> None:
    """Send a reminder exactly as it is kept."""
    addresses = [address for _, address in reminder.readers if address]
    _later(reminder.subject, reminder.text, addresses)


def _people(organization: Organization, *roles: Role, but: User) -> Iterable[User]:
    rows = User.objects.filter(is_active=True, memberships__role__in=roles, memberships__organization=organization)
    return rows.exclude(pk=but.pk)


def _send(subject: str, lines: Iterable[str], readers: Iterable[User]) -> None:
    _later(subject, "\n".join(lines), sorted({reader.email for reader in readers if reader.email}))


def _later(subject: str, body: str, addresses: list[str]) -> None:
    if addresses:
        transaction.on_commit(lambda: send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, addresses), robust=True)


def announce_request(response: Response, *, by: User) -> None:
    """Tell the organization that the committee's opinion waits for its answer, or came back with a reason."""
    opinion = response.opinion
    lines = [f"委員会の意見（{opinion.subject}）について、{response.organization}の回答をお願いします。"]
    if response.due_on:
        lines.append(f"期限は{response.due_on.month}月{response.due_on.day}日です。")
    lines.append("ポータルの「意見への回答」の画面から回答してください。")
    lines += ["", f"意見：{opinion.text}"]
    if response.return_reason:
        lines += ["", f"差戻しの理由：{response.return_reason}"]
    word = "差戻し" if response.return_reason else "回答の依頼"
    readers = _people(response.organization, Role.WRITER, Role.APPROVER, but=by)
    _send(f"【{word}】委員会の意見（{opinion.subject}）", lines, readers)
