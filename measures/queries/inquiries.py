"""個票への質問, as pages need them."""

from dataclasses import dataclass

from mine_welfare.accounts.models import User

from ..models import Cycle, Entry, Inquiry
from ..permissions import answer_refusal, inquiry_refusal, sees_memo


@dataclass
class InquiryBox:
    """The questions to one sheet, and what this person may do with them."""

    rows: list[Inquiry]
    answerable: set[int]
    may_ask: bool

    @property
    def is_shown(self) -> bool:
        return bool(self.rows) or self.may_ask


def inquiry_box(user: User, entry: Entry) -> InquiryBox:
    """For the page of a sheet. Questions are for everyone inside, never for the committee. One query."""
    if not sees_memo(user):
        return InquiryBox([], set(), False)
    rows = list(entry.inquiries.select_related("asked_by", "answered_by"))
    for row in rows:
        row.entry = entry
    return InquiryBox(
        rows=rows,
        answerable={row.pk for row in rows if answer_refusal(user, row) is None},
        may_ask=inquiry_refusal(user, entry) is None,
    )


def inquiries_of(cycle: Cycle) -> list[Inquiry]:
    """Every question of a year, those waiting for an answer first, the oldest of them on top."""
    rows = Inquiry.objects.filter(entry__cycle=cycle).select_related(
        "entry__action", "entry__organization", "asked_by", "answered_by"
    )
    return sorted(rows, key=lambda row: (row.state != Inquiry.State.OPEN, row.asked_at))
