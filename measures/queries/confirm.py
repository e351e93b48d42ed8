"""What a 課長 reads before confirming: every sheet that waits, beside last year's."""

from dataclasses import dataclass

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.diff import compare

from ..fields import BY_NAME, REPEATED
from ..models import Cycle, Entry
from ..workflow import EntryState
from . import staff

# The rating stands in the head of the sheet, as a badge.
READ = tuple(name for name in REPEATED if name != "rating")


@dataclass
class Passage:
    """One field of a sheet in words, this year and last year."""

    label: str
    before: str
    now: str

    @property
    def is_same(self) -> bool:
        return self.before == self.now

    @property
    def marked(self) -> tuple[str, str]:
        """Both texts with what went and what came marked; where one is empty there is nothing to compare."""
        return compare(self.before, self.now) if self.before and self.now else (self.before, self.now)


@dataclass
class Reading:
    """One sheet as its 課長 reads it. `comment` is what was typed beside it and not yet taken."""

    entry: Entry
    passages: list[Passage]
    comment: str = ""
    refusal: str = ""

    @property
    def move(self) -> str:
        """rise, fall or same against last year's rating; "" where the two cannot be compared."""
        now, before = self.entry.rating, self.entry.previous and self.entry.previous.rating
        if not (now and before and now.scale_id == before.scale_id and now.is_rated and before.is_rated):
            return ""
        return "same" if now == before else "rise" if now.position < before.position else "fall"

    @property
    def is_unchanged(self) -> bool:
        """Declared by the writer, with date and name."""
        return self.entry.unchanged_on is not None


def waiting_for(user: User, cycle: Cycle) -> list[Reading]:
    """Submitted sheets of the organizations `user` is 課長 of, in the plan's order. Two queries.

    Where 課長確認なし is set, nothing waits.
    """
    rows = cycle.entries.filter(
        state=EntryState.SUBMITTED,
        organization__in=user.organization_ids(Role.APPROVER),
        organization__skips_approval=False,
    ).select_related("saved_by", "unchanged_by")
    return [Reading(entry, passages(entry)) for entry in staff.with_previous(rows, cycle)]


def passages(entry: Entry) -> list[Passage]:
    """The fields that say something this year or did last year."""
    found = [Passage(BY_NAME[name].label, _words(entry.previous, name), _words(entry, name)) for name in READ]
    return [passage for passage in found if passage.before or passage.now]


def _words(entry: Entry | None, name: str) -> str:
    value = getattr(entry, name) if entry else None
    return str(value) if value else ""
