"""Writes to meetings, their handouts and papers. Keyword-only, atomic, take `by=`, return the object."""

from collections import Counter

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from measures.models import Cycle
from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused

from .models import Handout, Meeting, Paper
from .papers import contents
from .permissions import KEEPERS, meeting_refusal, pack_refusal, paper_refusal, sent_refusal, stop_refusal

LAST = 1000  # stands behind every place and every item of an agenda
UNDER_WAY = (Paper.State.WAITING, Paper.State.RUNNING)


def _allow(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)


@transaction.atomic
def save_meeting(*, meeting: Meeting, by: User) -> Meeting:
    """Save a new or changed meeting."""
    _allow(meeting_refusal(by))
    meeting.save()
    return meeting


@transaction.atomic
def add_handout(*, handout: Handout, by: User) -> Handout:
    """The new handout stands last among those of its item of the agenda."""
    _allow(meeting_refusal(by))
    meeting = _locked(handout.meeting)
    handout.position = (meeting.handouts.aggregate(last=Max("position"))["last"] or 0) + 1
    handout.save()
    _number(list(meeting.handouts.all()))
    handout.refresh_from_db()
    return handout


@transaction.atomic
def move_handout(*, handout: Handout, places: int, by: User) -> Handout:
    """Move it by so many places (-1: one up), as far as the first and the last of its item of the agenda."""
    rows, place = _standing(handout, by)
    rows.insert(max(place + places, 0), rows.pop(place))
    _number(rows)
    handout.refresh_from_db()
    return handout


@transaction.atomic
def remove_handout(*, handout: Handout, by: User) -> None:
    """Take it off the meeting; the numbers of those behind close up."""
    rows, place = _standing(handout, by)
    rows.pop(place).delete()
    _number(rows)


def _locked(meeting: Meeting) -> Meeting:
    """Two people who add or move at once come one after the other."""
    return Meeting.objects.select_for_update().get(pk=meeting.pk)


def _standing(handout: Handout, by: User) -> tuple[list[Handout], int]:
    """The handouts of the meeting in order, and the place of this one."""
    _allow(meeting_refusal(by))
    rows = list(_locked(handout.meeting).handouts.all())
    if handout not in rows:
        raise Refused("この資料は、もう外されています。")
    return rows, rows.index(handout)


def _number(rows: list[Handout]) -> None:
    """Places and 資料番号 of `rows`, by the items of the agenda; what belongs to none comes last."""
    rows = sorted(rows, key=lambda row: row.item or LAST)
    # Two steps: a place is held by one handout at a time.
    for start in (LAST, 1):
        for place, row in enumerate(rows, start=start):
            Handout.objects.filter(pk=row.pk).update(position=place)
    for row, number in zip(rows, _numbers([row.item for row in rows]), strict=True):
        Handout.objects.filter(pk=row.pk).update(number=number)


def _numbers(items: list[int]) -> list[str]:
    """資料番号 for handouts of these items: 資料2 for the only one of item 2, 資料2-1 and 資料2-2 for two."""
    if not any(items):
        return [f"資料{place}" for place in range(1, len(items) + 1)]
    found, counts, seen = [], Counter(items), Counter[int]()
    for item in items:
        seen[item] += 1
        head, join = (f"資料{item}", "-") if item else ("参考資料", "")
        found.append(f"{head}{join}{seen[item]}" if counts[item] > 1 else head)
    return found


@transaction.atomic
def ask_for_pack(*, meeting: Meeting, by: User) -> Paper:
    """Ask for the handouts as one PDF; each pack is kept as it was made."""
    _allow(pack_refusal(by, meeting))
    return Paper.objects.create(
        plan=meeting.cycle.plan,
        cycle=meeting.cycle,
        kind=Paper.Kind.PACK,
        scope={"meeting": meeting.pk},
        title=f"{meeting}　会議資料",
        asked_by=by,
    )


@transaction.atomic
def record_sent(*, meeting: Meeting, pack: Paper, by: User) -> Meeting:
    """This pack is the one that was handed out."""
    _allow(sent_refusal(by, meeting, pack))
    meeting.pack, meeting.sent_on = pack, timezone.localdate()
    meeting.save()
    return meeting


@transaction.atomic
def ask_for_paper(*, cycle: Cycle, kind: str, scope: dict, title: str, by: User) -> tuple[Paper, bool]:
    """The paper, and whether it is newly asked for: one of the same data that is there or under way is taken."""
    _allow(paper_refusal(by, kind, scope.get("organization")))
    asked = {"cycle": cycle, "kind": kind, "scope": scope, "contents": contents(cycle)}
    same = Paper.objects.filter(**asked, state__in=[*UNDER_WAY, Paper.State.DONE])
    if not by.has_role(*KEEPERS):
        same = same.filter(asked_by=by)
    if found := same.first():
        return found, False
    return Paper.objects.create(plan=cycle.plan, title=title, asked_by=by, **asked), True


@transaction.atomic
def stop_paper(*, paper: Paper, by: User) -> Paper:
    """Stop it: at once while it waits, after the part being made while it runs."""
    row = Paper.objects.select_for_update().get(pk=paper.pk)
    _allow(stop_refusal(by, row))
    if row.state == Paper.State.WAITING:
        row.state = Paper.State.STOPPED
    else:
        row.stop_asked = True
    row.save(update_fields=["state", "stop_asked"])
    return row
