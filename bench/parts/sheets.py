"""All 個票 in one PDF: the worker's way beside the engine alone, a page; its memory; the same paper again."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from weasyprint import HTML

from bench.harness import Row, peak_memory, timed
from measures.models import Cycle
from mine_welfare.accounts.models import User
from mine_welfare.publication import papers, worker
from mine_welfare.publication.models import Paper
from mine_welfare.toolkit import pdf

WORKER = "import django; django.setup(); from mine_welfare.publication import worker; worker.work_once()"


def ask(cycle: Cycle, kind: str) -> Paper:
    user = User.objects.get(login_id="jimukyoku")
    return Paper.objects.create(plan=cycle.plan, cycle=cycle, kind=kind, title=kind, asked_by=user)


def measure() -> Iterator[Row]:
    cycle = Cycle.objects.filter(published_at__isnull=False).select_related("plan", "scale").latest("year")
    paper = ask(cycle, Paper.Kind.SHEETS)
    portion = papers.pieces(paper)[-1].html()
    engine_alone = HTML(string=portion, base_url=pdf.BASE, url_fetcher=pdf._fetcher())
    pages = len(engine_alone.render().pages)
    engine = timed(lambda: engine_alone.write_pdf(pdf_variant="pdf/ua-1"), 2) / pages
    os.environ.setdefault("PYTHONPATH", str(Path.cwd()))
    seconds, memory = peak_memory([sys.executable, "-c", WORKER])
    paper.refresh_from_db()
    ours = seconds / paper.pages
    yield Row(f"all 個票 in one PDF, {paper.pages} pages", seconds, "s", f"{paper.total} portions, joined")
    yield Row(
        "all 個票, a page", 1000 * ours, "ms", f"engine alone {1000 * engine:.0f} ms (at most 1.1 ×)", ours / engine
    )
    yield Row("all 個票, memory of all the worker's processes", memory, "MB", "under 500 MB")
    for kind in (Paper.Kind.LIST, Paper.Kind.REPORT):
        other = ask(cycle, kind)
        yield Row(f"{other.get_kind_display()}", timed(lambda: worker.work_once(), 1), "s")
