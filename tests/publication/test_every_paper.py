"""Every kind of PDF the portal makes: its text, its fonts, its structure, and what it fetches."""

import datetime
import io
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from fontTools.ttLib import TTFont

from measures.models import Action, Cycle, Entry
from measures.reports import year
from measures.workflow import EntryState
from mine_welfare.publication import component, downloads, public_papers, worker
from mine_welfare.publication.models import Handout, Meeting, Paper
from mine_welfare.toolkit import pdf, pdf_pool, pdf_tags
from mine_welfare.toolkit.text import lines
from tests.factories import CycleFactory, EntryFactory, OpinionFactory, ResponseFactory, ReviewFactory, fill
from tests.publication import pdf_checks
from tests.publication.plan_text import sentences, squash

# The book is made and read by its own module; here it is checked like every other paper.
from tests.publication.test_plan_pdf import file as book_file  # noqa: F401
from tests.publication.test_plan_pdf import plan3  # noqa: F401

pytestmark = pytest.mark.django_db

ACTIONS = ("1-3-3-S01", "1-3-3-G01", "1-3-3-G02", "1-1-1-S01", "1-1-1-G02", "2-1-1-G01")
# Nothing of the like is the portal's own: it is printed as it was written, and never asked for.
WRITTEN = (
    '<img src="file:///etc/passwd">',
    "http://127.0.0.1/secretを見てください。",
    "![図](data:image/png;base64,iVBORw0KGgo=)",
    '<link rel="attachment" href="/static/../../../etc/passwd">',
    "<style>@import url(http://127.0.0.1/x.css);</style>",
)
# Long enough for a sheet to go on to a second page.
LONG = "".join(f"{number}回目の集まりでは、参加した人の声を聞き、次の取組に生かした。" for number in range(1, 40))
FOREIGN = "外部で作った資料です。"
DAY = datetime.date(2026, 9, 1)

TITLES = {
    "book": "第3次美祢市地域福祉計画・第3次美祢市地域福祉活動計画【素案】",
    "component": "第2次美祢市再犯防止推進計画",
    "report": "令和7年度（2025年度）達成状況評価報告書",
    "component report": "令和7年度（2025年度）再犯防止推進計画　達成状況評価報告書",
    "opinions": "令和7年度（2025年度）主な意見と市の考え方",
    "check": "再犯防止推進計画取組状況確認表",
    "sheets": "個票の束",
    "blanks": "手書き用の束",
    "list": "一覧の束",
    "pack": "第1回委員会の資料",
}
# Millimetres above and below the type area: what stands there is repeated on every page.
MARGINS = {
    **{"component": (29.3, 24.5), "report": (27, 23), "component report": (27, 23), "opinions": (27, 23)},
    **{"check": (24, 16), "sheets": (14, 16), "blanks": (14, 16), "list": (24, 16), "pack": (14, 16)},
}
KINDS = [*TITLES]


# ---- a year of the real plan ----------------------------------------------------
@pytest.fixture(scope="module")
def cycle(plan3) -> Cycle:  # noqa: F811
    """Six sheets of several organizations, a review, opinions with and without an answer."""
    cycle = CycleFactory(plan=plan3, scale=plan3.scales.first(), published_at=None)
    for number, action in enumerate(Action.objects.filter(plan=plan3, code__in=ACTIONS)):
        organization = action.responsibilities.first().organization
        entry = EntryFactory(cycle=cycle, action=action, organization=organization, state=EntryState.ACCEPTED)
        said = WRITTEN[number % len(WRITTEN)]
        texts = {
            "result": f"{action.code}の会議を2回開いた。\n{said}",
            "reason": f"{action.code}の声を聞いた。{LONG if number == 0 else ''}",
            "issues": f"{action.code}の周知が課題である。",
            "next_plan": f"{action.code}を続ける。",
        }
        fill(entry, "ABCABF"[number], "review" if number == 2 else "continue", **texts)
    measure = plan3.measures.get(code="1-3-3")
    grades = {"first_rating": cycle.scale.grades.get(code="B"), "second_rating": cycle.scale.grades.get(code="C")}
    review = {
        "first_comment": WRITTEN[0],
        "second_comment": WRITTEN[3],
        "summary": "進んだ。",
        "policy": "続ける。",
    }
    ReviewFactory(cycle=cycle, measure=measure, **grades, **review)
    for text in WRITTEN:
        ResponseFactory(opinion=OpinionFactory(cycle=cycle, measure=measure, text=f"意見 {text}"), text=f"答え {text}")
    OpinionFactory(cycle=cycle, measure=None, text="計画の全体について意見を述べた。")
    return cycle


def foreign() -> bytes:
    """Two pages made elsewhere: one landscape, one portrait that is shown turned."""
    page = "<!doctype html><html lang='ja'><head><title>外</title><style>@page { size: A4 landscape }"
    page += " @page up { size: A4 } .up { page: up }</style></head><body>"
    html = f"{page}<p>{FOREIGN}</p><p class='up'>向きを変えて見せる頁です。</p></body></html>"
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf.render(html, variant=""))) as file:
        file.pages[1].obj.Rotate = 90
        file.save(out)
    return out.getvalue()


def made_by_the_worker(cycle: Cycle, kind: str, title: str, **scope) -> bytes:
    by = OpinionFactory(cycle=cycle, received_at=None).by
    paper = Paper.objects.create(plan=cycle.plan, cycle=cycle, kind=kind, scope=scope, title=title, asked_by=by)
    worker.work_once()
    paper.refresh_from_db()
    with paper.file.open() as content:
        return content.read()


def pack(cycle: Cycle) -> bytes:
    meeting = Meeting.objects.create(cycle=cycle, name="第1回委員会", held_on=DAY, agenda="開会\n評価について\n閉会")
    office = cycle.entries.first().organization_id
    handouts = [("sheets", {"organization": office}, "個票"), ("list", {}, "一覧"), ("opinions", {}, "意見")]
    for place, (kind, scope, title) in enumerate(handouts, start=1):
        number = f"資料2-{place}"
        Handout.objects.create(
            meeting=meeting, position=place, item=2, number=number, kind=kind, scope=scope, title=title
        )
    upload = ContentFile(foreign(), "外.pdf")
    Handout.objects.create(meeting=meeting, position=4, number="参考資料", title="外部の資料", upload=upload)
    return made_by_the_worker(cycle, "pack", TITLES["pack"], meeting=meeting.pk)


MAKE: dict[str, Callable[[Cycle], bytes]] = {
    "component": lambda cycle: pdf.render(component.paper(cycle.plan), first_page="表紙"),
    "report": lambda cycle: pdf.render(year.report_html(cycle, made=DAY, is_public=True), first_page="表紙"),
    "component report": lambda cycle: pdf.render(
        public_papers.component_report(cycle, made=DAY, is_public=True), first_page="表紙"
    ),
    "opinions": lambda cycle: pdf.render(year.opinions_html(cycle, made=DAY, is_public=True), first_page="表紙"),
    "check": lambda cycle: pdf.render(component.check_paper(cycle.plan, cycle)),
    "sheets": lambda cycle: made_by_the_worker(cycle, "sheets", TITLES["sheets"]),
    "blanks": lambda cycle: made_by_the_worker(cycle, "blanks", TITLES["blanks"]),
    "list": lambda cycle: made_by_the_worker(cycle, "list", TITLES["list"]),
    "pack": pack,
}


@pytest.fixture(scope="module")
def paper(cycle, book_file, tmp_path_factory, worker_id) -> Callable[[str], Path]:  # noqa: F811
    """`paper("list")` → the file; each is made once for all processes of a test run.

    Beside it stands a list of the addresses the engine asked for.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent

    def noted(kind: str) -> bytes:
        asked: list[str] = []
        real = pdf.own_file
        with pytest.MonkeyPatch.context() as patch:
            # In this process, where the addresses are noted.
            patch.setattr(pdf_pool, "WORTH_IT", sys.maxsize)
            patch.setattr(pdf, "own_file", lambda url: (asked.append(url), real(url))[1])
            content = MAKE[kind](cycle)
        (folder / f"asked for {kind}.json").write_text(json.dumps(asked))
        return content

    def give(kind: str) -> Path:
        if kind == "book":
            return book_file
        return downloads.kept(folder, f"every-{kind.replace(' ', '-')}", "test", lambda: noted(kind))

    give.folder = folder
    return give


@pytest.fixture
def file(paper, kind) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(paper(kind)) as opened:
        yield opened


def elsewhere(kind: str, file: pikepdf.Pdf) -> range:
    """The pages that were made elsewhere: the last two of the pack."""
    return range(len(file.pages) - 2, len(file.pages)) if kind == "pack" else range(0)


# ---- structure --------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_says_what_it_is(file, kind):
    assert pdf_checks.identity(file, TITLES[kind]) == []


@pytest.mark.parametrize("check", ["structure", "headings", "tables", "figures", "links"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_screen_reader_finds_its_way(file, kind, check):
    assert getattr(pdf_checks, check)(file) == []


@pytest.mark.parametrize("check", ["content", "fonts"])
@pytest.mark.parametrize("kind", KINDS)
def test_all_is_content_or_decoration_in_the_houses_fonts(file, kind, check):
    assert getattr(pdf_checks, check)(file, elsewhere(kind, file)) == []


@pytest.mark.parametrize(("kind", "drawn"), [("book", 9), ("report", 1), ("component report", 1)])
def test_a_drawing_stands_on_one_page_with_its_caption_and_its_notes(file, kind, drawn):
    around = [parent for one, parent in pdf_checks.tree(file) if pdf_checks.kind(one) == "Figure"]

    assert len(around) == drawn
    for parent in around:
        parts = pdf_checks.children(parent)
        assert (pdf_checks.kind(parts[0]), pdf_checks.kind(parts[-1])) == ("P", "Div")
        assert {one.Pg.objgen for one, _ in pdf_checks.elements(parent)} == {parent.Pg.objgen}


PAGE = '<!doctype html><html lang="ja"><head><title>題</title>{}</head><body><h1>章</h1>{}</body></html>'


@pytest.mark.parametrize(
    ("body", "check", "found"),
    [
        ("<h3>節</h3>", "headings", ["H1 → H3"]),
        ("<table><tr><td>値</td></tr></table>", "tables", ["no head on page 1"]),
        ('<img src="/static/paper/role-citizen.svg">', "figures", ["no words"]),
        ("<ul><p>項</p></ul>", "structure", ["{'P'} in L"]),
        ('<a href="#a"></a><p id="a" style="font-family: monospace">x</p>', "fonts", ["page 1: *"]),
    ],
)
def test_what_a_screen_reader_stumbles_over_is_found(body, check, found):
    style = '<style>html { font-family: "BIZ UDPGothic" }</style>'
    with pikepdf.open(io.BytesIO(pdf.render(PAGE.format(style, body)))) as made:
        objected = getattr(pdf_checks, check)(made)
    assert [re.sub(r"(page 1: ).*", r"\1*", one) for one in objected] == found


def test_what_the_engine_leaves_outside_the_structure_is_found(monkeypatch):
    monkeypatch.setattr(pdf_tags, "finish", lambda document, made: None)
    style = "<style>@page { @top-left { content: '頭' } }</style>"
    with pikepdf.open(io.BytesIO(pdf.render(PAGE.format(style, "")))) as made:
        assert len(pdf_checks.content(made)) == 1


# ---- text -------------------------------------------------------------------------
def of_sheet(entry: Entry) -> Iterator[str]:
    yield from (entry.action.title, entry.action.code, str(entry.organization), entry.result, entry.issues)


def of_opinions(cycle: Cycle) -> Iterator[str]:
    for opinion in cycle.opinions.received():
        yield opinion.text
        yield from (answer.text for answer in opinion.responses.all())


def of_review(cycle: Cycle) -> Iterator[str]:
    for review in cycle.reviews.all():
        yield from (review.first_comment, review.second_comment, review.summary, review.policy)


def of_report(cycle: Cycle, **only) -> Iterator[str]:
    yield from (grade.definition for grade in cycle.scale.grades.all())
    yield from of_review(cycle)
    for entry in cycle.entries.filter(**only):
        yield from (entry.action.title, entry.action.code, entry.result)


def of_component(cycle: Cycle) -> Iterator[str]:
    page = component.component_plan(cycle.plan)
    yield page.component.lead
    for measure in page.measures:
        yield from (measure.title, measure.introduction)
        yield from measure.role_items.values_list("text", flat=True)
        for action in measure.actions.all():
            yield from (action.title, action.content)
    yield from (partner.role for partner, _ in component.partners_of(cycle.plan, component.answers_of(page)))


def of_pack(cycle: Cycle) -> Iterator[str]:
    yield from ("第1回委員会", "開会", "評価について", "閉会", "資料2-1", "資料2-3", "参考資料", "外部の資料", FOREIGN)
    yield from ("向きを変えて見せる頁です。", *of_opinions(cycle))
    for entry in cycle.entries.filter(organization=cycle.entries.first().organization_id):
        yield from of_sheet(entry)


SAID: dict[str, Callable[[Cycle], Iterator[str]]] = {
    "component": of_component,
    "report": of_report,
    "component report": lambda cycle: of_report(cycle, action__components__code="reoffense"),
    "opinions": of_opinions,
    "check": lambda cycle: (
        text
        for entry in cycle.entries.filter(action__components__code="reoffense")
        for text in (entry.action.title, entry.result, entry.issues)
    ),
    "sheets": lambda cycle: (
        text
        for entry in cycle.entries.all()
        for text in (*of_sheet(entry), entry.action.content, entry.reason, entry.next_plan)
    ),
    "blanks": lambda cycle: (
        text for entry in cycle.entries.all() for text in (entry.action.title, entry.action.content)
    ),
    "list": lambda cycle: (
        text
        for entry in cycle.entries.all()
        for text in (*of_sheet(entry), entry.action.content, entry.next_plan, entry.rating.short_label)
    ),
    "pack": of_pack,
}


@pytest.mark.parametrize("reader", [pdf_checks.by_poppler, pdf_checks.by_pypdf])
@pytest.mark.parametrize("kind", SAID)
def test_two_readers_give_every_sentence_back(paper, cycle, kind, reader):
    said = Counter(one.text for text in SAID[kind](cycle) for one in sentences(lines(text)))
    text = squash(reader(paper(kind), *MARGINS[kind])).replace("\f", "")

    assert {sentence: times for sentence, times in said.items() if text.count(sentence) < times} == {}
    assert said.total() > 10


def test_a_long_sheet_goes_on_and_says_so(paper):
    head = ("-x", "0", "-y", "0", "-W", "600", "-H", "40")
    done = subprocess.run(
        ["pdftotext", "-raw", *head, paper("sheets"), "-"], capture_output=True, text=True, check=True
    )
    continued = [page.strip() for page in done.stdout.split("\f") if page.strip()]

    assert [re.sub(r"\s", "", one)[:21] for one in continued] == ["（前ページのつづき）個票1-1-1-S01"]


def test_the_pages_of_a_pack_are_numbered_through(paper):
    file = paper("pack")
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    pages = done.stdout.split("\f")[:-1]

    assert [re.findall(r"－(\d+)－", page) for page in pages] == [[str(n)] for n in range(1, len(pages) + 1)]


# ---- what it fetches ----------------------------------------------------------------
@pytest.mark.parametrize("kind", MAKE)
def test_only_the_portals_own_files_are_fetched(paper, kind):
    paper(kind)
    asked = set(json.loads((paper.folder / f"asked for {kind}.json").read_text()))

    assert {url for url in asked if not url.startswith(f"{pdf.BASE}static/paper/")} == set()
    assert f"{pdf.BASE}static/paper/paper.css" in asked


@pytest.mark.parametrize("kind", ["sheets", "list", "report", "opinions", "pack"])
def test_an_address_in_a_text_is_printed_as_it_was_written(paper, kind):
    text = squash(pdf_checks.by_poppler(paper(kind), *MARGINS[kind]))

    assert [said for said in WRITTEN[:4] if squash(said) not in text] == []


# ---- glyphs -----------------------------------------------------------------------
def drawn() -> set[int]:
    """The characters every font of the house has."""
    names = (
        "BIZUDGothic-Regular",
        "BIZUDGothic-Bold",
        "BIZUDPGothic-Regular",
        "BIZUDPGothic-Bold",
        "BIZUDPMincho-Regular",
    )
    found = [next(Path("/usr/share/fonts").rglob(f"{name}.ttf")) for name in names]
    return set.intersection(*(set(TTFont(font).getBestCmap()) for font in found))


SOURCES = {
    "papers": ["templates/pdf/**/*.html", "static/paper/*.css"],
    "texts": ["fixtures/plan3/[!e]*.yaml", "tests/fixtures/second_plan/*.yaml"],
    # Labels, definitions and the texts of the demonstration stand in the program.
    "program": [f"{app}/**/*.py" for app in ("measures", "mine_welfare", "plans", "reoffense", "surveys")],
}
# Signs the program looks for in what people write (dashes, ticks, the end of the kanji) and never writes itself.
LOOKED_FOR = "‑‒✔鿿"


@pytest.mark.parametrize(
    ("source", "missing"),
    [("papers", ""), ("texts", ""), ("program", LOOKED_FOR)],
)
def test_every_character_that_can_come_to_paper_is_in_every_font(source, missing):
    """But for the errata, which tell how the draft was misread and are not printed."""
    has = drawn()
    files = [path for pattern in SOURCES[source] for path in settings.BASE_DIR.glob(pattern)]
    written = {char for path in files for char in path.read_text(encoding="utf-8")} - {"\n"}

    assert len(files) > 3
    assert "".join(sorted(char for char in written if ord(char) not in has)) == missing
