"""目標指標: the secretariat sets, changes and ends them, and writes their values by year."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.refusal import Refused
from plans.context import plan_or_404

from ..actions import indicators as actions
from ..forms.indicators import EndForm, IndicatorForm, ValueForm
from ..models import Indicator


def _indicator(request: HttpRequest, pk: int) -> Indicator:
    rows = Indicator.objects.select_related("measure__plan")
    return get_object_or_404(rows, pk=pk, measure__plan=plan_or_404(request))


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def indicator_new(request):
    plan = plan_or_404(request)
    form = IndicatorForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_indicator(plan=plan, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"「{row}」を加えました。続けて、値の出どころを選べます。")
            return redirect("staff:indicator-feeds")
    return render(request, "measures/indicator.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def indicator(request, pk: int):
    """One indicator: what it is, its values by year, its end."""
    row = _indicator(request, pk)
    form = IndicatorForm(request.POST or None, instance=row, plan=row.measure.plan)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_indicator(indicator=row, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"「{row}」を保存しました。")
            return redirect("staff:indicator", pk)
    return _page(request, row, form=form)


@require_POST
@roles_required(Role.SECRETARIAT)
def indicator_value(request, pk: int):
    row = _indicator(request, pk)
    form = ValueForm(request.POST, indicator=row)
    if form.is_valid():
        try:
            value = actions.save_value(indicator=row, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{wareki_year(value.year)}の値を保存しました。")
            return redirect("staff:indicator", pk)
    return _page(request, row, value_form=form)


@require_POST
@roles_required(Role.SECRETARIAT)
def indicator_end(request, pk: int):
    row = _indicator(request, pk)
    form = EndForm(request.POST, indicator=row)
    if form.is_valid():
        try:
            row = actions.end_indicator(indicator=row, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            said = f"{wareki_year(row.last_year)}を最後の年度にしました" if row.last_year else "続けることにしました"
            messages.success(request, f"「{row}」は、{said}。")
            return redirect("staff:indicator", pk)
    return _page(request, row, end_form=form)


@require_POST
@roles_required(Role.SECRETARIAT)
def indicator_remove(request, pk: int):
    row = _indicator(request, pk)
    try:
        actions.remove_indicator(indicator=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:indicator", pk)
    messages.success(request, f"「{row}」を消しました。")
    return redirect("staff:indicator-feeds")


def _page(
    request: HttpRequest,
    row: Indicator,
    *,
    form: IndicatorForm | None = None,
    value_form: ValueForm | None = None,
    end_form: EndForm | None = None,
) -> HttpResponse:
    """The page with whatever was sent to it; the other forms as they stand."""
    sent = next((one for one in (form, value_form, end_form) if one is not None and one.errors), None)
    context = {
        "indicator": Indicator.objects.select_related("measure").get(pk=row.pk),
        "values": row.values.order_by("year"),
        "form": form or IndicatorForm(instance=row, plan=row.measure.plan),
        "value_form": value_form or ValueForm(indicator=row),
        "end_form": end_form or EndForm(indicator=row),
        "sent": sent,
    }
    return render(request, "measures/indicator.html", context, status=422 if sent else 200)
