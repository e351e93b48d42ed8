"""What the three files share: numbers as written, and the measures they name."""

from decimal import Decimal

from measures.models import Measure
from mine_welfare.toolkit.yamlfile import Located, Node, Problem


def decimal(node: Node) -> Decimal | None:
    text = node.number()
    return None if text is None else Decimal(text)


def written(value: Decimal | None) -> str | int | float | None:
    """A decimal as a number of the file: 20992, 44.2 (no trailing zeros)."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def known(codes: list[Located], measures: dict[str, Measure], problems: list[Problem]) -> list[Measure]:
    problems += [code.problem(f"施策「{code}」がありません。") for code in codes if code not in measures]
    return [measures[code] for code in codes if code in measures]
