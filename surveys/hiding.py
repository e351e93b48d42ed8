"""Small counts that could point at a person, and the others that would give them away.

Three rules, each with its limit in `Limits`: a group that is too small is not
shown, a count that is too small is hidden, and where one hidden count could be
reckoned from the totals beside it, another is hidden with it.
"""

from dataclasses import dataclass

import numpy as np

# One column or one row of a table, as numpy takes it.
Line = tuple[slice | int, slice | int]


@dataclass(frozen=True)
class Limits:
    """From how many people on the portal shows a count, a group, and a group without the mark 参考."""

    count: int = 3
    base: int = 10
    reference: int = 30


def hidden(cells: np.ndarray, bases: np.ndarray, limits: Limits, adds_up: bool) -> np.ndarray:
    """Which counts are hidden; same shape as `cells` (groups × answers).

    The columns add up to what is printed for everyone. The rows add up to
    their base where each person gave one answer (`adds_up`).
    """
    # A group nobody belongs to has nothing to hide.
    too_small = (bases > 0) & (bases < limits.base)
    mask = ((cells > 0) & (cells < limits.count)) | too_small[:, np.newaxis]
    lines = [(slice(None), place) for place in range(cells.shape[1])]
    if adds_up:
        lines += [(place, slice(None)) for place in range(cells.shape[0])]
    # Again from the first line after every change, until none is left to protect.
    while any(_protect(cells, mask, line) for line in lines):
        continue
    return mask


def _protect(cells: np.ndarray, mask: np.ndarray, line: Line) -> bool:
    """Hide counts of one line until its hidden ones cannot be told from their sum; True if any was hidden."""
    values, hides = cells[line], mask[line]
    changed = False
    while hides.any() and not hides.all() and not _is_safe(values[hides]):
        # Where the line across hides something already, one more costs nothing there. A nought protects least.
        across = mask.any(axis=1 if isinstance(line[0], slice) else 0)
        place = min(np.flatnonzero(~hides), key=lambda at: (not across[at], values[at] == 0, values[at]))
        hides[place] = changed = True
    return changed


def _is_safe(values: np.ndarray) -> bool:
    """One hidden count is the rest of the sum; several that add up to their number are 1 each."""
    return values.size > 1 and values.sum() != values.size and values.sum() > 0
