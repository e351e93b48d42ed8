"""HTML to PDF: what a paper may fetch, and what every paper carries."""

import base64
import gc
import io
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pikepdf
import pytest

from mine_welfare.toolkit import pdf
from mine_welfare.toolkit.pdf import BASE, own_file

PAGE = '<!doctype html><html lang="ja"><head><title>題名</title>{head}</head><body>{body}</body></html>'


def paper(body: str, head: str = "", **options) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf.render(PAGE.format(body=body, head=head), **options)))


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Every address the engine asks for while the test runs."""
    found = []

    def note(url):
        found.append(url)
        return own_file(url)

    monkeypatch.setattr(pdf, "own_file", note)
    return found


# ---- addresses ----------------------------------------------------------------
def test_static_files_and_media_are_the_portals_own(settings):
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "紙.png").write_bytes(b"")
    settings.MEDIA_URL = "/media/"

    assert own_file(f"{BASE}static/paper/paper.css") == settings.BASE_DIR / "static/paper/paper.css"
    assert own_file(f"{BASE}media/%E7%B4%99.png") == settings.MEDIA_ROOT / "紙.png"


def test_a_collected_file_is_found_by_its_fingerprint(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "paper.1a2b.css").write_text("")

    assert own_file(f"{BASE}static/paper.1a2b.css") == tmp_path / "paper.1a2b.css"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.com/static/paper/paper.css",
        "http://portal.invalid.example.com/static/paper/paper.css",
        "//portal.invalid/static/paper/paper.css",
        "data:image/png;base64,AAAA",
        "../../etc/passwd",
        f"{BASE}../../etc/passwd",
        "ftp://127.0.0.1/static/paper/paper.css",
        f"{BASE}etc/passwd",
        f"{BASE}media/any",  # no folder of media is served under an address unless the settings say so
    ],
)
def test_every_other_address_is_refused(url):
    assert own_file(url) is None


@pytest.mark.parametrize(
    "name", ["no-such-file.css", "%2e%2e/manage.py", "..%2fmanage.py", "../../../etc/passwd", "paper", "/etc/passwd"]
)
def test_nothing_outside_the_folders_and_nothing_missing_is_taken_for_the_portals(name):
    with pytest.raises((FileNotFoundError, pdf.SuspiciousFileOperation)):
        own_file(f"{BASE}static/{name}")


@pytest.mark.parametrize("address", ["/static/no-such-file.css", "/static/%2e%2e/manage.py"])
def test_a_paper_without_its_own_files_is_not_made(address):
    with pytest.raises(FileNotFoundError, match="がありません"):
        pdf.render(PAGE.format(body="", head=f'<link rel="stylesheet" href="{address}">'))


def test_a_paper_fetches_nothing_from_disk_or_from_another_host(asked):
    calls = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    try:
        made = paper(
            f'<img src="file:///etc/passwd" alt="一"><img src="{host}/a.png" alt="二">'
            f'<object data="{host}/b"></object><p style="background: url({host}/c.png)">三</p>'
            f'<svg width="9" height="9"><image href="file:///etc/hostname" width="9" height="9"/>'
            f'<image href="{host}/g.png" width="9" height="9"/><use href="{host}/h.svg#a"/></svg>',
            head=f'<link rel="stylesheet" href="{host}/d.css"><link rel="attachment" href="file:///etc/passwd">'
            f"<style>@import url({host}/e.css); @font-face {{ font-family: x; src: url({host}/f.ttf) }}</style>",
        )
    finally:
        server.shutdown()
        server.server_close()

    assert calls == []
    assert {own_file(url) for url in asked} == {None}
    assert {"file:///etc/passwd", "file:///etc/hostname", f"{host}/g.png"} <= set(asked)
    assert "/Names" not in made.Root or "/EmbeddedFiles" not in made.Root.Names


def test_a_flood_of_data_stays_outside():
    flood = base64.b64encode(bytes(8_000_000)).decode()
    made = pdf.render(PAGE.format(body=f'<img src="data:image/png;base64,{flood}" alt="絵">', head=""))

    assert len(made) < 20_000


# ---- what every paper carries ---------------------------------------------------
def test_a_paper_says_its_title_and_language_and_that_it_is_accessible():
    made = paper("<h1>見出し</h1>")

    assert made.docinfo.Title == "題名"
    assert made.Root.Lang == "ja"
    assert made.Root.MarkInfo.Marked
    assert made.Root.ViewerPreferences.DisplayDocTitle
    with made.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


@pytest.mark.parametrize("head", ["", '<link rel="stylesheet" href="/static/no-such-file.css">'])
def test_made_or_not_garbage_is_looked_for_as_often_as_before(head):
    before = gc.get_threshold()
    with suppress(FileNotFoundError):
        pdf.render(PAGE.format(body="", head=head))
    assert gc.get_threshold() == before


def test_the_first_page_may_have_a_name_and_the_others_keep_the_number_they_print():
    made = paper('<p>一</p><p style="break-before: page">二</p>', first_page="表紙")

    assert [page.label for page in made.pages] == ["表紙", "2"]
    assert made.Root.PageMode == "/UseOutlines"


def test_a_link_is_called_by_its_words():
    made = paper('<a href="#a">第1章　<b>計画</b></a><h1 id="a">章</h1>')

    assert [str(note.Contents) for note in made.pages[0].Annots] == ["第1章 計画"]


def test_without_a_title_of_its_own_a_link_takes_the_one_given():
    style = "<style>a::after { content: target-counter(attr(href), page) }</style>"
    made = paper('<a href="#a" title="施策のページ"></a><h1 id="a">章</h1>', head=style)

    assert [str(note.Contents) for note in made.pages[0].Annots] == ["施策のページ"]
