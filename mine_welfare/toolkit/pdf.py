"""HTML to tagged PDF.

The only file that knows the engine, and only once a paper is asked for: its
libraries take half a second to load. What a paper may fetch is the portal's
own static files and media; every other address is refused.
"""

import logging
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.utils._os import safe_join

from . import pdf_tags

logger = logging.getLogger(__name__)

# A host that can never exist: addresses on the paper are paths of the portal itself.
BASE = "http://portal.invalid/"
# Pango keeps state of its own; the papers of one process are made one after the other.
_one_at_a_time = threading.Lock()


def render(html: str, *, first_page: str = "", variant: str = "pdf/ua-1") -> bytes:
    """The PDF of a whole HTML document with a title and `lang`.

    `first_page` is the label of page 1 (「表紙」) in the reader's page list; the
    others are called by the number they print. FileNotFoundError names a
    static file or medium the document asks for and the portal does not have.
    """

    def finish(document: Any, pdf: Any) -> None:
        if variant:
            pdf_tags.finish(document, pdf)
        _name_links(document)
        _open_with_bookmarks(pdf, first_page)

    with _laid_out(html, variant) as document:
        _one_link_each(document)
        made: bytes = document.write_pdf(pdf_variant=variant or None, finisher=finish)
        return made


def measure(html: str) -> tuple[int, dict[str, int]]:
    """How many pages a document has, and on which of them, from 0, each of its ids stands; nothing is drawn."""
    with _laid_out(html, "") as document:
        pages = list(enumerate(document.pages))
        return len(pages), {name: number for number, page in reversed(pages) for name in page.anchors}


@contextmanager
def _laid_out(html: str, variant: str) -> Iterator[Any]:
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    try:
        with _one_at_a_time:
            yield HTML(string=html, base_url=BASE, url_fetcher=_fetcher()).render(pdf_variant=variant or None)
    except FatalURLFetchingError as error:
        raise FileNotFoundError(str(error)) from error


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
