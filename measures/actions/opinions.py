"""Opinions of the committee, and the answers asked of organizations."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.refusal import Refused
from mine_welfare.toolkit.text import clean

from .. import mail
from ..models import Cycle, Measure, Opinion, Response
from ..permissions import ask_refusal, opinion_edit_refusal, opinion_refusal, receive_refusal, response_refusal
from ..workflow import RESPONSE_MOVES, ResponseState, ResponseVerb
from .changes import Overtaken, long_text

LONGEST_MEETING = 80


def _allow(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)


# ---- opinions ---------------------------------------------------------------
@transaction.atomic
def write_opinion(*, cycle: Cycle, by: User, text: str, measure: Measure | None = None, meeting: str = "") -> Opinion:
    """A new opinion: a member's own, or what the secretariat brings from the meeting, which is received at once."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    _allow(opinion_refusal(by, cycle))
    opinion = Opinion(cycle=cycle, by=by)
    if by.has_role(Role.SECRETARIAT):
        opinion.received_at = timezone.now()
    return _write(opinion, text=text, measure=measure, meeting=meeting)


@transaction.atomic
def edit_opinion(
    *, opinion: Opinion, by: User, version: int, text: str, measure: Measure | None = None, meeting: str = ""
) -> Opinion:
    """Mend an opinion as read at `version`."""
    row = _locked_opinion(opinion)
    _allow(opinion_edit_refusal(by, row))
    if row.version != version:
        raise Overtaken(row)
    return _write(row, text=text, measure=measure, meeting=meeting)


def _write(opinion: Opinion, *, text: str, measure: Measure | None, meeting: str) -> Opinion:
    text, meeting = long_text(text, "意見"), clean(meeting).strip()
    if not text:
        raise Refused("意見を書いてください。")
    if len(meeting) > LONGEST_MEETING:
        raise Refused(f"「会議」は{LONGEST_MEETING}字までです。")
    if measure and measure.plan_id != opinion.cycle.plan_id:
        raise Refused("この計画の施策から選んでください。")
    if (opinion.text, opinion.measure_id, opinion.meeting) == (text, measure and measure.pk, meeting):
        return opinion
    opinion.text, opinion.measure, opinion.meeting = text, measure, meeting
    opinion.version += 1
    opinion.save()
    return opinion


def _locked_opinion(opinion: Opinion) -> Opinion:
    row = Opinion.objects.select_for_update(of=("self",)).select_related("cycle").filter(pk=opinion.pk).first()
    if row is None:
        raise Refused("この意見は、もう取り消されています。")
    return row


@transaction.atomic
def remove_opinion(*, opinion: Opinion, by: User) -> None:
    """Take an opinion back that nobody has been asked to answer. Its words stay in the history."""
    row = _locked_opinion(opinion)
    _allow(opinion_edit_refusal(by, row))
    if row.responses.exists():
        raise Refused("回答を依頼した意見です。依頼を取り下げてから、取り消してください。")
    row.delete()


@transaction.atomic
def receive_opinions(*, opinions: Iterable[Opinion], by: User) -> list[Opinion]:
    """受付: from now on the members can no longer mend these. Received ones among them stay as they are."""
    rows = [_locked_opinion(opinion) for opinion in opinions]
    waiting = [row for row in rows if row.received_at is None]
    for row in waiting:
        _allow(receive_refusal(by, row))
        row.received_at = timezone.now()
        row.save()
    return waiting


# ---- answers ----------------------------------------------------------------
@transaction.atomic
def ask(
    *, opinion: Opinion, organizations: Iterable[Organization], due_on: datetime.date | None, by: User
) -> list[Response]:
    """Ask organizations to answer; those asked before keep what they wrote and get the new due date."""
    row = _locked_opinion(opinion)
    _allow(ask_refusal(by, row))
    organizations = list(organizations)
    if not organizations:
        raise Refused("回答する組織を1つ以上選んでください。")
    if due_on and due_on < timezone.localdate():
        raise Refused("回答の期限は、今日以後の日にしてください。")
    asked = {response.organization_id: response for response in row.responses.all()}
    new = []
    for organization in organizations:
        response = asked.get(organization.pk)
        if response is None:
            new.append(Response.objects.create(opinion=row, organization=organization, due_on=due_on))
        elif response.stage.is_with_office and response.due_on != due_on:
            response.due_on = due_on
            response.save()
    for response in new:
        mail.announce_request(response, by=by)
    return new


@transaction.atomic
def withdraw_request(*, response: Response, by: User) -> None:
    """Ask an organization no longer, as long as it has written nothing."""
    row = _locked_response(response)
    _allow(ask_refusal(by, row.opinion))
    if row.text:
        raise Refused("もう書き始められた回答です。依頼は取り下げられません。")
    row.delete()


def _locked_response(response: Response) -> Response:
    row = (
        Response.objects.select_for_update(of=("self",))
        .select_related("opinion__cycle", "opinion__measure", "organization")
        .filter(pk=response.pk)
        .first()
    )
    if row is None:
        raise Refused("この回答の依頼は、もう取り下げられています。")
    return row


@transaction.atomic
def respond(
    *,
    response: Response,
    verb: ResponseVerb,
    by: User,
    version: int,
    text: str | None = None,
    reflection: str | None = None,
    reason: str = "",
) -> Response:
    """The one door for answers: lock, ask, write, move, mail on commit. `text` and `reflection` only where given."""
    row = _locked_response(response)
    _allow(response_refusal(by, row, verb))
    if row.version != version:
        raise Overtaken(row)
    _fill(row, text, reflection)
    if verb == ResponseVerb.ANSWER and not (row.text and row.reflection):
        raise Refused("「市の考え方」と「反映状況」を入力すると、回答できます。")
    if verb == ResponseVerb.RETURN and not (reason := long_text(reason, "理由")):
        raise Refused("差戻しには理由が必要です。")
    row.return_reason = reason if verb == ResponseVerb.RETURN else row.return_reason
    row.state = RESPONSE_MOVES[verb][row.stage]
    if row.state == ResponseState.ANSWERED:
        row.answered_at, row.answered_by = timezone.now(), by
    row.version += 1
    row.save()
    if verb == ResponseVerb.RETURN:
        mail.announce_request(row, by=by)
    return row


def _fill(row: Response, text: str | None, reflection: str | None) -> None:
    if text is not None:
        row.text = long_text(text, "市の考え方")
    if reflection is not None:
        if reflection and reflection not in Response.Reflection.values:
            raise Refused("「反映状況」は、一覧から選んでください。")
        row.reflection = reflection
