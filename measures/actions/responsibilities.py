"""Who answers for what."""

from collections.abc import Iterable

from django.db import transaction

from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit.refusal import Refused

from ..models import Responsibility
from .cycles import TAKES_SHEETS, add_missing_entries, allow_cycle


@transaction.atomic
def assign(*, responsibility: Responsibility, organizations: Iterable[Organization], by: User) -> list[Responsibility]:
    """Put real organizations in the place of 「関係各課」, keeping the plan's wording."""
    allow_cycle(by)
    organizations = list(organizations)
    if not organizations:
        raise Refused("担当する組織を1つ以上選んでください。")
    open_rows = Responsibility.objects.select_for_update(of=("self",)).unassigned()
    open_row = open_rows.filter(pk=responsibility.pk).first()
    if open_row is None:
        raise Refused("この担当は、もう決まっています。")
    action = responsibility.action
    if doubled := action.responsibilities.filter(organization__in=organizations, valid_to=None).first():
        raise Refused(f"「{doubled.organization}」は、もうこの取組を担当しています。")
    rows = [
        Responsibility(
            action=action,
            wording=open_row.wording,
            organization=organization,
            position=open_row.position,
            valid_from=open_row.valid_from,
        )
        for organization in organizations
    ]
    for row in rows:
        row.save()
    open_row.delete()
    for cycle in action.plan.cycles.filter(state__in=TAKES_SHEETS):
        add_missing_entries(cycle=cycle, by=by)
    action.plan.touch()
    return rows
