"""個票 and 一覧: what stands on them, who may read it, and how many queries they take."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures import actions
from measures.models import Cycle, PreviousReview
from measures.reports.sheets import ROOMY, entry_list, sheets
from measures.workflow import Verb
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    OpinionFactory,
    OrganizationFactory,
    ReviewFactory,
    fill,
)


def only(cycle, **options):
    (found,) = sheets(cycle.entries.all(), cycle, **options)
    return found


def test_a_sheet_shows_the_choice_among_all(cycle, entry):
    fill(entry, "B", "review", improvement="直す。")
    sheet = only(cycle)
    assert [(grade.code, chosen) for grade, chosen in sheet.grades] == [
        ("A", False), ("B", True), ("C", False), ("D", False), ("F", False),
    ]  # fmt: skip
    assert [(str(one), chosen) for one, chosen in sheet.directions] == [
        ("継続", False), ("見直し", True), ("完了", False),
    ]  # fmt: skip
    assert [(field.name, text) for field, text in sheet.texts] == [("improvement", "直す。"), ("next_plan", "続ける。")]
    assert {chosen for _, chosen in sheet.offered} == {False}


def test_last_year_stands_before_what_the_plan_before_said(plan, cycle, entry):
    row = PreviousReview.objects.create(plan=plan, position=1, title="相談", evaluation=["評価"], policy=["方針"])
    row.measures.add(entry.action.measure)
    assert (only(cycle).before, only(cycle).handed_down) == (None, [row])
    last = CycleFactory(plan=plan, year=2024, scale=cycle.scale, state="closed")
    before = EntryFactory(cycle=last, action=entry.action, organization=entry.organization)
    assert only(cycle).before == before
    assert only(cycle).year_before == 2024


def test_reviews_counts_and_opinions_are_those_of_its_measure(cycle, entry):
    review = ReviewFactory(cycle=cycle, measure=entry.action.measure, first_comment="所見")
    opinion = OpinionFactory(cycle=cycle, measure=entry.action.measure)
    OpinionFactory(cycle=cycle, measure=entry.action.measure, received_at=None)
    sheet = only(cycle)
    assert (sheet.review, sheet.counts.n, sheet.opinions) == (review, 1, [opinion])


def test_stamps_are_the_days_of_the_steps_that_still_hold(cycle, entry, writer, approver):
    fill(entry)
    entry = actions.transition(entry=entry, verb=Verb.SUBMIT, by=writer)
    entry = actions.transition(entry=entry, verb=Verb.APPROVE, by=approver)
    assert [bool(day) for _, day in only(cycle).stamps] == [True, True, False, False]
    actions.transition(entry=entry, verb=Verb.RETURN, by=approver, comment="数を直す")
    assert [bool(day) for _, day in only(cycle).stamps] == [False] * 4
    assert only(cycle, is_public=True).moves == []


@pytest.mark.parametrize(("length", "tight"), [(ROOMY - 60, False), (ROOMY + 1, True)])
def test_long_answers_ask_for_smaller_type(cycle, entry, length, tight):
    fill(entry, result="あ" * length)
    assert only(cycle).is_tight is tight


def test_the_list_is_numbered_through_by_measure(plan, cycle, entry):
    second = EntryFactory(cycle=cycle, action=ActionFactory(measure=entry.action.measure))
    found = entry_list(cycle.entries.all(), cycle)
    assert [(part.measure, [row.number for row in part.rows]) for part in found.parts] == [
        (entry.action.measure, [1, 2])
    ]
    assert [part.rows for part in found.parts] == [[entry, second]]
    assert (found.total, found.states) == (2, [("未入力", 2)])


def test_queries_do_not_grow_with_the_rows(plan, cycle, entry):
    def count(read) -> int:
        year = Cycle.objects.select_related("plan", "scale").get(pk=cycle.pk)
        with CaptureQueriesContext(connection) as queries:
            read(year.entries.all(), year)
        return len(queries)

    OpinionFactory(cycle=cycle, measure=entry.action.measure)
    assert (count(sheets), count(entry_list)) == (10, 2)
    for _ in range(3):
        row = EntryFactory(cycle=cycle, action=entry.action, organization=OrganizationFactory())
        OpinionFactory(cycle=cycle, measure=row.action.measure)
    assert (count(sheets), count(entry_list)) == (10, 2)
