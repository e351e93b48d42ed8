"""HTML to tagged PDF.

The only file that knows the engine, and only once a paper is asked for: its
libraries take half a second to load. What a paper may fetch is the portal's
own static files and media; every other address is refused.
"""

import gc
import logging
import mimetypes
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.utils._os import safe_join

from . import pdf_tags

logger = logging.getLogger(__name__)

# A host that can never exist: addresses on the paper are paths of the portal itself.
BASE = "http://portal.invalid/"
ACCESSIBLE = "pdf/ua-1"
# Pango keeps state of its own; the papers of one process are made one after the other.
_one_at_a_time = threading.Lock()
# New objects between two looks for garbage. A laid-out document is a million objects that all stay until its end;
# to go through them at every 700th, as Python does by itself, takes a quarter of the time.
SELDOM = 50_000


def render(html: str, *, first_page: str = "", variant: str = ACCESSIBLE) -> bytes:
    """The PDF of a whole HTML document with a title and `lang`.

    `first_page` is the label of page 1 (「表紙」) in the reader's page list; the
    others are called by the number they print. FileNotFoundError names a
    static file or medium the document asks for and the portal does not have.
    """
    with _laid_out(html, variant) as document:
        return _drawn(document, first_page, variant)


def render_apart(html: str, beginnings: Sequence[str], elsewhere: str, *, first_page: str = "") -> list[bytes]:
    """The PDFs of the parts of a document that is laid out as one.

    Each part but the first begins on the page of an id, `beginnings`. A link
    into another part leads to the address `elsewhere` and the name it had.
    KeyError for an id that is nowhere, ValueError for two on one page.
    """
    with _laid_out(html, ACCESSIBLE) as document:
        pages = list(enumerate(document.pages))
        places = {name: number for number, page in reversed(pages) for name in page.anchors}
        edges = [0, *(places[name] for name in beginnings), len(pages)]
        parts = [document.copy(document.pages[first:end]) for first, end in pairwise(edges)]
        if not all(part.pages for part in parts):
            raise ValueError("two parts begin on one page")
        for part in parts:
            _lead_elsewhere(part, elsewhere)
        return [_drawn(part, "" if number else first_page, ACCESSIBLE) for number, part in enumerate(parts)]


def _lead_elsewhere(part: Any, address: str) -> None:
    own = {name for page in part.pages for name in page.anchors}
    for page in part.pages:
        page.links = [
            ("external", address + quote(name, safe=""), *rest) if kind == "internal" and name not in own else link
            for link in page.links
            for kind, name, *rest in [link]
        ]


def _drawn(document: Any, first_page: str, variant: str) -> bytes:
    def finish(document: Any, pdf: Any) -> None:
        if variant:
            pdf_tags.finish(document, pdf)
        _name_links(document)
        _open_with_bookmarks(pdf, first_page)

    _one_link_each(document)
    made: bytes = document.write_pdf(pdf_variant=variant or None, finisher=finish)
    return made


@contextmanager
def _laid_out(html: str, variant: str) -> Iterator[Any]:
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    try:
        with _one_at_a_time, _seldom_collected():
            yield HTML(string=html, base_url=BASE, url_fetcher=_fetcher()).render(pdf_variant=variant or None)
    except FatalURLFetchingError as error:
        raise FileNotFoundError(str(error)) from error


@contextmanager
def _seldom_collected() -> Iterator[None]:
    usual, *older = gc.get_threshold()
    gc.set_threshold(SELDOM, *older)
    try:
        yield
    finally:
        gc.set_threshold(usual, *older)


def own_file(url: str) -> Path | None:
    """The static file or medium behind an address of the paper; None for everything that is not the portal's.

    FileNotFoundError when the address is the portal's and nothing is there.
    """
    if not url.startswith(BASE):
        return None
    path = unquote(urlsplit(url).path)
    if name := _under(path, settings.STATIC_URL):
        # Names with a fingerprint exist only where the files were collected.
        found = finders.find(name) or _inside(settings.STATIC_ROOT, name)
    elif name := _under(path, settings.MEDIA_URL):
        found = _inside(settings.MEDIA_ROOT, name)
    else:
        return None
    if not found or not Path(found).is_file():
        raise FileNotFoundError(url)
    return Path(found)


def _under(path: str, prefix: str) -> str:
    """What follows `prefix` in `path`; empty when it does not stand there, or is no folder of its own."""
    prefix = f"/{prefix.strip('/')}/"
    return path.removeprefix(prefix) if prefix != "//" and path.startswith(prefix) else ""


def _inside(root: str | Path, name: str) -> str | None:
    try:
        return safe_join(root, name)
    except SuspiciousFileOperation:
        return None


@cache
def _fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]
        """Reads files from disk; opens no connection and no other scheme."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            try:
                file = own_file(url)
            except (FileNotFoundError, SuspiciousFileOperation) as error:
                # A paper without its style sheet must not be made, and least of all kept.
                raise FatalURLFetchingError(f"{url[:200]} がありません。") from error
            if file is None:
                logger.warning("refused on paper: %s", url[:200])
                raise ValueError("not a file of the portal")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})

    return OwnFiles()


def _one_link_each(document: Any) -> None:
    """Leave one annotation to a link: the engine adds one for each element and generated text inside it."""
    for page in document.pages:
        page.links = [link for link in page.links if link[-1].element_tag == "a"]


def _name_links(document: Any) -> None:
    """Give each link the words it stands on; the engine names it by its anchor, which nobody can read."""
    import pydyf

    for page in document.pages:
        for *_, box in page.links:
            if box.link_annotation:
                words = "".join(box.element.itertext()) or box.element.get("title", "")
                box.link_annotation["Contents"] = pydyf.String(" ".join(words.split()))


def _open_with_bookmarks(pdf: Any, first_page: str) -> None:
    import pydyf

    pdf.catalog["PageMode"] = "/UseOutlines"
    if first_page:
        cover = pydyf.Dictionary({"P": pydyf.String(first_page)})
        rest = pydyf.Dictionary({"S": "/D", "St": 2})
        pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array([0, cover, 1, rest])})
