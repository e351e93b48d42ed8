"""The text twin holds every sentence of the plan the pages serve."""

import re

import pytest
from django.conf import settings
from django.db import transaction

from mine_welfare.publication import planfile
from mine_welfare.publication.plaintext import LOST, plan_text
from tests.factories import SectionFactory
from tests.publication import plan_text as written


@pytest.fixture(scope="module")
def plan3(django_db_setup, django_db_blocker):
    """The plan, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield planfile.load(settings.BASE_DIR / "fixtures" / "plan3")
        transaction.set_rollback(True)


# The text has its own marks and words around what the plan says.
MARKS = re.compile(r"[・、()（）【】]|主な評価と課題|見直し方針|主な意見|要因や取組課題|担当：")
# Heads of tables, which the text does not repeat; headings two groups of 担い手 share.
HEADS = {"取組", "内容", "担当課", "施策", "分野", "", "第3次計画に向けた", "地域関係機関団体等の取組互助共助"}


def bare(text: str) -> str:
    return MARKS.sub("", written.squash(text))


def test_every_sentence_of_the_plan_is_in_the_text(db, plan3):
    text = bare(plan_text(plan3))
    sentences = [bare(sentence.text) for sentence in written.served(plan3)]
    assert len(sentences) > 2000
    missing = [sentence for sentence in sentences if sentence not in text and sentence not in HEADS]
    assert missing == []


def test_a_lost_figure_is_said_to_be_lost(db, plan3):
    plan3.terms.all().delete()
    SectionFactory(plan=plan3, chapter=99, body='本文です。\n\n![図](lost:a "資料：白書")')
    assert plan_text(plan3).split("\n\n")[-1] == f"図\n{LOST}\n資料：白書\n"


def test_the_file_is_plain_text_for_everyone(db, plan3, client):
    response = client.get("/downloads/plan.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().startswith(plan3.titles[0])
