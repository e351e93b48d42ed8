"""The plan book: the whole way to it beside the engine's own time on the same HTML, and the second reader's wait."""

import io
import resource
import time
from collections.abc import Iterator

import pypdf
from django.test import Client
from weasyprint import HTML

from bench.harness import Row
from mine_welfare.publication import reports
from mine_welfare.toolkit import pdf
from plans.models import Plan


def once(work) -> float:
    """Seconds; measured once, for ten seconds of layout vary less than the machine around them."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def read(client: Client) -> bytes:
    return b"".join(client.get("/downloads/plan.pdf").streaming_content)


def measure() -> Iterator[Row]:
    visitor = Client(headers={"host": "127.0.0.1"})
    html = reports.plan_book(Plan.objects.current())
    engine_alone = HTML(string=html, base_url=pdf.BASE, url_fetcher=pdf._fetcher())
    before = once(lambda: engine_alone.write_pdf(pdf_variant="pdf/ua-1"))
    cold = once(lambda: read(visitor))
    after = once(lambda: engine_alone.write_pdf(pdf_variant="pdf/ua-1"))
    engine = (before + after) / 2
    yield Row("plan book, first reader", cold, "s", f"engine alone {engine:.2f} s (at most 1.3 ×)", cold / engine)
    pages = len(pypdf.PdfReader(io.BytesIO(read(visitor))).pages)
    yield Row("plan book, a page", cold / pages, "s", f"{pages} pages")
    yield Row("plan book, next reader", 1000 * once(lambda: read(visitor)), "ms", "at most 50 ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("plan book, memory of the process at most", peak, "MB", "with the engine's own run in it")
