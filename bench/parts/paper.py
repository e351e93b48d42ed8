"""The plan book: first made, made again after one sentence changed, read again; beside the engine and a browser."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pypdf
from django.conf import settings
from django.test import Client
from weasyprint import HTML

from bench.harness import Row, peak_memory
from measures.models import Action
from mine_welfare.publication import public_papers, reports
from mine_welfare.toolkit import pdf
from plans.models import Plan

CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-quic", "--no-pdf-header-footer")  # fmt: skip
MAKE = """
import django; django.setup()
from mine_welfare.publication import public_papers
from plans.models import Plan
public_papers.book(Plan.objects.current())
"""


def once(work) -> float:
    """Seconds; measured once, for ten seconds of layout vary less than the machine around them."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def read(client: Client) -> bytes:
    return b"".join(client.get("/downloads/plan.pdf").streaming_content)


def change(action: Action, content: str) -> None:
    Action.objects.filter(pk=action.pk).update(content=content)
    action.measure.plan.touch()


def printed_by_chromium(html: str) -> float | None:
    """Seconds a headless browser takes to print the same document; None without one."""
    if not (browser := shutil.which("chromium")):
        return None
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "book.html"
        page.write_text(html.replace('href="/static/', f'href="file://{settings.STATIC_ROOT}/'))
        command = [browser, *CHROMIUM, f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/book.pdf"]
        return once(lambda: subprocess.run([*command, f"file://{page}"], check=True, capture_output=True))


def measure() -> Iterator[Row]:
    visitor = Client(headers={"host": "127.0.0.1"})
    plan = Plan.objects.current()
    html = reports.plan_book(plan)
    engine_alone = HTML(string=html, base_url=pdf.BASE, url_fetcher=pdf._fetcher())
    before = once(lambda: engine_alone.write_pdf(pdf_variant="pdf/ua-1"))
    cold = once(lambda: read(visitor))
    after = once(lambda: engine_alone.write_pdf(pdf_variant="pdf/ua-1"))
    engine = (before + after) / 2
    against = f"engine alone {engine:.2f} s"
    yield Row("plan book, made for the first time", cold, "s", f"{against} (at most 1.1 ×)", cold / engine)
    pages = len(pypdf.PdfReader(io.BytesIO(read(visitor))).pages)
    yield Row("plan book, a page", 1000 * cold / pages, "ms", f"{pages} pages")
    yield Row("plan book, next reader", 1000 * once(lambda: read(visitor)), "ms", "at most 50 ms")

    action = plan.measures.get(code="1-2-1").actions.first()
    change(action, f"{action.content}毎年度、点検します。")
    edited = once(lambda: read(visitor))
    against_cold = f"first making {cold:.2f} s (at most 0.25 ×)"
    yield Row("plan book, after a sentence in one action", edited, "s", against_cold, edited / cold)
    change(action, action.content + "点検の結果を公表します。" * 80)
    longer = once(lambda: read(visitor))
    yield Row("plan book, after an action grew by a page", longer, "s", f"first making {cold:.2f} s", longer / cold)
    change(action, action.content)
    read(visitor)
    for piece in (public_papers.folder_of(plan) / "pieces").glob("*.pdf"):
        piece.unlink()
    plan.touch()
    anew = once(lambda: read(visitor))
    yield Row("plan book, all pieces anew, their pages known", anew, "s", against, anew / engine)

    if (browser := printed_by_chromium(html)) is not None:
        against = f"chromium prints in {browser:.2f} s"
        yield Row("plan book, the engine alone", engine, "s", against, engine / browser)
        yield Row("plan book, all pieces anew", anew, "s", against, anew / browser)
    shutil.rmtree(public_papers.folder_of(plan))
    os.environ.setdefault("PYTHONPATH", str(Path.cwd()))
    _, memory = peak_memory([sys.executable, "-c", MAKE])
    yield Row("plan book, memory of all its processes at most", memory, "MB")
