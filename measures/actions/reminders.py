"""督促: sent to those whose turn it is, and kept as it was sent."""

from collections.abc import Collection

from django.db import transaction

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from .. import mail
from ..fields import MAX_LENGTH
from ..models import Cycle, Reminder
from ..queries.reminders import STILL_OUT, Chase, chases
from .cycles import allow_cycle


@transaction.atomic
def remind(
    *,
    cycle: Cycle,
    organization: Organization,
    addressee: Role,
    way: Reminder.Way,
    text: str,
    named: Collection[int],
    sent_before: int,
    by: User,
) -> Reminder:
    """Send `text`, which names the sheets `named` (ids), to the people of `organization` in the role `addressee`.

    Refused when one of the sheets has been submitted since the words were
    made, when somebody else has sent a reminder in between (`sent_before` is
    how many there were), and when the order 担当者 → 課長 → 事務局 would be broken.
    """
    allow_cycle(by)
    # Two clicks wait for each other; the second finds one reminder more.
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("plan").get(pk=cycle.pk)
    chase = _chase(cycle, organization)
    if len(chase.sent) != sent_before:
        raise Refused(f"{organization}には、いま別の督促を送ったところです。")
    if not named or set(named) - {entry.pk for entry in chase.entries}:
        raise Refused(f"{organization}に、提出された個票があります。文面を作り直してください。")
    _check_addressee(chase, addressee, way)
    reminder = Reminder.objects.create(
        cycle=cycle,
        organization=organization,
        addressee=addressee,
        way=way,
        readers=chase.readers(addressee),
        subject=chase.subject,
        text=_words(text),
        by=by,
    )
    reminder.entries.set(named)
    if way == Reminder.Way.MAIL:
        mail.remind(reminder)
    return reminder


def _chase(cycle: Cycle, organization: Organization) -> Chase:
    if cycle.stage not in STILL_OUT:
        raise Refused(f"{cycle}は「{cycle.stage.label}」の段階です。いまは、督促を送れません。")
    found = chases(cycle, [organization.slug])
    if not found:
        raise Refused(f"{organization}の個票は、すべて提出されました。督促は要りません。")
    return found[0]


def _check_addressee(chase: Chase, addressee: Role, way: Reminder.Way) -> None:
    if addressee not in chase.rungs:
        raise Refused(f"{chase.organization}への督促は、担当者、課長、事務局の順に送ります。")
    if way == Reminder.Way.MAIL and not chase.has_address(addressee):
        raise Refused(
            f"{chase.organization}の{addressee.label}には、電子メールの登録がありません。"
            "文面をコピーしてほかの方法で送り、「メール以外で送った」と記録してください。"
        )


def _words(text: str) -> str:
    text = clean(text).strip()
    if not text:
        raise Refused("文面を書いてください。")
    if len(text) > MAX_LENGTH:
        raise Refused(f"文面は{MAX_LENGTH:,}字までです。")
    return text
