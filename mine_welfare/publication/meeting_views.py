"""会議: its agenda, its handouts in order, and the pack that was sent."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.views.years import asked_cycle
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import pdf_join
from plans.context import current_plan

from .models import Handout, Meeting, Paper

LARGEST = 50 * 1024 * 1024  # bytes of one attached PDF
# By how many places each button moves a handout.
MOVES = {"up": -1, "down": 1, "away": 0}


class MeetingForm(forms.ModelForm):
    """One meeting."""

    class Meta:
        model = Meeting
        fields = ("name", "held_on", "place", "agenda")
        widgets = {
            "held_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "agenda": forms.Textarea(attrs={"rows": 6}),
        }


class HandoutForm(forms.ModelForm):
    """One paper of a meeting: made by the portal, or a PDF from elsewhere."""

    component = forms.ModelChoiceField(label="計画", queryset=None, required=False, empty_label="全体")

    class Meta:
        model = Handout
        fields = ("title", "kind", "upload")

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["component"].queryset = plan.components.all()
        self.fields["kind"].choices = [("", "PDFを添付する"), *[c for c in Paper.Kind.choices if c[0] != "pack"]]
        self.fields["title"].required = False
        self.fields["title"].help_text = "空けておくと、資料の種類の名前になります。"

    def clean_upload(self):
        upload = self.cleaned_data.get("upload")
        if not upload:
            return upload
        if upload.size > LARGEST:
            raise forms.ValidationError("50MBまでのPDFを選んでください。")
        if not pdf_join.is_readable(upload):
            raise forms.ValidationError("PDFとして開けません。パスワードの付いていないPDFを選んでください。")
        return upload

    def clean(self):
        given = super().clean()
        if not given.get("title"):
            given["title"] = self._own_title(given.get("kind"), given.get("upload"))
        return given

    def _own_title(self, kind: str, upload) -> str:
        if kind:
            return Paper.Kind(kind).label
        return upload.name.rpartition(".")[0][:200] if upload else ""


def meeting_or_404(request, pk: int) -> Meeting:
    rows = Meeting.objects.select_related("cycle__plan", "pack")
    return get_object_or_404(rows, pk=pk, cycle__plan=current_plan(request))


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def meetings(request):
    """All meetings of the plan; a new one is added here."""
    cycle = asked_cycle(request)
    if cycle is None:
        raise Http404("年度の評価が、まだありません。")
    form = MeetingForm(request.POST or None, instance=Meeting(cycle=cycle))
    if request.method == "POST" and form.is_valid():
        return redirect(form.save())
    rows = Meeting.objects.filter(cycle__plan=cycle.plan).select_related("cycle", "pack")
    context = {"cycle": cycle, "form": form, "meetings": rows}
    return render(request, "publication/meetings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def meeting(request, pk: int):
    """One meeting: its particulars, its handouts, its packs."""
    row = meeting_or_404(request, pk)
    form = MeetingForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "会議の内容を保存しました。")
        return redirect(row)
    return show(request, row, form, HandoutForm(plan=row.cycle.plan))


def show(request, row: Meeting, form: MeetingForm, handout_form: HandoutForm):
    packs = Paper.objects.filter(kind=Paper.Kind.PACK, scope__meeting=row.pk)
    context = {
        "meeting": row,
        "form": form,
        "handout_form": handout_form,
        "handouts": row.handouts.all(),
        "packs": packs,
    }
    status = 422 if form.errors or handout_form.errors else 200
    return render(request, "publication/meeting.html", context, status=status)


@require_POST
@roles_required(Role.SECRETARIAT)
def handout_add(request, pk: int):
    row = meeting_or_404(request, pk)
    form = HandoutForm(request.POST, request.FILES, plan=row.cycle.plan, instance=Handout(meeting=row))
    if not form.is_valid():
        return show(request, row, MeetingForm(instance=row), form)
    last = row.handouts.aggregate(last=Max("position"))["last"] or 0
    handout = form.save(commit=False)
    handout.position = last + 1
    component = form.cleaned_data["component"]
    handout.scope = {"component": component.pk} if component else {}
    handout.save()
    messages.success(request, f"「{handout}」を加えました。")
    return redirect(row)


@require_POST
@roles_required(Role.SECRETARIAT)
@transaction.atomic
def handout_move(request, pk: int, handout: int):
    """Up, down or away; the numbers stay without gaps."""
    row = meeting_or_404(request, pk)
    rows = list(row.handouts.select_for_update())
    place = next((index for index, one in enumerate(rows) if one.pk == handout), None)
    if place is None:
        raise Http404
    to = request.POST.get("to", "")
    if to not in MOVES:
        raise Http404
    moved = rows.pop(place)
    if to == "away":
        moved.delete()
    else:
        rows.insert(max(place + MOVES[to], 0), moved)
    # Two steps: a number is held by one handout at a time.
    for number, one in enumerate(rows, start=1):
        Handout.objects.filter(pk=one.pk).update(position=1000 + number)
    for number, one in enumerate(rows, start=1):
        Handout.objects.filter(pk=one.pk).update(position=number)
    return redirect(row)


@require_POST
@roles_required(Role.SECRETARIAT)
def pack(request, pk: int):
    """Put the handouts together as one PDF; each pack is kept as it was made."""
    row = meeting_or_404(request, pk)
    if not row.handouts.exists():
        messages.error(request, "資料が1つもありません。先に資料を加えてください。")
        return redirect(row)
    paper = Paper.objects.create(
        plan=row.cycle.plan,
        cycle=row.cycle,
        kind=Paper.Kind.PACK,
        scope={"meeting": row.pk},
        title=f"{row}　会議資料",
        asked_by=request.user,
    )
    return redirect(paper)


@require_POST
@roles_required(Role.SECRETARIAT)
def pack_sent(request, pk: int, paper: int):
    """This pack is the one that was handed out."""
    row = meeting_or_404(request, pk)
    row.pack = get_object_or_404(Paper, pk=paper, kind=Paper.Kind.PACK, scope__meeting=row.pk, state=Paper.State.DONE)
    row.sent_on = timezone.localdate()
    row.save()
    messages.success(request, "配付した資料として記録しました。あとで個票が変わっても、この資料は変わりません。")
    return redirect(row)


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def handout_file(request, pk: int, handout: int):
    row = get_object_or_404(Handout, pk=handout, meeting=meeting_or_404(request, pk))
    if not row.upload:
        raise Http404
    return FileResponse(row.upload.open("rb"), content_type="application/pdf", filename=f"{row.title}.pdf")
