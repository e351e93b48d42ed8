"""A paper made piece by piece is the paper made at once, and only what changed is made again."""

import json
import os
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from mine_welfare.toolkit import pdf, pdf_pieces
from mine_welfare.toolkit.pdf_pool import Engines

STYLE = """
@page { size: A6; @bottom-center { content: counter(page) } }
@page :left { margin-left: 30mm }
h1 { bookmark-level: 1; break-before: page }
h2 { bookmark-level: 2; break-before: page }
[data-numbered]::after { content: target-counter(attr(href), page) "ページ" }
[data-page]::after { content: attr(data-page) "ページ" }
"""
LINE = "<p>地域の支えあいを進めます。</p>"


def document(*, middle: int = 3, words: str = "本文") -> str:
    """Contents that look ahead, a chapter in two pieces, the first of `middle` lines, and one that looks back."""
    return f"""<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>冊子</title>
<meta name="author" content="架空市"><style>{STYLE}</style></head><body class="book">
<h1 id="contents">目次</h1>
<p><a href="#one" data-numbered>第1章 </a></p>
<p><a href="#two" data-numbered>第2節 </a></p>
<p><a href="#終" data-numbered>おわり </a></p>
<!--piece 1--><h1 id="one">第1章</h1><p>{words}</p>{LINE * middle}
<!--piece 2--><h2 id="two">第2節</h2><p><a href="#two">この節</a>と<a href="#終">おわり</a></p>
<!--piece 1--><h1 id="終">おわり</h1><p><a href="#one" data-numbered>第1章へ </a></p>
</body></html>"""


@pytest.fixture
def rendered(monkeypatch) -> list[str]:
    """The HTML of every document that is laid out while the test runs."""
    found = []
    real = pdf._laid_out

    def laid_out(html, variant):
        found.append(html)
        return real(html, variant)

    monkeypatch.setattr(pdf, "_laid_out", laid_out)
    return found


def text(content: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return [re.sub(r"\s+", "", page) for page in done.stdout.decode().split("\f")[:-1]]


def pictures(content: bytes) -> bytes:
    return subprocess.run(["pdftoppm", "-r", "60", "-"], input=content, capture_output=True, check=True).stdout


def bookmarks_and_links(content: bytes, folder: Path) -> tuple[list, list]:
    """([(title, page)], [[name]] of each page)"""
    (folder / "read.bin").write_bytes(content)
    with pikepdf.open(folder / "read.bin") as book:
        numbers = {page.obj.objgen: number for number, page in enumerate(book.pages, start=1)}
        with book.open_outline() as outline:
            flat = [item for mark in outline.root for item in (mark, *mark.children)]
            marks = [(item.title, numbers[item.destination[0].objgen]) for item in flat]
        links = [
            [(str(link.get("/Dest", "")), str(link.Contents)) for link in page.get("/Annots", [])]
            for page in book.pages
        ]
    return marks, links


@pytest.mark.parametrize("middle", [3, 40, 80])
def test_the_pieces_look_like_the_paper_made_at_once(tmp_path, middle):
    html = document(middle=middle)
    whole, pieces = pdf.render(html, first_page="表紙"), pdf_pieces.make(html, tmp_path, "1", first_page="表紙")

    assert text(pieces) == text(whole)
    assert pictures(pieces) == pictures(whole)


@pytest.mark.parametrize("middle", [3, 40])
def test_pieces_of_the_first_time_are_those_made_alone(tmp_path, middle):
    first = pdf_pieces.make(document(middle=middle), tmp_path, "1")
    kept = sorted(tmp_path.glob("*.pdf"))
    names = [file.name for file in kept]
    for file in kept:
        file.unlink()
    alone = pdf_pieces.make(document(middle=middle), tmp_path, "1")

    assert [file.name for file in sorted(tmp_path.glob("*.pdf"))] == names
    assert (text(first), pictures(first)) == (text(alone), pictures(alone))
    assert bookmarks_and_links(first, tmp_path) == bookmarks_and_links(alone, tmp_path)


def test_a_piece_whose_first_element_has_no_name_gets_one():
    html = document().replace('<h2 id="two">', '<h2 class="a" data-id="b">')
    assert [piece.name for piece in pdf_pieces.cut(html)] == ["", "one", "piece-2", "終"]
    assert pdf_pieces.cut(html)[2].body.startswith('<h2 id="piece-2" class="a" data-id="b">')


def test_a_seam_before_bare_words_is_refused():
    with pytest.raises(ValueError, match="piece 1 does not begin with an element"):
        pdf_pieces.cut("<body><p>x</p><!--piece 1-->文</body>")


def test_a_seam_inside_a_page_is_refused(tmp_path):
    html = document().replace('<h2 id="two">', '<h2 id="two" style="break-before: auto">')
    with pytest.raises(ValueError, match="two parts begin on one page"):
        pdf_pieces.make(html, tmp_path, "1")


def test_what_the_paper_says_of_itself_is_said_of_the_whole(tmp_path):
    content = pdf_pieces.make(document(), tmp_path / "made", "1", first_page="表紙")
    (tmp_path / "a.pdf").write_bytes(content)
    with pikepdf.open(tmp_path / "a.pdf") as book:
        assert (str(book.docinfo.Title), str(book.docinfo.Author), str(book.Root.Lang)) == ("冊子", "架空市", "ja")
        assert book.open_metadata()["pdfuaid:part"] == "1"
        assert [page.label for page in book.pages] == ["表紙", "2", "3", "4"]
        with book.open_outline() as outline:
            assert [(item.title, [child.title for child in item.children]) for item in outline.root] == [
                ("目次", []),
                ("第1章", ["第2節"]),
                ("おわり", []),
            ]


def test_links_lead_from_piece_to_piece_by_name(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf_pieces.make(document(), tmp_path / "made", "1"))
    with pikepdf.open(tmp_path / "a.pdf") as book:
        numbers = {page.obj.objgen: number for number, page in enumerate(book.pages, start=1)}
        places = {name: numbers[place[0].objgen] for name, place in pikepdf.NameTree(book.Root.Names.Dests).items()}
        links = [[str(link.Dest) for link in page.get("/Annots", [])] for page in book.pages]

    assert places == {"contents": 1, "one": 2, "two": 3, "終": 4}
    assert links == [["one", "two", "終"], [], ["two", "終"], ["one"]]


def test_nothing_is_drawn_when_nothing_changed(tmp_path, rendered):
    first = pdf_pieces.make(document(), tmp_path, "1")
    assert len(rendered) == 1
    rendered.clear()

    assert pdf_pieces.make(document(), tmp_path, "1") == first
    assert rendered == []


def test_a_changed_sentence_draws_its_own_piece(tmp_path, rendered):
    pdf_pieces.make(document(), tmp_path, "1")
    rendered.clear()
    content = pdf_pieces.make(document(words="改めた本文"), tmp_path, "1")

    assert [re.search("改めた本文", html) is not None for html in rendered] == [True]
    assert text(content) == text(pdf.render(document(words="改めた本文")))


def test_what_the_document_says_of_itself_draws_the_first_piece_alone(tmp_path, rendered):
    pdf_pieces.make(document(), tmp_path, "1")
    rendered.clear()
    pdf_pieces.make(document().replace("架空市", "別の市"), tmp_path, "1")

    assert ["別の市" in html for html in rendered] == [True]


def test_a_page_more_moves_the_pages_after_it_and_their_numbers_elsewhere(tmp_path, rendered):
    pdf_pieces.make(document(), tmp_path, "1")
    rendered.clear()
    content = pdf_pieces.make(document(middle=40), tmp_path, "1")

    # Its own piece, the two behind it, and the contents.
    assert len(rendered) == 4
    assert text(content) == text(pdf.render(document(middle=40)))
    assert len(list(tmp_path.glob("*.pdf"))) == 4


def test_another_edition_draws_everything_again(tmp_path, rendered):
    pdf_pieces.make(document(), tmp_path, "1")
    rendered.clear()
    pdf_pieces.make(document(), tmp_path, "2")

    assert len(rendered) == 4


@pytest.mark.parametrize(
    "memory",
    [b"", b"{", b"[]", b'{"starts": [1, 2], "pages": {}}', b'{"starts": [9, 9, 9, 9], "pages": {"one": 77}}'],
)
def test_a_memory_that_is_wrong_costs_time_and_nothing_else(tmp_path, memory):
    (tmp_path / "pages.json").write_bytes(memory)

    assert text(pdf_pieces.make(document(), tmp_path, "1")) == text(pdf.render(document()))
    assert json.loads((tmp_path / "pages.json").read_bytes())["starts"] == [1, 2, 3, 4]


def test_a_piece_that_cannot_be_read_is_made_again(tmp_path):
    first = pdf_pieces.make(document(), tmp_path, "1")
    for file in tmp_path.glob("*.pdf"):
        file.write_bytes(b"%PDF-")

    assert text(pdf_pieces.make(document(), tmp_path, "1")) == text(first)


def test_a_paper_without_seams_is_one_piece(tmp_path):
    html = document().replace("<!--piece", "<!--")

    assert [piece.level for piece in pdf_pieces.cut(html)] == [1]
    assert text(pdf_pieces.make(html, tmp_path, "1")) == text(pdf.render(html))


def test_what_is_no_document_is_refused():
    with pytest.raises(ValueError, match="no <body>"):
        pdf_pieces.cut("<p>断片</p>")


def test_a_number_that_never_rests_is_told_and_the_paper_made(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(pdf_pieces, "ROUNDS", 1)
    pdf_pieces.make(document(), tmp_path, "1")
    caplog.clear()
    pdf_pieces.make(document(middle=40), tmp_path, "1")

    assert [record.getMessage() for record in caplog.records] == [
        f"page numbers of a paper in {tmp_path} did not come to rest"
    ]


# ---- processes --------------------------------------------------------------------
def process(html: str) -> int:
    return os.getpid()


def test_little_work_is_done_here():
    with Engines() as engines:
        assert list(engines.run([(process, "<p>"), (process, "<p>")])) == [os.getpid()] * 2
        assert list(engines.run([(process, "長" * 100_000)])) == [os.getpid()]


def test_much_work_is_done_elsewhere_in_its_order():
    with Engines() as engines:
        papers = engines.run([(pdf.render, document(middle=n) + " " * 50_000) for n in (3, 40)])
        assert [len(text(paper)) for paper in papers] == [4, 7]
        assert os.getpid() not in list(engines.run([(process, " " * 50_000)] * 2))
