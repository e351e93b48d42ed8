"""統計: every series, one form for a new year."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused
from plans.context import current_plan, plan_or_404

from .. import actions, lists, permissions
from ..forms import FileForm, PointForm
from ..models import Point, Series
from ..queries.staff import statistics_overview


@require_GET
@roles_required(*permissions.READERS)
def statistics(request):
    overview = statistics_overview(plan_or_404(request))
    if file := as_file(request, "統計の一覧", lists.STATISTICS, lists.lines(overview)):
        return file
    context = {
        "overview": overview,
        "form": FileForm(),
        "action": reverse("staff:statistics-send"),
        "samples": [
            ("いまの値をCSVで保存", reverse("staff:statistics-sample", args=("csv",))),
            ("Excelで保存", reverse("staff:statistics-sample", args=("xlsx",))),
        ],
        "refusal": permissions.change_refusal(request.user),
    }
    return render(request, "surveys/staff/statistics.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def series(request, code: str):
    """One series: its values, and the small form for another year."""
    series = get_object_or_404(Series.objects.select_related("plan"), plan=current_plan(request), code=code)
    points = series.points.order_by("-year")
    if file := as_file(request, f"統計_{series}", lists.points(series), points):
        return file
    form = PointForm(request.POST or None, series=series)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_point(series=series, by=request.user, **form.cleaned_data)
            messages.success(request, f"「{series}」の{form.cleaned_data['year']}年の値を保存しました。")
            return redirect("staff:series", code=code)
        except Refused as refused:
            form.add_error(None, str(refused))
    facts = [
        ("分野", series.theme),
        ("単位", series.unit),
        *([("時点", series.as_of)] if series.as_of else []),
        ("出所", series.source),
    ]
    context = {"facts": facts, "series": series, "points": points, "form": form}
    return render(request, "surveys/staff/series.html", context, status=422 if form.errors else 200)


@require_POST
@roles_required(Role.SECRETARIAT)
def point_delete(request, pk: int):
    points = Point.objects.select_related("series__plan")
    point = get_object_or_404(points, pk=pk, series__plan=current_plan(request))
    try:
        actions.delete_point(point=point, by=request.user)
        messages.success(request, f"「{point.series}」の{point.year}年の値を消しました。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:series", code=point.series.code)
