"""The plan all pages of this room speak about."""

from django.http import Http404

from plans.context import current_plan
from plans.models import Plan


def plan_or_404(request) -> Plan:
    plan = current_plan(request)
    if plan is None:
        raise Http404("計画がまだ読み込まれていません。")
    return plan
