"""The columns of the staff's tables, for Excel and CSV."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from mine_welfare.toolkit.lists import Field

from .models import Cycle, Opinion
from .queries.listed import Line
from .workflow import EntryState


def _yes(name: str) -> Callable[[Any], str]:
    return lambda row: "はい" if getattr(row, name) else ""


def _grade(name: str) -> Callable[[Line], str]:
    def words(line: Line) -> str:
        letter = getattr(line, name)
        return f"{letter.code} {letter.label}" if letter else ""

    return words


def _saved(line: Line) -> str:
    return f"{timezone.localtime(line.saved_at):%Y-%m-%d %H:%M}" if line.saved_at else ""


def entries(cycle: Cycle) -> list[Field]:
    """個票の一覧: rows are lines of `queries.listed`."""
    return [
        Field("年度", lambda line: cycle.year, 8, "plain-number"),
        Field("番号", lambda line: line.code, 12),
        Field("取組", lambda line: line.title, 40),
        Field("課・団体", lambda line: line.organization, 18),
        Field("状態", lambda line: line.stage.label, 14),
        Field("前年度の達成度", _grade("before"), 18),
        Field("達成度", _grade("rating"), 18),
        Field("今後の方向性", lambda line: line.direction, 14),
        Field("代理入力", _yes("is_proxy"), 10),
        Field("締切後入力", _yes("is_late"), 10),
        Field("未回答のまま締切", _yes("closed_unanswered"), 10),
        Field("最終保存", _saved, 18),
    ]


def matrix(cycle: Cycle) -> list[Field]:
    """提出状況: rows are `queries.staff.MatrixRow`."""
    states = [
        Field(state.label, lambda row, state=state: row.counts.get(state, 0), 12, "plain-number")
        for state in EntryState
    ]
    return [
        Field("年度", lambda row: cycle.year, 8, "plain-number"),
        Field("課・団体", lambda row: row.organization.name, 20),
        *states,
        Field("締切超過", lambda row: row.overdue, 12, "plain-number"),
        Field("計", lambda row: row.total, 8, "plain-number"),
    ]


# 担当の割当て: responsibilities that get no sheet as they stand.
RESPONSIBILITIES = [
    Field("番号", lambda row: row.action.code, 12),
    Field("取組", lambda row: row.action.title, 40),
    Field("施策", lambda row: str(row.action.measure), 40),
    Field("計画書の表記", lambda row: row.wording, 20),
    Field("状況", lambda row: "廃止した組織が担当" if row.organization_id else "担当が決まっていない", 22),
    Field("組織", lambda row: row.organization.name if row.organization_id else "", 20),
]


def _answers(opinion: Opinion) -> str:
    """Each answer as one line: who, in which state, what."""
    return "\n".join(f"{answer.organization}：{answer.text or '（回答前）'}" for answer in opinion.answers)


# 委員会の意見; who said it is in no file.
OPINIONS = [
    Field("年度", lambda opinion: opinion.cycle.year, 8, "plain-number"),
    Field("施策", lambda opinion: str(opinion.measure) if opinion.measure else "計画全体", 30),
    Field("会議", lambda opinion: opinion.meeting, 24),
    Field("意見", lambda opinion: opinion.text, 60),
    Field("受付", lambda opinion: "受付済み" if opinion.received_at else "受付前", 10),
    Field("市の考え方", _answers, 60),
]
