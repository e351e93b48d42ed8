"""資料の作成: ask for a paper, see how far it is, take it, stop it."""

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.views.years import asked_cycle
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import wareki_year
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused
from plans.context import current_plan

from . import actions, lists, worker
from .context import places_of
from .models import Paper
from .permissions import DEPARTMENTS, KEEPERS, OF_A_DEPARTMENT, stop_refusal, visible_to

OFFERED = [(kind.value, kind.label) for kind in Paper.Kind if kind != Paper.Kind.PACK]


class PaperForm(forms.Form):
    """What to print, and of whom."""

    kind = forms.ChoiceField(label="資料", choices=OFFERED)
    organization = forms.ModelChoiceField(
        label="担当", queryset=Organization.objects.none(), required=False, empty_label="すべて"
    )
    measure = forms.ModelChoiceField(label="施策", queryset=None, required=False, empty_label="すべて")
    component = forms.ModelChoiceField(label="計画", queryset=None, required=False, empty_label="全体")
    occasion = forms.CharField(
        label="会議など", max_length=60, required=False, help_text="用紙の上に印刷します（第1回 策定推進委員会 など）。"
    )
    number = forms.CharField(label="資料番号", max_length=12, required=False, help_text="例　資料1")

    def __init__(self, *args, cycle, user, **kwargs):
        super().__init__(*args, **kwargs)
        plan = cycle.plan
        organizations = Organization.objects.filter(entries__cycle=cycle).distinct()
        if not user.has_role(*KEEPERS):
            # A department prints its own sheets.
            organizations = organizations.filter(pk__in=user.organization_ids(*DEPARTMENTS))
            self.fields["organization"].required = True
            self.fields["organization"].empty_label = None
            self.fields["kind"].choices = [(kind.value, kind.label) for kind in OF_A_DEPARTMENT]
        self.fields["organization"].queryset = organizations
        self.fields["measure"].queryset = plan.measures.of_plan(plan)
        self.fields["component"].queryset = plan.components.all()

    def scope(self) -> dict:
        """The scope of the paper as it is kept: ids, and the words for its head."""
        given = self.cleaned_data
        rows = {name: given[name].pk for name in ("organization", "measure", "component") if given[name]}
        return rows | {name: given[name] for name in ("occasion", "number") if given[name]}

    def title(self, cycle) -> str:
        given = self.cleaned_data
        of = "・".join(str(given[name]) for name in ("component", "organization", "measure") if given[name])
        label = Paper.Kind(given["kind"]).label
        return f"{wareki_year(cycle.year)}　{label}" + (f"（{of}）" if of else "")


@require_GET
def places(request):
    """その他: every page this person may open, with what it is for."""
    return render(request, "publication/places.html", {"places": places_of(request.user)})


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS, *DEPARTMENTS)
def paper_list(request):
    """Ask for a paper; those made before stand below."""
    cycle = asked_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    form = PaperForm(request.POST or None, cycle=cycle, user=request.user)
    if request.method == "POST" and form.is_valid():
        kind, title = form.cleaned_data["kind"], form.title(cycle)
        paper, is_new = actions.ask_for_paper(cycle=cycle, kind=kind, scope=form.scope(), title=title, by=request.user)
        if not is_new:
            messages.info(request, "同じ内容の資料が、もうあります。データが変わると、新しく作れます。")
        return redirect(paper)
    rows = visible(request).select_related("asked_by", "cycle")
    if file := as_file(request, "作成した資料", lists.PAPERS, rows):
        return file
    context = {
        "cycle": cycle,
        "form": form,
        "papers": rows[:50],
        "has_worker": worker.is_there(),
    }
    return render(request, "publication/papers.html", context, status=422 if form.errors else 200)


def visible(request):
    return visible_to(request.user).filter(plan=current_plan(request))


def paper_or_404(request, pk: int) -> Paper:
    return get_object_or_404(visible(request).select_related("asked_by", "cycle"), pk=pk)


@require_GET
@roles_required(*KEEPERS, *DEPARTMENTS)
def paper(request, pk: int):
    """How far one paper is; the page asks again by itself."""
    row = paper_or_404(request, pk)
    context = {"paper": row, "has_worker": worker.is_there(), "can_stop": stop_refusal(request.user, row) is None}
    return render(request, "publication/paper.html", context)


@require_GET
@roles_required(*KEEPERS, *DEPARTMENTS)
def paper_progress(request, pk: int):
    """{"state", "done", "total", "doing", "is_open"} for the page's own asking."""
    row = paper_or_404(request, pk)
    return JsonResponse(
        {
            "state": row.get_state_display(),
            "done": row.done,
            "total": row.total,
            "doing": row.doing,
            "is_open": row.is_open,
        }
    )


@require_GET
@roles_required(*KEEPERS, *DEPARTMENTS)
def paper_file(request, pk: int):
    row = paper_or_404(request, pk)
    if row.state != Paper.State.DONE:
        raise Http404("この資料は、まだできていません。")
    return FileResponse(row.file.open("rb"), content_type="application/pdf", filename=f"{row.title}.pdf")


@require_POST
@roles_required(*KEEPERS, *DEPARTMENTS)
def paper_stop(request, pk: int):
    row = paper_or_404(request, pk)
    try:
        actions.stop_paper(paper=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, f"「{row}」の作成を取りやめます。")
    return redirect(row)
