"""Every version beside the one before, and the whole portal's latest changes in one query."""

import datetime

import pytest
from django.utils import timezone

from measures import actions
from measures.models import Measure
from measures.queries.history import SYSTEM, changes_of, recent, row_history
from measures.queries.kinds import KINDS
from measures.workflow import EntryState, Verb
from mine_welfare.accounts.models import Membership
from mine_welfare.accounts.roles import Role
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    PlanFactory,
    ResponseFactory,
    ResponsibilityFactory,
    ReviewFactory,
    RoleItemFactory,
    SectionFactory,
    fill,
)

pytestmark = pytest.mark.django_db


def history_of(kind: str, row):
    return row_history(KINDS[kind], row.pk)


def told(history) -> list[tuple]:
    """(what, who, why, changes) of every event, newest first."""
    return [
        (event.what, event.who, event.reason, [(one.label, one.before, one.after) for one in event.changes])
        for event in history.events
    ]


def by(user, row, **values):
    """A save by this person, as the middleware records it."""
    for name, value in values.items():
        setattr(row, name, value)
    row._history_user = user
    row.save()
    return row


@pytest.fixture
def measure(plan, secretariat):
    return MeasureFactory(policy__goal__plan=plan, title="一", introduction="")


def test_a_text_through_its_versions(measure, secretariat):
    measure._change_reason = "表記をそろえるため"
    by(secretariat, measure, title="二", introduction="説明。")
    found = history_of("measure", measure)
    assert told(found) == [
        ("変更", "事務 局", "表記をそろえるため", [("名称", "一", "二"), ("説明", "", "説明。")]),
        ("作成", SYSTEM, "", [("番号", "", str(measure.number)), ("施策番号", "", measure.code), ("名称", "", "一")]),
    ]
    latest, first = found.events
    assert ([one.label for one in latest.compared], [one.label for one in latest.single]) == (["名称"], ["説明"])
    assert (latest.is_latest, first.is_latest, found.latest_id) == (True, False, latest.version)
    assert (found.title, found.url) == (str(measure), f"/measures/{measure.code}/")


def test_what_was_deleted_keeps_its_history(plan):
    role = RoleItemFactory(measure__policy__goal__plan=plan, text="声をかけましょう。")
    pk = role.pk
    role.delete()
    found = row_history(KINDS["role-item"], pk)
    assert (found.row, found.title, found.url) == (None, "声をかけましょう。", None)
    assert [event.what for event in found.events] == ["削除", "作成"]
    assert row_history(KINDS["role-item"], pk + 1) is None


def test_a_row_made_without_a_record_begins_with_its_first(plan, action, office, secretariat):
    cycle = CycleFactory(plan=plan, year=2026)
    (entry,) = actions.add_missing_entries(cycle=cycle, by=secretariat)
    empty = history_of("entry", entry)
    assert (empty.events, empty.latest_id, empty.title) == ([], None, f"{action.code}（福祉課）")
    actions.save_entry(entry=entry, by=secretariat, version=0, values={"result": "一"})
    (event,) = history_of("entry", entry).events
    assert (event.what, [one.label for one in event.changes]) == ("記録の始まり", ["組織", "取組実績", "代理入力"])


def test_a_sheet_with_its_moves(entry, writer, approver):
    fill(entry, state=EntryState.SUBMITTED, version=1)
    actions.transition(entry=entry, verb=Verb.RETURN, by=approver, comment="件数を直してください。")
    events = told(history_of("entry", entry))
    # The version the move made says nothing of its own, but it is what stands now.
    assert events[:2] == [
        ("差戻し", "課 長", "件数を直してください。", [("状態", "提出済", "差戻し")]),
        ("変更", SYSTEM, "", []),
    ]
    words = {one.label: one.after for event in history_of("entry", entry).events for one in event.changes}
    assert (words["達成度"], words["今後の方向性"]) == ("B 計画どおり", "継続")


def test_saves_in_one_sitting_are_one_change(entry, writer, approver):
    entry.history.all().delete()
    start = timezone.now() - datetime.timedelta(hours=1)
    saves = [(writer, "一", 0), (writer, "一二", 1), (writer, "一二三", 3), (approver, "四", 4), (writer, "五", 30)]
    for user, words, minutes in saves:
        by(user, entry, result=words)
        entry.history.filter(history_date__gte=start + datetime.timedelta(minutes=50)).update(
            history_date=start + datetime.timedelta(minutes=minutes)
        )
    found = history_of("entry", entry)
    shown = [(event.saves, event.changes[0].before, event.changes[0].after) for event in found.events[:-1]]
    assert shown == [(1, "四", "五"), (1, "一二三", "四")]
    assert (found.events[-1].saves, found.events[-1].changes[-1].after) == (3, "一二三")


def test_the_roles_of_a_person(office, writer, secretariat):
    membership = Membership.objects.create(user=writer, role=Role.COMMITTEE)
    membership.delete()
    found = [
        (event.what, [(one.before, one.after) for one in event.changes]) for event in history_of("user", writer).events
    ]
    assert found[0:2] == [("役割を外す", [("委員", "")]), ("役割を加える", [("", "委員")])]
    assert ("役割を加える", [("", "福祉課　担当者")]) in found
    assert "パスワード" not in str(found)


def test_values_are_said_as_people_read_them(plan, secretariat):
    cycle = CycleFactory(plan=plan, due_on=datetime.date(2026, 6, 20))
    by(secretariat, cycle, due_on=datetime.date(2026, 6, 30), is_sample=True)
    by(secretariat, plan, titles=["一", "二"])
    measure = MeasureFactory(policy__goal__plan=plan, action_headings={"government": "市の取組"})
    changes = {one.label: (one.before, one.after) for one in history_of("cycle", cycle).events[0].changes}
    assert changes["締切日"] == ("令和8年6月20日", "令和8年6月30日")
    assert changes["サンプル"] == ("いいえ", "はい")
    assert history_of("plan", plan).events[0].changes[0].after == "一\n二"
    headings = [
        one.after for one in history_of("measure", measure).events[0].changes if one.label == "取組の表の見出し"
    ]
    assert headings == ["government：市の取組"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_history_takes_as_many_queries_at_any_length(entry, writer, rows, django_assert_num_queries):
    for number in range(rows):
        fill(entry, "AB"[number % 2], result=f"{number}", version=number + 1)
    with django_assert_num_queries(8):
        assert history_of("entry", entry).events != []


# ---- the whole portal -------------------------------------------------------
def everything(plan, secretariat) -> dict:
    """One row of every kind, changed by a person."""
    entry = fill(EntryFactory(cycle=CycleFactory(plan=plan), action=ActionFactory(measure__policy__goal__plan=plan)))
    measure = entry.action.measure
    opinion = OpinionFactory(cycle=entry.cycle, measure=measure)
    rows = {
        "entry": entry,
        "review": ReviewFactory(cycle=entry.cycle, measure=measure),
        "opinion": opinion,
        "response": ResponseFactory(opinion=opinion),
        "cycle": entry.cycle,
        "plan": plan,
        "goal": measure.policy.goal,
        "policy": measure.policy,
        "measure": measure,
        "role-item": RoleItemFactory(measure=measure),
        "action": entry.action,
        "responsibility": ResponsibilityFactory(action=entry.action),
        "section": SectionFactory(plan=plan),
        "grade": entry.cycle.scale.grades.first(),
        "direction": entry.cycle.scale.directions.first(),
        "organization": entry.organization,
        "user": secretariat,
    }
    for row in rows.values():
        by(secretariat, row)
    return rows


def test_every_kind_is_in_the_list_with_its_name(plan, secretariat, django_assert_num_queries):
    rows = everything(plan, secretariat)
    with django_assert_num_queries(1):
        found = recent(changes_of(list(KINDS.values())))
    names = {one.kind.name: one.words for one in found}
    assert set(names) == set(rows)
    entry, measure = rows["entry"], rows["measure"]
    assert names["entry"] == f"{entry.action.code} {entry.action.title} {entry.organization.name}"
    assert (names["measure"], names["opinion"]) == (str(measure), f"{measure.code} 周知を工夫してほしい。")
    assert {(one.who, one.what) for one in found} == {("事務 局", "変更")}


def test_an_opinion_on_the_whole_plan_has_a_name_too(cycle, secretariat):
    by(secretariat, OpinionFactory(cycle=cycle, text="一"))
    (found,) = recent(changes_of([KINDS["opinion"]]))
    assert found.words == " 一"


def test_newest_first_without_what_no_person_did(measure, secretariat):
    MeasureFactory(policy=measure.policy)
    by(secretariat, measure, title="二")
    other = by(secretariat, MeasureFactory(policy=measure.policy), title="三")
    found = recent(changes_of([KINDS["measure"]]))
    assert [(one.words, one.what) for one in found] == [(str(other), "変更"), (str(measure), "変更")]


def test_saves_in_a_row_are_one_line(measure, secretariat, writer):
    for number in range(3):
        by(secretariat, measure, title=f"{number}")
    by(writer, measure, title="四")
    Measure.history.filter(title="0").update(history_date=timezone.now() - datetime.timedelta(minutes=30))
    found = recent(changes_of([KINDS["measure"]]))
    assert [(one.who, one.saves) for one in found] == [(writer.name, 1), ("事務 局", 2), ("事務 局", 1)]


def test_another_plan_beside_this_one_is_no_secret(secretariat):
    plan = PlanFactory(is_current=False, short_title="次の計画")
    by(secretariat, plan)
    assert [one.words for one in recent(changes_of([KINDS["plan"]]))] == ["次の計画"]


def test_organizations_and_actions_lead_to_their_pages(plan):
    office, action = OrganizationFactory(), ActionFactory(measure__policy__goal__plan=plan)
    assert history_of("organization", office).url == f"/staff/organizations/{office.pk}/"
    assert history_of("action", action).url == f"/actions/{action.code}/"
