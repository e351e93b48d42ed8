"""計画のExcel, returned: what it would change, what is refused, what is written, and what two people do at once."""

import datetime
import hashlib
import io
import os
import random

import pytest

from measures.actions import plantext
from measures.actions.planimports import Decision, apply_plan_import, discard_plan_import
from measures.actions.planreturned import receive_plan_workbook
from measures.models import Action, ActionGroup, Entry, Measure, PlanImport, RoleItem
from measures.queries.planstate import plan_state
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.refusal import Refused
from plans.actions import Conflict, edit_text, fingerprint
from plans.models import BasicGoal, BasicPolicy, Plan
from tests.factories import CycleFactory, EntryFactory
from tests.planbooks import Edited, changes, counts, edited, made, problems, returned, small_plan

pytestmark = pytest.mark.django_db
MANGLED = int(os.environ.get("FUZZ", "40"))


@pytest.fixture
def plan(office) -> Plan:
    """Citizens see it."""
    return small_plan()


@pytest.fixture
def draft(office) -> Plan:
    """Nobody has seen it."""
    return small_plan(is_current=False)


def texts(plan: Plan, measure: str = "1-1-1") -> list[str]:
    return list(RoleItem.objects.filter(measure__plan=plan, measure__code=measure).values_list("text", flat=True))


def codes(plan: Plan) -> list[str]:
    return sorted(plan.actions.values_list("code", flat=True))


def number_of(plan: Plan, text: str) -> str:
    return str(RoleItem.objects.get(measure__plan=plan, text=text).pk)


def applied(record: PlanImport, by, **given) -> PlanImport:
    return apply_plan_import(record=record, by=by, decision=Decision(**given))


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as found:
        call(*args, **kwargs)
    return str(found.value)


# ---- nothing changes -------------------------------------------------------------------


def test_what_goes_out_comes_back_as_no_change(plan, secretariat):
    record = returned(plan, secretariat, made(plan))
    assert (counts(record), record.unchanged, record.missing, record.extra) == ({}, 12, [], [])
    assert (record.can_be_applied, record.rows.count(), record.version) == (False, 0, plan.version)


def test_looking_writes_nothing(plan, secretariat):
    book = edited(plan).put("取組", "1-1-1-G01", 内容="新しい内容").drop("役割", number_of(plan, "話しましょう。"))
    before = (Plan.objects.get().version, texts(plan), Action.history.count())
    record = returned(plan, secretariat, book)
    assert counts(record) == {"changed": 1, "removed": 1}
    assert (Plan.objects.get().version, texts(plan), Action.history.count()) == before


# ---- words -----------------------------------------------------------------------------

WORDS = [
    ("計画", "SLUG", {"基本理念": "=支え合い"}, lambda plan: plan.vision, "=支え合い"),
    ("計画", "SLUG", {"計画名（短い形）": "短い名"}, lambda plan: plan.short_title, "短い名"),
    ("計画", "SLUG", {"計画名": "一つ目\n二つ目"}, lambda plan: plan.titles, ["一つ目", "二つ目"]),
    ("基本目標", "1", {"基本目標": "新しい目標"}, lambda plan: plan.goals.get().title, "新しい目標"),
    ("基本施策", "1-1", {"現状と課題": "一\n二"}, lambda plan: BasicPolicy.objects.get().issues, "一\n二"),
    ("施策", "1-1-2", {"施策": "@新しい施策"}, lambda plan: plan.measures.get(number=2).title, "@新しい施策"),
    ("まとまり", "1-1-1", {"まとまりの名称": "就労支援"}, lambda plan: ActionGroup.objects.get().title, "就労支援"),
    ("まとまり", "1-1-1", {"参照する施策": "１－１－２"}, lambda plan: str(ActionGroup.objects.get().see),
     "1-1-2 施策2"),
    ("取組", "1-1-1-G01", {"内容": "+81 髙﨑😀"}, lambda plan: plan.actions.get(number=1, measure__number=1).content,
     "+81 髙﨑😀"),
    ("取組", "1-1-1-G01", {"受託": "市受託事業"}, lambda plan: plan.actions.first().commission, "city"),
    ("取組", "1-1-1-G01", {"様式": "簡易"}, lambda plan: plan.actions.first().form, "short"),
    ("取組", "1-1-1-G01", {"構成計画": "第2次再犯防止推進計画"},
     lambda plan: sorted(one.code for one in plan.actions.first().components.all()), ["reoffense", "welfare"]),
    ("取組", "1-1-1-G01", {"終えた年度": "２０２６"}, lambda plan: plan.actions.first().valid_to, 2026),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "key", "cells", "read", "expected"), WORDS)
def test_a_cell_is_shown_then_written(plan, secretariat, sheet, key, cells, read, expected):
    version, before = plan.version, read(plan)
    record = returned(plan, secretariat, edited(plan).put(sheet, plan.slug if key == "SLUG" else key, **cells))
    assert (counts(record), [change[2] for change in changes(record)]) == ({"changed": 1}, list(cells))
    assert read(Plan.objects.get()) == before != expected
    done = applied(record, secretariat)
    now = Plan.objects.get()
    assert (read(now), now.version > version, done.applied, done.state) == (expected, True, 1, "applied")
    assert (done.applied_by, done.given, done.rows.get().is_applied) == (secretariat, {}, True)
    assert counts(returned(now, secretariat, made(now))) == {}


def test_the_history_says_from_where(plan, secretariat):
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-2", 施策="新しい施策"), "計画_直し.xlsx")
    applied(record, secretariat, reason="会議で決定")
    newest = Measure.history.filter(code="1-1-2").first()
    assert (newest.title, newest.history_change_reason) == ("新しい施策", "会議で決定（Excel：計画_直し.xlsx）")
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-2", 施策="別の施策"), "あ" * 120 + ".xlsx")
    applied(record, secretariat)
    assert Measure.history.filter(code="1-1-2").first().history_change_reason == f"Excelから反映（{'あ' * 120}"[:100]


def test_a_decided_plan_asks_for_a_reason(plan, secretariat):
    Plan.objects.update(status=Plan.Status.FINAL)
    plan.refresh_from_db()
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-2", 施策="新しい施策"))
    assert refused(applied, record, secretariat) == "確定した計画の本文を直すには、理由が必要です。"
    assert refused(applied, record, secretariat, reason="あ" * 101) == "理由は100字までです。"
    assert applied(record, secretariat, reason="誤記").reason == "誤記"


# ---- who answers -------------------------------------------------------------------------


def test_who_answers_changes_from_a_year_on(plan, secretariat):
    record = returned(plan, secretariat, edited(plan).put("取組", "1-1-1-G01", 担当="福祉課／総務課"))
    assert changes(record) == [("changed", "1-1-1-G01", "担当", "福祉課", "福祉課／総務課")]
    applied(record, secretariat, since=2026)
    rows = Action.objects.get(code="1-1-1-G01").responsibilities.values_list("organization__slug", "valid_from")
    assert list(rows) == [("welfare", None), ("general", 2026)]


def test_a_year_outside_the_plan_is_refused_with_its_row(plan, secretariat):
    record = returned(plan, secretariat, edited(plan).put("取組", "1-1-1-G01", 担当="総務課"))
    sentence = "シート「取組」2行目：令和17年度は、この計画の期間に入りません。"
    assert refused(applied, record, secretariat, since=2035) == sentence
    assert (record.rows.get().is_applied, Action.objects.get(code="1-1-1-G01").responsibilities.count()) == (False, 1)


@pytest.mark.parametrize("words", ["総務課、福祉課", "general\n福祉課", "総務課/福祉課", "福祉課 ／ 総務課"])
def test_several_names_are_divided_as_people_do(plan, secretariat, words):
    record = returned(plan, secretariat, edited(plan).put("取組", "1-1-1-G01", 担当=words))
    assert changes(record)[0][3:] == ("福祉課", "福祉課／総務課")


# ---- roles -------------------------------------------------------------------------------


def test_lines_are_changed_added_and_put_in_another_order(plan, secretariat):
    book = edited(plan).put("役割", number_of(plan, "集まりましょう。"), 順="1", 文章="先に集まりましょう。")
    book.put("役割", number_of(plan, "知りましょう。"), 順="3")
    book.put("役割", "", 施策番号="1-1-1", 担い手="市民", 文章="最後に。")
    book.put("役割", "", 施策番号="1-1-1", 担い手="市民", 順="2", 文章="二番目に。")
    record = returned(plan, secretariat, book)
    assert (counts(record), problems(record)) == ({"changed": 2, "new": 2}, [])
    kept = RoleItem.objects.get(text="知りましょう。").pk
    applied(record, secretariat)
    assert texts(plan) == ["先に集まりましょう。", "話しましょう。", "二番目に。", "知りましょう。", "最後に。"]
    assert RoleItem.objects.get(text="知りましょう。").pk == kept


def test_an_empty_place_leaves_the_line_where_it_is(plan, secretariat):
    book = edited(plan).put("役割", number_of(plan, "話しましょう。"), 順=None)
    assert counts(returned(plan, secretariat, book)) == {}


def test_a_line_that_is_gone_goes_only_with_a_tick(plan, secretariat):
    book = edited(plan).drop("役割", number_of(plan, "話しましょう。")).put("基本目標", "1", 基本目標="新しい目標")
    record = returned(plan, secretariat, book)
    gone = record.rows.get(kind="removed")
    assert (gone.key, gone.title, gone.can_go, gone.note) == ("1-1-1 市民", "話しましょう。", True, "")
    applied(record, secretariat)
    gone.refresh_from_db()
    assert (gone.is_applied, gone.note) == (False, "ファイルにありませんが、そのまま残しました。")
    assert texts(plan) == ["知りましょう。", "話しましょう。", "集まりましょう。"]
    record = returned(plan, secretariat, edited(plan).drop("役割", number_of(plan, "話しましょう。")))
    applied(record, secretariat, gone={record.rows.get().pk})
    assert texts(plan) == ["知りましょう。", "集まりましょう。"]


def test_nothing_chosen_is_nothing_written(plan, secretariat):
    record = returned(plan, secretariat, edited(plan).drop("役割", number_of(plan, "話しましょう。")))
    assert refused(applied, record, secretariat) == (
        "反映する行がありません。競合のある行は、どちらを残すかを選んでください。"
    )


# ---- actions -------------------------------------------------------------------------------

NEW_ACTION = {"施策番号": "1-1-1", "担い手": "行政", "取組": "案内板", "内容": "置きます。", "担当": "福祉課"}


def test_a_new_action_gets_a_number_that_was_never_given(plan, secretariat):
    Action.objects.get(code="1-1-2-G01").delete()
    book = edited(plan).put("取組", "", **{**NEW_ACTION, "施策番号": "1-1-2", "始めた年度": "2026"})
    record = returned(plan, secretariat, book)
    assert (counts(record), record.rows.get().note) == ({"new": 1}, "番号は 1-1-2-G02 になります。")
    assert codes(plan) == ["1-1-1-G01", "1-1-1-G02"]
    applied(record, secretariat)
    made_now = Action.objects.get(code="1-1-2-G02")
    assert (made_now.title, made_now.valid_from, made_now.valid_to) == ("案内板", 2026, None)
    assert [one.organization.slug for one in made_now.responsibilities.all()] == ["welfare"]
    assert [one.code for one in made_now.components.all()] == ["welfare"]


def test_a_new_action_may_stand_in_a_group_and_end(plan, secretariat):
    book = edited(plan).put("取組", "", **NEW_ACTION, まとまり="ア", 終えた年度="2027")
    applied(returned(plan, secretariat, book), secretariat)
    made_now = Action.objects.get(code="1-1-1-G03")
    assert (made_now.group.label, made_now.valid_to) == ("ア", 2027)


def test_an_action_citizens_see_ends_and_stays(plan, secretariat):
    cycle = CycleFactory(plan=plan)
    EntryFactory(cycle=cycle, action=Action.objects.get(code="1-1-2-G01"), organization=Organization.objects.first())
    record = returned(plan, secretariat, edited(plan).drop("取組", "1-1-2-G01"))
    row = record.rows.get()
    assert (row.can_go, row.note) == (True, "消えずに、「終えた取組」として計画と過去の評価に残ります。")
    assert refused(applied, record, secretariat, gone={row.pk}) == (
        "シート「取組」1-1-2-G01：この取組を終える年度を選んでください。"
    )
    applied(record, secretariat, gone={row.pk}, last_year=2026)
    assert (Action.objects.get(code="1-1-2-G01").valid_to, Entry.objects.count()) == (2026, 1)
    # It stands in the next workbook with its year; leaving it out changes nothing any more.
    assert counts(returned(plan, secretariat, edited(plan).drop("取組", "1-1-2-G01"))) == {}


def test_the_shape_of_a_plan_citizens_see_stands(plan, secretariat):
    book = edited(plan).drop("施策", "1-1-2").drop("まとまり", "1-1-1").drop("基本施策", "1-1").drop("基本目標", "1")
    record = returned(plan, secretariat, book)
    assert counts(record) == {"removed": 4}
    closed = "施策や取組の数を変えられるのは、公開する前の素案だけです。取組は、終える年度を決めてください。"
    assert {(row.can_go, row.note) for row in record.rows.all()} == {(False, closed)}
    ticked = {row.pk for row in record.rows.filter(part="measure")}
    assert refused(applied, record, secretariat, gone=ticked) == f"シート「施策」1-1-2：{closed}"


@pytest.mark.parametrize(
    ("sheet", "cells", "cell"),
    [
        ("基本目標", {"基本目標": "新しい目標"}, ("基本目標", "3行目", "")),
        ("基本施策", {"目標番号": "1", "基本施策": "新しい基本施策"}, ("基本施策", "3行目", "")),
        ("施策", {"基本施策番号": "1-1", "施策": "新しい施策"}, ("施策", "4行目", "")),
        ("まとまり", {"施策番号": "1-1-2", "記号": "ア", "まとまりの名称": "新しい"}, ("まとまり", "3行目", "1-1-2")),
    ],
)
def test_a_plan_citizens_see_takes_no_new_shape(plan, secretariat, sheet, cells, cell):
    record = returned(plan, secretariat, edited(plan).put(sheet, "", **cells))
    closed = "施策や取組の数を変えられるのは、公開する前の素案だけです。取組は、終える年度を決めてください。"
    assert (counts(record), problems(record)) == ({"error": 1}, [(*cell, closed)])


def test_what_hangs_on_a_refused_row_is_refused_too(plan, secretariat):
    book = edited(plan).put("施策", "", 施策番号="新1", 基本施策番号="1-1", 施策="新しい施策")
    book.put("役割", "", 施策番号="新1", 担い手="市民", 文章="知りましょう。")
    assert problems(returned(plan, secretariat, book))[1] == (
        "役割", "5行目", "", "「新1」の行を加えられないため、この行も書けません。"
    )  # fmt: skip


# ---- a draft ---------------------------------------------------------------------------------


def test_a_draft_grows_from_top_to_bottom_in_one_file(draft, secretariat):
    book = edited(draft).put("基本目標", "", 目標番号="新1", 基本目標="二つ目の目標")
    book.put("基本施策", "", 基本施策番号="新1", 目標番号="新1", 基本施策="基本施策", 現状と課題="課題")
    book.put("施策", "", 施策番号="新1", 基本施策番号="新1", 施策="新しい施策", 説明="説明")
    book.put("まとまり", "", 施策番号="新1", 記号="イ", まとまりの名称="住まい", 参照する施策="1-1-1")
    book.put("役割", "", 施策番号="新1", 担い手="市民", 文章="知りましょう。")
    book.put("取組", "", **{**NEW_ACTION, "取組番号": "新1", "施策番号": "新1", "まとまり": "イ"})
    book.put("取組", "", **{**NEW_ACTION, "施策番号": "1-1-2", "再掲元の取組": "新1"})
    record = returned(draft, secretariat, book)
    assert (counts(record), problems(record)) == ({"new": 7}, [])
    notes = [row.note for row in record.rows.all() if row.note]
    assert notes == [f"番号は {code} になります。" for code in ("2", "2-1", "2-1-1", "2-1-1-G01", "1-1-2-G02")]
    assert applied(record, secretariat).applied == 7
    measure = Measure.objects.get(plan=draft, code="2-1-1")
    assert (measure.policy.issues, measure.introduction, measure.groups.get().see.code) == ("課題", "説明", "1-1-1")
    assert (measure.actions.get().group.label, texts(draft, "2-1-1")) == ("イ", ["知りましょう。"])
    assert Action.objects.get(plan=draft, code="1-1-2-G02").repeats == measure.actions.get()
    assert counts(returned(draft, secretariat, made(draft))) == {}


def test_a_draft_loses_what_is_ticked(draft, secretariat):
    book = edited(draft).drop("基本目標", "1").drop("基本施策", "1-1").drop("施策", "1-1-1").drop("施策", "1-1-2")
    book.drop("まとまり", "1-1-1")
    for code in ("1-1-1-G01", "1-1-1-G02", "1-1-2-G01"):
        book.drop("取組", code)
    for text in texts(draft):
        book.drop("役割", number_of(draft, text))
    record = returned(draft, secretariat, book)
    assert (counts(record), {row.can_go for row in record.rows.all()}) == ({"removed": 11}, {True})
    applied(record, secretariat, gone=set(record.rows.values_list("pk", flat=True)))
    assert (draft.goals.count(), draft.measures.count(), draft.actions.count()) == (0, 0, 0)
    # The numbers are not given again.
    grown = edited(draft).put("基本目標", "", 基本目標="次の目標")
    assert returned(draft, secretariat, grown).rows.get().note == "番号は 2 になります。"


def test_what_something_hangs_on_stays(draft, secretariat):
    book = edited(draft).drop("基本目標", "1").drop("基本施策", "1-1").drop("まとまり", "1-1-1")
    record = returned(draft, secretariat, book)
    assert [(row.can_go, row.note) for row in record.rows.all()] == [
        (False, "基本施策が残っています。先に、基本施策を消してください。"),
        (False, "施策が残っています。先に、施策を消してください。"),
        (False, "このまとまりの取組が残っています。先に、取組を別のまとまりに移すか、消してください。"),
    ]


def test_what_another_repeats_goes_after_it(draft, secretariat):
    one, other = Action.objects.get(code="1-1-1-G01"), Action.objects.get(code="1-1-2-G01")
    one.repeats = other
    one.save()
    record = returned(draft, secretariat, edited(draft).drop("取組", "1-1-1-G01").drop("取組", "1-1-2-G01"))
    assert [row.can_go for row in record.rows.all()] == [True, True]
    record = returned(draft, secretariat, edited(draft).drop("取組", "1-1-2-G01"))
    assert record.rows.get().note == f"「{one}」が、この取組を再掲しています。先に、そちらを消してください。"


def test_a_measure_whose_actions_still_stand_in_the_file_takes_them_along(draft, secretariat):
    record = returned(draft, secretariat, edited(draft).drop("施策", "1-1-2"))
    row = record.rows.get()
    applied(record, secretariat, gone={row.pk})
    assert codes(draft) == ["1-1-1-G01", "1-1-1-G02"]


REFERENCES = [
    ({"再掲元の取組": "1-1-1-G01"}, "再掲元には、それ自身が再掲でない、ほかの取組を書いてください。"),
    ({"再掲元の取組": "1-1-1-G02", "参照する施策": "1-1-2"},
     "「再掲元の取組」と「参照する施策」は、どちらか一方だけを書いてください。"),
    ({"再掲元の取組": "1-1-2-G01"}, "再掲元には、それ自身が再掲でない、ほかの取組を書いてください。"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "sentence"), REFERENCES)
def test_what_may_not_be_repeated(draft, secretariat, cells, sentence):
    Action.objects.filter(code="1-1-2-G01").update(see=Measure.objects.get(code="1-1-1"))
    record = returned(draft, secretariat, edited(draft).put("取組", "1-1-1-G01", **cells))
    assert problems(record) == [("取組", "2行目", "1-1-1-G01", sentence)]


def test_what_is_repeated_repeats_nothing(draft, secretariat):
    Action.objects.filter(code="1-1-2-G01").update(repeats=Action.objects.get(code="1-1-1-G01"))
    record = returned(draft, secretariat, edited(draft).put("取組", "1-1-1-G01", 参照する施策="1-1-2"))
    assert counts(record) == {"changed": 1}
    record = returned(draft, secretariat, edited(draft).put("取組", "1-1-1-G01", 再掲元の取組="1-1-1-G02"))
    sentence = "ほかの取組の再掲元になっている取組は、再掲にできません。"
    assert problems(record) == [("取組", "2行目", "1-1-1-G01", sentence)]


def test_what_citizens_see_repeats_what_it_repeats(plan, secretariat):
    record = returned(plan, secretariat, edited(plan).put("取組", "1-1-1-G01", 再掲元の取組="1-1-1-G02"))
    assert [sentence for *_, sentence in problems(record)] == [
        "施策や取組の数を変えられるのは、公開する前の素案だけです。取組は、終える年度を決めてください。"
    ]


# ---- what is refused ---------------------------------------------------------------------------

FIXED = "もうある行の「{}」は変えられません。元の値に戻してください。"
WRONG = [
    ("取組", "1-1-1-G01", {"取組番号": "9-9-9"}, ("取組", "A2", "9-9-9"),
     "この番号の取組はありません。新しい行は、番号を空にしてください。"),
    ("取組", "1-1-1-G01", {"施策番号": "1-1-2"}, ("取組", "B2", "1-1-2"), FIXED.format("施策番号")),
    ("取組", "1-1-1-G01", {"担い手": "市民"}, ("取組", "D2", "市民"), FIXED.format("担い手")),
    ("取組", "1-1-1-G01", {"担い手": ""}, ("取組", "D2", ""), "空にはできません。"),
    ("取組", "1-1-1-G01", {"担い手": "神"}, ("取組", "D2", "神"),
     "「神」は、シート「コード表」の「担い手」にありません。"),
    ("取組", "1-1-1-G01", {"取組": "あ" * 121}, ("取組", "F2", "あ" * 121), "121字あります。120字までにしてください。"),
    ("取組", "1-1-1-G01", {"内容": " "}, ("取組", "G2", ""), "空にはできません。"),
    ("取組", "1-1-1-G01", {"まとまり": "ヌ"}, ("取組", "E2", "ヌ"), "この施策に「ヌ」というまとまりはありません。"),
    ("取組", "1-1-1-G01", {"終えた年度": "来年"}, ("取組", "P2", "来年"), "0から9999までの数だけを書いてください。"),
    ("取組", "1-1-1-G01", {"終えた年度": "2099"}, ("取組", "2行目", "1-1-1-G01"),
     "終える年度は、取組を始めた年度から計画の終わりの年度までの間にしてください。"),
    ("取組", "1-1-1-G01", {"担当": "宇宙課"}, ("取組", "K2", "宇宙課"),
     "「宇宙課」は、シート「コード表」の「担当」にありません。"),
    ("取組", "1-1-1-G01", {"担当": ""}, ("取組", "2行目", "1-1-1-G01"), "担当する組織を1つ以上選んでください。"),
    ("取組", "1-1-1-G01", {"再掲元の取組": "8-8"}, ("取組", "M2", "8-8"),
     "「8-8」という取組は、この計画にもこのファイルにもありません。"),
    ("取組", "1-1-1-G02", {"取組番号": "1-1-1-G01"}, ("取組", "A2", "1-1-1-G01"),
     "同じ番号の行が、2行目・3行目にあります。"),
    ("計画", "SLUG", {"識別名": "other"}, ("計画", "A2", "other"),
     "この番号の計画はありません。新しい行は、番号を空にしてください。"),
    ("計画", "SLUG", {"計画名": ""}, ("計画", "B2", ""), "空にはできません。"),
    ("施策", "", {"施策": "新しい施策"}, ("施策", "B4", ""), "空にはできません。"),
    ("施策", "", {"基本施策番号": "7-7", "施策": "新しい施策"}, ("施策", "B4", "7-7"),
     "「7-7」という基本施策は、この計画にもこのファイルにもありません。"),
    ("取組", "", {**NEW_ACTION, "施策番号": "新9"}, ("取組", "B5", "新9"),
     "「新9」という施策は、この計画にもこのファイルにもありません。"),
    ("まとまり", "", {"記号": "イ", "まとまりの名称": "住まい"}, ("まとまり", "A3", ""), "空にはできません。"),
    ("取組", "", {**NEW_ACTION, "担い手": "市民"}, ("取組", "5行目", ""), "「市民」は、取組を持たない担い手です。"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "key", "cells", "cell", "sentence"), WRONG)
def test_a_wrong_cell_is_named_and_nothing_is_written(plan, secretariat, sheet, key, cells, cell, sentence):
    book = (
        edited(plan)
        .put(sheet, plan.slug if key == "SLUG" else key, **cells)
        .put("基本目標", "1", 基本目標="新しい目標")
    )
    record = returned(plan, secretariat, book)
    assert (*cell, sentence) in problems(record)
    assert refused(applied, record, secretariat) == (
        "エラーのある行があるため、反映できません。直したファイルを、もう一度送ってください。"
    )
    assert BasicGoal.objects.get().title == "安心して暮らせるまち"


def test_a_number_that_became_a_day_is_told(plan, secretariat):
    book = edited(plan)
    book.put("取組", "1-1-1-G01", 施策番号=datetime.datetime(2001, 1, 1))
    found = problems(returned(plan, secretariat, book))
    sentence = "日付になっています。セルの書式を「文字列」にしてから、書き直してください。"
    assert found == [("取組", "B2", "2001年1月1日", sentence)]


def test_a_formula_without_a_result_is_told(plan, secretariat):
    book = edited(plan)
    cell = book.book["取組"].cell(2, book.column("取組", "内容"))
    cell.value, cell.data_type = "=1+1", "f"
    found = problems(returned(plan, secretariat, book))
    assert found == [("取組", "G2", "=", "計算式の結果がありません。値を書き直してください。")]


def test_files_that_are_not_this_plans(plan, secretariat, writer):
    other = small_plan_of_another(plan)
    data = made(plan)
    book = edited(plan)
    del book.book["控え"]
    not_a_plan = (
        "シート「控え」がないか、変わっています。"
        "ポータルの「計画をExcelで直す」の画面からダウンロードしたファイルを選んでください。"
    )
    bare, odd = edited(plan), edited(plan)
    bare.book["控え"].delete_rows(4, 50)
    odd.book["控え"].cell(4, 3).value = "三"
    found = [
        refused(returned, plan, writer, data),
        refused(returned, other, secretariat, data),
        refused(returned, plan, secretariat, book),
        refused(returned, plan, secretariat, bare),
        refused(returned, plan, secretariat, odd),
        refused(returned, plan, secretariat, b"PK", "計画.xlsm")[:27],
    ]
    assert found == [
        "計画の本文を直せるのは、事務局だけです。",
        f"別の計画（{plan.slug}）のファイルです。その計画の画面で選んでください。",
        not_a_plan,
        not_a_plan,
        not_a_plan,
        "マクロの付いたファイル（.xlsm）は受け取れません。",
    ]
    assert PlanImport.objects.count() == 0


def small_plan_of_another(plan: Plan) -> Plan:
    return Plan.objects.create(
        slug="other", portal_name="", municipality="", titles=["別"], short_title="別", vision="別", start_year=2030,
        end_year=2034,
    )  # fmt: skip


def test_too_many_rows_are_refused(plan, secretariat, monkeypatch):
    monkeypatch.setattr("measures.actions.planreturned.MOST", 2)
    assert refused(returned, plan, secretariat, made(plan)) == (
        "シート「役割」の行が多すぎます。一度に取り込めるのは2行までです。"
    )


# ---- what is tolerated ----------------------------------------------------------------------------


def test_sheets_and_columns_may_be_missing_moved_hidden_and_added(plan, secretariat):
    book = edited(plan)
    del book.book["役割"]
    page = book.book["取組"]
    page.delete_cols(book.column("取組", "内容"))
    page.insert_cols(1)
    page.cell(1, 1).value = "メモ"
    page.insert_rows(1)
    page.row_dimensions[3].hidden = True
    book.book["施策"].title = "施策（改）"
    for row in range(200, 210):
        page.cell(row, 3).value = " "
    record = returned(plan, secretariat, book)
    assert (counts(record), record.missing, record.extra) == (
        {},
        ["シート「役割」", "取組の「内容」"],
        ["取組の「メモ」"],
    )


def test_rows_may_stand_in_another_order(plan, secretariat):
    book = edited(plan)
    page = book.book["取組"]
    rows = [[cell.value for cell in page[number]] for number in (2, 3, 4)]
    for number, values in zip((2, 3, 4), reversed(rows), strict=True):
        for place, value in enumerate(values, start=1):
            page.cell(number, place).value = value
    assert counts(returned(plan, secretariat, book)) == {}


def test_a_new_row_needs_every_column_that_may_not_be_empty(plan, secretariat):
    book = edited(plan).put("取組", "", **NEW_ACTION)
    book.book["取組"].delete_cols(book.column("取組", "内容"))
    record = returned(plan, secretariat, book)
    assert problems(record) == [("取組", "5行目", "", "空にはできません。")]


# ---- two people ------------------------------------------------------------------------------------


def changed_in_the_portal(row, by, **values):
    plan = row.plan if hasattr(row, "plan") else row.measure.plan
    return edit_text(row=row, plan=plan, values=values, seen=fingerprint(row, values), by=by)


def test_a_row_changed_in_the_portal_since_is_a_conflict(plan, secretariat):
    book = edited(plan).put("施策", "1-1-1", 施策="Excelの名", 説明="Excelの説明")
    changed_in_the_portal(Measure.objects.get(code="1-1-1"), secretariat, title="ポータルの名")
    record = returned(plan, secretariat, book)
    assert (counts(record), changes(record)) == (
        {"conflict": 1},
        [
            ("conflict", "1-1-1", "施策", "ポータルの名", "Excelの名"),
            ("conflict", "1-1-1", "説明", "窓口を知らせます。", "Excelの説明"),
        ],
    )
    row = record.rows.get()
    assert [one["side"] for one in row.fields] == ["", "file"]
    nothing = "反映する行がありません。競合のある行は、どちらを残すかを選んでください。"
    for sides in ({}, {"title": "file"}, {"title": "portal", "introduction": "portal"}):
        assert refused(applied, record, secretariat, sides={row.pk: sides}) == nothing
    applied(record, secretariat, sides={row.pk: {"title": "portal", "introduction": "file"}})
    now = Measure.objects.get(code="1-1-1")
    assert (now.title, now.introduction) == ("ポータルの名", "Excelの説明")


def test_a_conflict_left_open_stays_as_in_the_portal(plan, secretariat):
    book = edited(plan).put("施策", "1-1-1", 施策="Excelの名").put("基本目標", "1", 基本目標="新しい目標")
    changed_in_the_portal(Measure.objects.get(code="1-1-1"), secretariat, title="ポータルの名")
    record = returned(plan, secretariat, book)
    applied(record, secretariat)
    row = record.rows.get(kind="conflict")
    assert (row.is_applied, row.note) == (False, "ポータルの内容を残しました。")
    assert (Measure.objects.get(code="1-1-1").title, BasicGoal.objects.get().title) == ("ポータルの名", "新しい目標")


def test_what_only_the_portal_changed_stays(plan, secretariat):
    data = made(plan)
    changed_in_the_portal(Measure.objects.get(code="1-1-1"), secretariat, title="ポータルの名")
    RoleItem.objects.get(text="話しましょう。").delete()
    assert counts(returned(plan, secretariat, data)) == {}


def test_a_side_only_the_portal_changed_leans_to_the_portal(plan, secretariat):
    book = edited(plan).put("施策", "1-1-1", 説明="Excelの説明")
    changed_in_the_portal(Measure.objects.get(code="1-1-1"), secretariat, title="ポータルの名")
    row = returned(plan, secretariat, book).rows.get()
    assert [(one["name"], one["side"]) for one in row.fields] == [("title", "portal"), ("introduction", "file")]


def test_what_was_added_in_the_portal_is_not_missing_from_the_file(plan, secretariat):
    data = made(plan)
    measure, citizen = Measure.objects.get(code="1-1-1"), plan.actors.get(code="citizen")
    lines = [(item, item.text) for item in measure.role_items.all()]
    seen = plantext.roles_mark(item for item, _ in lines)
    plantext.save_roles(
        measure=measure, actor=citizen, lines=[*lines, (None, "加えました。")], seen=seen, by=secretariat
    )
    assert counts(returned(plan, secretariat, data)) == {}
    book = edited(plan).put("役割", number_of(plan, "加えました。"), 文章="書き換えました。")
    book.book["控え"].delete_rows(next(r for r in range(1, 60) if book.book["控え"].cell(r, 2).value
                                     == number_of(plan, "加えました。")))  # fmt: skip
    assert counts(returned(plan, secretariat, book)) == {"conflict": 1}


def test_what_was_deleted_in_the_portal_is_not_written_to(plan, secretariat):
    number = number_of(plan, "話しましょう。")
    book = edited(plan).put("役割", number, 文章="書き換えました。")
    RoleItem.objects.get(text="話しましょう。").delete()
    assert [one[3] for one in problems(returned(plan, secretariat, book))] == [
        "ダウンロードしたあとに、ポータルで消されました。必要なときは、番号を空にして、新しい行にしてください。"
    ]


def test_what_is_gone_and_was_changed_meanwhile_says_so(plan, secretariat):
    book = edited(plan).drop("取組", "1-1-2-G01")
    changed_in_the_portal(Action.objects.get(code="1-1-2-G01"), secretariat, content="ポータルの内容")
    assert returned(plan, secretariat, book).rows.get().note == (
        "ダウンロードしたあとに、ポータルで直されています。消えずに、「終えた取組」として計画と過去の評価に残ります。"
    )


def test_what_changes_while_it_is_looked_at_is_looked_at_again(plan, secretariat):
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))
    changed_in_the_portal(Measure.objects.get(code="1-1-1"), secretariat, title="ポータルの名")
    again = applied(record, secretariat)
    assert (again.state, counts(again)) == ("checked", {"conflict": 1})
    assert Measure.objects.get(code="1-1-1").title == "ポータルの名"
    applied(again, secretariat, sides={again.rows.get().pk: {"title": "file"}})
    assert Measure.objects.get(code="1-1-1").title == "Excelの名"


def test_a_save_in_the_very_moment_is_told(plan, secretariat, monkeypatch):
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))

    def overtaken(**given):
        raise Conflict(given["row"])

    monkeypatch.setattr("measures.actions.planwriter.edit_text", overtaken)
    assert refused(applied, record, secretariat) == (
        "シート「施策」2行目：ほかの人が、いまこの行を直しました。もう一度ファイルを送ってください。"
    )


# ---- mangled files ---------------------------------------------------------------------------------

ANYTHING = [
    None, "", " ", "新1", "新", "1-1-1", "1-1-1-G01", "市民", "行政", "ア", "=1+1", "あ" * 200, 0, -1, 3.5, True,
    "2026", datetime.datetime(2001, 1, 1), "福祉課／総務課", "識別名", "取組番号", "施策番号", "#REF!",
]  # fmt: skip


def mangled(data: bytes, chance: random.Random) -> bytes:
    """Half of them with other bytes, half a sound workbook with anything in some of its cells."""
    if chance.random() < 0.5:
        changed = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)
    book = Edited(data)
    for _ in range(chance.randint(1, 8)):
        page = book.book[chance.choice(book.book.sheetnames[1:])]
        page.cell(chance.randint(1, 8), chance.randint(1, 8)).value = chance.choice(ANYTHING)
    return book.data


@pytest.mark.parametrize("is_current", [True, False])
def test_mangled_workbooks_are_looked_at_or_refused_and_write_nothing(office, secretariat, is_current):
    plan = small_plan(is_current=is_current)
    data, before = made(plan), plan_state(plan).plain
    chance = random.Random(f"{is_current}")  # noqa: S311 - the same files every time
    for _ in range(MANGLED):
        try:
            returned(plan, secretariat, mangled(data, chance))
        except Refused:
            continue
    assert plan_state(plan).plain == before


def test_mangled_workbooks_that_can_be_written_leave_a_plan_that_comes_back(office, secretariat):
    """Whatever was let in, the next workbook of the plan is read without a change."""
    plan = small_plan(is_current=False)
    chance = random.Random(7)  # noqa: S311
    for _ in range(MANGLED):
        try:
            record = returned(plan, secretariat, mangled(made(plan), chance))
            ticked = set(record.rows.values_list("pk", flat=True))
            applied(record, secretariat, gone=ticked, last_year=2027)
        except Refused:
            pass
        plan.refresh_from_db()
        assert counts(returned(plan, secretariat, made(plan))) == {}


# ---- decided once ----------------------------------------------------------------------------------


def test_a_file_is_decided_once_and_by_the_secretariat(plan, secretariat, writer):
    record = returned(plan, secretariat, edited(plan).put("施策", "1-1-1", 施策="Excelの名"))
    assert refused(applied, record, writer) == "計画の本文を直せるのは、事務局だけです。"
    assert refused(discard_plan_import, record=record, by=writer) == "計画の本文を直せるのは、事務局だけです。"
    discard_plan_import(record=record, by=secretariat)
    record.refresh_from_db()
    assert (record.state, record.given) == ("discarded", {})
    assert refused(applied, record, secretariat) == "この取込みは「取りやめ」です。もう操作できません。"
    assert Measure.objects.get(code="1-1-1").title == "施策1"


def test_the_record_says_which_file(plan, secretariat):
    data = made(plan)
    record = receive_plan_workbook(plan=plan, by=secretariat, file=io.BytesIO(data), name="a" * 300 + ".xlsx")
    assert (record.file_name, record.size) == ("a" * 250 + ".xlsx", len(data))
    assert (record.sha256, record.by, str(record)) == (hashlib.sha256(data).hexdigest(), secretariat, record.file_name)
