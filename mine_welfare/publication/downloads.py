"""Papers citizens can take away. Each is made once and kept as a file until its contents or its looks change."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from mine_welfare.toolkit.disk import write_whole
from plans.models import Plan

# Everything in the program that decides how a paper looks: a change makes every paper anew.
SHAPED_BY = (
    "measures/charts.py",
    "measures/queries",
    "measures/reports",
    "mine_welfare/publication/component.py",
    "mine_welfare/publication/evidence.py",
    "mine_welfare/publication/figures.py",
    "mine_welfare/publication/papers.py",
    "mine_welfare/publication/reports.py",
    "mine_welfare/toolkit",
    "reoffense/queries.py",
    "static/paper",
    "surveys/charts.py",
    "surveys/queries",
    "surveys/small.py",
    "templates/pdf",
)


def kept_paper(plan: Plan, name: str, make: Callable[[], bytes], *, year: int | None = None) -> Path:
    """The file of a paper of `plan`, made anew when its public text or the program's part in it changed.

    The papers of a year have a folder of their own: where names begin alike, one would clear away the other.
    """
    return kept(folder_of(plan) / str(year or ""), name, f"{plan.version}-{edition()}", make)


def folder_of(plan: Plan) -> Path:
    return Path(settings.MEDIA_ROOT) / "papers" / plan.slug


def kept(folder: Path, name: str, state: str, make: Callable[[], bytes]) -> Path:
    """The file of a paper in `state`; made only if it is not there, once even when several ask at the same time.

    Papers of earlier states go away. Whoever is still reading one keeps it.
    """
    file = folder / f"{name}-{state}.pdf"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            write_whole(file, make())
            for old in folder.glob(f"{name}-*.pdf"):
                if old != file:
                    old.unlink()
    return file


def edition() -> str:
    """The state of the program's own part in a paper, in 12 characters."""
    digest = hashlib.sha256(version("weasyprint").encode())
    for file in _shaping_files():
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _shaping_files() -> Iterator[Path]:
    for name in SHAPED_BY:
        place = settings.BASE_DIR / name
        yield from [place] if place.is_file() else sorted(path for path in place.rglob("*.*") if path.suffix != ".pyc")


def send(request, file: Path, filename: str) -> HttpResponse:
    """`file` to be shown in the browser; a reader who has it already gets 304."""
    etag, changed = f'"{file.stem}"', int(file.stat().st_mtime)
    response = get_conditional_response(request, etag=etag, last_modified=changed)
    if response is None:
        response = FileResponse(file.open("rb"), content_type="application/pdf", filename=filename)
    for name, value in (("ETag", etag), ("Last-Modified", http_date(changed)), ("Cache-Control", "public, no-cache")):
        response[name] = value
    return response
