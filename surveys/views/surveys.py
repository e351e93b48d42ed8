"""調査: the list, one survey, its registration, its raw answers."""

from functools import partial

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
from ..forms import FileForm, SurveyForm
from ..models import Question, Survey, Upload
from ..queries.public import facts
from ..queries.staff import survey_overview

FILES = {
    Upload.Kind.TALLIES: (
        "集計値を取り込む",
        "集計が済んだ割合や件数を取り込みます。1行が1つの選択肢です。",
    ),
    Upload.Kind.DEFINITION: (
        "設問の定義を取り込む",
        "設問の種類（SA、MA、マトリクス、数値、自由記述）と、選択肢番号の意味を決めます。回答データより先に取り込みます。",
    ),
    Upload.Kind.ANSWERS: (
        "回答データを取り込む",
        "1人が1行です。選択肢は番号で書き、答えのないところは空、尋ねていないところは「非該当」とします。"
        "MAの番号はコンマで区切ります。",
    ),
}


@require_GET
@roles_required(*permissions.READERS)
def surveys(request):
    rows = plan_or_404(request).surveys.select_related("answers", "previous")
    if file := as_file(request, "調査", lists.SURVEYS, rows):
        return file
    context = {
        "surveys": rows,
        "refusal": permissions.change_refusal(request.user),
    }
    return render(request, "surveys/staff/surveys.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def survey_new(request):
    return _edit(request, Survey())


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def survey_edit(request, slug: str):
    return _edit(request, survey_or_404(request, slug))


def _edit(request, survey: Survey):
    plan = plan_or_404(request)
    is_new = survey.pk is None
    form = SurveyForm(request.POST or None, instance=survey, plan=plan)
    if request.method == "POST" and form.is_valid():
        survey = form.save()
        plan.touch()
        messages.success(request, f"「{survey}」を登録しました。")
        return redirect("staff:survey", slug=survey.slug)
    context = {"form": form, "survey": None if is_new else survey}
    return render(request, "surveys/staff/survey_edit.html", context, status=422 if form.errors else 200)


def survey_or_404(request, slug: str) -> Survey:
    surveys = Survey.objects.select_related("plan", "previous", "answers__imported_by")
    return get_object_or_404(surveys, plan=current_plan(request), slug=slug)


@require_GET
@roles_required(*permissions.READERS)
def survey(request, slug: str):
    """One survey: its questions, what is known of each, and the three files that fill it."""
    survey = survey_or_404(request, slug)
    overview = survey_overview(survey)
    if file := as_file(request, f"設問の一覧_{survey}_{survey.year}年度", lists.QUESTIONS, overview):
        return file
    context = {
        "survey": survey,
        "answers": getattr(survey, "answers", None),
        "overview": overview,
        "facts": facts(survey),
        "files": [_file(request, survey, kind) for kind in FILES],
        "refusal": permissions.change_refusal(request.user),
        "counts_refusal": permissions.counts_refusal(request.user, survey),
    }
    return render(request, "surveys/staff/survey.html", context)


def _file(request, survey: Survey, kind: Upload.Kind) -> dict:
    """One of the files that fill the survey: where it goes, and the samples to fill."""
    title, lead = FILES[kind]
    sample = partial(reverse, "staff:survey-sample")
    words = "列の名前だけの見本" if kind == Upload.Kind.ANSWERS else "いまの内容"
    return {
        "kind": kind,
        "title": title,
        "lead": lead,
        "drop": f"{kind.label}のファイルをここに置く",
        "action": reverse("staff:survey-send", args=(survey.slug, kind)),
        "form": FileForm(auto_id=f"{kind}_%s"),
        "refusal": permissions.file_refusal(request.user, kind, survey),
        "samples": [
            (f"{words}をCSVで保存", sample(args=(survey.slug, kind, "csv"))),
            ("Excelで保存", sample(args=(survey.slug, kind, "xlsx"))),
        ],
    }


@require_POST
@roles_required(Role.SECRETARIAT)
def counts_keep(request, slug: str):
    survey = survey_or_404(request, slug)
    try:
        number = actions.keep_counts(survey=survey, by=request.user)
        messages.success(request, f"集計値を{number}件、保存しました。計画書に書かれた値は変えていません。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:survey", slug=slug)


@require_POST
@roles_required(Role.SECRETARIAT)
def answers_delete(request, slug: str):
    survey = survey_or_404(request, slug)
    try:
        actions.delete_answers(survey=survey, by=request.user)
        messages.success(request, "回答データを削除しました。保存した集計値は残っています。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:survey", slug=slug)


@require_GET
@roles_required(*permissions.READERS)
def texts(request, slug: str, code: str):
    """自由記述: for the secretariat's eyes; no public page shows them."""
    survey = survey_or_404(request, slug)
    question = get_object_or_404(Question, survey=survey, code=code, kind=Question.Kind.TEXT)
    column = question.columns.filter(answers__survey=survey).first()
    context = {"survey": survey, "question": question, "texts": column.texts if column else []}
    return render(request, "surveys/staff/texts.html", context)
