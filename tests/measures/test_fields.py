"""What must be filled when."""

import pytest

from measures.fields import BY_NAME, missing
from tests.factories import CycleFactory, EntryFactory, ScaleFactory, fill

pytestmark = pytest.mark.django_db


def names(entry) -> list[str]:
    return [field.name for field in missing(entry)]


@pytest.mark.parametrize(
    ("grade", "direction", "expected"),
    [
        ("A", "continue", []),
        ("B", "continue", []),
        ("C", "continue", ["reason"]),
        ("D", "continue", ["reason"]),
        ("F", "complete", []),
        ("B", "review", ["improvement"]),
        ("C", "review", ["reason", "improvement"]),
    ],
)
def test_what_a_rating_and_a_direction_ask_for(entry, grade, direction, expected):
    assert names(fill(entry, grade, direction)) == expected


def test_an_ended_action_needs_no_next_plan(entry):
    assert names(fill(entry, "F", "complete", next_plan="")) == []
    assert names(fill(entry, "B", "continue", next_plan="")) == ["next_plan"]


def test_an_empty_sheet_misses_what_is_always_required(entry):
    assert names(entry) == ["result", "rating", "direction", "next_plan"]


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("A", "B", "前年度の A から下がったため必須"),
        ("B", "A", ""),
        ("B", "B", ""),
        ("F", "B", ""),
        ("A", "F", ""),
        ("A", "C", "C を選んだため必須"),
    ],
)
def test_a_fall_from_last_year_must_be_explained(entry, before, now, words):
    last = CycleFactory(plan=entry.cycle.plan, scale=entry.cycle.scale, year=2024, state="closed")
    fill(EntryFactory(cycle=last, action=entry.action, organization=entry.organization), before)
    assert BY_NAME["reason"].required(fill(entry, now)) == words


def test_letters_of_two_scales_are_not_compared(entry):
    other = ScaleFactory(plan=entry.cycle.plan, name="別の基準")
    last = CycleFactory(plan=entry.cycle.plan, scale=other, year=2024, state="closed")
    fill(EntryFactory(cycle=last, action=entry.action, organization=entry.organization), "A")
    assert BY_NAME["reason"].required(fill(entry, "B")) == ""


def test_what_was_carried_over_is_no_answer(entry):
    entry.planned = "会議を3回開く。"
    assert entry.has_answers is False
    entry.direction = entry.cycle.scale.directions.first()
    assert entry.has_answers is True
