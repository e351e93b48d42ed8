"""What each kind of paper is made of: named parts, each a page or more of HTML, made one after the other."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Count, Max, QuerySet, Sum
from django.template.loader import render_to_string
from django.utils import timezone

from measures.models import Cycle, Entry
from measures.reports import sheets, year
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit import typography
from mine_welfare.toolkit.fiscal import wareki_year

from .downloads import edition
from .models import Meeting, Paper

SHEETS_AT_ONCE = 16  # what one engine holds in memory: about 0.1 GB
ROWS_TOGETHER = 40  # of a list: about four pages


@dataclass(frozen=True)
class Piece:
    """One part of a paper: what the progress says while it is made, its bookmark, its HTML when asked for.

    A PDF made elsewhere comes as `file`, and gets the number it has not as `label`.
    `is_front`: in a pack it begins on the front of a sheet.
    """

    doing: str
    html: Callable[[], str] | None = None
    title: str = ""
    file: Path | None = None
    label: str = ""
    is_front: bool = False


def pieces(paper: Paper) -> list[Piece]:
    """The parts of `paper` in order; empty when there is nothing to print."""
    return list(MAKERS[paper.kind](paper))


def entries_of(cycle: Cycle, scope: dict) -> QuerySet:
    """The sheets of `cycle` a scope names: {"organization": id, "measure": id, "goal": number, "component": id}."""
    rows = cycle.entries.all()
    if scope.get("organization"):
        rows = rows.filter(organization=scope["organization"])
    if scope.get("measure"):
        rows = rows.filter(action__measure=scope["measure"])
    if scope.get("goal"):
        rows = rows.filter(action__measure__policy__goal__number=scope["goal"])
    if scope.get("component"):
        rows = rows.filter(action__components=scope["component"])
    return rows


def _cover(paper: Paper) -> dict:
    """What the cover of a report says of the occasion."""
    return {
        "made": timezone.localdate(paper.asked_at),
        "occasion": paper.scope.get("occasion", ""),
        "paper_no": paper.scope.get("number", ""),
        "is_public": paper.cycle.is_public,
    }


def _head(paper: Paper, title: str) -> dict:
    """The same for a paper of sheets: those are for the city hall, published or not."""
    head = {"plan": paper.plan, "cycle": paper.cycle, "title": f"{wareki_year(paper.cycle.year)}　{title}"}
    return head | _cover(paper) | {"is_public": False}


def _render(template: str, context: dict) -> str:
    return typography.hold_line_ends(render_to_string(template, context))


def _by_organization(paper: Paper) -> Iterator[tuple[Organization, list[int]]]:
    """Sheets in portions the engine can hold, never of two organizations."""
    rows = entries_of(paper.cycle, paper.scope).in_order()
    offices: dict[int, list[int]] = {}
    for pk, organization in rows.values_list("pk", "organization"):
        offices.setdefault(organization, []).append(pk)
    for organization in Organization.objects.filter(pk__in=offices):
        keys = offices[organization.pk]
        for start in range(0, len(keys), SHEETS_AT_ONCE):
            yield organization, keys[start : start + SHEETS_AT_ONCE]


def _sheet_pieces(template: str) -> Callable[[Paper], Iterator[Piece]]:
    def make(paper: Paper) -> Iterator[Piece]:
        offices = list(Organization.objects.current().filter(is_secretariat=True))
        for organization, keys in _by_organization(paper):

            def html(keys: list[int] = keys) -> str:
                found = sheets.sheets(Entry.objects.filter(pk__in=keys), paper.cycle)
                return _render(template, _head(paper, paper.get_kind_display()) | {"sheets": found, "offices": offices})

            yield Piece(f"{organization}の個票{len(keys)}件", html, str(organization))

    return make


def _list_pieces(paper: Paper) -> Iterator[Piece]:
    """One part for each basic goal, so the page can say how far it is; few rows stand together on fewer pages."""
    rows = entries_of(paper.cycle, paper.scope)
    office = Organization.objects.filter(pk=paper.scope.get("organization")).first()
    parts = [(str(goal), rows.filter(action__measure__policy__goal=goal)) for goal in paper.plan.goals.all()]
    if rows.count() <= ROWS_TOGETHER:
        parts = [("" if office else "全体", rows)]
    for goal, own in parts:
        if own.exists():
            scope = "　".join(filter(None, (str(office or ""), goal)))

            def html(own: QuerySet = own, scope: str = scope) -> str:
                found = sheets.entry_list(own, paper.cycle)
                return _render("pdf/year/list.html", _head(paper, "取組評価 一覧") | {"list": found, "scope": scope})

            yield Piece(f"{scope}の一覧", html, scope)


def _report_pieces(paper: Paper) -> Iterator[Piece]:
    component = paper.plan.components.filter(pk=paper.scope.get("component")).first()
    yield Piece("報告書の全体", lambda: year.report_html(paper.cycle, component, **_cover(paper)))


def _opinion_pieces(paper: Paper) -> Iterator[Piece]:
    yield Piece("意見と考え方", lambda: year.opinions_html(paper.cycle, **_cover(paper)))


def _pack_pieces(paper: Paper) -> Iterator[Piece]:
    """The cover with the agenda, then each handout under its number."""
    meeting = Meeting.objects.get(pk=paper.scope["meeting"])
    handouts = list(meeting.handouts.all())
    context = {
        "plan": paper.plan,
        "cycle": paper.cycle,
        "meeting": meeting,
        "title": f"{meeting}　会議資料",
        "handouts": handouts,
        "made": timezone.localdate(paper.asked_at),
    }
    yield Piece("表紙と次第", lambda: _render("pdf/year/pack.html", context), "次第")
    for handout in handouts:
        if handout.upload:
            file = Path(handout.upload.path)
            yield Piece(str(handout), None, str(handout), file, handout.number, is_front=True)
            continue
        scope = handout.scope | {"occasion": meeting.name, "number": handout.number}
        part = Paper(plan=paper.plan, cycle=paper.cycle, kind=handout.kind, scope=scope, asked_at=paper.asked_at)
        for place, piece in enumerate(pieces(part)):
            title = f"{handout}　{piece.title}" if piece.title else str(handout)
            yield Piece(f"{handout}（{piece.doing}）", piece.html, title, is_front=place == 0)


MAKERS: dict[str, Callable[[Paper], Iterator[Piece]]] = {
    Paper.Kind.SHEETS: _sheet_pieces("pdf/year/sheets.html"),
    Paper.Kind.BLANKS: _sheet_pieces("pdf/year/blank.html"),
    Paper.Kind.LIST: _list_pieces,
    Paper.Kind.REPORT: _report_pieces,
    Paper.Kind.OPINIONS: _opinion_pieces,
    Paper.Kind.PACK: _pack_pieces,
}


def contents(cycle: Cycle) -> str:
    """The state of everything the year's papers are made from: any write moves it."""
    parts = [
        edition(),
        cycle.plan.version,
        cycle.state,
        cycle.entries.aggregate(Count("pk"), Sum("version"), Max("saved_at"), Max("transitions__pk")),
        cycle.reviews.aggregate(Count("pk"), Sum("version")),
        cycle.opinions.aggregate(Count("pk"), Sum("version"), Max("received_at"), Sum("responses__version")),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()
