"""取組状況確認表: the columns of the committee's table, the same in the PDF and in the workbook."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

from .queries import Answer, ComponentPlan, Row

COLUMNS = ("番号", "取組", "担当", "取組実績", "達成度", "方向性", "課題・改善策")
AREA = "重点項目"  # the workbook's first column; the paper prints it as a heading


@dataclass
class Line:
    """One line: an action and one organization that answers for it."""

    code: str
    title: str
    office: str
    result: str = ""
    rating: str = ""
    direction: str = ""
    issues: str = ""


def lines(row: Row) -> Iterator[Line]:
    """The lines of one action. Nothing a writer has not had confirmed is printed for the committee."""
    action = row.action
    for answer in row.answers:
        if answer.grade is None:
            yield Line(action.code, action.title, answer.wording, rating=_why_open(answer))
            continue
        sheet = answer.sheet
        issues = "\n".join(filter(None, (sheet.issues, sheet.improvement)))
        rating = f"{answer.grade.code} {answer.grade.short_label}"
        yield Line(action.code, action.title, answer.wording, sheet.result, rating, str(sheet.direction or ""), issues)
    if not row.answers:
        yield Line(action.code, action.title, "、".join(row.offices), rating="担当の調整中")


def _why_open(answer: Answer) -> str:
    if answer.sheet is None:
        return answer.gap
    return "未回答のまま締切" if answer.sheet.closed_unanswered else "事務局の確認前"


def parts(page: ComponentPlan) -> list[tuple[str, str, list[Line]]]:
    """[(重点項目, its closing sentence, its lines)]; the other actors' actions stand last."""
    found = [(str(area.focus), area.closing, [line for row in area.rows for line in lines(row)]) for area in page.areas]
    if page.others:
        rows = [line for row in page.others for line in lines(row)]
        found.append((f"{page.others[0].action.actor}の取組", "", rows))
    return found


def table(page: ComponentPlan) -> list[tuple[str, ...]]:
    """The rows of the workbook under (`AREA`, *`COLUMNS`)."""
    return [(area, *astuple(line)) for area, _, rows in parts(page) for line in rows]
