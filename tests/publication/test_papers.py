"""Which sheets a paper holds, and when it must be made again."""

import pytest

from measures import actions
from measures.models import Cycle, Transition
from mine_welfare.publication import papers
from mine_welfare.publication.models import Paper
from plans.models import Component
from tests.factories import EntryFactory, OpinionFactory, ReviewFactory, fill


@pytest.fixture
def component(plan):
    return Component.objects.create(plan=plan, code="c", title="再犯防止推進計画", owner="市", position=1)


def test_a_scope_narrows_by_each_of_its_words(cycle, entry, component):
    other = EntryFactory(cycle=cycle, action__measure__policy__goal__number=2)
    other.action.components.add(component)
    found = [
        list(papers.entries_of(cycle, scope))
        for scope in (
            {},
            {"organization": entry.organization_id},
            {"measure": other.action.measure_id},
            {"goal": 2},
            {"component": component.pk},
            {"organization": entry.organization_id, "goal": 2},
        )
    ]
    assert found == [[entry, other], [entry], [other], [other], [other], []]


@pytest.mark.parametrize(
    ("together", "of_one", "parts"),
    [
        (2, False, ["全体"]),
        (1, False, ["基本目標1 安心して暮らせるまち", "基本目標2 安心して暮らせるまち"]),
        (2, True, ["福祉課"]),
        (0, True, ["福祉課　基本目標1 安心して暮らせるまち"]),
    ],
)
def test_few_rows_of_a_list_stand_together(cycle, entry, secretariat, monkeypatch, together, of_one, parts):
    """Else every goal has pages of its own, and a list of ten rows three half-empty ones."""
    EntryFactory(cycle=cycle, action__measure__policy__goal__number=2)
    monkeypatch.setattr(papers, "ROWS_TOGETHER", together)
    scope = {"organization": entry.organization_id} if of_one else {}
    paper = Paper(plan=cycle.plan, cycle=cycle, kind="list", scope=scope, asked_by=secretariat)
    assert [piece.title for piece in papers.pieces(paper)] == parts


@pytest.mark.parametrize(
    "change", ["save", "transition", "review", "opinion", "plan", "stage"], ids=lambda name: f"after-{name}"
)
def test_any_write_of_the_year_moves_its_contents(cycle, entry, writer, change):
    before = papers.contents(cycle)
    assert papers.contents(cycle) == before
    if change == "save":
        actions.save_entry(entry=entry, by=writer, version=entry.version, values={"result": "開いた。"})
    elif change == "transition":
        Transition.objects.create(entry=fill(entry), verb="submit", source="draft", target="submitted", by=writer)
    elif change == "review":
        ReviewFactory(cycle=cycle, measure=entry.action.measure)
    elif change == "opinion":
        OpinionFactory(cycle=cycle)
    elif change == "plan":
        cycle.plan.touch()
    else:
        cycle.state = "collecting"
    again = cycle if change == "stage" else Cycle.objects.get(pk=cycle.pk)
    assert papers.contents(again) != before
