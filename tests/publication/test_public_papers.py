"""Papers of a published year: files made once, gone with the publication."""

import pytest
from django.utils import timezone

from measures.models import ActionGroup
from measures.workflow import CycleState, EntryState
from mine_welfare.publication import downloads, public_papers
from mine_welfare.toolkit import pdf, pdf_pieces
from plans.models import Component
from reoffense.models import FocusArea
from tests.factories import fill


@pytest.fixture
def published(cycle, entry):
    fill(entry).state = EntryState.FIXED
    entry.save()
    cycle.state, cycle.published_at = CycleState.PUBLISHED, timezone.now()
    cycle.save()
    return cycle


@pytest.fixture
def made(monkeypatch) -> list[str]:
    found: list[str] = []

    def render(html, **options):
        found.append(html)
        return b"%PDF-" + str(len(found)).encode()

    monkeypatch.setattr(pdf, "render", render)
    monkeypatch.setattr(pdf_pieces, "make", lambda html, *rest, **options: render(html))
    return found


@pytest.mark.parametrize("name", ["report", "opinions"])
def test_a_citizen_gets_the_paper_of_a_published_year(client, published, made, name):
    address = f"/downloads/evaluations/{published.year}/{name}.pdf"
    first, second = client.get(address), client.get(address)
    assert [b"".join(one.streaming_content) for one in (first, second)] == [b"%PDF-1"] * 2
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert len(made) == 1


def test_no_paper_says_what_is_for_the_city_hall_only(client, published, made, entry):
    entry.memo = "庁内だけの話"
    entry.save()
    for name in ("report", "opinions"):
        list(client.get(f"/downloads/evaluations/{published.year}/{name}.pdf").streaming_content)
    assert not any("庁内だけの話" in html for html in made)


def test_before_and_after_publication_there_is_none(client, cycle, entry, made):
    address = f"/downloads/evaluations/{cycle.year}/report.pdf"
    assert client.get(address).status_code == 404
    cycle.published_at = cycle.unpublished_at = timezone.now()
    cycle.save()
    assert client.get(address).status_code == 404


def test_the_component_has_a_report_of_its_own_where_there_is_one(client, published, entry, made):
    address = f"/downloads/evaluations/{published.year}/reoffense.pdf"
    assert client.get(address).status_code == 404
    component = Component.objects.create(
        plan=published.plan, code="reoffense", title="再犯防止推進計画", owner="市", position=1
    )
    group = ActionGroup.objects.create(measure=entry.action.measure, label="ア", title="安全", position=1)
    FocusArea.objects.create(component=component, group=group, position=1)
    response = client.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1"
    assert "再犯防止推進計画　達成状況評価報告書" in made[0]


def test_papers_that_begin_alike_do_not_clear_each_other_away(plan, made):
    def made_for(name: str, year: int | None = None):
        return downloads.kept_paper(plan, name, lambda: pdf.render(name), year=year)

    files = [made_for("reoffense", 2025), made_for("reoffense"), made_for("report", 2025), made_for("report", 2026)]
    assert [file.exists() for file in files] == [True] * 4
    assert len(made) == 4


def test_other_names_are_not_found(client, published, made):
    assert client.get(f"/downloads/evaluations/{published.year}/memo.pdf").status_code == 404


def test_the_worker_makes_what_is_missing_and_no_more(published, made):
    before = public_papers.edition_now()
    public_papers.make_missing()
    assert len(made) == 3  # the book, the report, the opinions; the plan has no component of its own
    public_papers.make_missing()
    assert len(made) == 3
    assert public_papers.edition_now() == before
    published.plan.touch()
    assert public_papers.edition_now() != before


def test_one_that_fails_does_not_keep_the_others(published, made, monkeypatch, caplog):
    monkeypatch.setattr(public_papers, "book", lambda plan: 1 / 0)
    public_papers.make_missing()
    assert len(made) == 2
    assert "a public paper was not made" in caplog.text
