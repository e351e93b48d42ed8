"""資料の作成: ask for a paper, see how far it is, take it, stop it."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.views.years import asked_cycle
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.models import Organization
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import wareki_year
from plans.context import current_plan

from . import papers, worker
from .context import places_of
from .models import Paper

KEEPERS = (Role.SECRETARIAT, Role.AUDITOR)
WRITERS = (Role.WRITER, Role.APPROVER)
# What a department prints of its own sheets.
OF_A_DEPARTMENT = (Paper.Kind.SHEETS, Paper.Kind.BLANKS, Paper.Kind.LIST)
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
            organizations = organizations.filter(pk__in=user.organization_ids(*WRITERS))
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


def cycle_or_404(request):
    cycle = asked_cycle(request)
    if cycle is None:
        raise Http404("年度の評価が、まだありません。")
    return cycle


@require_http_methods(["GET", "POST"])
@roles_required(*KEEPERS, *WRITERS)
def paper_list(request):
    """Ask for a paper; those made before stand below."""
    cycle = cycle_or_404(request)
    form = PaperForm(request.POST or None, cycle=cycle, user=request.user)
    if request.method == "POST" and form.is_valid():
        paper, is_new = ask(cycle, form, request.user)
        if not is_new:
            messages.info(request, "同じ内容の資料が、もうあります。データが変わると、新しく作れます。")
        return redirect(paper)
    context = {
        "cycle": cycle,
        "form": form,
        "papers": visible(request).select_related("asked_by", "cycle")[:50],
        "has_worker": worker.is_there(),
    }
    return render(request, "publication/papers.html", context, status=422 if form.errors else 200)


def ask(cycle, form: PaperForm, user) -> tuple[Paper, bool]:
    """The paper, and whether it is newly asked for: one of the same data that is there or under way is taken."""
    kind, scope, contents = form.cleaned_data["kind"], form.scope(), papers.contents(cycle)
    same = Paper.objects.filter(
        cycle=cycle,
        kind=kind,
        scope=scope,
        contents=contents,
        state__in=[Paper.State.WAITING, Paper.State.RUNNING, Paper.State.DONE],
    )
    if not user.has_role(*KEEPERS):
        same = same.filter(asked_by=user)
    if same := same.first():
        return same, False
    title = form.title(cycle)
    made = Paper.objects.create(
        plan=cycle.plan, cycle=cycle, kind=kind, scope=scope, contents=contents, title=title, asked_by=user
    )
    return made, True


def visible(request) -> QuerySet:
    """The papers this person may take: the secretariat and 監査 all, a department its own."""
    rows = Paper.objects.filter(plan=current_plan(request))
    return rows if request.user.has_role(*KEEPERS) else rows.filter(asked_by=request.user)


def paper_or_404(request, pk: int) -> Paper:
    return get_object_or_404(visible(request).select_related("asked_by", "cycle"), pk=pk)


@require_GET
@roles_required(*KEEPERS, *WRITERS)
def paper(request, pk: int):
    """How far one paper is; the page asks again by itself."""
    return render(
        request, "publication/paper.html", {"paper": paper_or_404(request, pk), "has_worker": worker.is_there()}
    )


@require_GET
@roles_required(*KEEPERS, *WRITERS)
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
@roles_required(*KEEPERS, *WRITERS)
def paper_file(request, pk: int):
    row = paper_or_404(request, pk)
    if row.state != Paper.State.DONE:
        raise Http404("この資料は、まだできていません。")
    return FileResponse(row.file.open("rb"), content_type="application/pdf", filename=f"{row.title}.pdf")


@require_POST
@roles_required(*KEEPERS, *WRITERS)
def paper_stop(request, pk: int):
    """Stop it: at once while it waits, after the part being made while it runs."""
    row = paper_or_404(request, pk)
    Paper.objects.filter(pk=pk, state=Paper.State.WAITING).update(state=Paper.State.STOPPED)
    Paper.objects.filter(pk=pk, state=Paper.State.RUNNING).update(stop_asked=True)
    messages.info(request, f"「{row}」の作成を取りやめます。")
    return redirect(row)
