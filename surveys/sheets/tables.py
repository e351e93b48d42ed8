"""集計表 going out: one row for each cell, hidden ones empty and marked."""

from collections.abc import Iterable, Iterator

from ..queries.tables import EVERYONE, HIDDEN, AnswerTable
from .cells import numeric

COLUMNS = ("設問番号", "設問文", "項目", "属性", "区分", "回答者数", "選択肢", "件数", "割合", "値", "印")


def exported(tables: Iterable[AnswerTable]) -> Iterator[dict]:
    """Rows of all `tables`; a count that is hidden is empty and says so in 印."""
    for table in tables:
        about = {"設問番号": table.key, "設問文": table.question.text, "項目": table.item}
        about["属性"] = table.by.text if table.by else None
        for row in table.rows:
            for label, cell in zip(table.heads, row.cells, strict=True):
                hidden = cell.count is None
                yield about | {
                    "区分": row.label,
                    "回答者数": row.base,
                    "選択肢": label,
                    "件数": cell.count,
                    "割合": numeric(cell.percent),
                    "印": HIDDEN if hidden and not row.mark else row.mark,
                }
        yield from _summary(table, about)


def _summary(table: AnswerTable, about: dict) -> Iterator[dict]:
    """Of a question answered with numbers: one row for each figure."""
    if table.summary is None:
        return
    found = table.summary
    named = {"平均": found.mean, "中央値": found.median, "下から4分の1": found.lower, "上から4分の1": found.upper}
    for label, value in named.items():
        yield about | {"区分": EVERYONE, "回答者数": found.answered, "選択肢": label, "値": numeric(value)}
