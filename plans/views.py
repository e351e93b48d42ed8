"""Staff side of the plan's text."""

import re
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.lists import as_file

from . import actions, lists
from .context import plan_or_404
from .editor import edit
from .forms import NewSectionForm, PolicyForm, SectionForm, TermForm
from .models import BasicPolicy, Erratum, GlossaryTerm, Plan, Section

# What the city must decide stands first.
KINDS = (Erratum.Kind.DRAFT, Erratum.Kind.READING, Erratum.Kind.STRUCTURE, Erratum.Kind.OMITTED)

# What a button does with a section, and what is said afterwards.
PLACES = {"up": -1, "down": 1}
ARRANGED = {"up": "1つ上へ動かしました", "down": "1つ下へ動かしました", "away": "消しました"}

IN_GOAL = re.compile(r"(?:基本目標|基本施策|施策)(\d+)")  # the place of an erratum as the files write it: 施策1-2-3


@dataclass
class ErrataGroup:
    """The errata of one kind, by chapter in the order of the draft."""

    kind: Erratum.Kind
    rows: list[Erratum]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def has_corrected(self) -> bool:
        return any(row.corrected for row in self.rows)

    @property
    def chapters(self) -> list[tuple[str, list[Erratum]]]:
        """(chapter, rows): 第1章, 資料編 …; in chapter 4, which has the most, by basic goal."""
        found: dict[str, list[Erratum]] = {}
        for row in self.rows:
            goal = IN_GOAL.match(row.place)
            chapter = f"基本目標{goal[1]}" if goal else (row.place.split() or ["—"])[0]
            found.setdefault(chapter, []).append(row)
        return list(found.items())


@require_GET
@roles_required(Role.SECRETARIAT, Role.AUDITOR)
def errata(request):
    """素案の確認事項: what the city should look at before the plan is final; ?kind= shows one kind."""
    plan = plan_or_404(request)
    rows = list(plan.errata.all())
    groups = [ErrataGroup(kind, [row for row in rows if row.kind == kind]) for kind in KINDS]
    asked = request.GET.get("kind")
    kind = next((kind for kind in KINDS if kind == asked), None)
    shown = [group for group in groups if group.rows and kind in (None, group.kind)]
    listed = (row for group in shown for _, chapter in group.chapters for row in chapter)
    if file := as_file(request, f"素案の確認事項_{plan}", lists.ERRATA, listed):
        return file
    context = {
        "groups": shown,
        "kinds": [(group.kind, group.total) for group in groups],
        "kind": kind,
        "total": len(rows),
        "open": plan.errata.for_the_city().count(),
    }
    return render(request, "plans/errata.html", context)


# ---- the plan's text ----------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def section(request, pk: int):
    """本文の1節を直す。"""
    row = section_or_404(pk)
    return edit(
        request,
        form=SectionForm(request.POST or None, instance=row, plan=row.plan),
        row=row,
        plan=row.plan,
        path=reverse("chapter", args=[row.chapter]),
        back=reverse("staff:plan-text-of", args=[row.plan.slug]) + f"#chapter-{row.chapter}",
        done=f"「{row.heading}」を保存しました。",
        kind="section",
        template="plans/section.html",
        heading=row.heading,
        where=f"第{row.chapter}章",
    )


def section_or_404(pk: int) -> Section:
    return get_object_or_404(Section.objects.select_related("plan"), pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def section_new(request, pk: int):
    """本文に節を加える, behind the section `pk`."""
    after = section_or_404(pk)
    plan, row = after.plan, Section(plan=after.plan, chapter=after.chapter)
    form = NewSectionForm(request.POST or None, instance=row, plan=plan, after=after)

    def add(*, row, plan, values, seen, by, reason):
        level = form.cleaned_data["level"]
        return actions.add_section(after=after, level=level, values=values, by=by, reason=reason)

    return edit(
        request,
        form=form,
        row=row,
        plan=plan,
        path=reverse("chapter", args=[after.chapter]),
        back=reverse("staff:plan-text-of", args=[plan.slug]) + f"#chapter-{after.chapter}",
        done="節を加えました。",
        kind="",
        write=add,
        heading="本文に節を加える",
        where=f"第{after.chapter}章　「{after.heading}」の次",
    )


@require_POST
@roles_required(Role.SECRETARIAT)
def section_arrange(request, pk: int):
    """節を上へ・下へ動かす, or take it out."""
    row = section_or_404(pk)
    to = request.POST.get("to", "")
    given = {"section": row, "by": request.user, "reason": request.POST.get("reason", "")}
    if to not in ARRANGED:
        raise Http404
    try:
        if to == "away":
            actions.remove_section(**given)
        else:
            actions.move_section(places=PLACES[to], **given)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff:section", pk=pk)
    messages.success(request, f"「{row.heading}」を{ARRANGED[to]}。")
    return redirect(reverse("staff:plan-text-of", args=[row.plan.slug]) + f"#chapter-{row.chapter}")


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def policy(request, pk: int):
    """基本施策の現状と課題を直す。"""
    row = get_object_or_404(BasicPolicy.objects.select_related("goal__plan"), pk=pk)
    plan = row.goal.plan
    return edit(
        request,
        form=PolicyForm(request.POST or None, instance=row, plan=plan),
        row=row,
        plan=plan,
        path=reverse("policy", args=[row.goal.number, row.number]),
        back=reverse("staff:plan-text-of", args=[plan.slug]) + f"#policy-{row.code}",
        done=f"基本施策「{row}」を保存しました。",
        kind="policy",
        heading=f"基本施策 {row}",
        where=str(row.goal),
    )


@require_GET
@roles_required(Role.SECRETARIAT)
def terms(request, slug: str):
    """用語解説: every term, to be changed."""
    plan = get_object_or_404(Plan, slug=slug)
    rows = plan.terms.all()
    page = {"edited_plan": plan, "terms": rows}
    return as_file(request, f"用語解説_{plan}", lists.TERMS, rows) or render(request, "plans/terms.html", page)


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def term_new(request, slug: str):
    """用語を加える。"""
    plan = get_object_or_404(Plan, slug=slug)

    def add(*, row, plan, values, seen, by, reason):
        return actions.add_term(plan=plan, values=values, by=by, reason=reason)

    return edit(
        request,
        form=TermForm(request.POST or None, instance=GlossaryTerm(plan=plan), plan=plan),
        row=GlossaryTerm(plan=plan),
        plan=plan,
        path=reverse("glossary"),
        back=reverse("staff:terms", args=[plan.slug]),
        done="用語を加えました。",
        kind="",
        write=add,
        heading="用語を加える",
        where="用語解説",
    )


@require_http_methods(["GET", "POST"])
@roles_required(Role.SECRETARIAT)
def term(request, pk: int):
    """用語解説の1語を直す。"""
    row = get_object_or_404(GlossaryTerm.objects.select_related("plan"), pk=pk)
    return edit(
        request,
        form=TermForm(request.POST or None, instance=row, plan=row.plan),
        row=row,
        plan=row.plan,
        path=reverse("glossary"),
        back=reverse("staff:terms", args=[row.plan.slug]),
        done=f"用語「{row}」を保存しました。",
        kind="glossary-term",
        heading=f"用語「{row}」",
        where="用語解説",
        remove=reverse("staff:term-remove", args=[pk]),
    )


@require_POST
@roles_required(Role.SECRETARIAT)
def term_remove(request, pk: int):
    """用語を消す。"""
    row = get_object_or_404(GlossaryTerm.objects.select_related("plan"), pk=pk)
    try:
        actions.remove_term(term=row, by=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, f"用語「{row}」を消しました。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("staff:terms", slug=row.plan.slug)
