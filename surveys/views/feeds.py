"""指標の出どころ: every indicator with its source, and each year's value to take."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from measures.models import Indicator
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused
from plans.context import plan_or_404

from .. import actions, lists, permissions
from ..models import Choice, IndicatorFeed, Item, Series
from ..queries.feeds import feed_rows, sources


@require_GET
@roles_required(*permissions.READERS)
def feeds(request: HttpRequest) -> HttpResponse:
    plan = plan_or_404(request)
    rows = feed_rows(plan)
    if file := as_file(request, "指標の値の出どころ", lists.FEEDS, lists.readings(rows)):
        return file
    context = {
        "rows": rows,
        "sources": sources(plan),
        "refusal": permissions.change_refusal(request.user),
    }
    return render(request, "surveys/staff/feeds.html", context)


@require_POST
@roles_required(Role.SECRETARIAT)
def feed_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the source of one indicator; an empty choice takes it away."""
    plan = plan_or_404(request)
    indicator = get_object_or_404(Indicator, pk=pk, measure__plan=plan)
    try:
        actions.set_feed(indicator=indicator, by=request.user, **_chosen(request.POST.get("source", ""), plan))
        messages.success(request, f"「{indicator}」の値の出どころを保存しました。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:indicator-feeds")


def _chosen(source: str, plan) -> dict:
    """`series-3` or `choice-12-4` as objects of this plan; 404 for what it does not have."""
    kind, _, keys = source.partition("-")
    numbers = [int(key) if key.isdecimal() else None for key in keys.split("-")]
    if kind == "series":
        return {"series": get_object_or_404(Series, plan=plan, pk=numbers[0])}
    if kind == "choice":
        choice = get_object_or_404(Choice, question__survey__plan=plan, pk=numbers[0])
        item = get_object_or_404(Item, question=choice.question_id, pk=numbers[1]) if any(numbers[1:]) else None
        return {"choice": choice, "item": item}
    return {}


@require_POST
@roles_required(Role.SECRETARIAT)
def feed_take(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """Take the source's value of one year as the actual."""
    feeds = IndicatorFeed.objects.select_related("indicator__measure__plan", "series", "choice__question", "item")
    feed = get_object_or_404(feeds, indicator=pk, indicator__measure__plan=plan_or_404(request))
    try:
        actions.take_reading(feed=feed, year=year, by=request.user)
        messages.success(request, f"「{feed.indicator}」の{wareki_year(year)}の実績値にしました。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:indicator-feeds")
