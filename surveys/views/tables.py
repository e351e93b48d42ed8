"""クロス集計: one table of the raw answers, with its filters in the address; all of them as a file."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from mine_welfare.accounts.decorators import roles_required

from .. import permissions
from ..charts import answer_chart
from ..downloads import download
from ..models import AnswerSet, Survey
from ..queries.tables import Answers, AnswerTable
from ..sheets.tables import COLUMNS, exported
from .surveys import survey_or_404


@require_GET
@roles_required(*permissions.READERS)
def tables(request, slug: str):
    survey = survey_or_404(request, slug)
    answers = _answers(request, survey)
    keys = list(answers.index)
    key = request.GET.get("q", "")
    if key not in keys:
        key = next(iter(keys), None)
    if key is None:
        raise Http404("集計できる設問がありません。")
    by = _by(request, answers)
    table = answers.table(key, by)
    context = {
        "survey": survey,
        "answers": answers.set,
        "table": table,
        "chart": answer_chart(survey, table),
        "key": key,
        "by": by,
        "choices": [(one, answers.title(one)) for one in keys],
        "attributes": answers.attributes,
        "filters": answers.filter_choices(),
        "filtered": int(answers.kept.sum()),
        "figures": _figures(table),
        "csv": f"{reverse('staff:survey-tables-file', args=(slug, 'csv'))}?{request.GET.urlencode()}",
        "xlsx": f"{reverse('staff:survey-tables-file', args=(slug, 'xlsx'))}?{request.GET.urlencode()}",
    }
    return render(request, "surveys/staff/tables.html", context)


@require_GET
@roles_required(*permissions.READERS)
def tables_file(request, slug: str, form: str):
    """All tables in the long form, by the same attribute and with the same filters as the page."""
    survey = survey_or_404(request, slug)
    answers = _answers(request, survey)
    rows = exported(answers.tables(_by(request, answers)))
    return download(f"{slug}_集計表", form, COLUMNS, rows)


def _figures(table: AnswerTable) -> list[tuple[str, str, str]]:
    """The key figures of a question answered with numbers."""
    if table.summary is None:
        return []
    found = table.summary
    return [
        (f"{found.answered:,}", "人", f"回答した人（対象{found.base:,}人）"),
        (str(found.mean), "", "平均"),
        (str(found.median), "", "中央値"),
        (f"{found.lower}〜{found.upper}", "", "中ほどの半分の人の範囲"),
    ]


def _answers(request, survey: Survey) -> Answers:
    """The answers, narrowed by `?where=age:3`; 404 where there are none."""
    try:
        return Answers(survey, [_filter(text) for text in request.GET.getlist("where") if text])
    except AnswerSet.DoesNotExist:
        raise Http404("回答データがありません。") from None


def _filter(text: str) -> tuple[str, int]:
    code, _, place = text.partition(":")
    if not place.isdecimal():
        raise Http404("絞り込みの条件が読めません。")
    return code, int(place)


def _by(request, answers: Answers) -> str:
    by = request.GET.get("by", "")
    return by if by in {question.code for question in answers.attributes} else ""
