"""訂正履歴 as citizens read it."""

from django.db.models import Q, QuerySet

from plans.models import Plan

from ..models import Action, Correction

SHOWN = (
    "cycle",
    "entry__action",
    "entry__organization",
    "review__measure",
    "opinion__measure",
    "response__opinion__measure",
)


def public_corrections(plan: Plan) -> QuerySet:
    """The corrections of the published years, newest first, with all their words in one query."""
    return Correction.objects.public().filter(cycle__plan=plan).select_related(*SHOWN).newest_first()


def of_measure(plan: Plan, measure: int) -> QuerySet:
    """Those of the measure's own review, opinions and answers, and of its actions' sheets."""
    return public_corrections(plan).filter(
        Q(entry__action__measure=measure)
        | Q(review__measure=measure)
        | Q(opinion__measure=measure)
        | Q(response__opinion__measure=measure)
    )


def of_action(plan: Plan, action: Action) -> QuerySet:
    """Those of the action's sheets, or of the one it repeats."""
    return public_corrections(plan).filter(entry__action=action.repeats or action)
