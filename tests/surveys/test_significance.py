"""The test against chance, beside values of printed tables."""

import numpy as np
import pytest

from surveys.significance import Result, chi_square, upper_tail


@pytest.mark.parametrize(
    ("statistic", "freedom", "p"),
    [
        # Critical values of the chi-square distribution, as printed in any textbook.
        (3.841, 1, 0.05),
        (6.635, 1, 0.01),
        (5.991, 2, 0.05),
        (11.070, 5, 0.05),
        (18.307, 10, 0.05),
        (43.773, 30, 0.05),
        (0.004, 1, 0.95),
        (124.342, 100, 0.05),
    ],
)
def test_the_upper_tail_agrees_with_the_printed_tables(statistic, freedom, p):
    assert upper_tail(statistic, freedom) == pytest.approx(p, abs=0.0006)


def test_nothing_is_certain_and_all_is_possible_at_nought():
    assert upper_tail(0, 3) == 1
    assert upper_tail(500, 3) < 1e-50


def test_a_large_difference_is_said_in_plain_words():
    result = chi_square(np.array([[40, 10], [10, 40]]))

    assert (round(result.statistic, 2), result.freedom, result.differs) == (36.0, 1, True)
    assert result.reading == "区分による答えの違いは、偶然だけでは起こりにくい大きさです（有意水準5％）。"


def test_no_difference_is_not_said_to_be_equality():
    result = chi_square(np.array([[25, 25], [24, 26]]))

    assert (result.differs, result.p > 0.5) == (False, True)
    assert result.reading == (
        "区分による答えの違いは、偶然でも起こりうる大きさです（有意水準5％）。違いがあるとはいえません。"
    )


def test_groups_and_answers_nobody_gave_do_not_count():
    assert chi_square(np.array([[40, 10, 0], [10, 40, 0], [0, 0, 0]])).freedom == 1


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([[40, 10]], "比べられる区分や答えが2つ以上ないため、検定はしていません。"),
        ([[40, 0], [30, 0]], "比べられる区分や答えが2つ以上ないため、検定はしていません。"),
        ([[40, 1], [30, 1]], "人数の少ない区分や答えがあるため、検定はしていません。"),
        ([[4, 4], [4, 4]], "人数の少ない区分や答えがあるため、検定はしていません。"),
    ],
)
def test_without_enough_people_there_is_a_reason_and_no_test(cells, reason):
    result = chi_square(np.array(cells))

    assert (result, result.reading, result.differs) == (Result(reason=reason), reason, False)
