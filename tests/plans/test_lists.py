"""Each table of the plan's text as Excel and CSV."""

import pytest

from plans.models import Erratum, GlossaryTerm, Plan
from tests.tables import EveryList, Table

pytestmark = pytest.mark.django_db


def errata(get, rows):
    """Slips of the draft; a reading error is left out."""
    for number in range(rows + 1):
        kind = Erratum.Kind.DRAFT if number < rows else Erratum.Kind.READING
        Erratum.objects.create(
            plan=get("plan"), position=number, kind=kind, confidence="open", line=number + 1, place="第1章",
            as_read=f"表記{number}", corrected="+案", reason="理由",
        )  # fmt: skip


def terms(get, rows):
    plan = get("plan")
    Plan.objects.update(slug="own")
    for number in range(rows):
        GlossaryTerm.objects.create(plan=plan, term=f"用語{number}", reading=f"よ{number}", definition="一行\n二行")


TABLES = {
    "素案の確認事項": Table(
        "/staff/errata/?kind=draft", errata,
        ["種類", "場所", "読み取りのまま・素案の表記", "収録した形・案", "理由", "確からしさ", "行"],
        ["素案の表記（そのまま収録）", "第1章", "表記0", "'+案", "理由", "市の確認が必要", "1"],
        lambda page: [row.line for one in page["groups"] for _, rows in one.chapters for row in rows], "行", 5,
    ),
    "用語解説": Table(
        "/staff/plan/own/glossary/", terms,
        ["用語", "読み", "説明", "出どころ"],
        ["用語0", "よ0", "一行／二行", "ポータルの説明"],
        lambda page: [term.term for term in page["terms"]], "用語", 5, readers=frozenset({"secretariat"}),
    ),
}  # fmt: skip


class TestLists(EveryList):
    tables = TABLES
