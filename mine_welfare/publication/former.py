"""これまでの計画: what citizens can still read of the plans before the current one."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.context import plan_or_404
from plans.models import Plan

from . import public_papers


def former_of(plan: Plan) -> list[Plan]:
    """The plans citizens saw before, the latest first."""
    found: list[Plan] = []
    while plan.predecessor is not None:
        plan = plan.predecessor
        found.append(plan)
    return found


def former_or_404(request, slug: str) -> Plan:
    found = next((plan for plan in former_of(plan_or_404(request)) if plan.slug == slug), None)
    if found is None:
        raise Http404("この計画は、公開していません。")
    return found


@require_safe
@login_not_required
def former_plans(request):
    """/plan/former/: each with its book and the reports of its published years."""
    plans = [(plan, plan.cycles.public().order_by("-year")) for plan in former_of(plan_or_404(request))]
    return render(request, "public/former.html", {"plans": plans})


@require_safe
@login_not_required
def former_book(request, slug: str):
    """/downloads/plans/<slug>/plan.pdf"""
    return public_papers.send_book(request, former_or_404(request, slug))


@require_safe
@login_not_required
def former_report(request, slug: str, year: int, name: str):
    """/downloads/plans/<slug>/evaluations/<fy>/report.pdf and opinions.pdf"""
    return public_papers.send_yearly(request, former_or_404(request, slug), year, name)
