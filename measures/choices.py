"""The choices of one year (達成度, 今後の方向性) as people write them."""

from collections.abc import Iterable
from typing import Any

from mine_welfare.toolkit.text import fold

from .models import Direction, Grade, Scale


class Choices:
    """The choices of one year as people write them: 「B 計画どおり」「Ｂ」「計画どおり」 → the choice."""

    def __init__(self, scale: Scale):
        self.grades, self.directions = list(scale.grades.all()), list(scale.directions.all())
        self._spellings = {"rating": _spellings(self.grades), "direction": _spellings(self.directions)}
        self._by_code = {
            "rating": {grade.code: grade for grade in self.grades},
            "direction": {direction.code: direction for direction in self.directions},
        }

    def code(self, name: str, text: str) -> str:
        """The code of the choice `text` means; KeyError when it means none."""
        return self._spellings[name][fold(text)]

    def choice(self, name: str, code: str | None) -> Any:
        """The choice itself; None for no answer, and for one that is no longer on the scale."""
        return self._by_code[name].get(code)

    def offered(self, name: str) -> str:
        return "、".join(str(choice) for choice in (self.grades if name == "rating" else self.directions))


def _spellings(choices: Iterable[Grade | Direction]) -> dict[str, str]:
    found: dict[str, str] = {}
    rows = list(choices)
    # A letter or a whole wording means its own choice even where another's label is the same.
    for name in ("code", "label", "short_label"):
        for choice in rows:
            found.setdefault(fold(str(getattr(choice, name, choice.label))), choice.code)
            found.setdefault(fold(str(choice)), choice.code)
    return found
