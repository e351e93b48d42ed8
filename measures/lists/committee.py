"""Tables of what is said above the sheets: reviews, the committee's opinions, the answers, corrections."""

from collections.abc import Callable

from mine_welfare.toolkit.lists import Field

from ..models import Cycle, Opinion
from ..queries.reviews import ReviewRow
from ..queries.structure import grades_of
from ..reviewing import REVIEW_FIELDS
from ..workflow import ResponseState
from .columns import counts, graded, joined, of_year


def reviews(cycle: Cycle) -> list[Field]:
    """施策の評価: rows are `queries.reviews.ReviewRow`."""
    ratings = [Field(one.label, _rating(one.name), 18) for one in REVIEW_FIELDS if one.kind == "choice"]
    texts = [Field(one.label, _text(one.name), 50) for one in REVIEW_FIELDS if one.kind == "text"]
    return [
        of_year(cycle),
        Field("番号", lambda row: row.measure.code, 10),
        Field("施策", lambda row: row.measure.title, 36),
        *counts(grades_of(cycle.scale), lambda row: row.distribution),
        Field("参考", lambda row: row.suggestion.grade.code if row.suggestion.grade else "", 8),
        *ratings,
        Field("状態", lambda row: row.state.label, 14),
        *texts,
    ]


def _rating(name: str) -> Callable[[ReviewRow], str]:
    return lambda row: graded(name)(row.review) if row.review else ""


def _text(name: str) -> Callable[[ReviewRow], str]:
    return lambda row: getattr(row.review, name) if row.review else ""


def _answers(opinion: Opinion) -> str:
    """Each answer as one line: who, in which state, what."""
    return joined(f"{answer.organization}：{answer.text or '（回答前）'}" for answer in opinion.answers)


# 委員会の意見; who said it is in no file.
OPINIONS = [
    Field("年度", lambda opinion: opinion.cycle.year, 8, "plain-number"),
    Field("施策", lambda opinion: str(opinion.measure) if opinion.measure else "計画全体", 30),
    Field("会議", lambda opinion: opinion.meeting, 24),
    Field("意見", lambda opinion: opinion.text, 60),
    Field("受付", lambda opinion: "受付済み" if opinion.received_at else "受付前", 10),
    Field("市の考え方", _answers, 60),
]


def offices(cycle: Cycle) -> list[Field]:
    """意見への回答, 組織 × 状態: rows are `queries.opinions.OfficeRow`."""
    return [
        of_year(cycle),
        Field("組織", lambda row: row.organization.name, 20),
        *(Field(state.label, lambda row, state=state: row.counts[state], 12, "count") for state in ResponseState),
        Field("期限超過", lambda row: row.overdue, 12, "count"),
        Field("計", lambda row: row.total, 8, "count"),
    ]


# 意見への回答.
RESPONSES = [
    Field("年度", lambda row: row.opinion.cycle.year, 8, "plain-number"),
    Field("施策", lambda row: row.opinion.subject, 30),
    Field("意見", lambda row: row.opinion.text, 60),
    Field("組織", lambda row: row.organization.name, 18),
    Field("状態", lambda row: row.stage.label, 14),
    Field("反映状況", lambda row: row.get_reflection_display(), 12),
    Field("市の考え方", lambda row: row.text, 60),
    Field("差戻しの理由", lambda row: row.return_reason, 30),
    Field("期限", lambda row: row.due_on, 14, "date"),
    Field("期限超過", lambda row: "はい" if row.is_overdue else "", 10),
]

# 訂正.
CORRECTIONS = [
    Field("日付", lambda row: row.at, 18, "moment"),
    Field("訂正した所", lambda row: row.place, 40),
    Field("項目", lambda row: row.label, 20),
    Field("訂正前", lambda row: row.before, 50),
    Field("訂正後", lambda row: row.after, 50),
    Field("理由", lambda row: row.reason, 40),
    Field("訂正した人", lambda row: row.by.name, 14),
    Field("訂正履歴", lambda row: "公開" if row.is_after_publication else "公表の前", 12),
]
