"""The state diagrams of the README, drawn from the table that decides: `manage.py draw_states` writes them there."""

import re
from collections.abc import Callable
from itertools import pairwise

from mine_welfare.accounts.roles import Role

from .workflow import MOVES, RESPONSE_MOVES, RESPONSE_ROLES, CycleState, EntryState, ResponseState

# (from, to, what is written on the arrow)
Arrow = tuple[str, str, str]


def _who(roles: frozenset[Role] | tuple[Role, ...]) -> str:
    return "・".join(role.label for role in Role if role in roles)


def _draw(first: str, arrows: list[Arrow]) -> str:
    """Mermaid, one arrow a line; a move that stays where it is has none."""
    lines = [f"    {before} --> {after}: {words}" for before, after, words in arrows if before != after]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, "```"])


def sheet() -> str:
    """個票."""
    roles: dict[tuple[EntryState, EntryState, str], frozenset[Role]] = {}
    for move in MOVES:
        place = (move.source, move.target, move.verb.label)
        roles[place] = roles.get(place, frozenset()) | move.roles
    arrows = [(before.label, after.label, f"{verb}（{_who(own)}）") for (before, after, verb), own in roles.items()]
    return _draw(EntryState.EMPTY.label, arrows)


def year() -> str:
    """年度: forward one stage at a time, and back with a reason."""
    stages = list(CycleState)
    arrows = [(before.label, after.label, "進める") for before, after in pairwise(stages)]
    arrows += [(after.label, before.label, "戻す（理由）") for before, after in pairwise(stages)]
    return _draw(stages[0].label, arrows)


def response() -> str:
    """市の考え方."""
    arrows = [
        (before.label, after.label, f"{verb.label}（{_who(RESPONSE_ROLES[verb])}）")
        for verb, steps in RESPONSE_MOVES.items()
        for before, after in steps.items()
    ]
    return _draw(ResponseState.ASKED.label, arrows)


DIAGRAMS: dict[str, Callable[[], str]] = {"sheet": sheet, "year": year, "response": response}
_PLACE = re.compile(r"(<!-- states: (\w+) -->\n).*?(\n<!-- /states -->)", re.DOTALL)


def redraw(text: str) -> str:
    """`text` with every marked place drawn anew; KeyError for a diagram there is not."""
    return _PLACE.sub(lambda found: found[1] + DIAGRAMS[found[2]]() + found[3], text)
