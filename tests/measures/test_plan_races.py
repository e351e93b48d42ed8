"""Two people write the same returned plan workbook, or a text it changes, in the same moment."""

import pytest
from django.db import connection

from measures.actions.planimports import Decision, apply_plan_import
from measures.models import Action, Measure
from mine_welfare.toolkit.refusal import Refused
from plans.actions import Conflict, edit_text, fingerprint
from plans.models import Plan
from tests.personas import person
from tests.planbooks import edited, returned, small_plan

from .test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no row locks: one writer at a time"),
]
NEW = {"施策番号": "1-1-1", "担い手": "行政", "取組": "案内板", "内容": "置きます。", "担当": "福祉課"}


@pytest.fixture
def plan(office) -> Plan:
    return small_plan()


@pytest.fixture
def colleague(db):
    return person("secretariat", login_id="colleague")


def apply(record, by):
    return lambda: apply_plan_import(record=record, by=by, decision=Decision())


def test_a_file_is_written_once(plan, secretariat, colleague):
    record = returned(plan, secretariat, edited(plan).put("取組", "", **NEW))
    outcomes = at_once(apply(record, secretariat), apply(record, colleague))
    assert sorted(outcomes) == ["done", "この取込みは「反映済み」です。もう操作できません。"]
    assert Action.objects.filter(title="案内板").count() == 1


def test_two_files_never_give_one_number(plan, secretariat, colleague):
    records = [returned(plan, by, edited(plan).put("取組", "", **NEW)) for by in (secretariat, colleague)]
    outcomes = at_once(*(apply(record, record.by) for record in records))
    assert outcomes == ["done", "done"]
    assert sorted(Action.objects.filter(title="案内板").values_list("code", flat=True)) == ["1-1-1-G03", "1-1-1-G04"]


def test_a_save_at_the_same_moment_is_never_lost(plan, secretariat, colleague):
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))
    measure, values = Measure.objects.get(code="1-1-1"), {"title": "ポータルの名"}
    seen = fingerprint(measure, values)

    def save():
        try:
            edit_text(row=measure, plan=plan, values=values, seen=seen, by=colleague)
        except Conflict as conflict:
            raise Refused("conflict") from conflict

    outcomes = at_once(apply(record, secretariat), save)
    record.refresh_from_db()
    versions = list(Measure.history.filter(code="1-1-1").order_by("history_id").values_list("title", flat=True))[1:]
    # Whoever came first is written; the other is told, by a conflict or by a second look at the file.
    assert (record.state, outcomes, versions) in [
        ("applied", ["done", "conflict"], ["Excelの名"]),
        ("checked", ["done", "done"], ["ポータルの名"]),
    ]
