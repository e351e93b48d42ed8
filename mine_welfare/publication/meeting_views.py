"""会議: its agenda, its handouts in order, and the pack that was sent."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.models import Entry
from measures.views.years import asked_cycle
from measures.workflow import EntryState
from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.models import Organization
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit import pdf_join
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused
from plans.context import current_plan

from . import actions, lists
from .models import Handout, Meeting, Paper
from .permissions import AT_THE_TABLE

LARGEST = 50 * 1024 * 1024  # bytes of one attached PDF
# Papers that can be of one department or organization alone.
BY_ORGANIZATION = (Paper.Kind.SHEETS, Paper.Kind.BLANKS, Paper.Kind.LIST)
# Papers that print the sheets of a year as they stand, and the states in which these are settled.
OF_SHEETS = (Paper.Kind.SHEETS, Paper.Kind.LIST, Paper.Kind.REPORT)
SETTLED = (EntryState.ACCEPTED, EntryState.FIXED)
# By how many places a button moves a handout, and the button that takes it off.
PLACES, AWAY = {"up": -1, "down": 1}, "away"


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
    organization = forms.ModelChoiceField(label="課・団体", queryset=None, required=False, empty_label="すべて")

    item = forms.TypedChoiceField(label="議事", coerce=int, empty_value=0, required=False)

    class Meta:
        model = Handout
        fields = ("item", "title", "kind", "upload")

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        items = [(number, f"{number}. {item}") for number, item in enumerate(self.instance.meeting.items, start=1)]
        self.fields["item"].choices = [("", "議事に関係しない資料"), *items]
        self.fields["component"].queryset = plan.components.all()
        with_sheets = Organization.objects.filter(entries__cycle__plan=plan)
        self.fields["organization"].queryset = with_sheets.distinct()
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
        organization = given.get("organization")
        if organization and given.get("kind") not in BY_ORGANIZATION:
            self.add_error("organization", "課・団体を選べるのは、個票と一覧だけです。")
        if not given.get("title"):
            given["title"] = self._own_title(given.get("kind"), given.get("upload"), organization)
        chosen = {name: given.get(name) for name in ("component", "organization")}
        self.instance.scope = {name: one.pk for name, one in chosen.items() if one}
        return given

    def _own_title(self, kind: str, upload, organization: Organization | None) -> str:
        if kind:
            return f"{organization}の{Paper.Kind(kind).label}" if organization else Paper.Kind(kind).label
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
        return render(request, "measures/home_empty.html")
    form = MeetingForm(request.POST or None, instance=Meeting(cycle=cycle))
    if request.method == "POST" and form.is_valid():
        return redirect(actions.save_meeting(meeting=form.instance, by=request.user))
    rows = Meeting.objects.filter(cycle__plan=cycle.plan).select_related("cycle", "pack")
    if file := as_file(request, "会議", lists.MEETINGS, rows):
        return file
    context = {"cycle": cycle, "form": form, "meetings": rows}
    return render(request, "publication/meetings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def meeting(request, pk: int):
    """One meeting: its particulars, its handouts, its packs."""
    row = meeting_or_404(request, pk)
    form = MeetingForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        actions.save_meeting(meeting=row, by=request.user)
        messages.success(request, "会議の内容を保存しました。")
        return redirect(row)
    return show(request, row, form, HandoutForm(plan=row.cycle.plan, instance=Handout(meeting=row)))


def show(request, row: Meeting, form: MeetingForm, handout_form: HandoutForm):
    packs = Paper.objects.filter(kind=Paper.Kind.PACK, scope__meeting=row.pk)
    handouts = list(row.handouts.all())
    context = {
        "meeting": row,
        "form": form,
        "handout_form": handout_form,
        "handouts": _with_neighbours(handouts),
        "unsettled": _unsettled(row, handouts),
        "packs": packs,
    }
    status = 422 if form.errors or handout_form.errors else 200
    return render(request, "publication/meeting.html", context, status=status)


def _unsettled(meeting: Meeting, handouts: list[Handout]) -> int:
    """How many sheets in the handouts the secretariat has not confirmed; one department's handout has its own."""
    of = [one.scope.get("organization") for one in handouts if one.kind in OF_SHEETS]
    if not of:
        return 0
    rows = Entry.objects.filter(cycle=meeting.cycle_id).exclude(state__in=SETTLED)
    return (rows if None in of else rows.filter(organization__in=of)).count()


def _with_neighbours(rows: list[Handout]) -> list[tuple[Handout, bool, bool]]:
    """(handout, whether one of its item stands above it, below it)."""
    items = [None, *(row.item for row in rows), None]
    return [(row, items[place] == row.item, items[place + 2] == row.item) for place, row in enumerate(rows)]


@require_POST
@roles_required(Role.SECRETARIAT)
def handout_add(request, pk: int):
    row = meeting_or_404(request, pk)
    form = HandoutForm(request.POST, request.FILES, plan=row.cycle.plan, instance=Handout(meeting=row))
    if not form.is_valid():
        return show(request, row, MeetingForm(instance=row), form)
    handout = actions.add_handout(handout=form.instance, by=request.user)
    messages.success(request, f"「{handout}」を加えました。")
    return redirect(row)


@require_POST
@roles_required(Role.SECRETARIAT)
def handout_move(request, pk: int, handout: int):
    """Up, down or away."""
    row = get_object_or_404(Handout, pk=handout, meeting=meeting_or_404(request, pk))
    to = request.POST.get("to", "")
    if to == AWAY:
        return _answer(request, row.meeting, lambda: actions.remove_handout(handout=row, by=request.user))
    if to not in PLACES:
        raise Http404
    return _answer(request, row.meeting, lambda: actions.move_handout(handout=row, places=PLACES[to], by=request.user))


@require_POST
@roles_required(Role.SECRETARIAT)
def pack(request, pk: int):
    """Put the handouts together as one PDF."""
    row = meeting_or_404(request, pk)
    return _answer(request, row, lambda: actions.ask_for_pack(meeting=row, by=request.user))


@require_POST
@roles_required(Role.SECRETARIAT)
def pack_sent(request, pk: int, paper: int):
    """This pack is the one that was handed out."""
    row = meeting_or_404(request, pk)
    made = get_object_or_404(Paper, pk=paper)
    done = "配付した資料として記録しました。あとで個票が変わっても、この資料は変わりません。"
    return _answer(request, row, lambda: actions.record_sent(meeting=row, pack=made, by=request.user), done)


def _answer(request, row: Meeting, write: Callable[[], Paper | Meeting | Handout | None], done: str = ""):
    """Do it and go on to what came of it; a refusal is said on the page of the meeting."""
    try:
        made = write()
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(row)
    if done:
        messages.success(request, done)
    return redirect(made if isinstance(made, Paper) else row)


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def handout_file(request, pk: int, handout: int):
    row = get_object_or_404(Handout, pk=handout, meeting=meeting_or_404(request, pk))
    if not row.upload:
        raise Http404
    return FileResponse(row.upload.open("rb"), content_type="application/pdf", filename=f"{row.title}.pdf")


# ---- for those who come ---------------------------------------------------------
@require_GET
@roles_required(*AT_THE_TABLE)
def handed_out(request):
    """配付資料: what was handed out at each meeting of the plan."""
    rows = Meeting.objects.handed_out().filter(cycle__plan=current_plan(request))
    return render(request, "publication/handed_out.html", {"meetings": rows})


@require_GET
@roles_required(*AT_THE_TABLE)
def handed_out_file(request, pk: int):
    row = get_object_or_404(Meeting.objects.handed_out(), pk=pk, cycle__plan=current_plan(request))
    return FileResponse(row.pack.file.open("rb"), content_type="application/pdf", filename=f"{row.pack}.pdf")
