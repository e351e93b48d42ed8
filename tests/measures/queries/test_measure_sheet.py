"""How full the one sheet of paper of a measure is."""

import pytest

from measures.queries.measure_sheet import MeasureSheet


def sheet(rows: int, indicators: int = 0, opinions: int = 0) -> MeasureSheet:
    return MeasureSheet(None, [], None, [None] * rows, None, None, [None] * indicators, [None] * opinions, (None, None))


@pytest.mark.parametrize(
    ("rows", "indicators", "density"),
    [
        (0, 0, "few"), (9, 0, "few"), (10, 0, "some"), (12, 0, "some"), (13, 0, "many"), (20, 0, "many"),
        (21, 0, "full"), (4, 1, "few"), (5, 1, "some"), (9, 2, "many"),
    ],
)  # fmt: skip
def test_a_fuller_sheet_is_printed_smaller(rows, indicators, density):
    assert sheet(rows, indicators).density == density


@pytest.mark.parametrize(("opinions", "left"), [(0, 0), (3, 0), (5, 2)])
def test_the_paper_says_how_many_opinions_it_leaves_out(opinions, left):
    assert sheet(1, opinions=opinions).opinions_left == left
