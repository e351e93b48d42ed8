"""目標指標 on the way to their targets: the degree, which direction counts as better, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ..models import Cycle, Indicator, IndicatorValue


@dataclass(frozen=True)
class Progress:
    """One indicator in one year. `degree`: how much of the way from baseline to target is gone, in percent."""

    indicator: Indicator
    year: int
    value: IndicatorValue | None
    previous: IndicatorValue | None

    @property
    def actual(self) -> Decimal | None:
        return self.value.actual if self.value else None

    @property
    def reason(self) -> str:
        return self.value.reason if self.value else ""

    @property
    def degree(self) -> Decimal | None:
        """None where a target, a baseline or a value is missing, or where the target asks for no change."""
        one = self.indicator
        if None in (self.actual, one.target, one.baseline) or one.trend == Indicator.Trend.KEEP:
            return None
        way = one.target - one.baseline
        if not way:
            return None
        return (100 * (self.actual - one.baseline) / way).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_reached(self) -> bool | None:
        """Direction-aware: at least the target where more is better, at most where less is; None without a target."""
        one = self.indicator
        if self.actual is None or one.target is None:
            return None
        return self.actual <= one.target if one.trend == Indicator.Trend.DOWN else self.actual >= one.target

    @property
    def words(self) -> str:
        """度合い in words."""
        if self.indicator.target is None:
            return "目標値は未設定"
        if self.actual is None:
            return "実績値なし"
        if self.is_reached:
            return "目標に達した"
        if self.indicator.trend == Indicator.Trend.KEEP:
            return "目標を下回る"
        if self.degree is None:
            return "度合いを計算できない"
        return f"目標までの{self.degree}%" if self.degree >= 0 else "基準値より後退"

    @property
    def change(self) -> str:
        """From last year in the direction the city wants: better, worse or the same; "" where one is missing."""
        if self.actual is None or self.previous is None or self.previous.actual is None:
            return ""
        gap = self.actual - self.previous.actual
        if not gap:
            return "same"
        if self.indicator.trend == Indicator.Trend.KEEP:
            return ""
        return "rise" if (gap > 0) == (self.indicator.trend == Indicator.Trend.UP) else "fall"

    @property
    def change_words(self) -> str:
        return {"rise": "よくなった", "fall": "悪くなった", "same": "同じ"}.get(self.change, "")


def indicators_of(plan_id: int) -> list[Indicator]:
    """Every indicator of the plan with its values, in two queries."""
    rows = Indicator.objects.filter(measure__plan=plan_id).select_related("measure").prefetch_related("values")
    return list(
        rows.order_by("measure__policy__goal__number", "measure__policy__number", "measure__number", "position", "pk")
    )


def progress(indicators: Iterable[Indicator], cycle: Cycle) -> list[Progress]:
    """Where each indicator stands in the year of `cycle`."""
    rows = []
    for indicator in (one for one in indicators if one.is_measured_in(cycle.year)):
        values = {value.year: value for value in indicator.values.all()}
        rows.append(Progress(indicator, cycle.year, values.get(cycle.year), values.get(cycle.year - 1)))
    return rows
