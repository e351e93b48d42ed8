"""The plan book: all of the plan's sentences, on pages a reader, a screen reader and a printer can use."""

import re
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pikepdf
import pypdf
import pytest
from django.conf import settings
from django.db import transaction
from fontTools.ttLib import TTFont

from measures.models import Measure
from mine_welfare.publication import downloads, planfile, reports
from mine_welfare.toolkit import pdf_pieces
from tests.publication import plan_text

PLAN3 = settings.BASE_DIR / "fixtures" / "plan3"

# The type area in points: what lies outside is header, footer and thumb tab.
TOP, BOTTOM = 83, 773
LEFT, RIGHT = {0: 62.4, 1: 70.9}, {0: 524.5, 1: 533}  # by page number modulo 2: left pages are even


@pytest.fixture(scope="module")
def plan3(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield planfile.load(PLAN3)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def file(plan3, django_db_blocker, tmp_path_factory, worker_id) -> Path:
    """The book of the third plan, made once for all processes of a test run."""

    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent

    def make() -> bytes:
        with django_db_blocker.unblock():
            return pdf_pieces.make(reports.plan_book(plan3), folder / "pieces", "test", first_page="表紙")

    return downloads.kept(folder, "book", "test", make)


@pytest.fixture(scope="module")
def book(file):
    with pikepdf.open(file) as opened:
        yield opened


# ---- text ---------------------------------------------------------------------
def squashed(text: str) -> str:
    """Without white space, the cover's round brackets as the data writes them."""
    return plan_text.squash(text).replace("\f", "").replace("（", "(").replace("）", ")")


def by_poppler(file: Path) -> str:
    area = ("-x", "60", "-y", str(TOP), "-W", "476", "-H", str(BOTTOM - TOP))
    done = subprocess.run(["pdftotext", "-raw", *area, file, "-"], capture_output=True, text=True, check=True)
    return done.stdout


def by_pypdf(file: Path) -> str:
    found = []

    def visit(text, matrix, text_matrix, font, size):
        x, y = text_matrix[4] * matrix[0] + matrix[4], text_matrix[5] * matrix[3] + matrix[5]
        if 842 - BOTTOM < y < 842 - TOP and 40 < x < 560:
            found.append(text)

    for page in pypdf.PdfReader(file).pages:
        page.extract_text(visitor_text=visit)
    return "".join(found)


@pytest.fixture(scope="module")
def sentences(plan3, django_db_blocker) -> Counter:
    """Every sentence of the plan and how often it stands there; the boxes of the 体系図 one by one."""
    with django_db_blocker.unblock():
        served = plan_text.served(plan3)
    structure = re.compile(r"^\d\..+①")
    parts = [re.split("(?=[①-⑳])", one.text) if structure.match(one.text) else [one.text] for one in served]
    return Counter(squashed(text) for texts in parts for text in texts if text)


@pytest.mark.parametrize("reader", [by_poppler, by_pypdf])
def test_two_readers_give_every_sentence_of_the_plan_back(file, sentences, reader):
    text = squashed(reader(file))

    assert {sentence: times for sentence, times in sentences.items() if text.count(sentence) < times} == {}
    assert sentences.total() > 2000


# ---- fonts --------------------------------------------------------------------
def test_every_font_is_embedded_in_part_and_of_the_family(book):
    fonts = {}
    for item in book.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            fonts[str(item.FontName)] = "/FontFile2" in item

    assert all(fonts.values())
    assert {re.sub("^/[A-Z]{6}\\+", "", name) for name in fonts} == {
        "BIZ-UDGothic",
        "BIZ-UDGothic-Bold",
        "BIZ-UDPGothic",
        "BIZ-UDPGothic-Bold",
        "BIZ-UDPMincho",
    }


def test_every_character_of_the_plans_files_is_in_the_font():
    """But for the errata, which tell how the draft was misread and are not printed."""
    [regular] = Path("/usr/share/fonts").rglob("BIZUDGothic-Regular.ttf")
    drawn = TTFont(regular).getBestCmap()
    written = {
        char for path in PLAN3.glob("*.yaml") if path.stem != "errata" for char in path.read_text(encoding="utf-8")
    }

    assert {char for char in written if ord(char) not in drawn} == {"\n"}


# ---- structure ------------------------------------------------------------------
def elements(node, inside: tuple = ()):
    """(type, element, types around it) of the structure tree in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child, inside)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        kind = str(node.S)[1:]
        yield kind, node, inside
        yield from elements(node.get("/K"), (*inside, kind))


@pytest.fixture(scope="module")
def tree(book) -> list[tuple]:
    return list(elements(book.Root.StructTreeRoot.K))


def test_the_book_names_itself(book, plan3):
    assert book.docinfo.Title == "第3次美祢市地域福祉計画・第3次美祢市地域福祉活動計画【素案】"
    assert book.docinfo.Author == "美祢市・美祢市社会福祉協議会"
    assert book.Root.Lang == "ja"


def test_headings_go_down_one_level_at_a_time(tree):
    levels = [int(kind[1]) for kind, *_ in tree if re.fullmatch("H[1-6]", kind)]

    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    assert set(levels) == {1, 2, 3, 4, 5, 6}


def test_tables_have_heads_and_rows_only_cells(tree):
    tables = [node for kind, node, _ in tree if kind == "Table"]

    def inside(node, wanted):
        return [child for kind, child, _ in elements(node.K) if kind == wanted]

    assert len(tables) > 80
    assert [table for table in tables if not inside(table, "TH")] == []
    assert {str(child.S) for kind, node, _ in tree if kind == "TR" for child in node.K} == {"/TH", "/TD"}
    assert {str(node.A.Scope) for kind, node, _ in tree if kind == "TH"} == {"/Row", "/Column"}


def test_a_figure_without_words_would_be_noticed(tree):
    assert [node for kind, node, _ in tree if kind == "Figure" and not node.get("/Alt")] == []


def test_no_heading_stands_alone_at_the_foot_of_a_page(book, tree):
    last = {}
    for kind, node, inside in tree:
        if kind in ("Span", "Link"):
            last[node.Pg.objgen] = [name for name in (*inside, kind) if re.fullmatch("H[1-6]", name)]
    numbers = {page.objgen: number for number, page in enumerate(book.pages, start=1)}

    assert {numbers[page]: headings for page, headings in last.items() if headings} == {}


def titles(items) -> list[str]:
    return [title for item in items for title in (item.title, *titles(item.children))]


@pytest.mark.django_db
def test_bookmarks_lead_to_chapters_sections_and_measures(book, plan3):
    with book.open_outline() as outline:
        top = [item.title for item in outline.root]
        found = titles(outline.root)

    chapters = [section.heading for section in plan3.sections.filter(level=1)]
    assert top == ["表紙", "この冊子の読み方", "目次", *chapters, "資料編", "奥付"]
    sections = [section.heading for section in plan3.sections.filter(level__in=(2, 3))]
    measures = [f"{row.code}　{row.marker}{row.title}" for row in Measure.objects.of_plan(plan3)]
    assert set(sections + measures) <= set(found)


def destinations(book) -> dict[str, pikepdf.Object]:
    return {name: place[0] for name, place in pikepdf.NameTree(book.Root.Names.Dests).items()}


def test_every_link_leads_to_a_page_and_says_where(book):
    pages = {page.objgen for page in book.pages}
    known = {name: page.objgen for name, page in destinations(book).items()}
    links = [note for page in book.pages for note in page.get("/Annots", [])]

    assert len(links) > 200
    assert {str(link.Dest) for link in links if known.get(str(link.Dest)) not in pages} == set()
    assert [str(link.Dest) for link in links if not str(link.Contents)] == []


@pytest.mark.django_db
def test_the_contents_link_to_chapters_goals_and_measures(book, plan3):
    linked = {unquote(str(note.Dest)) for page in book.pages[2:6] for note in page.get("/Annots", [])}

    measures = {f"m{code}" for code in plan3.measures.values_list("code", flat=True)}
    assert {"c1", "c2", "c3", "c4", "c5", "back", "g1", "g2", "g3", "p1-3", *measures} <= linked


def test_pages_are_labelled_as_they_are_printed(file, book):
    labels = [page.label for page in book.pages]

    assert labels == ["表紙", *map(str, range(2, len(book.pages) + 1))]
    foot = ("-x", "0", "-y", str(BOTTOM), "-W", "600", "-H", "70")
    done = subprocess.run(["pdftotext", "-raw", *foot, file, "-"], capture_output=True, text=True, check=True)
    printed = [re.findall(r"(?<!\S)\d+(?!\S)", page) for page in done.stdout.split("\f")[1:-2]]
    assert printed == [[label] for label in labels[1:-1]]


# ---- pages ----------------------------------------------------------------------
@pytest.fixture(scope="module")
def boxes(file) -> list[list[tuple[float, ...]]]:
    """(left, top, right, bottom) in points of the words between header and footer, by page."""
    done = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True)
    word = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">')
    pages = [[tuple(map(float, found)) for found in word.findall(page)] for page in done.stdout.split("<page ")[1:]]
    return [[box for box in page if TOP < (box[1] + box[3]) / 2 < BOTTOM and 40 < box[0] < 560] for page in pages]


def test_nothing_runs_over_the_edge_of_the_type_area(boxes):
    over = [
        (number, box)
        for number, page in enumerate(boxes[1:], start=2)
        for box in page
        if box[0] < LEFT[number % 2] - 1 or box[2] > RIGHT[number % 2] + 2 or box[3] > BOTTOM
    ]
    assert over == []


def test_no_page_is_empty(boxes):
    assert [number for number, page in enumerate(boxes, start=1) if len(page) < 5] == []
