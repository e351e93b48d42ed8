"""What is said about a chart: its numbers, the sentence that reads it, and the notes below it."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..markup import number as plain
from .specs import Chart, GroupedBars, HeatMap, Lines, Multiples, Number, RankedBars, Series, Stacked, Value

ROUNDED = "割合は小数第2位を四捨五入しています。"
NOT_HUNDRED = "合計が100.0%にならないことがあります。"
NOTHING = "値が記載されている項目はありません。"


def rounded(number: Number, decimals: int = 1) -> Decimal:
    """Half up, as the city reckons: 0.25 → 0.3, where Python would round to the even digit."""
    return Decimal(str(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def shown(number: Number, unit: str) -> str:
    """The number as it is printed, without its unit: shares with one decimal, others with thousands apart."""
    return str(rounded(number)) if unit == "%" else plain(number)


def full(number: Number, unit: str) -> str:
    """With its unit: 44.2%, 26,159人."""
    return f"{shown(number, unit)}{unit}"


def value_words(value: Value, chart: Chart) -> str:
    """A value in a sentence or a table: with its mark, or in words where no number is known."""
    if value.number is None:
        return value.words or chart.gap
    return f"{full(value.number, chart.unit)}{value.mark}"


def notes(chart: Chart) -> list[str]:
    """The lines under a chart: its own, then the rounding of shares, then what a gap means."""
    found = list(chart.notes)
    parts = chart.charts if isinstance(chart, Multiples) else (chart,)
    shares = [part for part in parts if part.unit == "%" and part.numbers and not isinstance(part, Lines | HeatMap)]
    if shares:
        # Several answers (MA) add up to more anyway.
        found.append(ROUNDED if all(isinstance(part, RankedBars) for part in shares) else ROUNDED + NOT_HUNDRED)
    return list(dict.fromkeys(found))


def reading(chart: Chart) -> str:
    """One sentence (two at most) that says what the chart shows: the largest, the change, and n."""
    if chart.reading:
        return chart.reading
    if isinstance(chart, Multiples | HeatMap) and not chart.numbers:
        return ""
    if not chart.numbers:
        return NOTHING
    sentence: Callable[[Any], str] = _SENTENCES.get(type(chart), _largest)
    words = sentence(chart)
    return f"{words}（n={plain(chart.n)}）。" if chart.n else f"{words}。"


def aloud(chart: Chart) -> str:
    """Everything a drawing shows, for those who do not see it: the title, n, and every label with its values."""
    if isinstance(chart, Multiples):
        return "".join((f"{chart.title}。", *map(aloud, chart.charts)))
    base = f"（n={plain(chart.n)}）" if chart.n else ""
    bases = list(getattr(chart, "bases", ())) or [None] * len(chart.labels)
    rows = []
    for (label, cells), n in zip(chart.rows(), bases, strict=True):
        many = len(chart.series) > 1
        said = "、".join((f"{one.label} " if many else "") + value_words(value, chart) for one, value in cells)
        rows.append(f"{label}{'' if n is None else f'（n={plain(n)}）'}：{said}。")
    return f"{chart.title}{base}。{''.join(rows)}"


def _names(labels: list[str]) -> str:
    return "と".join(f"「{label}」" for label in labels)


def _ranked(chart: Chart, one: Series) -> list[tuple[Number, list[str]]]:
    """(number, its labels) from the largest down, equal ones together; 無回答 and its like left out."""
    last = getattr(chart, "last", ())
    found: dict[Number, list[str]] = {}
    for label, value in zip(chart.labels, one.values, strict=True):
        if value.number is not None and label not in last:
            found.setdefault(value.number, []).append(label)
    return sorted(found.items(), key=lambda item: item[0], reverse=True)


def _largest(chart: Chart) -> str:
    ranked = _ranked(chart, chart.series[0]) or [(chart.numbers[0], list(chart.labels[:1]))]
    (top, first), *rest = ranked
    amount = full(top, chart.unit)
    if len(first) == 1 and not rest:
        return f"{_names(first)}は{amount}です"
    if len(first) > 2:
        return f"最も{chart.most}のは{_names(first[:2])}など{len(first)}項目で、いずれも{amount}です"
    if len(first) > 1:
        return f"最も{chart.most}のは{_names(first)}で、ともに{amount}です"
    words = f"最も{chart.most}のは{_names(first)}の{amount}"
    if rest and len(rest[0][1]) == 1:
        return f"{words}、次いで{_names(rest[0][1])}の{full(rest[0][0], chart.unit)}です"
    return f"{words}です"


def points(unit: str) -> str:
    """The unit of a difference: between shares, points."""
    return "ポイント" if unit == "%" else unit


def _difference(chart: Chart) -> str:
    """Grouped bars: where the first and the last series differ most."""
    first, last = chart.series[0], chart.series[-1]
    known = [
        (rounded(b.number, 3) - rounded(a.number, 3), label, a.number, b.number)
        for label, a, b in zip(chart.labels, first.values, last.values, strict=True)
        if a.number is not None and b.number is not None
    ]
    if len(chart.series) < 2 or not known:
        return _largest(chart)
    gap, label, before, after = max(known, key=lambda row: abs(row[0]))
    if not gap:
        return f"どの項目も、{first.label}と{last.label}で変わりません"
    return (
        f"差が最も大きいのは「{label}」で、{first.label}は{full(before, chart.unit)}、{last.label}は"
        f"{full(after, chart.unit)}です（差{shown(abs(gap), chart.unit)}{points(chart.unit)}）"
    )


def _parts(chart: Stacked) -> str:
    """100 % bars: between which labels the first part is largest and smallest; of one bar its largest part."""
    if len(chart.labels) == 1:
        known = [(one.values[0].number or 0, one.label) for one in chart.series]
        top, label = max(known, key=lambda row: row[0])
        return f"最も{chart.most}のは「{label}」で、{full(top, chart.unit)}です"
    first = chart.series[0]
    shares = [
        # Shares are said as they are given, also where they add up to 100.1.
        (Decimal(str(value.number)) * 100 / Decimal(str(100 if chart.unit == "%" else chart.whole(place))), label)
        for place, (label, value) in enumerate(zip(chart.labels, first.values, strict=True))
        if value.number is not None
    ]
    if not shares:
        return f"「{first.label}」の{chart.gap}"
    high, low = max(shares, key=lambda row: row[0]), min(shares, key=lambda row: row[0])
    if len(shares) == 1:
        return f"「{high[1]}」の「{first.label}」の割合は、{rounded(high[0])}%です"
    if high[0] == low[0]:
        return f"「{first.label}」の割合は、いずれも{rounded(high[0])}%です"
    return (
        f"「{first.label}」の割合が最も高いのは「{high[1]}」で{rounded(high[0])}%、"
        f"最も低いのは「{low[1]}」で{rounded(low[0])}%です"
    )


def change(one: Series, labels: list[str] | tuple[str, ...], unit: str, named: bool = False) -> str:
    """「令和2年の26,159人から令和6年の23,092人へ、3,067人（11.7%）減りました」, or the one known value."""
    known = [(label, value.number) for label, value in zip(labels, one.values, strict=True) if value.number is not None]
    lead = f"「{one.label}」は、" if named else ""
    if not known:
        return ""
    (first, before), (last, after) = known[0], known[-1]
    if len(known) == 1:
        return f"{lead}{first}は{full(before, unit)}です"
    gap = rounded(after, 3) - rounded(before, 3)
    if not gap:
        return f"{lead}{first}も{last}も{full(after, unit)}です"
    share = f"（{rounded(abs(gap) * 100 / abs(rounded(before, 3)))}%）" if unit != "%" and before else ""
    verb = "増えました" if gap > 0 else "減りました"
    if unit == "%":
        verb = "上がりました" if gap > 0 else "下がりました"
    return (
        f"{lead}{first}の{full(before, unit)}から{last}の{full(after, unit)}へ、"
        f"{shown(abs(gap), unit)}{points(unit)}{share}{verb}"
    )


def _changes(chart: Chart) -> str:
    """Lines: the change of the first series and, of several, of the one that changed otherwise most."""
    named = len(chart.series) > 1
    said = [change(one, tuple(chart.labels), chart.unit, named) for one in chart.series]
    return "。".join([words for words in said if words][:2])


def _hottest(chart: Chart) -> str:
    known = [
        (value.number, one.label, label)
        for one in chart.series
        for label, value in zip(chart.labels, one.values, strict=True)
        if value.number is not None
    ]
    top, row, column = max(known, key=lambda cell: cell[0])
    return f"最も{chart.most}のは「{row}」の「{column}」で、{full(top, chart.unit)}です"


_SENTENCES: dict[type[Chart], Callable[[Any], str]] = {
    GroupedBars: _difference,
    Stacked: _parts,
    Lines: _changes,
    HeatMap: _hottest,
}
