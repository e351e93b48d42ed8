"""年度を用意する: page by page, kept between the pages, made on the last."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from plans.context import plan_or_404
from plans.models import Plan

from .. import actions
from ..forms import wizard as pages
from ..models import CycleDraft
from ..queries import staff
from ..queries import wizard as queries

PAGES: dict[str, tuple[str, type[forms.Form]]] = {
    "year": ("年度と基準", pages.YearPage),
    "dates": ("日程", pages.DatesPage),
    "rows": ("評価する取組", pages.RowsPage),
    "owners": ("担当の割当て", pages.OwnersPage),
    "words": ("記入のお願い", pages.WordsPage),
}
CHECK = "確認"


@dataclass
class Wizard:
    """What has been answered so far, and the form of each page."""

    known: pages.Known
    draft: CycleDraft | None

    def __post_init__(self):
        """The year chosen on the first page: every later page needs it."""
        first = self.form("year")
        self.known.year = first.cleaned_data["year"] if first.is_bound and first.is_valid() else None

    @property
    def plan(self) -> Plan:
        return self.known.plan

    @property
    def year(self) -> int | None:
        return self.known.year

    @property
    def answers(self) -> dict:
        return self.draft.answers if self.draft else {}

    def form(self, page: str, data=None) -> forms.Form:
        if data is None and page in self.answers:
            data = pages.stored(self.answers[page])
        more = {}
        if page == "owners":
            more["responsibilities"] = list(staff.unassigned(self.plan, self.year))
        return PAGES[page][1](data, known=self.known, **more)

    @property
    def next_page(self) -> str:
        """Where to go on: the first page without an answer, else the last."""
        return next((page for page in PAGES if page not in self.answers), "check")


def wizard_of(request: HttpRequest) -> Wizard:
    plan = plan_or_404(request)
    draft = CycleDraft.objects.filter(plan=plan).select_related("saved_by").first()
    return Wizard(pages.Known(plan, list(plan.cycles.all()), list(plan.scales.all())), draft)


def _to(page: str) -> HttpResponse:
    return redirect("staff:cycle-new-page", page=page)


def stages(page: str) -> dict:
    """The step line, and the page before this one."""
    names = [*PAGES, "check"]
    place = names.index(page)
    return {
        "page": page,
        "title": PAGES[page][0] if page in PAGES else CHECK,
        "stages": [(PAGES[name][0] if name in PAGES else CHECK, "") for name in names],
        "number": place + 1,
        "before": names[place - 1] if place else None,
    }


@require_GET
@roles_required(Role.SECRETARIAT)
def cycle_new(request):
    """To the page where it goes on."""
    return _to(wizard_of(request).next_page)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def cycle_page(request, page: str):
    """One page: what is sent is kept at once, so that it can be left and taken up again."""
    wizard = wizard_of(request)
    if page not in PAGES:
        raise Http404
    if page != "year" and wizard.year is None:
        return redirect("staff:cycle-new-page", page="year")
    form = wizard.form(page, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wizard.draft = actions.save_draft(plan=wizard.plan, page=page, answers=form.sent(), by=request.user)
        if "leave" in request.POST:
            messages.success(request, "ここまでの内容を保存しました。続きは、いつでも書けます。")
            return redirect("staff:cycles")
        return _to(_after(page, wizard))
    context = {"wizard": wizard, "form": form, **stages(page)}
    if page == "owners":
        context["orphaned"] = list(staff.orphaned(wizard.plan, wizard.year))
    return render(request, f"measures/wizard_{page}.html", context, status=422 if request.method == "POST" else 200)


def _after(page: str, wizard: Wizard) -> str:
    """The next page; once all have been answered, straight back to the last."""
    if wizard.next_page == "check":
        return "check"
    names = [*PAGES, "check"]
    return names[names.index(page) + 1]


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def cycle_check(request):
    """The last page: what will be made, and the button that makes it."""
    wizard = wizard_of(request)
    if wizard.next_page != "check" or wizard.year is None:
        return redirect("staff:cycle-new")
    filled = {page: wizard.form(page) for page in PAGES}
    wrong = [page for page, form in filled.items() if not form.is_valid()]
    if wrong:
        messages.warning(
            request, f"「{PAGES[wrong[0]][0]}」の内容を確かめてください。用意の途中で、元の登録が変わりました。"
        )
        return redirect("staff:cycle-new-page", page=wrong[0])
    if request.method == "POST":
        return _make(request, wizard, filled)
    return render(request, "measures/wizard_check.html", check_context(wizard, filled))


def _make(request: HttpRequest, wizard: Wizard, filled: dict[str, forms.Form]) -> HttpResponse:
    year = {**filled["year"].cleaned_data, **filled["dates"].cleaned_data, **filled["words"].cleaned_data}
    rows = filled["rows"].cleaned_data
    try:
        cycle = actions.prepare_from_draft(
            plan=wizard.plan,
            owners=filled["owners"].owners,
            by=request.user,
            omitted=rows["omitted"],
            omitted_because=rows["reason"],
            **year,
        )
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return _to("check")
    messages.success(request, f"{cycle}を用意しました。個票は{cycle.entries.count()}件です。")
    return redirect("staff:cycle", year=cycle.year)


def check_context(wizard: Wizard, filled: dict[str, forms.Form]) -> dict:
    year, dates = filled["year"].cleaned_data, filled["dates"].cleaned_data
    rows, owners = filled["rows"].cleaned_data, filled["owners"].owners
    forecast = queries.forecast(
        wizard.plan,
        year["year"],
        dates["opens_on"],
        omitted={action.pk for action in rows["omitted"]},
        open_rows=filled["owners"].responsibilities.values(),
        owners=owners,
    )
    return {
        "wizard": wizard,
        "year": year["year"],
        "scale": year["scale"],
        "dates": dates,
        "omitted": rows["omitted"],
        "reason": rows["reason"],
        "owners": list(owners.items()),
        "instructions": filled["words"].cleaned_data["instructions"],
        "forecast": forecast,
        "running": next((cycle for cycle in wizard.known.cycles if cycle.is_running), None),
        **stages("check"),
    }


@require_POST
@roles_required(Role.SECRETARIAT)
def cycle_drop(request):
    """Throw away what the wizard holds."""
    wizard = wizard_of(request)
    actions.drop_draft(plan=wizard.plan, by=request.user)
    messages.success(request, "用意の途中の内容を消しました。")
    return redirect("staff:cycles")
