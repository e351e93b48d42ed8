"""施策の評価: the list of the year, and one review."""

from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file
from mine_welfare.toolkit.refusal import Refused

from .. import lists, permissions
from ..actions.changes import Overtaken
from ..actions.reviews import LABELS, save_review
from ..forms.reviews import ReviewForm
from ..models import Cycle
from ..queries import reviews as queries
from ..reviewing import REVIEW_FIELDS, RULES, ReviewField
from .merging import Merge, merge
from .years import INSIDE, asked_cycle, cycles_of

PARTS = {"first": "1次評価（庁内）", "second": "2次評価（委員会）", "closing": "まとめ"}


@dataclass
class FieldRow:
    """One field of the form: `bound` where it may be written now, else only its value."""

    field: ReviewField
    bound: BoundField | None
    value: object
    clash: tuple[str, str] | None


@dataclass
class Part:
    """1次評価, 2次評価 or まとめ, and why it may not be written now."""

    name: str
    title: str
    refusal: str | None
    rows: list[FieldRow]


def readable_cycle(request: HttpRequest) -> tuple[Cycle | None, str | None]:
    """The year asked for and why this person may not read its reviews yet."""
    cycle = asked_cycle(request)
    return cycle, permissions.counts_refusal(request.user, cycle) if cycle else None


@require_GET
@roles_required(*INSIDE, Role.COMMITTEE)
def reviews(request):
    """The measures of a year: how their sheets went and how far their review is."""
    cycle, refusal = readable_cycle(request)
    if cycle is None:
        return render(request, "measures/home_empty.html")
    rows = [] if refusal else queries.review_rows(cycle)
    if file := as_file(request, f"施策の評価_{cycle.year}年度", lambda: lists.reviews(cycle), rows):
        return file
    context = {
        "cycle": cycle,
        "cycles": cycles_of(request),
        "not_yet": refusal,
        "rows": rows,
        "states": queries.state_counts(rows),
        "segments": next((row.distribution.parts for row in rows if row.distribution.n), []),
        "rules": RULES,
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/reviews.html", context)


@require_http_methods(["GET", "POST"])
@roles_required(*INSIDE, Role.COMMITTEE)
def review(request, code: str):
    """One review: the sheets' counts and the 参考 beside what the city hall and the committee conclude."""
    cycle, refusal = readable_cycle(request)
    page = queries.review_page(cycle, code) if cycle and not refusal else None
    if page is None:
        raise Http404("この番号の施策の評価は、まだ見られません。")
    refusals = {part: permissions.review_refusal(request.user, cycle, part) for part in PARTS}
    names = [field.name for field in REVIEW_FIELDS if refusals[field.part] is None]
    form = ReviewForm(request.POST or None, instance=page.review, names=names)
    if request.method == "GET":
        return _page(request, cycle, page, form, refusals)
    if not form.is_valid():
        return _page(request, cycle, page, form, refusals, status=422)
    try:
        sent = {"version": form.cleaned_data["version"], "values": form.values()}
        save_review(cycle=cycle, measure=page.measure, by=request.user, **sent)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, cycle, page, form, refusals, status=409)
    except Overtaken as overtaken:
        merged = merge(form, overtaken.row, LABELS)
        return _page(request, cycle, page, form, refusals, status=409, merged=merged)
    messages.success(request, f"「{page.measure}」の評価を保存しました。")
    following = page.neighbours[1] if "next" in request.POST else page.measure
    here = reverse("staff:review", args=[following.code]) if following else reverse("staff:reviews")
    return redirect(f"{here}?year={cycle.year}")


def _page(
    request: HttpRequest,
    cycle: Cycle,
    page: queries.ReviewPage,
    form: ReviewForm,
    refusals: dict[str, str | None],
    *,
    status: int = 200,
    merged: Merge | None = None,
) -> HttpResponse:
    context = {
        "cycle": cycle,
        "page": page,
        "measure": page.measure,
        "review": page.review,
        "form": form,
        "parts": _parts(page, form, refusals, merged or Merge()),
        "may_write": None in refusals.values(),
        "merged": merged,
        "rules": RULES,
        "correction_refusal": permissions.correction_refusal(request.user, cycle),
        "is_sample": cycle.is_sample,
    }
    return render(request, "measures/review.html", context, status=status)


def _parts(page: queries.ReviewPage, form: ReviewForm, refusals: dict, merged: Merge) -> list[Part]:
    """1次, 2次, まとめ: each field with its input where it may be written now."""
    found = []
    for name, title in PARTS.items():
        rows = [
            FieldRow(
                field,
                form[field.name] if field.name in form.fields else None,
                getattr(page.review, field.name),
                merged.clashes.get(field.name),
            )
            for field in REVIEW_FIELDS
            if field.part == name
        ]
        found.append(Part(name, title, refusals[name], rows))
    return found
