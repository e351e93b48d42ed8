"""The worker: makes the papers people asked for, one after the other, and those every citizen may take.

One worker serves a portal; a lock on a file of the data folder says whether it
is there. A paper that was being made when a worker died is begun again by the
next one.
"""

import fcntl
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from mine_welfare.toolkit import pdf
from mine_welfare.toolkit.pdf_join import Part, join
from mine_welfare.toolkit.pdf_pool import Engines
from mine_welfare.toolkit.pdf_stamp import sizes, stamp

from . import papers
from .models import Paper

logger = logging.getLogger(__name__)
LOOKS, MOMENT = 10, 0.05  # seconds
FAILED = "作成の途中で問題が起きました。もう一度作っても同じときは、情報担当へ連絡してください。"
EMPTY = "印刷する内容がありません。"


class Stopped(Exception):
    """Somebody asked to stop."""


def lock_file() -> Path:
    return Path(settings.VAR_DIR) / "worker.lock"


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process may be the worker, for as long as it holds the lock."""
    lock_file().parent.mkdir(parents=True, exist_ok=True)
    with lock_file().open("a") as lock:
        yield _hold(lock)


def _hold(lock: IO[str]) -> bool:
    """Take the lock. A page that just looks whether a worker is there holds it for a moment: that is waited for."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(MOMENT)
        else:
            return True
    return False


def is_there() -> bool:
    """Whether a worker is running on this machine."""
    if not lock_file().exists():
        return False
    with lock_file().open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def take_up_orphans() -> int:
    """Papers a dead worker left half made wait for their turn again."""
    return Paper.objects.filter(state=Paper.State.RUNNING).update(state=Paper.State.WAITING, done=0, doing="")


def work_once() -> bool:
    """Make the paper that has waited longest; whether there was one."""
    paper = _take()
    if paper is None:
        return False
    try:
        _make(paper)
    except Stopped:
        _end(paper, Paper.State.STOPPED)
    except Exception:
        # Whatever it was: the person who waits must be told, and the next paper made.
        logger.exception("paper %s was not made", paper.pk)
        _end(paper, Paper.State.FAILED, error=FAILED)
    return True


@transaction.atomic
def _take() -> Paper | None:
    skip = connection.features.has_select_for_update_skip_locked
    waiting = Paper.objects.select_for_update(skip_locked=skip, of=("self",) if skip else ())
    paper = waiting.filter(state=Paper.State.WAITING).order_by("asked_at", "pk").first()
    if paper:
        paper.state, paper.done, paper.error = Paper.State.RUNNING, 0, ""
        paper.save()
    return paper


def _make(paper: Paper) -> None:
    pieces = papers.pieces(paper)
    if not pieces:
        _end(paper, Paper.State.FAILED, error=EMPTY)
        return
    with tempfile.TemporaryDirectory() as folder:
        with Engines() as engines:
            parts = list(_parts(paper, pieces, Path(folder), engines))
        _tell(paper, len(pieces), len(pieces), "1つにまとめています")
        whole = Path(folder) / "whole.pdf"
        labels: list[str] = []
        if paper.kind == Paper.Kind.PACK:
            parts, labels = _on_fresh_sheets(parts, pieces, Path(folder))
        paper.pages = join(parts, whole, title=paper.title)
        if paper.kind == Paper.Kind.PACK:
            _number_through(whole, labels)
        with whole.open("rb") as content:
            paper.file.save(f"{paper.pk}.pdf", File(content), save=False)
    _end(paper, Paper.State.DONE)


def _parts(paper: Paper, pieces: list[papers.Piece], folder: Path, engines: Engines) -> Iterator[Part]:
    """Each piece as a file; the next ones are drawn while the page says which is being waited for."""
    drawn = engines.in_turn(pdf.render, (piece.html() for piece in pieces if piece.html))
    for number, piece in enumerate(pieces):
        _tell(paper, number, len(pieces), f"{piece.doing}を作っています")
        file = piece.file or folder / f"{number}.pdf"
        if piece.html:
            file.write_bytes(next(drawn))
        yield Part(file, piece.title if len(pieces) > 1 else "")


def _on_fresh_sheets(parts: list[Part], pieces: list[papers.Piece], folder: Path) -> tuple[list[Part], list[str]]:
    """The parts, so that printed on both sides each handout begins on the front of a sheet; the label of each page."""
    found, labels, last = list[Part](), list[str](), (0.0, 0.0)
    for part, piece in zip(parts, pieces, strict=True):
        if piece.is_front and len(labels) % 2:
            html = render_to_string("pdf/year/empty.html", dict(zip(("width", "height"), last, strict=True)))
            empty = folder / f"empty-{len(labels)}.pdf"
            empty.write_bytes(pdf.render(html))
            found.append(Part(empty))
            labels.append("")
        pages = sizes(part.file)
        found.append(part)
        labels += [piece.label] * len(pages)
        last = pages[-1]
    return found, labels


def _number_through(whole: Path, labels: list[str]) -> None:
    """Page numbers through the whole pack, and on what was made elsewhere its 資料番号: the label of the page."""
    pages = [
        {"width": width, "height": height, "label": label, "number": number}
        for number, ((width, height), label) in enumerate(zip(sizes(whole), labels, strict=True), start=1)
    ]
    stamps = whole.with_name("stamps.pdf")
    stamps.write_bytes(pdf.render(render_to_string("pdf/year/stamps.html", {"pages": pages}), variant=""))
    stamp(whole, stamps, {number for number, label in enumerate(labels) if label})


def _tell(paper: Paper, done: int, total: int, doing: str) -> None:
    """Say how far it is; Stopped when somebody asked for that meanwhile, or the paper is gone."""
    rows = Paper.objects.filter(pk=paper.pk, stop_asked=False)
    if not rows.update(done=done, total=total, doing=doing):
        raise Stopped
    paper.done, paper.total, paper.doing = done, total, doing


def _end(paper: Paper, state: Paper.State, error: str = "") -> None:
    paper.state, paper.error, paper.doing, paper.ended_at = state, error, "", timezone.now()
    paper.save()
