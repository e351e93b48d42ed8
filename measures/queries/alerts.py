"""What the committee should look at first, in plain words, each with the rule that found it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..models import Grade, Indicator, Measure
from .dashboard import Board
from .slices import address_of

LOW = (Grade.Tone.C, Grade.Tone.D)


@dataclass(frozen=True)
class Alert:
    """One sentence about one measure; `href` leads to what it counts."""

    measure: Measure
    words: str
    href: str = ""


@dataclass(frozen=True)
class AlertGroup:
    """The alerts one rule found, with the rule in words."""

    title: str
    rule: str
    alerts: list[Alert]


def alerts(board: Board, indicators: Iterable[Indicator]) -> list[AlertGroup]:
    """Every rule, also those that found nothing: so the reader sees what was looked at."""
    with_values = list(indicators)
    return [
        AlertGroup("2年続けてC以下", "施策の評価が、前の年度も今年度もC・Dの施策です。", _each(board, _twice_low)),
        AlertGroup("評価が下がった", "施策の評価が、比べる年度より低い施策です。", _each(board, _fell)),
        AlertGroup(
            "C・Dの個票が2年続いている",
            "同じ取組を同じ課・団体が、前の年度も今年度もC・Dと評価した個票のある施策です。",
            _low_sheets(board),
        ),
        AlertGroup(
            "実績値がない",
            "目標指標に、この年度の実績値がない施策です。値のない理由も添えます。",
            _no_value(board, with_values),
        ),
        AlertGroup("回答がない", "提出されないまま締め切った個票のある施策です。", _unanswered(board)),
    ]


def _each(board: Board, rule: Callable[[Board, Measure], str]) -> list[Alert]:
    found = ((measure, rule(board, measure)) for measure in board.measures)
    return [Alert(measure, words) for measure, words in found if words]


def _twice_low(board: Board, measure: Measure) -> str:
    now, then = board.rating(measure, board.cycle), board.rating(measure, board.before)
    if not board.is_consecutive or not now or not then or now.tone not in LOW or then.tone not in LOW:
        return ""
    return f"前の年度は{then.code}、今年度は{now.code}です。"


def _fell(board: Board, measure: Measure) -> str:
    if board.move(measure) != "fall":
        return ""
    return f"{board.rating(measure, board.before).code}から{board.rating(measure, board.cycle).code}に下がりました。"


def _low_sheets(board: Board) -> list[Alert]:
    low = {
        grade.pk
        for cycle in (board.cycle, board.before)
        if cycle
        for grade in cycle.scale.grades.all()
        if grade.tone in LOW
    }
    then = {(one.action, one.organization) for one in board.then if one.is_answered and one.rating in low}
    counts = Counter(
        one.measure
        for one in board.now
        if one.is_answered and one.rating in low and (one.action, one.organization) in then
    )
    return _counted(board, counts if board.is_consecutive else Counter(), "{}件の個票が、2年続けてC・Dです。")


def _unanswered(board: Board) -> list[Alert]:
    counts = Counter(one.measure for one in board.now if one.closed_unanswered and one.submitted_at is None)
    return _counted(board, counts, "{}件の個票が、未回答のまま締め切られました。", answer="unanswered")


def _counted(board: Board, counts: Counter, words: str, **link: str) -> list[Alert]:
    return [
        Alert(measure, words.format(counts[measure.pk]), _rows(board, measure, **link))
        for measure in board.measures
        if counts[measure.pk]
    ]


def _rows(board: Board, measure: Measure, **link: str) -> str:
    return "" if board.public or not link else address_of(board.cycle, measure=measure.code, **link)


def _no_value(board: Board, indicators: list[Indicator]) -> list[Alert]:
    """An indicator is looked at from the year on that has one of its values, or a target."""
    by_pk = {measure.pk: measure for measure in board.measures}
    found = []
    for indicator in (one for one in indicators if one.is_measured_in(board.cycle.year)):
        value = next((one for one in indicator.values.all() if one.year == board.cycle.year), None)
        if indicator.measure_id in by_pk and (value is None or value.actual is None):
            why = f"（理由：{value.reason}）" if value and value.reason else ""
            found.append(Alert(by_pk[indicator.measure_id], f"「{indicator.name}」の実績値がありません{why}。"))
    return found
