"""Each table of the component as Excel and CSV."""

import datetime
from unittest.mock import ANY

import pytest

from measures.models import ActionGroup, Indicator, IndicatorValue
from measures.workflow import EntryState
from reoffense.models import Event, FocusArea, Partner
from tests.factories import ActionFactory, EntryFactory, ResponsibilityFactory, fill
from tests.tables import EveryList, Table

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 7, 1)
PAGE = "/staff/reoffense/?year=2025"
INSIDE = frozenset({"secretariat", "auditor", "committee", "writer", "approver", "other_writer", "other_approver"})


def area(get, place):
    group = ActionGroup.objects.create(measure=get("carrier"), label="アイウ"[place], title="安全", position=place)
    return FocusArea.objects.create(component=get("component"), group=group, position=place)


def answered(get, group, number):
    """One action of the component with a sheet the secretariat has confirmed."""
    action = ActionFactory(measure=get("carrier"), group=group, number=number, title=f"取組{number}")
    get("component").actions.add(action)
    ResponsibilityFactory(action=action, organization=get("office"))
    fill(EntryFactory(cycle=get("cycle"), action=action, organization=get("office")), state=EntryState.ACCEPTED)


def areas(get, rows):
    for place in range(rows):
        answered(get, area(get, place).group, place + 1)


def actions(get, rows):
    group = area(get, 0).group
    for number in range(rows):
        answered(get, group, number + 1)


def partners(get, rows):
    area(get, 0)
    for number in range(rows):
        Partner.objects.create(plan=get("plan"), name=f"協力者{number}", role="支える", contact="+81", position=number)


def events(get, rows):
    area(get, 0)
    for number in range(rows):
        Event.objects.create(plan=get("plan"), title=f"行事{number}", starts_on=DAY, place="会場")


def indicators(get, rows):
    area(get, 0)
    for number in range(rows):
        indicator = Indicator.objects.create(
            measure=get("carrier"), code=f"k{number}", name=f"指標{number}", unit="人", kind="output", trend="up"
        )
        IndicatorValue.objects.create(indicator=indicator, year=2025, actual="1.5")


COUNTS = ["A 計画以上", "B 計画どおり", "C 一部実施", "D 未実施", "F 完了", "未回答", "n"]
OFFICE = frozenset({"secretariat", "auditor"})
TABLES = {
    "重点項目ごとの達成度": Table(
        PAGE, areas, ["年度", "重点項目", *COUNTS], ["2025", "ア 安全", "0", "1", "0", "0", "0", "0", "1"],
        lambda page: [one.focus for one, counts in page["page"].area_counts() if counts], "重点項目", 12,
        readers=OFFICE, of="areas",
    ),
    "取組ごとの状況": Table(
        PAGE, actions, ["年度", "重点項目", "番号", "取組", "担当", "達成度", "今後の方向性"],
        ["2025", "ア 安全", ANY, "取組1", "福祉課", "B 計画どおり", "継続"],
        lambda page: [row.action.code for one in page["page"].areas for row in one.rows], "番号", 12, readers=OFFICE,
    ),
    "目標指標": Table(
        PAGE, indicators,
        ["目標指標", "単位", "基準値", "基準の時点", "目標値", "目標の年度", "年度", "実績値", "値なしの理由"],
        ["指標0", "人", "", "", "", "", "2025", "1.5", ""],
        lambda page: [one.name for one in page["indicators"]], "目標指標", 11, readers=INSIDE, of="indicators",
    ),
    "協力者の名簿": Table(
        PAGE, partners, ["名称", "役割", "連絡先", "調査での名称"], ["協力者0", "支える", "'+81", ""],
        lambda page: [one.name for one in page["partners"]], "名称", 10, readers=INSIDE, of="partners",
    ),
    "行事のお知らせ": Table(
        PAGE, events, ["行事", "日（始まり）", "日（終わり）", "場所", "内容"], ["行事0", "2026-07-01", "", "会場", ""],
        lambda page: [one.title for one in page["events"]], "行事", 10, readers=INSIDE, of="events",
    ),
}  # fmt: skip


class TestLists(EveryList):
    tables = TABLES
