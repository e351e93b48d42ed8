"""Who may do what with a sheet. A question is answered with a refusal sentence or None.

`available_actions` feeds both the buttons and the POST; `visible_to` and
`editable_by` are the same answers for whole querysets.
"""

import datetime
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import short_date

from .fields import missing
from .models import Cycle, Entry
from .workflow import STAGES, CycleState, EntryState, Move, Verb, move

WHOLE_PLAN_ROLES = (Role.SECRETARIAT, Role.AUDITOR)
FROM_LIAISON = tuple(state for state in CycleState if state.number >= CycleState.LIAISON.number)
FROM_COMMITTEE = tuple(state for state in CycleState if state.number >= CycleState.COMMITTEE.number)
CONFIRMED = (EntryState.ACCEPTED, EntryState.FIXED)
NOT_YOURS = "この個票を扱えるのは、担当する組織の人と事務局だけです。"


def acting_roles(user: User, entry: Entry) -> frozenset[Role]:
    """The roles in which `user` may touch this sheet at all."""
    roles = set()
    if user.has_role(Role.SECRETARIAT):
        roles.add(Role.SECRETARIAT)
    for role in (Role.WRITER, Role.APPROVER):
        if entry.organization_id in user.organization_ids(role):
            roles.add(role)
    return frozenset(roles)


def last_day(cycle: Cycle) -> datetime.date:
    """The last day departments may write: the deadline and the days of grace."""
    return cycle.due_on + datetime.timedelta(days=cycle.grace_days)


def refusal(user: User, entry: Entry, verb: Verb) -> str | None:
    """Why `user` may not do `verb` now, as one sentence for the screen; None when they may."""
    roles = acting_roles(user, entry)
    if not roles:
        return NOT_YOURS
    step = move(verb, entry.stage)
    if step is None:
        return f"「{entry.stage.label}」の個票には、{verb.label}はできません。"
    if not roles & step.roles:
        who = "・".join(role.label for role in Role if role in step.roles)
        return f"{verb.label}ができるのは{who}です。"
    return _stage_refusal(roles & step.roles, entry, step) or _content_refusal(entry, verb)


def _stage_refusal(roles: frozenset[Role], entry: Entry, step: Move) -> str | None:
    """Refused only when none of the roles may act in this stage of the year."""
    sentences = [_role_refusal(role, entry, step) for role in Role if role in roles]
    return None if None in sentences else sentences[0]


def _role_refusal(role: Role, entry: Entry, step: Move) -> str | None:
    cycle = entry.cycle
    if cycle.stage not in STAGES[step.verb].get(role, ()):
        return f"{cycle}は「{cycle.stage.label}」の段階です。いまは、{step.verb.label}はできません。"
    # A sheet taken back after the deadline could not be submitted again.
    has_deadline = step.verb in (Verb.SAVE, Verb.SUBMIT, Verb.WITHDRAW)
    if role == Role.SECRETARIAT or not has_deadline or entry.stage == EntryState.RETURNED:
        return None
    if cycle.stage != CycleState.OPEN or timezone.localdate() > last_day(cycle):
        return f"締切（{short_date(last_day(cycle))}）を過ぎました。入力が必要なときは、事務局へ連絡してください。"
    return None


def _content_refusal(entry: Entry, verb: Verb) -> str | None:
    if verb == Verb.ACCEPT and entry.stage == EntryState.SUBMITTED and not entry.organization.skips_approval:
        return "課長の確認を待っています。"
    if verb == Verb.SUBMIT and (names := [field.label for field in missing(entry)]):
        return f"あと{len(names)}項目（{'、'.join(names)}）を入力すると提出できます。"
    return None


def available_actions(user: User, entry: Entry) -> Iterator[tuple[Verb, str | None]]:
    """(verb, refusal or None) of every verb the table knows for this state and this person's roles.

    What a person could never do to this sheet is left out; what they could do
    but not now comes with the reason.
    """
    roles = acting_roles(user, entry)
    for verb in Verb:
        step = move(verb, entry.stage)
        if step and roles & step.roles:
            yield verb, refusal(user, entry, verb)


def can_edit(user: User, entry: Entry) -> bool:
    return refusal(user, entry, Verb.SAVE) is None


def is_proxy(user: User, entry: Entry) -> bool:
    """代理入力: the secretariat writes for a department it does not belong to."""
    return acting_roles(user, entry) == {Role.SECRETARIAT}


def visible_to(entries: QuerySet, user: User) -> QuerySet:
    """The sheets `user` may read.

    Own organization: all. Everybody inside: what the secretariat confirmed,
    from the 連携会議 on. Committee: the same from the 委員会審議 on.
    """
    if user.has_role(*WHOLE_PLAN_ROLES):
        return entries
    rule = Q(organization__in=user.organization_ids(Role.WRITER, Role.APPROVER))
    if user.has_role(Role.WRITER, Role.APPROVER):
        rule |= Q(state__in=CONFIRMED, cycle__state__in=FROM_LIAISON)
    if user.has_role(Role.COMMITTEE):
        rule |= Q(state__in=CONFIRMED, cycle__state__in=FROM_COMMITTEE)
    return entries.filter(rule)


def editable_by(entries: QuerySet, user: User) -> QuerySet:
    """The sheets `user` may write in now; the twin of `can_edit`."""
    states = [state for state in EntryState if move(Verb.SAVE, state)]
    rule = Q(pk__in=[])
    if user.has_role(Role.SECRETARIAT):
        rule |= Q(cycle__state__in=STAGES[Verb.SAVE][Role.SECRETARIAT])
    own = Q(organization__in=user.organization_ids(Role.WRITER, Role.APPROVER))
    rule |= own & Q(state=EntryState.RETURNED, cycle__state__in=STAGES[Verb.SAVE][Role.WRITER])
    # The last day is due_on + grace_days, worked out per cycle: databases add days to dates differently.
    open_cycles = [
        cycle.pk for cycle in Cycle.objects.filter(state=CycleState.OPEN) if timezone.localdate() <= last_day(cycle)
    ]
    rule |= own & Q(cycle__in=open_cycles)
    return entries.filter(rule, state__in=states)


def sees_memo(user: User) -> bool:
    """庁内メモ, and who said what while the sheet went round, are for everyone inside, never for the committee."""
    return user.has_role(Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR)


def counts_refusal(user: User, cycle: Cycle) -> str | None:
    """Why `user` may not see the counts of a whole year: the line `visible_to` draws for its sheets."""
    if user.has_role(*WHOLE_PLAN_ROLES):
        return None
    works_inside = user.has_role(Role.WRITER, Role.APPROVER)
    first = CycleState.LIAISON if works_inside else CycleState.COMMITTEE
    if (works_inside or user.has_role(Role.COMMITTEE)) and cycle.stage.number >= first.number:
        return None
    return f"{cycle}の集計は、「{first.label}」の段階から見られます。いまは「{cycle.stage.label}」の段階です。"


def cycle_refusal(user: User) -> str | None:
    """Why `user` may not run the year (open, move, publish, assign)."""
    return None if user.has_role(Role.SECRETARIAT) else "年度の進行と割当ては、事務局だけが行えます。"
