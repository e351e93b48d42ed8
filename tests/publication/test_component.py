"""/reoffense/ on the real plan: every row of its tables once, in order, with its 担当課, and the references."""

import re

import pytest
from django.conf import settings
from django.db import transaction

from measures.models import Action, Measure
from mine_welfare.publication import planfile
from mine_welfare.publication.component import awareness
from reoffense.queries import component_plan
from surveys.models import Question

SOURCE = settings.BASE_DIR / "fixtures" / "plan3" / "source.txt"
# Lines of the draft between the heading of the five tables and the next policy.
FIRST, LAST = "【主な具体的取組】", "オ 民間協力者の活動の促進と広報・啓発活動の推進"
AREA = re.compile(r"^[ア-オ工] ")


@pytest.fixture(scope="module")
def plan3(django_db_setup, django_db_blocker):
    """The plan, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield planfile.load(settings.BASE_DIR / "fixtures" / "plan3")
        transaction.set_rollback(True)


def drafted() -> list[tuple[str, str]]:
    """[(取組, 担当課)] of the ア–オ tables as the draft prints them."""
    lines = SOURCE.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if "③再犯防止のための支援" in line and "【" in line)
    start = next(n for n in range(start, len(lines)) if lines[n].startswith(FIRST))
    rows = []
    for line in lines[start:]:
        if line.startswith("④"):
            break
        cells = line.split("\t")
        if len(cells) == 3 and cells[0] != "取組" and cells[2]:
            rows.append((cells[0], cells[2].replace(" ", "、")))
    return rows


def test_each_row_of_the_drafts_tables_is_on_the_page_once_and_in_order(db, plan3):
    page = component_plan(plan3)
    served = [(row.action.title, "、".join(row.offices)) for area in page.areas for row in area.rows]
    assert served == drafted()
    assert [str(area.focus)[0] for area in page.areas] == list("アイウエオ")


def test_the_references_lead_to_the_measures_they_name(db, plan3):
    page = component_plan(plan3)
    assert [(one.measure.code, one.action.code if one.action else None) for one in page.references] == [
        ("2-2-2", None),
        ("1-3-2", None),
        ("1-1-1", None),
        ("1-2-1", None),
        ("2-1-1", "2-1-1-G05"),
        ("3-2-1", None),
    ]


def test_the_page_says_each_thing_once(db, plan3, client):
    text = client.get("/reoffense/").content.decode()
    page = component_plan(plan3)
    assert [text.count(f'href="/actions/{row.action.code}/"') for row in page.rows] == [1] * len(page.rows)
    assert [len(re.findall(f'class="related".*?/measures/{code}/', text)) for code in ("2-2-2", "3-2-1")] == [1, 1]
    definition = "この計画において「犯罪をした者等」とは"
    assert text.count(definition) == 1
    assert "4.4" in text
    assert text.count("図「刑法犯検挙者中の再犯者数及び再犯者率」は") == 1  # lost in the draft, and said so


def test_awareness_is_in_the_plans_own_words(db, plan3):
    questions = Question.objects.filter(measures__code="1-3-3").prefetch_related("tallies__item", "rankings__item")
    known = awareness(list(questions))
    assert known == {
        "保護司": ["「少なからず名称を知っている」は7割以上", "「名称・役割ともに知っている」が多い順の1番目"],
        "社会を明るくする運動": ["「名称・役割ともに知っている」が多い順の2番目"],
        "協力雇用主": ["「名称・役割ともに知っている」が多い順の3番目"],
    }


def test_the_carrier_is_the_measure_of_the_plan(db, plan3):
    page = component_plan(plan3)
    assert page.measures == [Measure.objects.get(plan=plan3, code="1-3-3")]
    assert Action.objects.filter(components=page.component).count() == len(page.rows) == 22
