"""The year's states and the moves between them. One pure table, no database.

`measures.permissions` asks this table who may move, `measures.actions` moves;
the state diagram of the README is drawn from it.
"""

from dataclasses import dataclass

from django.db.models import TextChoices

from mine_welfare.accounts.roles import Role


class CycleState(TextChoices):
    """年度の段階: one year of evaluation from preparation to archive."""

    PREPARING = "preparing", "準備"
    OPEN = "open", "入力受付"
    COLLECTING = "collecting", "取りまとめ"
    LIAISON = "liaison", "連携会議"
    COMMITTEE = "committee", "委員会審議"
    RESPONDING = "responding", "回答作成"
    FIXED = "fixed", "確定"
    PUBLISHED = "published", "公表"
    CLOSED = "closed", "締め"

    @property
    def number(self) -> int:
        """1 to 9, as printed on the step line."""
        return list(CycleState).index(self) + 1

    @property
    def explanation(self) -> str:
        """What moving the year to this stage does, said before the button is pressed."""
        return STAGE_EXPLANATIONS[self]


STAGE_EXPLANATIONS = {
    CycleState.PREPARING: "個票を用意し、担当の割当てと日程を確かめます。",
    CycleState.OPEN: "担当課が入力を始められるようになります。担当の決まっていない取組には、個票ができません。",
    CycleState.COLLECTING: (
        "担当課の入力を締め切ります。提出されていない個票には「未回答のまま締切」と記録します。"
        "差し戻した個票は、担当課が直せます。"
    ),
    CycleState.LIAISON: (
        "確認した個票を、担当課の全員が見られるようになります。担当課の入力は終わり、以後は事務局が代わりに入力します。"
    ),
    CycleState.COMMITTEE: "確認した個票を、委員が見られるようになります。",
    CycleState.RESPONDING: "委員会の意見への回答を作ります。",
    CycleState.FIXED: "確認した個票を確定します。以後は、理由を付けて取り消さない限り変えられません。",
    CycleState.PUBLISHED: "確定した個票と評価を、市民に公表します。",
    CycleState.CLOSED: "この年度を締めます。公表した内容は、そのまま残ります。",
}


class EntryState(TextChoices):
    """個票の状態."""

    EMPTY = "empty", "未入力"
    DRAFT = "draft", "入力中"
    RETURNED = "returned", "差戻し"
    SUBMITTED = "submitted", "提出済"
    APPROVED = "approved", "課長確認済"
    ACCEPTED = "accepted", "事務局確認済"
    FIXED = "fixed", "確定"

    @property
    def explanation(self) -> str:
        return EXPLANATIONS[self]

    @property
    def is_with_writer(self) -> bool:
        """Whose turn: still the 担当者's."""
        return self in WITH_WRITER


EXPLANATIONS = {
    EntryState.EMPTY: "まだ何も書かれていません。",
    EntryState.DRAFT: "担当者が書いているところです。",
    EntryState.RETURNED: "理由を付けて担当者に戻されました。",
    EntryState.SUBMITTED: "課長の確認を待っています。",
    EntryState.APPROVED: "課長が確認しました。事務局の確認を待っています。",
    EntryState.ACCEPTED: "事務局が確認しました。",
    EntryState.FIXED: "年度の評価として確定しました。",
}
WITH_WRITER = frozenset({EntryState.EMPTY, EntryState.DRAFT, EntryState.RETURNED})


class Verb(TextChoices):
    """個票に対してできること."""

    SAVE = "save", "保存"
    SUBMIT = "submit", "提出"
    WITHDRAW = "withdraw", "取下げ"
    APPROVE = "approve", "課長確認"
    ACCEPT = "accept", "事務局確認"
    RETURN = "return", "差戻し"
    FIX = "fix", "確定"
    REOPEN = "reopen", "確定の取消し"

    @property
    def button(self) -> str:
        """What the button says."""
        return VERB_WORDS[self][0]

    @property
    def done(self) -> str:
        """What is said afterwards: 「…」を 差し戻しました。"""
        return VERB_WORDS[self][1]


VERB_WORDS = {
    Verb.SAVE: ("保存する", "保存しました"),
    Verb.SUBMIT: ("提出する", "提出しました"),
    Verb.WITHDRAW: ("取り下げる", "取り下げました"),
    Verb.APPROVE: ("課長として確認する", "課長として確認しました"),
    Verb.ACCEPT: ("事務局として確認する", "事務局として確認しました"),
    Verb.RETURN: ("差し戻す", "差し戻しました"),
    Verb.FIX: ("確定する", "確定しました"),
    Verb.REOPEN: ("確定を取り消す", "確定を取り消しました"),
}


@dataclass(frozen=True)
class Move:
    """One permitted step: in `source`, `roles` may do `verb` and the row becomes `target`."""

    verb: Verb
    source: EntryState
    target: EntryState
    roles: frozenset[Role]
    needs_comment: bool = False


def _moves(verb: Verb, steps: dict, *roles: Role, needs_comment: bool = False) -> list[Move]:
    return [Move(verb, source, target, frozenset(roles), needs_comment) for source, target in steps.items()]


_S = EntryState
MOVES: tuple[Move, ...] = tuple(
    # Saving what was already confirmed puts the row back before the 課長.
    _moves(
        Verb.SAVE,
        {
            _S.EMPTY: _S.DRAFT,
            _S.DRAFT: _S.DRAFT,
            _S.RETURNED: _S.RETURNED,
            _S.SUBMITTED: _S.SUBMITTED,
            _S.APPROVED: _S.SUBMITTED,
        },
        Role.WRITER,
        Role.APPROVER,
        Role.SECRETARIAT,
    )
    + _moves(
        Verb.SUBMIT,
        {_S.EMPTY: _S.SUBMITTED, _S.DRAFT: _S.SUBMITTED, _S.RETURNED: _S.SUBMITTED},
        Role.WRITER,
        Role.APPROVER,
        Role.SECRETARIAT,
    )
    + _moves(Verb.WITHDRAW, {_S.SUBMITTED: _S.DRAFT}, Role.WRITER)
    + _moves(Verb.APPROVE, {_S.SUBMITTED: _S.APPROVED}, Role.APPROVER)
    + _moves(Verb.ACCEPT, {_S.SUBMITTED: _S.ACCEPTED, _S.APPROVED: _S.ACCEPTED}, Role.SECRETARIAT)
    + _moves(
        Verb.RETURN,
        {_S.SUBMITTED: _S.RETURNED, _S.APPROVED: _S.RETURNED},
        Role.APPROVER,
        Role.SECRETARIAT,
        needs_comment=True,
    )
    + _moves(Verb.RETURN, {_S.ACCEPTED: _S.RETURNED}, Role.SECRETARIAT, needs_comment=True)
    + _moves(Verb.FIX, {_S.ACCEPTED: _S.FIXED}, Role.SECRETARIAT)
    + _moves(Verb.REOPEN, {_S.FIXED: _S.ACCEPTED}, Role.SECRETARIAT, needs_comment=True)
)
_BY_STEP = {(move.verb, move.source): move for move in MOVES}

# In which stages of the year each verb makes sense, by who acts. A department
# writes while the portal takes answers, and mends returned rows until the
# meetings begin; the secretariat may enter for it (代理入力) until the year is fixed.
_UNTIL_FIXED = (
    CycleState.OPEN,
    CycleState.COLLECTING,
    CycleState.LIAISON,
    CycleState.COMMITTEE,
    CycleState.RESPONDING,
)
STAGES: dict[Verb, dict[Role, tuple[CycleState, ...]]] = {
    Verb.SAVE: {
        Role.WRITER: (CycleState.OPEN, CycleState.COLLECTING),
        Role.APPROVER: (CycleState.OPEN, CycleState.COLLECTING),
        Role.SECRETARIAT: _UNTIL_FIXED,
    },
    Verb.WITHDRAW: {Role.WRITER: (CycleState.OPEN,)},
    Verb.APPROVE: {Role.APPROVER: (CycleState.OPEN, CycleState.COLLECTING)},
    Verb.ACCEPT: {Role.SECRETARIAT: _UNTIL_FIXED},
    Verb.RETURN: {Role.APPROVER: (CycleState.OPEN, CycleState.COLLECTING), Role.SECRETARIAT: _UNTIL_FIXED},
    Verb.FIX: {Role.SECRETARIAT: (CycleState.FIXED,)},
    Verb.REOPEN: {Role.SECRETARIAT: (CycleState.FIXED, CycleState.PUBLISHED)},
}
STAGES[Verb.SUBMIT] = STAGES[Verb.SAVE]


def move(verb: Verb, source: EntryState) -> Move | None:
    """The step `verb` takes from `source`, or None where the table has none."""
    return _BY_STEP.get((verb, source))


def next_stage(state: CycleState) -> CycleState | None:
    """The stage after `state`; None after 締め."""
    stages = list(CycleState)
    index = stages.index(state)
    return stages[index + 1] if index + 1 < len(stages) else None


def previous_stage(state: CycleState) -> CycleState | None:
    """The stage before `state`; None before 準備."""
    stages = list(CycleState)
    index = stages.index(state)
    return stages[index - 1] if index else None


# ---- 市の考え方: what is asked of organizations after the committee -----------------
class ResponseState(TextChoices):
    """委員会意見への回答の状態: tracked like a sheet."""

    ASKED = "asked", "未回答"
    RETURNED = "returned", "差戻し"
    ANSWERED = "answered", "回答済"
    ACCEPTED = "accepted", "事務局確認済"

    @property
    def is_with_office(self) -> bool:
        """Whose turn: still the asked organization's."""
        return self in WITH_OFFICE


WITH_OFFICE = frozenset({ResponseState.ASKED, ResponseState.RETURNED})


class ResponseVerb(TextChoices):
    """回答に対してできること."""

    SAVE = "save", "途中保存"
    ANSWER = "answer", "回答"
    WITHDRAW = "withdraw", "取下げ"
    ACCEPT = "accept", "事務局確認"
    RETURN = "return", "差戻し"

    @property
    def done(self) -> str:
        """What is said afterwards."""
        return RESPONSE_DONE[self]


RESPONSE_DONE = {
    ResponseVerb.SAVE: "保存しました",
    ResponseVerb.ANSWER: "回答しました",
    ResponseVerb.WITHDRAW: "取り下げました",
    ResponseVerb.ACCEPT: "確認しました",
    ResponseVerb.RETURN: "差し戻しました",
}
_R = ResponseState
RESPONSE_MOVES: dict[ResponseVerb, dict[ResponseState, ResponseState]] = {
    ResponseVerb.SAVE: {_R.ASKED: _R.ASKED, _R.RETURNED: _R.RETURNED},
    ResponseVerb.ANSWER: {_R.ASKED: _R.ANSWERED, _R.RETURNED: _R.ANSWERED},
    ResponseVerb.WITHDRAW: {_R.ANSWERED: _R.ASKED},
    ResponseVerb.ACCEPT: {_R.ANSWERED: _R.ACCEPTED},
    ResponseVerb.RETURN: {_R.ANSWERED: _R.RETURNED, _R.ACCEPTED: _R.RETURNED},
}
# The organization answers, the secretariat answers for it too; confirming and returning is the secretariat's.
RESPONSE_ROLES: dict[ResponseVerb, tuple[Role, ...]] = {
    ResponseVerb.SAVE: (Role.WRITER, Role.APPROVER, Role.SECRETARIAT),
    ResponseVerb.ANSWER: (Role.WRITER, Role.APPROVER, Role.SECRETARIAT),
    ResponseVerb.WITHDRAW: (Role.WRITER, Role.APPROVER),
    ResponseVerb.ACCEPT: (Role.SECRETARIAT,),
    ResponseVerb.RETURN: (Role.SECRETARIAT,),
}

# ---- when the year above its sheets is written ----------------------------------
# The city hall concludes before the committee meets, the committee afterwards; both may word the rest.
REVIEW_STAGES: dict[str, tuple[CycleState, ...]] = {
    "first": (CycleState.COLLECTING, CycleState.LIAISON),
    "second": (CycleState.COMMITTEE, CycleState.RESPONDING),
    "closing": (CycleState.COLLECTING, CycleState.LIAISON, CycleState.COMMITTEE, CycleState.RESPONDING),
}
OPINION_STAGES: dict[Role, tuple[CycleState, ...]] = {
    Role.COMMITTEE: (CycleState.COMMITTEE,),
    Role.SECRETARIAT: (CycleState.COMMITTEE, CycleState.RESPONDING),
}
RESPONSE_STAGES = (CycleState.COMMITTEE, CycleState.RESPONDING)
CORRECTION_STAGES = (CycleState.FIXED, CycleState.PUBLISHED, CycleState.CLOSED)
