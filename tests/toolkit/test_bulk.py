"""Many rows at once: written as they are, each with its row of history."""

import pytest
from django.db import IntegrityError, transaction

from mine_welfare.toolkit import bulk
from plans.models import GlossaryTerm

pytestmark = pytest.mark.django_db


def term(plan, word: str) -> GlossaryTerm:
    return GlossaryTerm(plan=plan, term=word, reading=word, definition="説明")


def told() -> list[tuple]:
    rows = GlossaryTerm.history.order_by("history_id")
    return [(row.term, row.history_type, row.definition, row.history_user, row.history_change_reason) for row in rows]


def test_new_rows(plan, secretariat):
    bulk.add([term(plan, "自助"), term(plan, "共助")], by=secretariat, reason="取込み")
    assert list(GlossaryTerm.objects.values_list("term", flat=True)) == ["共助", "自助"]
    assert told() == [("自助", "+", "説明", secretariat, "取込み"), ("共助", "+", "説明", secretariat, "取込み")]


def test_rows_that_are_there(plan, secretariat):
    rows = [GlossaryTerm.objects.create(plan=plan, term=word, reading=word, definition="説明") for word in "一二三"]
    for row in rows[:2]:
        row.definition, row.reading = "新しい説明", "ほか"
    bulk.change(rows[:2], ["definition"], by=secretariat, reason="あ" * 200)
    found = GlossaryTerm.objects.order_by("pk").values_list("pk", "definition", "reading")
    assert list(found) == [
        (rows[0].pk, "新しい説明", "一"), (rows[1].pk, "新しい説明", "二"), (rows[2].pk, "説明", "三"),
    ]  # fmt: skip
    assert [row[1:] for row in told()[3:]] == [("~", "新しい説明", secretariat, "あ" * 100)] * 2


def test_what_may_not_stand_is_not_written(plan, secretariat):
    rows = [GlossaryTerm.objects.create(plan=plan, term=word, reading=word, definition="説明") for word in "一二"]
    rows[0].term = "二"
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.change(rows, ["term"], by=secretariat)
    assert list(GlossaryTerm.objects.order_by("pk").values_list("term", flat=True)) == ["一", "二"]


def test_nothing_is_nothing(secretariat, django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.add([], by=secretariat)
        bulk.change([], ["term"], by=secretariat)
