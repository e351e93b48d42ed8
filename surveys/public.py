"""Citizens' side: surveys, statistics, residents' meetings."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mine_welfare.toolkit.chart import answer
from plans.context import plan_or_404

from .charts import question_chart
from .downloads import download
from .models import GAP, Survey
from .queries import public
from .sheets import statistics as statistics_sheet
from .sheets import tallies as tallies_sheet


@require_safe
@login_not_required
def surveys(request):
    """調査・統計: the ways in to all three."""
    plan = plan_or_404(request)
    context = {
        "surveys": plan.surveys.public(),
        "themes": list(dict.fromkeys(plan.series.values_list("theme", flat=True))),
        "meetings": plan.resident_meetings.prefetch_related("topics"),
    }
    return render(request, "surveys/surveys.html", context)


def _survey(request, slug: str) -> Survey:
    surveys = Survey.objects.public().select_related("previous")
    return get_object_or_404(surveys, plan=plan_or_404(request), slug=slug)


@require_safe
@login_not_required
def survey(request, slug: str):
    """One survey: every question with its chart, its sentence and the measures it speaks to."""
    survey = _survey(request, slug)
    figures = [
        (f"{survey.sent:,}", "件", "配布数"),
        (f"{survey.returned:,}", "件", "有効回収数"),
        (survey.response_rate, "％", "有効回収率"),
    ]
    context = {
        "survey": survey,
        "parts": public.survey_page(survey),
        "figures": figures,
        "facts": public.facts(survey)[:4],
        "gap": GAP,
    }
    return render(request, "surveys/survey.html", context)


@require_safe
@login_not_required
def question_file(request, slug: str, code: str, form: str) -> HttpResponse:
    """The chart of one question as a picture, as data, or to touch."""
    survey = _survey(request, slug)
    question = get_object_or_404(public.questions_of(survey), code=code)
    chart = question_chart(survey, question)
    if chart is None:
        raise Http404("この設問には、図にできる割合がありません。")
    return answer(request, chart, form, back=f"{reverse('survey', args=(slug,))}#{question.page_anchor}")


@require_safe
@login_not_required
def tallies_csv(request, slug: str) -> HttpResponse:
    survey = _survey(request, slug)
    return download(f"{slug}_集計値", "csv", tallies_sheet.COLUMNS, tallies_sheet.exported(survey))


@require_safe
@login_not_required
def statistics(request):
    """統計 by 分野."""
    context = {"parts": public.statistics_page(plan_or_404(request)), "gap": GAP}
    return render(request, "surveys/statistics.html", context)


@require_safe
@login_not_required
def series_file(request, code: str, form: str) -> HttpResponse:
    """The chart a series begins as a picture, as data, or to touch."""
    parts = [part for theme in public.statistics_page(plan_or_404(request)) for part in theme.parts]
    part = next((part for part in parts if part.code == code), None)
    if part is None:
        raise Http404("この統計には、図にできる値がありません。")
    return answer(request, part.chart, form, back=f"{reverse('statistics')}#{part.chart.anchor}")


@require_safe
@login_not_required
def statistics_csv(request) -> HttpResponse:
    plan = plan_or_404(request)
    return download("統計", "csv", statistics_sheet.COLUMNS, statistics_sheet.exported(plan, is_public=True))


@require_safe
@login_not_required
def meetings(request):
    """地域ふくし座談会: every field with what residents said."""
    return render(request, "surveys/meetings.html", {"meetings": public.meetings_page(plan_or_404(request))})
