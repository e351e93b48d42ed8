"""The reviews of measures (1次・2次評価)."""

from django.db import transaction
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.refusal import Refused

from ..models import Cycle, Measure, MeasureReview
from ..permissions import review_refusal
from ..reviewing import REVIEW_BY_NAME
from .changes import Overtaken, differing

REASONS = {"first_rating": ("1次評価", "first_comment"), "second_rating": ("2次評価", "second_comment")}
LABELS = {name: field.label for name, field in REVIEW_BY_NAME.items()}


@transaction.atomic
def save_review(*, cycle: Cycle, measure: Measure, by: User, version: int, values: dict) -> MeasureReview:
    """Write `values` into the review as read at `version` (0: nobody had begun it).

    Each changed field is asked for by its part of the year. Raises Overtaken
    when somebody saved in between; what does not differ makes no version.
    """
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("scale").get(pk=cycle.pk)
    if measure.plan_id != cycle.plan_id:
        raise Refused("この計画の施策ではありません。")
    review = MeasureReview.objects.filter(cycle=cycle, measure=measure).first()
    review = review or MeasureReview(cycle=cycle, measure=measure)
    changes = differing(review, values, LABELS, cycle.scale)
    if not changes:
        return review  # sent a second time, because the answer was lost on the way
    for part in dict.fromkeys(REVIEW_BY_NAME[name].part for name in changes):
        if sentence := review_refusal(by, cycle, part):
            raise Refused(sentence)
    if review.version != version:
        raise Overtaken(review)
    for name, value in changes.items():
        setattr(review, name, value)
    _require_reasons(review, changes)
    review.version += 1
    review.saved_at, review.saved_by = timezone.now(), by
    review.save()
    return review


def _require_reasons(review: MeasureReview, changes: dict) -> None:
    """A low rating is explained, here as on the sheets."""
    for name, (label, comment) in REASONS.items():
        grade = getattr(review, name)
        if {name, comment} & set(changes) and grade and grade.needs_reason and not getattr(review, comment):
            raise Refused(f"{label}で {grade.code} を選んだときは、「{label}の所見」に理由を書いてください。")
