"""What every template knows."""

from django.http import Http404, HttpRequest
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


def plan_or_404(request: HttpRequest) -> Plan:
    """The plan of a page that is nothing without one."""
    if (plan := current_plan(request)) is None:
        raise Http404("計画がまだ公開されていません。")
    return plan
