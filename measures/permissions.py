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
from .models import Cycle, Entry, Inquiry, Opinion, Response, Scale, WorkbookImport
from .workflow import (
    CORRECTION_STAGES,
    OPINION_STAGES,
    RESPONSE_MOVES,
    RESPONSE_ROLES,
    RESPONSE_STAGES,
    REVIEW_STAGES,
    STAGES,
    CycleState,
    EntryState,
    Move,
    ResponseState,
    ResponseVerb,
    Verb,
    move,
)

WHOLE_PLAN_ROLES = (Role.SECRETARIAT, Role.AUDITOR)
FROM_LIAISON = tuple(state for state in CycleState if state.number >= CycleState.LIAISON.number)
FROM_COMMITTEE = tuple(state for state in CycleState if state.number >= CycleState.COMMITTEE.number)
CONFIRMED = (EntryState.ACCEPTED, EntryState.FIXED)
UNCHANGED = "前年度から変更なし"
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


def unchanged_refusal(user: User, entry: Entry) -> str | None:
    """Why `user` may not repeat last year's answer as this year's."""
    if sentence := refusal(user, entry, Verb.SAVE):
        return sentence
    if not entry.stage.is_with_writer:
        return f"「{entry.stage.label}」の個票には、{Verb.SUBMIT.label}はできません。"
    if entry.previous is None or entry.previous.submitted_at is None:
        return f"前年度の回答がないため、「{UNCHANGED}」は使えません。"
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


def writes_for(user: User, cycle: Cycle) -> frozenset[int]:
    """Ids of the organizations whose begun and untouched sheets of `cycle` this person may write now."""
    if cycle.stage != CycleState.OPEN or timezone.localdate() > last_day(cycle):
        return frozenset()
    return user.organization_ids(Role.WRITER, Role.APPROVER)


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


def indicator_refusal(user: User) -> str | None:
    """Why `user` may not add, change or end indicators and their values."""
    return None if user.has_role(Role.SECRETARIAT) else "目標指標を変えられるのは、事務局の人だけです。"


def inquiry_refusal(user: User, entry: Entry) -> str | None:
    """Why `user` may not ask the department about this sheet, or take a question back."""
    if not user.has_role(Role.SECRETARIAT):
        return "個票への質問は、事務局だけが出せます。"
    if not entry.cycle.is_running:
        return f"{entry.cycle}は「{entry.cycle.stage.label}」の段階です。いまは、質問を出せません。"
    return None


def answer_refusal(user: User, inquiry: Inquiry) -> str | None:
    """Why `user` may not answer this question. The secretariat may, with what it heard by telephone."""
    if not acting_roles(user, inquiry.entry):
        return NOT_YOURS
    if inquiry.state != Inquiry.State.OPEN:
        return f"この質問は、もう「{inquiry.state.label}」です。"
    if not inquiry.entry.cycle.is_running:
        return f"{inquiry.entry.cycle}は終わっています。回答が必要なときは、事務局へ連絡してください。"
    return None


def scale_refusal(user: User, scale: Scale) -> str | None:
    """Why `user` may not change this scale: citizens have read a year by its definitions."""
    if sentence := cycle_refusal(user):
        return sentence
    published = scale.cycles.filter(published_at__isnull=False).first()
    return f"{published}を公表したときの基準です。変えるときは、写しを作ってください。" if published else None


def cycle_refusal(user: User) -> str | None:
    """Why `user` may not run the year (open, move, publish, assign)."""
    return None if user.has_role(Role.SECRETARIAT) else "年度の進行と割当ては、事務局だけが行えます。"


def notice_refusal(user: User) -> str | None:
    """Why `user` may not put up a notice for the departments."""
    return None if user.has_role(Role.SECRETARIAT) else "お知らせを書けるのは、事務局だけです。"


# ---- above the sheets: reviews, opinions and answers, publication -----------------
def _only_in(cycle: Cycle, what: str, stages: tuple[CycleState, ...]) -> str | None:
    """Refused outside `stages`, with their names."""
    if cycle.stage in stages:
        return None
    names = "・".join(f"「{stage.label}」" for stage in stages)
    return f"{what}のは、{names}の段階です。いまは「{cycle.stage.label}」の段階です。"


REVIEW_PARTS = {
    "first": "1次評価を記入できる",
    "second": "2次評価を記入できる",
    "closing": "主な評価と課題・見直し方針を記入できる",
}


def review_refusal(user: User, cycle: Cycle, part: str) -> str | None:
    """Why `user` may not write this part (first, second, closing) of the year's reviews."""
    if not user.has_role(Role.SECRETARIAT):
        return "施策の評価を記入できるのは、事務局だけです。"
    return _only_in(cycle, REVIEW_PARTS[part], REVIEW_STAGES[part])


def opinion_refusal(user: User, cycle: Cycle) -> str | None:
    """Why `user` may not put down an opinion: a member their own, the secretariat what was said in the meeting."""
    roles = [role for role in OPINION_STAGES if user.has_role(role)]
    if not roles:
        return "意見を書けるのは、委員と事務局だけです。"
    sentences = [_only_in(cycle, "意見を書ける", OPINION_STAGES[role]) for role in roles]
    return None if None in sentences else sentences[-1]


def opinion_edit_refusal(user: User, opinion: Opinion) -> str | None:
    """Why `user` may not mend or take back this opinion: until it is received its writer may, then the secretariat."""
    if opinion.received_at is None and opinion.by_id != user.pk:
        return "委員が書いている意見です。事務局が受け付けるまで、直せるのは書いた人だけです。"
    if opinion.received_at is not None and not user.has_role(Role.SECRETARIAT):
        return "事務局が受け付けた意見です。直すときは、事務局へ連絡してください。"
    return opinion_refusal(user, opinion.cycle)


def receive_refusal(user: User, opinion: Opinion) -> str | None:
    """Why `user` may not receive this opinion, after which its writer can no longer mend it."""
    if not user.has_role(Role.SECRETARIAT):
        return "意見を受け付けられるのは、事務局だけです。"
    if opinion.received_at is not None:
        return "この意見は、もう受け付けてあります。"
    return _only_in(opinion.cycle, "意見を受け付けられる", OPINION_STAGES[Role.SECRETARIAT])


def ask_refusal(user: User, opinion: Opinion) -> str | None:
    """Why `user` may not ask organizations to answer this opinion, or take the request back."""
    if not user.has_role(Role.SECRETARIAT):
        return "回答を依頼できるのは、事務局だけです。"
    if opinion.received_at is None:
        return "受け付けていない意見です。受け付けてから、回答を依頼してください。"
    return _only_in(opinion.cycle, "回答を依頼できる", RESPONSE_STAGES)


def opinions_visible_to(opinions: QuerySet, user: User) -> QuerySet:
    """The opinions `user` may read as a list: a member their own and the received ones, departments none."""
    if user.has_role(*WHOLE_PLAN_ROLES):
        return opinions
    if not user.has_role(Role.COMMITTEE):
        return opinions.none()
    return opinions.filter(Q(by=user) | Q(received_at__isnull=False), cycle__state__in=FROM_COMMITTEE)


def sees_opinion_writer(user: User) -> bool:
    """A member's name is for the secretariat and 監査 alone: never for departments, other members or citizens."""
    return user.has_role(*WHOLE_PLAN_ROLES)


def response_refusal(user: User, response: Response, verb: ResponseVerb) -> str | None:
    """Why `user` may not do `verb` with this answer now."""
    roles = {Role.SECRETARIAT} if user.has_role(Role.SECRETARIAT) else set()
    roles |= {role for role in (Role.WRITER, Role.APPROVER) if response.organization_id in user.organization_ids(role)}
    if not roles:
        return "この回答を扱えるのは、回答を求められた組織の人と事務局だけです。"
    if roles.isdisjoint(RESPONSE_ROLES[verb]):
        return f"{verb.label}ができるのは{'・'.join(role.label for role in RESPONSE_ROLES[verb])}です。"
    if response.stage not in RESPONSE_MOVES[verb]:
        return f"「{response.stage.label}」の回答には、{verb.label}はできません。"
    return _only_in(response.opinion.cycle, f"{verb.label}ができる", RESPONSE_STAGES)


def responses_visible_to(responses: QuerySet, user: User) -> QuerySet:
    """The answers `user` may read: an organization those asked of it, the committee the confirmed ones."""
    if user.has_role(*WHOLE_PLAN_ROLES):
        return responses
    rule = Q(organization__in=user.organization_ids(Role.WRITER, Role.APPROVER))
    if user.has_role(Role.COMMITTEE):
        rule |= Q(state=ResponseState.ACCEPTED, opinion__cycle__state__in=FROM_COMMITTEE)
    return responses.filter(rule)


def correction_refusal(user: User, cycle: Cycle) -> str | None:
    """Why `user` may not correct a fixed row of this year."""
    if not user.has_role(Role.SECRETARIAT):
        return "確定した内容を訂正できるのは、事務局だけです。"
    return _only_in(cycle, "訂正できる", CORRECTION_STAGES)


def unpublish_refusal(user: User, cycle: Cycle) -> str | None:
    """Why `user` may not take the year from the public."""
    if sentence := cycle_refusal(user):
        return sentence
    return None if cycle.is_public else f"{cycle}は、公表していません。"


def republish_refusal(user: User, cycle: Cycle) -> str | None:
    """Why `user` may not show again what had been taken from the public; a first publication is a stage."""
    if sentence := cycle_refusal(user):
        return sentence
    if cycle.is_public:
        return f"{cycle}は、もう公表しています。"
    if cycle.published_at is None:
        return f"{cycle}は、まだ公表していません。「公表」の段階に進めてください。"
    return _only_in(cycle, "もう一度公表できる", (CycleState.PUBLISHED, CycleState.CLOSED))


HISTORY_READERS = {
    "sheets": (Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR),
    "texts": (Role.WRITER, Role.APPROVER, Role.SECRETARIAT, Role.AUDITOR),
    "committee": (Role.SECRETARIAT, Role.AUDITOR),
    "people": (Role.SECRETARIAT, Role.AUDITOR, Role.SYSADMIN),
}


def history_refusal(user: User, group: str) -> str | None:
    """Why `user` may not read the history of a row of this group; of a sheet only who may read the sheet."""
    if user.has_role(*HISTORY_READERS[group]):
        return None
    return f"この記録を見られるのは{'・'.join(role.label for role in HISTORY_READERS[group])}です。"


def restore_refusal(user: User) -> str | None:
    """Why `user` may not bring an earlier version back."""
    return None if user.has_role(Role.SECRETARIAT) else "前の版に戻せるのは、事務局だけです。"


def april_refusal(user: User) -> str | None:
    """Why `user` may not carry out a 組織改編."""
    return None if user.has_role(Role.SECRETARIAT) else "組織改編を行えるのは、事務局だけです。"


# ---- returned workbooks -------------------------------------------------------------
def upload_refusal(user: User, cycle: Cycle) -> str | None:
    """Why `user` may not return a workbook of this year at all; each of its rows is asked about besides."""
    stages = {stage for role, stages in STAGES[Verb.SAVE].items() if user.has_role(role) for stage in stages}
    if not stages:
        return "調査票を返せるのは、担当者・課長・事務局です。"
    if cycle.stage not in stages:
        return f"{cycle}は「{cycle.stage.label}」の段階です。いまは、調査票を受け取れません。"
    return None


def import_refusal(user: User, record: WorkbookImport) -> str | None:
    """Why `user` may not decide about this returned workbook."""
    if record.by_id == user.pk or user.has_role(Role.SECRETARIAT):
        return None
    return "この取込みを扱えるのは、取り込んだ人と事務局だけです。"


def imports_visible_to(imports: QuerySet, user: User) -> QuerySet:
    """The returned workbooks `user` may look at."""
    return imports if user.has_role(*WHOLE_PLAN_ROLES) else imports.filter(by=user)
