"""What stands between a year and its publication, and what was corrected in it."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from mine_welfare.toolkit.addresses import address

from ..models import Cycle, Measure, MeasureReview
from ..workflow import EntryState, ResponseState
from .corrections import SHOWN

CONFIRMED = (EntryState.ACCEPTED, EntryState.FIXED)


@dataclass
class Check:
    """One line of 「公表の前に」: how many of how many are ready, and where to see the rest."""

    label: str
    done: int
    total: int
    words: str
    url: str

    @property
    def is_ready(self) -> bool:
        return self.done == self.total


def checks(cycle: Cycle) -> list[Check]:
    """Sheets, reviews, opinions and answers of the year, in four queries."""
    year = f"?year={cycle.year}"
    entries = cycle.entries.aggregate(n=Count("pk"), ready=Count("pk", filter=Q(state__in=CONFIRMED)))
    reviews = [review.state for review in cycle.reviews.all()]
    opinions = cycle.opinions.aggregate(
        n=Count("pk", distinct=True),
        received=Count("pk", filter=Q(received_at__isnull=False), distinct=True),
        answers=Count("responses"),
        ready=Count("responses", filter=Q(responses__state=ResponseState.ACCEPTED)),
    )
    return [
        Check(
            "事務局が確認した個票", entries["ready"], entries["n"],
            "残りは「未回答」として公表されます。", address("staff:entries") + year,
        ),
        Check(
            "施策の評価", reviews.count(MeasureReview.State.COMPLETE),
            Measure.objects.filter(plan=cycle.plan_id).count(),
            "1次・2次評価、主な評価と課題、見直し方針がそろったものです。", address("staff:reviews") + year,
        ),
        Check(
            "受け付けた意見", opinions["received"], opinions["n"],
            "受け付けていない意見は、公表されません。", address("staff:opinions") + year,
        ),
        Check(
            "事務局が確認した回答", opinions["ready"], opinions["answers"],
            "確認していない回答は、公表されません。", address("staff:responses") + year,
        ),
    ]  # fmt: skip


def corrections(cycle: Cycle) -> QuerySet:
    """All corrections of the year, also those made before it was published, with who made them."""
    return cycle.corrections.select_related(*SHOWN, "by").newest_first()


def taken_back(cycle: Cycle) -> str:
    """Why the year is not public any more, in the words given then; "" while it is, or before."""
    if cycle.unpublished_at is None:
        return ""
    row = cycle.history.filter(unpublished_at=cycle.unpublished_at).order_by("history_id").first()
    return (row.history_change_reason if row else "") or ""
