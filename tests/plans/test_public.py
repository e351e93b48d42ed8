"""用語解説: every word under its row of the 五十音."""

import re

import pytest

from plans.models import GlossaryTerm

pytestmark = pytest.mark.django_db

TERMS = (
    ("8050問題", "8050もんだい"),
    ("NPO", "えぬぴーおー"),
    ("アウトリーチ", "あうとりーち"),
    ("ガイドヘルパー", "ガイドヘルパー"),
    ("圏域", "けんいき"),
    ("再犯者率", "さいはんしゃりつ"),
)


@pytest.fixture
def terms(plan) -> None:
    for term, reading in reversed(TERMS):
        GlossaryTerm.objects.create(plan=plan, term=term, reading=reading, definition=f"{term}の説明です。")


def test_terms_stand_in_the_order_of_their_readings_others_last(client, terms):
    rows = client.get("/glossary/").context["rows"]
    assert [(row, [term.term for term in under]) for row, under in rows] == [
        ("あ行", ["アウトリーチ", "NPO"]),
        ("か行", ["ガイドヘルパー", "圏域"]),
        ("さ行", ["再犯者率"]),
        ("その他", ["8050問題"]),
    ]


def test_a_term_can_be_pointed_at_and_looked_for(client, terms):
    html = client.get("/glossary/").content.decode()
    ids = re.findall(r'id="(term-[^"]*)"', html)
    assert sorted(ids) == sorted(f"term-{term}" for term, _ in TERMS)
    assert 'href="/search/?q=%E5%9C%8F%E5%9F%9F"' in html


@pytest.mark.parametrize(
    ("origin", "explained"), [(GlossaryTerm.Origin.PORTAL, True), (GlossaryTerm.Origin.PLAN, False)]
)
def test_who_explains_a_word_is_said_while_the_portal_does(client, plan, origin, explained):
    GlossaryTerm.objects.create(plan=plan, term="圏域", reading="けんいき", definition="範囲です。", origin=origin)
    html = client.get("/glossary/").content.decode()
    assert ("計画書の用語解説は準備中です。" in html) == explained


def test_a_plan_without_terms_says_so(client, plan):
    assert "用語解説は、まだありません" in client.get("/glossary/").content.decode()


def test_before_a_plan_is_loaded_there_is_no_glossary(client, db):
    assert client.get("/glossary/").status_code == 404
