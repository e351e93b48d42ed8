"""What the machine must offer beside Python: one list, read by `deploy/bootstrap` and by the system check.

Standard library only. Bootstrap runs this file before anything is installed:

    python3 -I mine_welfare/publication/machine.py [test]

prints one line for each Debian package that is missing, its name and what it is for.
"""

import ctypes
import ctypes.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
Probe = Callable[[], bool]


@dataclass(frozen=True)
class Need:
    """One Debian package, what it is for (Japanese), and how to see that the machine has it or its equal."""

    package: str
    purpose: str
    present: Probe


def library(name: str) -> Probe:
    """Present when the shared library of the soname `name` ("libpango-1.0.so.0") can be loaded."""

    def present() -> bool:
        stem = name.removeprefix("lib").partition(".so")[0]
        for candidate in (name, ctypes.util.find_library(stem) if sys.platform != "linux" else None):
            if candidate is not None:
                try:
                    ctypes.CDLL(candidate)
                except OSError:
                    continue
                return True
        return False

    return present


def fonts(*names: str) -> Probe:
    """Present when a font file of each of `names` is installed."""
    return lambda: not set(names) - _font_files(names)


def _font_files(names: Iterable[str]) -> set[str]:
    """Which of the font files `names` are installed; fontconfig is asked only where the usual folders lack one."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    found = {name for name in names for folder in folders if next(folder.rglob(name), None)}
    if found != set(names) and (fontconfig := shutil.which("fc-list")):
        listing = subprocess.run(  # noqa: S603 - the system's own program, no outside text
            [fontconfig, "--format=%{file}\n"], capture_output=True, text=True, check=False
        ).stdout
        found |= {Path(line).name for line in listing.splitlines()}
    return found


def command(*names: str) -> Probe:
    """Present when one of the commands `names` is on the path."""
    return lambda: any(shutil.which(name) for name in names)


def file(*patterns: str) -> Probe:
    """Present when a file matches one of the absolute `patterns`."""
    return lambda: any(next(Path("/").glob(pattern.lstrip("/")), None) for pattern in patterns)


def _can_make_environments() -> bool:
    """Whether `python -m venv` works here; inside an environment the question does not arise."""
    return sys.prefix != sys.base_prefix or find_spec("ensurepip") is not None


PDF_LIBRARIES = (
    Need("libpango-1.0-0", "PDFの文字を組む", library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", "PDFの文字を組む", library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", "使った文字だけをPDFに埋め込む", library("libharfbuzz-subset.so.0")),
)
PDF_FONTS = (
    Need(
        "fonts-morisawa-bizud-gothic",
        "紙面の書体 BIZ UDゴシック・BIZ UDPゴシック",
        fonts("BIZUDGothic-Regular.ttf", "BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf"),
    ),
    Need("fonts-morisawa-bizud-mincho", "紙面の書体 BIZ UDP明朝", fonts("BIZUDPMincho-Regular.ttf")),
)
TO_RUN = (
    Need("python3-venv", "Pythonの部品を置く場所を作る", _can_make_environments),
    *PDF_LIBRARIES,
    *PDF_FONTS,
)
TO_TEST = (
    Need("chromium", "画面の試験", command("chromium")),
    Need("libatomic1", "画面の試験（Chromiumを動かす部品）", library("libatomic.so.1")),
    Need("poppler-utils", "PDFの試験", command("pdftotext")),
    Need("libreoffice-calc", "エクセル様式の試験", file("/usr/lib/libreoffice/program/libsclo.so")),
    Need(
        "postgresql",
        "PostgreSQLでの試験",
        file("/usr/lib/postgresql/*/bin/initdb", "/usr/bin/initdb", "/usr/local/bin/initdb"),
    ),
)


def missing(needs: Iterable[Need]) -> list[Need]:
    """Those of `needs` that this machine lacks."""
    return [need for need in needs if not need.present()]


if __name__ == "__main__":
    for need in missing(TO_RUN + TO_TEST if "test" in sys.argv[1:] else TO_RUN):
        print(f"{need.package}\t{need.purpose}")
