"""What every template knows."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .models import Plan


def plan(request: HttpRequest) -> dict:
    """`plan`: the current plan, fetched once and only by a page that shows it."""
    return {"plan": SimpleLazyObject(lambda: current_plan(request))}


def current_plan(request: HttpRequest) -> Plan | None:
    """The plan of this request; views and templates share one query."""
    if not hasattr(request, "_current_plan"):
        request._current_plan = Plan.objects.current()
    return request._current_plan
