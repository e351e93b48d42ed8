"""The columns of the staff's tables of surveys and statistics, for Excel and CSV."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from mine_welfare.toolkit.cells import Value
from mine_welfare.toolkit.lists import Field

from .models import Series, Survey
from .queries.feeds import FeedRow, Reading
from .queries.staff import QuestionLine, SeriesLine


def _answers(survey: Survey) -> int | None:
    return survey.answers.number if hasattr(survey, "answers") else None


SURVEYS = [
    Field("調査", lambda survey: survey.title, 40),
    Field("年度", lambda survey: survey.year, 8, "plain-number"),
    Field("配布数", lambda survey: survey.sent, 10, "count"),
    Field("回収数", lambda survey: survey.returned, 10, "count"),
    Field("回収率（％）", lambda survey: survey.response_rate, 12, "plain-number"),
    Field("回答データ", _answers, 12, "count"),
    Field("公開", lambda survey: "公開" if survey.is_public else "庁内", 8),
]


def _has_answers(line: QuestionLine) -> str:
    return "あり" if line.has_answers else "なし"


# 設問.
QUESTIONS = [
    Field("番号", lambda line: line.question.code, 16),
    Field("設問", lambda line: line.question.text, 60),
    Field("属性", lambda line: "はい" if line.question.is_attribute else "", 8),
    Field("種類", lambda line: line.question.get_kind_display(), 12),
    Field("n", lambda line: line.question.base, 8, "count"),
    Field("割合のある選択肢", lambda line: line.known if line.choices else None, 16, "count"),
    Field("選択肢", lambda line: line.choices or None, 10, "count"),
    Field("回答データ", _has_answers, 12),
]


def _latest(name: str) -> Callable[[SeriesLine], Value]:
    return lambda line: getattr(line.latest, name) if line.latest else None


def lines(overview: list[tuple[str, list[SeriesLine]]]) -> Iterator[SeriesLine]:
    return (line for _, found in overview for line in found)


# 統計, each with its latest value.
STATISTICS = [
    Field("分野", lambda line: line.series.theme, 16),
    Field("名称", lambda line: line.series.title, 40),
    Field("いちばん新しい値", _latest("value"), 16, "plain-number"),
    Field("表記", _latest("wording"), 14),
    Field("単位", lambda line: line.series.unit, 10),
    Field("年", _latest("year"), 8, "plain-number"),
    Field("値のある年", lambda line: line.number, 12, "count"),
    Field("出所", lambda line: line.series.source, 36),
]


def points(series: Series) -> list[Field]:
    """The values of one series."""
    return [
        Field("年", lambda point: point.year, 8, "plain-number"),
        Field("和暦", lambda point: point.wareki, 12),
        Field("値", lambda point: point.value, 14, "plain-number"),
        Field("表記", lambda point: point.wording, 14),
        Field("単位", lambda point: series.unit, 10),
        Field("値の出どころ", lambda point: point.get_origin_display(), 16),
        Field("計算の方法", lambda point: point.derivation, 36),
    ]


def readings(rows: Iterable[FeedRow]) -> Iterator[tuple[FeedRow, Reading | None, Decimal | None]]:
    """A line for each year an indicator's source has a value; one for an indicator without any."""
    for row in rows:
        for reading, actual in row.readings or [(None, None)]:
            yield row, reading, actual


def _of(name: str) -> Callable[[tuple], Value]:
    return lambda line: getattr(line[1], name) if line[1] else None


# 指標の値の出どころ: rows are those of `readings`.
FEEDS = [
    Field("施策", lambda line: line[0].indicator.measure.code, 10),
    Field("指標", lambda line: str(line[0].indicator), 30),
    Field("単位", lambda line: line[0].indicator.unit, 10),
    Field("出どころ", lambda line: str(line[0].feed) if line[0].feed else "決めていません", 36),
    Field("年度", _of("year"), 8, "plain-number"),
    Field("値", _of("value"), 12, "plain-number"),
    Field("n", _of("n"), 8, "count"),
    Field("出所", _of("source"), 36),
    Field("計算の方法", _of("derivation"), 30),
    Field("実績値", lambda line: line[2], 12, "plain-number"),
]
