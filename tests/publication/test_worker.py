"""The worker: papers in turn, progress, stopping, failing, dying."""

import fcntl
import threading

import pikepdf
import pytest

from measures.workflow import EntryState
from mine_welfare.publication import papers, worker
from mine_welfare.publication.models import Paper
from mine_welfare.toolkit import pdf
from mine_welfare.toolkit.pdf_join import Part
from mine_welfare.toolkit.pdf_stamp import sizes
from tests.factories import ActionFactory, EntryFactory, OrganizationFactory, fill

HTML = '<!doctype html><html lang="ja"><head><title>t</title></head><body><p>x</p></body></html>'


@pytest.fixture
def ask(cycle, secretariat):
    """`ask("sheets", organization=3)` → a paper that waits."""

    def make(kind: str, **scope) -> Paper:
        return Paper.objects.create(
            plan=cycle.plan, cycle=cycle, kind=kind, scope=scope, title=f"資料 {kind}", asked_by=secretariat
        )

    return make


@pytest.fixture
def quick(monkeypatch):
    """The engine makes one small page of everything; the HTML it got is listed."""
    page, given = pdf.render(HTML), []

    def render(html, **options):
        given.append(html)
        return page

    monkeypatch.setattr(pdf, "render", render)
    return given


def now(paper: Paper) -> Paper:
    return Paper.objects.get(pk=paper.pk)


def test_nothing_to_do(db):
    assert worker.work_once() is False


def test_a_paper_is_made_part_by_part_and_kept(ask, cycle, entry, quick):
    other = OrganizationFactory(name="総務課")
    EntryFactory(cycle=cycle, action=entry.action, organization=other)
    paper = ask("sheets")

    assert worker.work_once() is True

    paper = now(paper)
    assert (paper.state, paper.done, paper.total, paper.pages, paper.doing) == ("done", 2, 2, 2, "")
    assert len(quick) == 2
    with paper.file.open() as content:
        assert content.read(5) == b"%PDF-"
    assert paper.ended_at is not None


def test_a_large_department_comes_in_portions(ask, cycle, entry, office, quick, monkeypatch):
    monkeypatch.setattr(papers, "SHEETS_AT_ONCE", 2)
    for _ in range(4):
        EntryFactory(cycle=cycle, action=ActionFactory(measure=entry.action.measure), organization=office)
    worker_paper = ask("sheets", organization=office.pk)
    worker.work_once()
    assert (now(worker_paper).total, len(quick)) == (3, 3)


def test_the_first_asked_is_the_first_made(ask, entry, quick):
    first, second = ask("sheets"), ask("blanks")
    worker.work_once()
    assert (now(first).state, now(second).state) == ("done", "waiting")


def test_a_paper_of_nothing_says_so(ask, cycle, quick):
    paper = ask("sheets")
    worker.work_once()
    assert (now(paper).state, now(paper).error) == ("failed", "印刷する内容がありません。")


def test_a_failure_is_told_and_the_next_paper_is_made(ask, entry, quick, monkeypatch, caplog):
    bad, good = ask("sheets"), ask("blanks")
    real = papers.pieces
    monkeypatch.setattr(papers, "pieces", lambda paper: 1 / 0 if paper.pk == bad.pk else real(paper))
    worker.work_once(), worker.work_once()
    assert (now(bad).state, now(bad).error) == ("failed", worker.FAILED)
    assert now(good).state == "done"
    assert "was not made" in caplog.text


def test_one_who_asks_to_stop_is_heard_between_two_parts(ask, cycle, entry, quick, monkeypatch):
    EntryFactory(cycle=cycle, action=entry.action, organization=OrganizationFactory())
    paper = ask("sheets")
    one_page = pdf.render("")

    def render(html, **options):
        Paper.objects.update(stop_asked=True)
        return one_page

    monkeypatch.setattr(pdf, "render", render)
    worker.work_once()
    assert (now(paper).state, now(paper).done, bool(now(paper).file)) == ("stopped", 0, False)


def test_what_a_dead_worker_left_is_begun_again(ask, entry, quick):
    paper = ask("sheets")
    Paper.objects.update(state="running", done=1, doing="…")
    assert worker.work_once() is False
    assert worker.take_up_orphans() == 1
    worker.work_once()
    assert now(paper).state == "done"


def test_there_is_one_worker(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert worker.is_there() is False
    with worker.alone() as first, worker.alone() as second:
        assert (first, second, worker.is_there()) == (True, False, True)
    assert worker.is_there() is False


def test_a_page_that_looks_in_that_moment_does_not_keep_the_worker_away(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    worker.lock_file().touch()
    with worker.lock_file().open() as look:
        fcntl.flock(look, fcntl.LOCK_SH)
        gone = threading.Timer(2 * worker.MOMENT, lambda: fcntl.flock(look, fcntl.LOCK_UN))
        gone.start()
        with worker.alone() as is_alone:
            assert is_alone is True
        gone.join()


def test_each_handout_of_a_pack_begins_on_the_front_of_a_sheet(tmp_path):
    def made(pages: int, *, is_front: bool) -> tuple[Part, papers.Piece]:
        file = tmp_path / f"{pages}.pdf"
        with pikepdf.new() as source:
            for _ in range(pages):
                source.add_blank_page(page_size=(842, 595))
            source.save(file)
        return Part(file, "題"), papers.Piece("…", label="資料", is_front=is_front)

    rows = [made(1, is_front=False), made(2, is_front=True), made(1, is_front=False), made(3, is_front=True)]
    parts, labels = worker._on_fresh_sheets([part for part, _ in rows], [piece for _, piece in rows], tmp_path)

    # Of one page the back stays empty, and so does that of the third of the first handout.
    assert [part.title for part in parts] == ["題", "", "題", "題", "", "題"]
    assert labels == ["資料", "", "資料", "資料", "資料", "", "資料", "資料", "資料"]
    assert [tuple(map(round, size)) for size in sizes(parts[1].file)] == [(842, 595)]


@pytest.mark.parametrize("kind", ["sheets", "blanks", "list", "report", "opinions"])
def test_every_kind_is_made_by_the_engine(ask, cycle, entry, kind):
    fill(entry, "C", "review", reason="遅れた。", improvement="見直す。", memo="庁内だけ")
    entry.state = EntryState.ACCEPTED
    entry.save()
    paper = ask(kind)
    worker.work_once()
    paper = now(paper)
    assert (paper.state, paper.error) == ("done", "")
    assert paper.pages >= 1
