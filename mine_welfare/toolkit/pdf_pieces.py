"""A long paper made piece by piece: pieces that did not change are taken from the last time.

The paper is one HTML document with seams, `<!--piece 3-->`, where a new page
begins; the number is the level of the bookmark the piece begins with. A link
that prints the page it leads to says so, `href="#name" data-numbered`. Where
it leads into another piece it gets `data-page`, and the style sheet writes
`attr(data-page)` for `target-counter()`. Pieces are made until no number moves. The first time,
when nobody knows where a piece begins, all are laid out as one document.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from . import pdf
from .disk import write_whole
from .pdf_join import ELSEWHERE, Part, bind, destinations, is_readable
from .pdf_pool import Engines

logger = logging.getLogger(__name__)

SEAM = re.compile(r"<!--piece (\d)-->")
_BODY = re.compile(r"<body[^>]*>")
_ABOUT = re.compile(r'<meta name="[^>]*>')
_ID = re.compile(r'\sid="([^"]+)"')
_OPENING = re.compile(r"\s*<\w+([^>]*)>")
_HREF = re.compile(r'\bhref="#([^"]+)"( data-numbered)?')
# A few numbers in a text rarely move its page ends: two rounds are the rule.
ROUNDS = 6
UNKNOWN = 999


@dataclass(frozen=True)
class Piece:
    """Part of a document that begins on a new page."""

    head: str  # up to and with <body>
    body: str
    name: str  # the id of its first element
    level: int
    first_page: str

    def html(self, start: int, pages: dict[str, int]) -> str:
        """The document of this piece alone, beginning on page `start`; `pages` says where things stand elsewhere."""
        own = set(_ID.findall(self.body))

        def link(match: re.Match[str]) -> str:
            name = unescape(match[1])
            if match[1] in own:
                return match[0]
            number = f' data-page="{pages.get(name, UNKNOWN)}"' if match[2] else ""
            return f'href="{ELSEWHERE}{quote(name, safe="")}"{number}'

        side = "right" if start % 2 else "left"
        place = f"<style>html {{ break-before: {side} }} @page :first {{ counter-reset: page {start} }}</style>"
        head = self.head.replace("</head>", f"{place}</head>", 1)
        return f"{head}{_HREF.sub(link, self.body)}</body></html>"


@dataclass(frozen=True)
class Pagination:
    """Where each piece begins, and on which page each thing with a name stands."""

    starts: list[int]
    pages: dict[str, int]

    def add(self, count: int, places: dict[str, int], start: int) -> int:
        """Note a piece of `count` pages that begins on page `start`; the page after its last."""
        self.starts.append(start)
        self.pages.update({name: start + place for name, place in places.items()})
        return start + count


def cut(html: str, first_page: str = "") -> list[Piece]:
    """The pieces of a document; one without a seam is a single piece. `first_page` is the label of page 1."""
    opening = _BODY.search(html)
    if opening is None:
        raise ValueError("the document has no <body>")
    head, content = html[: opening.end()], html[opening.end() :].rpartition("</body>")[0]
    first, *more = SEAM.split(content)
    # What the document says of itself is taken from the first piece; elsewhere a new date would be a change.
    rest = _ABOUT.sub("", head)
    pieces = [Piece(head, first, "", 1, first_page)]
    for level, body in zip(more[::2], more[1::2], strict=True):
        pieces.append(Piece(rest, *_named(body, len(pieces)), int(level), ""))
    return pieces


def _named(body: str, number: int) -> tuple[str, str]:
    """The body of a piece with an id on its first element, and that id."""
    opening = _OPENING.match(body)
    if opening is None:
        raise ValueError(f"piece {number} does not begin with an element")
    if own := _ID.search(opening[1]):
        return body, unescape(own[1])
    name, place = f"piece-{number}", opening.start(1)
    return f'{body[:place]} id="{name}"{body[place:]}', name


def make(html: str, folder: Path, edition: str, *, first_page: str = "") -> bytes:
    """The PDF of a document with seams.

    `folder` keeps the pieces until the next time; `edition` is the state of
    everything but the HTML that shapes them. FileNotFoundError as for `pdf.render`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pieces = cut(html, first_page)
    with Engines() as engines:
        files = _Maker(pieces, folder, edition, engines).files()
    content = bind([Part(file, level=piece.level) for file, piece in zip(files, pieces, strict=True)])
    for old in set(folder.glob("*.pdf")) - set(files):
        old.unlink()
    return content


class _Maker:
    """One making of a paper: each piece as a file, on the page where it belongs."""

    def __init__(self, pieces: list[Piece], folder: Path, edition: str, engines: Engines):
        self.pieces, self.folder, self.edition, self.engines = pieces, folder, edition, engines

    def files(self) -> list[Path]:
        placed = self._last_time() or self._at_once()
        for _ in range(ROUNDS):
            files = self._made(placed)
            if (now := _pagination(files)) == placed:
                break
            placed = now
        else:
            logger.warning("page numbers of a paper in %s did not come to rest", self.folder)
        write_whole(self._memory, json.dumps(asdict(now)).encode())
        return files

    @property
    def _memory(self) -> Path:
        return self.folder / "pages.json"

    def _last_time(self) -> Pagination | None:
        """The pages of the last time, if the paper had as many pieces: most often they still hold."""
        try:
            placed = Pagination(**json.loads(self._memory.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return placed if len(placed.starts) == len(self.pieces) else None

    def _at_once(self) -> Pagination:
        """The first time all pieces are laid out as one document; each is kept as if it had been made alone."""
        first, *rest = self.pieces
        html = f"{first.head}{''.join(piece.body for piece in self.pieces)}</body></html>"
        names = [piece.name for piece in rest]
        contents = pdf.render_apart(html, names, ELSEWHERE, first_page=first.first_page)
        placed = _pagination(map(BytesIO, contents))
        for piece, start, content in zip(self.pieces, placed.starts, contents, strict=True):
            write_whole(self._file(piece.html(start, placed.pages)), content)
        return placed

    def _made(self, placed: Pagination) -> list[Path]:
        files, missing = [], {}
        for piece, start in zip(self.pieces, placed.starts, strict=True):
            html = piece.html(start, placed.pages)
            file = self._file(html)
            files.append(file)
            if not _is_there(file):
                missing[file] = (html, piece.first_page)
        self._render(missing)
        return files

    def _file(self, html: str) -> Path:
        state = hashlib.sha256(f"{self.edition} {html}".encode()).hexdigest()
        return self.folder / f"{state[:24]}.pdf"

    def _render(self, missing: dict[Path, tuple[str, str]]) -> None:
        """Make the files, and keep each as soon as it is there."""
        jobs = [(partial(pdf.render, first_page=first_page), html) for html, first_page in missing.values()]
        for file, content in zip(missing, self.engines.run(jobs), strict=True):
            write_whole(file, content)


def _is_there(file: Path) -> bool:
    """Whether a piece was kept, and the disk gives it back."""
    if not file.exists():
        return False
    with file.open("rb") as content:
        return is_readable(content)


def _pagination(files: Iterable[Path | BinaryIO]) -> Pagination:
    placed, start = Pagination([], {}), 1
    for file in files:
        count, places = destinations(file)
        start = placed.add(count, places, start)
    return placed
