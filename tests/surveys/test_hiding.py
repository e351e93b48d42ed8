"""Nobody can be told from a table, nor from its sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.hiding import Limits, hidden

LIMITS = Limits(count=3, base=10, reference=30)


def masked(cells, adds_up=True, limits=LIMITS) -> list[str]:
    """The table as it would be shown: one string a row."""
    cells = np.array(cells)
    mask = hidden(cells, cells.sum(axis=1), limits, adds_up)
    return [
        " ".join("x" if hide else str(n) for n, hide in zip(*row, strict=True)) for row in zip(cells, mask, strict=True)
    ]


def test_large_counts_and_noughts_are_shown():
    assert masked([[20, 30, 0], [12, 8, 3]]) == ["20 30 0", "12 8 3"]


def test_a_small_count_takes_another_with_it_in_its_row_and_its_column():
    assert masked([[20, 30, 2], [12, 8, 9]]) == ["x 30 x", "x 8 x"]


def test_of_several_answers_only_the_columns_add_up():
    assert masked([[20, 30, 2], [12, 8, 9], [15, 7, 6]], adds_up=False) == ["20 30 x", "12 8 9", "15 7 x"]


def test_a_group_below_the_base_is_hidden_whole_and_cannot_be_reckoned_from_the_others():
    assert masked([[20, 30], [12, 8], [5, 2]]) == ["20 30", "x x", "x x"]


def test_a_group_of_nobody_hides_nothing():
    assert masked([[20, 30], [12, 8], [0, 0]]) == ["20 30", "12 8", "0 0"]


def test_hidden_counts_that_add_up_to_their_number_take_another():
    # Two hidden counts that sum to 2 are 1 and 1.
    assert masked([[30, 1, 1, 9]]) == ["30 x x x"]


def test_the_limits_are_settings():
    assert masked([[20, 4, 30]], limits=Limits(count=5, base=1)) == ["x x 30"]
    assert masked([[20, 1, 30]], limits=Limits(count=1, base=1)) == ["20 1 30"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=4, max_size=4), min_size=2, max_size=6), st.booleans())
def test_no_line_that_adds_up_gives_a_hidden_count_away(rows, adds_up):
    cells = np.array(rows)
    mask = hidden(cells, cells.sum(axis=1), LIMITS, adds_up)

    assert mask[(cells > 0) & (cells < LIMITS.count)].all()
    lines = [(cells[:, n], mask[:, n]) for n in range(cells.shape[1])]
    lines += [(cells[n], mask[n]) for n in range(cells.shape[0])] if adds_up else []
    for line, hides in lines:
        if hides.any() and not hides.all():
            # Not the rest of the sum, and not all of them 1.
            assert hides.sum() > 1
            assert line[hides].sum() not in (0, hides.sum())


@pytest.mark.parametrize("adds_up", [True, False])
def test_hiding_does_not_change_the_counts(adds_up):
    cells = np.array([[1, 20], [15, 30]])
    before = cells.copy()

    hidden(cells, cells.sum(axis=1), LIMITS, adds_up)

    assert (cells == before).all()
