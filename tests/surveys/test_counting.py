"""Answers as columns of numbers."""

from decimal import Decimal

import numpy as np
import pytest

from surveys import counting
from surveys.counting import MULTIPLE, NOT_ASKED, NOT_ASKED_BITS, NUMBER, SINGLE, Column


def column(values, form=SINGLE, labels=("はい", "いいえ")) -> Column:
    return Column(form, np.array(values, dtype=form), list(labels))


ALL = np.ones(6, dtype=bool)


def test_one_answer_each_is_counted_with_no_answer_last_and_who_was_not_asked_left_out():
    counts = counting.count(column([1, 1, 2, 0, 0, NOT_ASKED]), ALL)

    assert counts.bases.tolist() == [5]
    assert counts.cells.tolist() == [[2, 1, 2]]


def test_several_answers_are_counted_one_by_one():
    answers = column([0b1, 0b11, 0b10, 0, NOT_ASKED_BITS, 0b11], MULTIPLE)
    counts = counting.count(answers, ALL)

    assert counts.bases.tolist() == [5]
    assert counts.cells.tolist() == [[3, 3, 1]]


def test_a_column_survives_its_packing():
    packed = column([1, 2, 0], SINGLE).values.tobytes()

    assert Column.of(SINGLE, packed, ["はい", "いいえ"]).values.tolist() == [1, 2, 0]


def test_a_cross_table_has_a_row_for_each_group_and_one_for_who_did_not_say():
    by = column([1, 1, 2, 2, 0, NOT_ASKED], labels=["女性", "男性"])
    counts = counting.cross(column([1, 2, 1, 0, 1, 1]), by, ALL)

    assert counts.bases.tolist() == [2, 2, 1]
    assert counts.cells.tolist() == [[1, 1, 0], [1, 0, 1], [1, 0, 0]]


def test_filters_keep_who_gave_each_of_the_answers():
    sex, age = column([1, 1, 2, 2, 1, 0]), column([1, 2, 1, 2, 1, 1])

    assert counting.everyone(6, [(sex, 1), (age, 1)]).tolist() == [True, False, False, False, True, False]
    assert counting.everyone(6, []).tolist() == [True] * 6


@pytest.mark.parametrize(
    ("part", "base", "percent"),
    [(1, 16, "6.3"), (1, 8, "12.5"), (1, 3, "33.3"), (2, 3, "66.7"), (0, 5, "0"), (5, 5, "100"), (1, 2000, "0.1")],
)
def test_shares_round_half_up(part, base, percent):
    assert counting.percent(part, base) == Decimal(percent)


def test_numbers_are_summarized_without_their_extremes():
    years = column([10, 20, 30, 40, float("nan"), float("inf")], NUMBER)

    summary = counting.summarize(years, ALL)

    assert summary == counting.Summary(5, 4, Decimal(25), Decimal(25), Decimal("17.5"), Decimal("32.5"))
    assert counting.summarize(column([float("nan")], NUMBER), np.array([True])) is None


def test_all_tables_of_100_000_answers_to_30_questions_take_less_than_two_seconds():
    import time

    random = np.random.default_rng(1)
    size = 100_000
    age = column(random.integers(0, 8, size), labels=[f"{n}歳台" for n in range(7)])
    questions = [column(random.integers(0, 6, size), labels=list("あいうえお")) for _ in range(30)]
    everyone = np.ones(size, dtype=bool)

    began = time.perf_counter()
    tables = [counting.cross(question, age, everyone) for question in questions]
    seconds = time.perf_counter() - began

    assert {int(table.cells.sum()) for table in tables} == {size}
    assert seconds < 2
