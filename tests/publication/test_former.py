"""これまでの計画: the books and reports of the plans before the current one stay readable, and of no other."""

import pytest
from django.utils import timezone

from mine_welfare.publication import former, public_papers
from tests.factories import CycleFactory, PlanFactory, ScaleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(plan, tmp_path, monkeypatch):
    """Three generations, the current one last, and a draft of the fourth."""
    first = PlanFactory(slug="first", short_title="第1次計画", is_current=False)
    second = PlanFactory(slug="second", short_title="第2次計画", is_current=False, predecessor=first)
    plan.predecessor = second
    plan.save()
    PlanFactory(slug="draft", is_current=False, predecessor=plan)
    closed = {"plan": second, "scale": ScaleFactory(plan=second), "state": "closed", "published_at": timezone.now()}
    CycleFactory(**closed, year=2023)
    CycleFactory(**closed, year=2024, unpublished_at=timezone.now())
    paper = tmp_path / "paper-1.pdf"
    paper.write_bytes(b"%PDF-1.7")
    monkeypatch.setattr(public_papers, "book", lambda plan: paper)
    monkeypatch.setattr(public_papers, "yearly", lambda cycle, name: paper)
    return plan


def test_each_with_its_book_and_its_published_years(client, plans):
    found = [(plan.slug, [cycle.year for cycle in own]) for plan, own in client.get("/plan/former/").context["plans"]]
    assert found == [("second", [2023]), ("first", [])]
    for page in ("/plan/", "/evaluations/"):
        assert 'href="/plan/former/"' in client.get(page).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("first/plan.pdf", 200),
        ("second/plan.pdf", 200),
        ("draft/plan.pdf", 404),
        ("nothing/plan.pdf", 404),
        ("second/evaluations/2023/report.pdf", 200),
        ("second/evaluations/2023/reoffense.pdf", 404),
        ("second/evaluations/2023/x.pdf", 404),
        ("second/evaluations/2024/report.pdf", 404),
        ("first/evaluations/2023/report.pdf", 404),
    ],
)
def test_what_is_read_and_what_is_not(client, plans, path, status):
    response = client.get(f"/downloads/plans/{path}")
    assert response.status_code == status
    if status == 200:
        assert b"".join(response.streaming_content) == b"%PDF-1.7"


def test_the_current_plan_has_its_own_address(client, plans):
    assert client.get(f"/downloads/plans/{plans.slug}/plan.pdf").status_code == 404


def test_a_first_plan_has_none(client, plan):
    assert former.former_of(plan) == []
    page = client.get("/plan/former/")
    assert "これまでの計画は、まだありません" in page.text
    assert "/plan/former/" not in client.get("/plan/").text
