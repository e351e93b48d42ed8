"""The organizations as a public page needs them: by which name, and whom to ask."""

from django.http import HttpRequest
from django.utils import timezone

from mine_welfare.toolkit.fiscal import fiscal_year

from .models import Organization, acting_among


def directory(request: HttpRequest) -> dict[int, Organization]:
    """Every organization by id, in the city's order; fetched once per request."""
    if not hasattr(request, "_directory"):
        request._directory = Organization.objects.in_bulk()
    return request._directory


def whom_to_ask(every: dict[int, Organization]) -> dict[int, Organization]:
    """{id: who answers for it today}: the successor of one that ended; itself where the line ends."""
    acting = acting_among(every, fiscal_year(timezone.localdate()))
    return {pk: acting[pk] or organization for pk, organization in every.items()}


def secretariat(request: HttpRequest) -> list[Organization]:
    """Those that keep the plan this year."""
    year = fiscal_year(timezone.localdate())
    return [
        one
        for one in directory(request).values()
        if one.is_secretariat and (one.valid_from or year) <= year <= (one.valid_to or year)
    ]
