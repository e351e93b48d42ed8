"""Helpers of the tests about a plan's workbook: a small plan, its workbook made, changed, returned as by a person."""

import io
from typing import Any

import openpyxl

from measures.actions.planreturned import receive_plan_workbook
from measures.models import ActionGroup, PlanImport
from measures.planworkbook import plan_workbook
from measures.queries.planstate import plan_state
from mine_welfare.accounts.models import Organization, User
from mine_welfare.toolkit import excel
from plans.models import Plan
from tests.factories import (
    ActionFactory,
    ActorFactory,
    GoalFactory,
    MeasureFactory,
    PlanFactory,
    PolicyFactory,
    ResponsibilityFactory,
    RoleItemFactory,
)

ADDRESS = "http://portal.example/staff/plan/x/workbook/"


def small_plan(**fields: Any) -> Plan:
    """One goal, two measures with roles of citizens, a group, and three actions of the city: 1-1-1-G01 … 1-1-2-G01."""
    plan = PlanFactory(**fields)
    welfare = plan.components.create(code="welfare", title="地域福祉計画", edition="第3次", owner="市", position=1)
    plan.components.create(code="reoffense", title="再犯防止推進計画", edition="第2次", owner="市", position=2)
    citizen = ActorFactory(plan=plan, code="citizen", letter="", label="市民", principle="自助", position=1)
    city = ActorFactory(plan=plan, component=welfare)
    policy = PolicyFactory(goal=GoalFactory(plan=plan))
    measures = [MeasureFactory(policy=policy, number=number, title=f"施策{number}") for number in (1, 2)]
    for place, text in enumerate(("知りましょう。", "話しましょう。", "集まりましょう。"), start=1):
        RoleItemFactory(measure=measures[0], actor=citizen, position=place, text=text)
    group = ActionGroup.objects.create(measure=measures[0], label="ア", title="就労", position=1)
    office = Organization.objects.get_or_create(slug="welfare", defaults={"name": "福祉課"})[0]
    Organization.objects.get_or_create(slug="general", defaults={"name": "総務課", "position": 9999})
    for measure, number, more in ((0, 1, {}), (0, 2, {"group": group}), (1, 1, {})):
        action = ActionFactory(measure=measures[measure], actor=city, number=number, title=f"取組{number}", **more)
        action.components.add(welfare)
        ResponsibilityFactory(action=action, organization=office)
    return plan


def made(plan: Plan) -> bytes:
    return excel.write(plan_workbook(plan_state(plan), address=ADDRESS), title="計画")


class Edited:
    """The workbook as a person edits it: cells by the row's number and the column's title."""

    def __init__(self, data: bytes):
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def column(self, sheet: str, title: str) -> int:
        return next(c.column for c in self.book[sheet][1] if str(c.value or "").splitlines()[:1] == [title])

    def row(self, sheet: str, key: str) -> int:
        """The row whose first cell says `key`; "" for the first empty one."""
        page = self.book[sheet]
        if not key:
            return next(n for n in range(2, page.max_row + 2) if not any(cell.value for cell in page[n]))
        return next(n for n in range(2, page.max_row + 1) if str(page.cell(n, 1).value) == key)

    def put(self, sheet: str, key: str, **cells: Any) -> "Edited":
        number = self.row(sheet, key)
        for title, value in cells.items():
            cell = self.book[sheet].cell(number, self.column(sheet, title))
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        return self

    def drop(self, sheet: str, key: str) -> "Edited":
        self.book[sheet].delete_rows(self.row(sheet, key))
        return self

    @property
    def data(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def edited(plan: Plan) -> Edited:
    return Edited(made(plan))


def returned(plan: Plan, by: User, data: bytes | Edited, name: str = "計画.xlsx") -> PlanImport:
    """The record of a workbook sent to the portal."""
    content = data.data if isinstance(data, Edited) else data
    return receive_plan_workbook(plan=plan, by=by, file=io.BytesIO(content), name=name)


def counts(record: PlanImport) -> dict[str, int]:
    kinds = ("new", "changed", "removed", "conflict", "error")
    return {kind: number for kind in kinds if (number := getattr(record, kind))}


def problems(record: PlanImport) -> list[tuple[str, str, str, str]]:
    """(sheet, cell, value, sentence) of every error."""
    found = [problem for row in record.rows.all() for problem in row.problems]
    return [(one["sheet"], one["cell"], one["value"], one["sentence"]) for one in found]


def changes(record: PlanImport) -> list[tuple]:
    """(kind, number, column, before, after) of every cell that differs."""
    rows = record.rows.all()
    return [(row.kind, row.key, one["label"], one["before"], one["after"]) for row in rows for one in row.fields]
