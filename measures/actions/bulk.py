"""One move for many sheets: each in its own transaction, each with its outcome told."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused

from .. import mail
from ..models import Entry
from ..permissions import visible_to
from ..workflow import Verb
from .entries import Conflict, transition

logger = logging.getLogger(__name__)

# What may be done to many sheets at once. A return needs a reason for each, so its words are the same for all.
TOGETHER = (Verb.APPROVE, Verb.ACCEPT, Verb.RETURN)
CHANGED = "開いている間に、ほかの人が内容を変えました。いまの内容を確かめてください。"
UNKNOWN = "この個票は見つかりません。"


@dataclass(frozen=True)
class Outcome:
    """What became of one sheet: `refusal` is the sentence where nothing was done. A forged id has no sheet."""

    entry: Entry | None
    refusal: str = ""


def move_many(
    *, verb: Verb, versions: Mapping[int, int], by: User, comment: str = "", comments: Mapping[int, str] | None = None
) -> list[Outcome]:
    """Do `verb` to the sheets {id: version the person looked at}, in the plan's order.

    A refused sheet stops none of the others. `comments` holds words for
    single sheets, which stand in the place of `comment`. The same request
    sent twice finds newer versions and does nothing. Raises Refused only for
    what makes no sense for any sheet.
    """
    if verb not in TOGETHER:
        raise Refused(f"{verb.label}は、まとめてはできません。")
    if not versions:
        raise Refused("個票を1件以上選んでください。")
    sheets = visible_to(Entry.objects.filter(pk__in=versions), by).select_related("action", "organization").in_order()
    words = {entry.pk: (comments or {}).get(entry.pk) or comment for entry in sheets}
    outcomes = [_move(entry, verb, versions[entry.pk], by=by, comment=words[entry.pk]) for entry in sheets]
    moved = [outcome.entry for outcome in outcomes if outcome.entry and not outcome.refusal]
    mail.announce_many(moved, verb, by=by, comments=words)
    found = {outcome.entry.pk for outcome in outcomes if outcome.entry}
    for pk in sorted(set(versions) - found):
        # A page never offers these: somebody wrote the id in by hand.
        logger.warning("%s: sheet %s refused to %s: not theirs to see", verb.value, pk, by.login_id)
        outcomes.append(Outcome(None, UNKNOWN))
    return outcomes


def _move(entry: Entry, verb: Verb, version: int, *, by: User, comment: str) -> Outcome:
    try:
        return Outcome(transition(entry=entry, verb=verb, by=by, version=version, comment=comment, quiet=True))
    except Refused as refused:
        logger.warning("%s: sheet %s refused to %s: %s", verb.value, entry.pk, by.login_id, refused)
        return Outcome(entry, str(refused))
    except Conflict:
        return Outcome(entry, CHANGED)
