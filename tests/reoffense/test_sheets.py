"""取組状況確認表: one line for each organization, and why a line has no rating."""

import pytest

from measures.models import Action
from measures.workflow import EntryState
from reoffense import sheets
from reoffense.queries import component_plan
from tests.factories import ActionFactory, EntryFactory, fill


@pytest.fixture
def sheet(areas, cycle, office):
    action = Action.objects.get(title="防犯灯")
    sheet = EntryFactory(cycle=cycle, action=action, organization=office, state=EntryState.ACCEPTED)
    return fill(sheet, "C", "review", issues="担い手", improvement="見直す")


def table(plan, cycle) -> list[tuple[str, ...]]:
    return sheets.table(component_plan(plan, cycle, cycle.entries.all()))


def test_a_confirmed_sheet_is_printed_with_its_words(plan, cycle, sheet):
    assert table(plan, cycle)[0] == (
        "ア 安全", sheet.action.code, "防犯灯", "福祉課", "会議を2回開いた。", "C 一部実施", "見直し", "担い手\n見直す",
    )  # fmt: skip


def test_each_line_without_a_rating_says_why(plan, cycle, sheet):
    rows = [(row[2], row[5]) for row in table(plan, cycle)[1:]]
    assert rows == [("児童クラブ", "再掲"), ("各種相談", "関連施策"), ("就労の支援", "担当の調整中")]


@pytest.mark.parametrize(
    ("closed", "words"), [(False, "事務局の確認前"), (True, "未回答のまま締切")], ids=["open", "closed"]
)
def test_nothing_unconfirmed_is_printed(plan, cycle, sheet, closed, words):
    sheet.state, sheet.closed_unanswered = EntryState.SUBMITTED, closed
    sheet.save()
    assert table(plan, cycle)[0] == ("ア 安全", sheet.action.code, "防犯灯", "福祉課", "", words, "", "")


def test_without_other_actors_the_areas_are_all(plan, cycle, areas):
    Action.objects.filter(actor__code="shakyo").delete()
    page = component_plan(plan, cycle, cycle.entries.all())
    assert [heading for heading, _, _ in sheets.parts(page)] == ["ア 安全", "イ 安全"]
    assert [closing for _, closing, _ in sheets.parts(page)] == ["その他", "その他"]


def test_the_columns_are_those_of_a_line(plan, cycle, areas, component):
    component.actions.add(ActionFactory(measure=areas[0].group.measure, group=areas[0].group, title="担当なし"))
    rows = table(plan, cycle)
    assert {len(row) for row in rows} == {1 + len(sheets.COLUMNS)}
    assert ("担当なし", "担当の調整中") in [(row[2], row[5]) for row in rows]
