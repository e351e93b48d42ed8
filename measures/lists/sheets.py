"""Tables of sheets (個票), and of what is asked of the departments about them."""

from typing import Any

from mine_welfare.toolkit.lists import Field

from ..fields import BY_NAME
from ..models import Cycle, Reminder
from ..queries.confirm import READ, Reading
from ..queries.gaps import Gap
from ..queries.reminders import Chase
from ..workflow import EntryState
from .columns import graded, joined, of_year, yes


def entries(cycle: Cycle) -> list[Field]:
    """個票の一覧: rows are lines of `queries.listed`."""
    return [
        of_year(cycle),
        Field("番号", lambda line: line.code, 12),
        Field("取組", lambda line: line.title, 40),
        Field("課・団体", lambda line: line.organization, 18),
        Field("状態", lambda line: line.stage.label, 14),
        Field("前年度の達成度", graded("before"), 18),
        Field("達成度", graded("rating"), 18),
        Field("今後の方向性", lambda line: line.direction, 14),
        Field("代理入力", yes("is_proxy"), 10),
        Field("締切後入力", yes("is_late"), 10),
        Field("未回答のまま締切", yes("closed_unanswered"), 10),
        Field("最終保存", lambda line: line.saved_at, 18, "moment"),
    ]


def matrix(cycle: Cycle) -> list[Field]:
    """提出状況: rows are `queries.staff.MatrixRow`."""
    states = [
        Field(state.label, lambda row, state=state: row.counts.get(state, 0), 12, "count") for state in EntryState
    ]
    return [
        of_year(cycle),
        Field("課・団体", lambda row: row.organization.name, 20),
        *states,
        Field("締切超過", lambda row: row.overdue, 12, "count"),
        Field("計", lambda row: row.total, 8, "count"),
    ]


def gaps(cycle: Cycle) -> list[Field]:
    """記入の不足: rows are `queries.gaps.GapRow`."""
    return [
        of_year(cycle),
        Field("課・団体", lambda row: row.organization.name, 20),
        *(Field(gap.label, lambda row, gap=gap: row.counts[gap], 16, "count") for gap in Gap),
    ]


# 督促: organizations with sheets still out.
CHASES = [
    Field("課・団体", lambda chase: chase.organization.name, 20),
    Field("残っている個票", lambda chase: joined(f"{one.action.code} {one.action.title}" for one in chase.entries), 50),
    Field("残り", lambda chase: len(chase.entries), 8, "count"),
    Field("最終保存", lambda chase: chase.last_saved, 18, "moment"),
    Field("督促", lambda chase: len(chase.sent), 8, "count"),
    Field("次の宛先", lambda chase: _rung(chase), 14),
]


def _rung(chase: Chase) -> str:
    return chase.rung.label if chase.rung else "登録なし"


def _readers(reminder: Reminder) -> str:
    return joined(f"{name}（{address}）" if address else name for name, address in reminder.readers)


# 督促の記録.
REMINDERS = [
    Field("日時", lambda reminder: reminder.at, 18, "moment"),
    Field("課・団体", lambda reminder: reminder.organization.name, 20),
    Field("宛先", lambda reminder: reminder.get_addressee_display(), 12),
    Field("送り方", lambda reminder: reminder.get_way_display(), 12),
    Field("送った人", lambda reminder: reminder.by.name, 14),
    Field("受け取った人", _readers, 30),
    Field("件名", lambda reminder: reminder.subject, 40),
    Field("個票", lambda reminder: joined(entry.action.code for entry in reminder.entries.all()), 14),
    Field("文面", lambda reminder: reminder.text, 60),
]

# 個票への質問.
INQUIRIES = [
    Field("状態", lambda row: row.state.label, 12),
    Field("番号", lambda row: row.entry.action.code, 12),
    Field("個票", lambda row: row.entry.action.title, 36),
    Field("課・団体", lambda row: row.entry.organization.name, 18),
    Field("質問", lambda row: row.question, 50),
    Field("質問した日", lambda row: row.asked_at, 18, "moment"),
    Field("質問した人", lambda row: row.asked_by.name, 14),
    Field("期限", lambda row: row.due_on, 14, "date"),
    Field("回答", lambda row: row.answer, 50),
    Field("回答した日", lambda row: row.answered_at, 18, "moment"),
    Field("回答した人", lambda row: row.answered_by.name if row.answered_by else "", 14),
]

# 今年度は評価しない取組.
OMISSIONS = [
    Field("番号", lambda row: row.action.code, 12),
    Field("取組", lambda row: row.action.title, 40),
    Field("理由", lambda row: row.reason, 50),
    Field("決めた人", lambda row: row.by.name, 14),
    Field("日", lambda row: row.at, 18, "moment"),
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


def _passage(name: str, year: str) -> Field:
    """One field of the sheets that wait for the 課長, of this year (`now`) or of last year (`before`)."""
    label = BY_NAME[name].label

    def words(reading: Reading) -> Any:
        return next((getattr(one, year) for one in reading.passages if one.label == label), "")

    return Field(label if year == "now" else f"{label}（前年度）", words, 40)


def readings(cycle: Cycle) -> list[Field]:
    """課長確認: rows are `queries.confirm.Reading`."""
    return [
        of_year(cycle),
        Field("番号", lambda row: row.entry.action.code, 12),
        Field("取組", lambda row: row.entry.action.title, 36),
        Field("課・団体", lambda row: row.entry.organization.name, 18),
        Field("前年度の達成度", lambda row: graded("rating")(row.entry.previous) if row.entry.previous else "", 18),
        Field("達成度", graded("entry.rating"), 18),
        Field("前年度から変更なし", lambda row: row.entry.unchanged_on, 14, "date"),
        *(_passage(name, year) for name in READ for year in ("before", "now")),
        Field("庁内メモ", lambda row: row.entry.memo, 30),
        Field("保存", lambda row: row.entry.saved_at, 18, "moment"),
        Field("保存した人", lambda row: row.entry.saved_by.name if row.entry.saved_by else "", 14),
        Field("代理入力", yes("entry.is_proxy"), 10),
        Field("締切後入力", yes("entry.is_late"), 10),
    ]


# 返した調査票.
IMPORTS = [
    Field("ファイル", lambda record: record.file_name, 40),
    Field("日時", lambda record: record.at, 18, "moment"),
    Field("返した人", lambda record: record.by.name, 14),
    Field("状態", lambda record: record.stage.label, 12),
    Field("新しく記入", lambda record: record.new, 12, "count"),
    Field("変更", lambda record: record.changed, 10, "count"),
    Field("変更なし", lambda record: record.unchanged, 10, "count"),
    Field("競合", lambda record: record.conflict, 10, "count"),
    Field("エラー", lambda record: record.error, 10, "count"),
    Field("反映した件数", lambda record: record.applied, 12, "count"),
    Field("反映した日時", lambda record: record.applied_at, 18, "moment"),
    Field("取り消した日時", lambda record: record.undone_at, 18, "moment"),
    Field("指紋（SHA-256）", lambda record: record.sha256, 30),
]
