"""A year on its way through the wizard: kept page by page, then made at one stroke."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from mine_welfare.accounts.models import Organization, User
from plans.models import Plan

from ..models import Cycle, CycleDraft, Responsibility
from .cycles import allow_cycle, prepare_cycle
from .responsibilities import assign


@transaction.atomic
def save_draft(*, plan: Plan, page: str, answers: dict, by: User) -> CycleDraft:
    """Keep what one page of the wizard holds; the other pages stay as they are."""
    allow_cycle(by)
    draft, _ = CycleDraft.objects.select_for_update().get_or_create(plan=plan, defaults={"saved_by": by})
    draft.answers[page] = answers
    draft.saved_by = by
    draft.save()
    return draft


@transaction.atomic
def drop_draft(*, plan: Plan, by: User) -> None:
    """Begin anew."""
    allow_cycle(by)
    CycleDraft.objects.filter(plan=plan).delete()


@transaction.atomic
def prepare_from_draft(
    *, plan: Plan, owners: Mapping[Responsibility, Iterable[Organization]], by: User, **year
) -> Cycle:
    """Assign the 「関係各課」, make the year with its sheets, and clear the wizard: all of it or nothing."""
    allow_cycle(by)
    for responsibility, organizations in owners.items():
        assign(responsibility=responsibility, organizations=organizations, by=by)
    cycle = prepare_cycle(plan=plan, by=by, **year)
    CycleDraft.objects.filter(plan=plan).delete()
    return cycle
