"""The printed papers of any plan, whatever stands in it."""

import io

import pypdf
import pytest
from django.conf import settings

from mine_welfare.publication import planfile, reports
from mine_welfare.toolkit import pdf
from tests.factories import ActionFactory, PlanFactory, RoleItemFactory, SectionFactory
from tests.publication.plan_text import squash

pytestmark = pytest.mark.django_db

SECOND = settings.BASE_DIR / "tests" / "fixtures" / "second_plan"


def test_a_plan_of_another_city_has_a_book_of_its_own():
    html = reports.plan_book(planfile.load(SECOND))
    made = pypdf.PdfReader(io.BytesIO(pdf.render(html)))
    text = squash("".join(page.extract_text() for page in made.pages))

    assert "美祢" not in html
    assert "架空市支えあい計画" in text
    assert "【素案】" not in text
    assert "【子育ての取組】" in text
    assert "その他、相談窓口の取組も進めます。" in text


def test_a_plan_with_nothing_in_it_is_still_a_book():
    assert pdf.render(reports.plan_book(PlanFactory())).startswith(b"%PDF")


ATTACKS = (
    '<img src="file:///etc/passwd">',
    "![図](file:///etc/passwd)",
    "![図](http://127.0.0.1:1/x.png)",
    f"![図](data:image/png;base64,{'A' * 200_000})",
    '<link rel="stylesheet" href="http://127.0.0.1:1/x.css"><style>@import "http://127.0.0.1:1/y.css";</style>',
    '<link rel="attachment" href="file:///etc/passwd">',
)


def test_text_of_the_plan_makes_the_engine_fetch_nothing(monkeypatch):
    asked = []
    monkeypatch.setattr(pdf, "own_file", lambda url, real=pdf.own_file: (asked.append(url), real(url))[1])
    plan = PlanFactory(vision=ATTACKS[0])
    SectionFactory(plan=plan, level=1, anchor="chapter-1", title=ATTACKS[0], body="\n\n".join(ATTACKS))
    role = RoleItemFactory(measure__policy__goal__plan=plan, text="\n".join(ATTACKS))
    ActionFactory(measure=role.measure, title=ATTACKS[0], content="\n".join(ATTACKS))

    pdf.render(reports.plan_book(plan))

    assert {url for url in asked if not url.startswith(f"{pdf.BASE}static/paper/")} == set()
