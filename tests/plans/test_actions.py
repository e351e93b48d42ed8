"""Writes to the plan's text: who may, two at once, what stays in the history."""

import pytest

from mine_welfare.toolkit.refusal import Refused
from plans import actions
from plans.actions import Conflict, fingerprint
from plans.models import GlossaryTerm, Plan
from plans.permissions import text_refusal
from tests.factories import GoalFactory, PolicyFactory, SectionFactory
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db

WORDS = ["marker", "title", "body"]
TERM = {"term": "民生委員", "reading": "みんせいいいん", "definition": "地域の相談役です。", "origin": "portal"}


@pytest.fixture
def section(plan):
    return SectionFactory(plan=plan, title="趣旨", body="本市の計画です。")


def edit(section, by, seen=None, reason="", **values):
    values = {name: getattr(section, name) for name in WORDS} | values
    seen = fingerprint(section, WORDS) if seen is None else seen
    return actions.edit_text(row=section, plan=section.plan, values=values, seen=seen, by=by, reason=reason)


def final(plan):
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.FINAL)
    plan.refresh_from_db()


@pytest.mark.parametrize("persona", PERSONAS)
def test_only_the_secretariat_changes_the_text(request, persona, section):
    user = request.getfixturevalue(persona)
    if persona == "secretariat":
        assert text_refusal(user) is None
        return
    for write in (
        lambda: edit(section, user, body="新しい文"),
        lambda: actions.add_term(plan=section.plan, values=TERM, by=user),
        lambda: actions.remove_term(term=GlossaryTerm.objects.create(plan=section.plan, **TERM), by=user),
    ):
        with pytest.raises(Refused, match="^計画の本文を直せるのは、事務局だけです。$"):
            write()
    section.refresh_from_db()
    assert section.body == "本市の計画です。"


def test_a_change_is_kept_with_its_history(section, secretariat):
    version = section.plan.version
    edit(section, secretariat, body="  新しい\r\n文\x07 ", reason="誤字")
    section.refresh_from_db()
    last = section.history.first()
    assert (section.body, last.body, last.history_change_reason) == ("新しい\n文", "新しい\n文", "誤字")
    assert Plan.objects.get().version == version + 1


def test_the_same_words_change_nothing(section, secretariat):
    version, rows = section.plan.version, section.history.count()
    assert edit(section, secretariat) == section
    assert (Plan.objects.get().version, section.history.count()) == (version, rows)


def test_of_two_at_once_the_second_is_told(section, secretariat):
    seen = fingerprint(section, WORDS)
    edit(section, secretariat, title="先の見出し")
    with pytest.raises(Conflict) as conflict:
        edit(section, secretariat, seen=seen, title="後の見出し")
    assert (str(conflict.value), conflict.value.row.title) == ("ほかの人が先に保存しました。", "先の見出し")
    section.refresh_from_db()
    assert section.title == "先の見出し"


def test_a_decided_plan_asks_why(section, secretariat):
    final(section.plan)
    with pytest.raises(Refused, match="^確定した計画の本文を直すには、理由が必要です。$"):
        edit(section, secretariat, body="新しい文", reason=" \x07 ")
    edit(section, secretariat, body="新しい文", reason="議会の指摘")
    assert section.history.first().history_change_reason == "議会の指摘"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reason": "x" * 101}, "理由は100字までです。"),
        ({"title": "x" * 121}, "「見出し」は120字までです。"),
        ({"body": "x" * 10_000_000}, "「本文」は50,000字までです。"),
    ],
)
def test_floods_are_refused(section, secretariat, values, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        edit(section, secretariat, **values)


def test_what_was_deleted_meanwhile(section, secretariat):
    seen, row = fingerprint(section, WORDS), section
    row.__class__.objects.filter(pk=row.pk).delete()
    with pytest.raises(Refused, match="^直そうとしたものは、ほかの人が消しました。$"):
        edit(row, secretariat, seen=seen, body="x")


def test_a_policy_has_no_plan_of_its_own(plan, secretariat):
    policy = PolicyFactory(goal=GoalFactory(plan=plan))
    values = {"title": policy.title, "issues": "課題です。"}
    actions.edit_text(
        row=policy, plan=plan, values=values, seen=fingerprint(policy, values), by=secretariat
    )  # fmt: skip
    policy.refresh_from_db()
    assert policy.issues == "課題です。"


# ---- 用語解説 -------------------------------------------------------------------
def test_a_term_comes_changes_and_goes(plan, secretariat):
    final(plan)
    term = actions.add_term(plan=plan, values=TERM, by=secretariat, reason="追加")
    with pytest.raises(Refused, match="^「民生委員」は、もう用語解説にあります。$"):
        actions.add_term(plan=plan, values=TERM, by=secretariat, reason="追加")
    other = actions.add_term(plan=plan, values=TERM | {"term": "児童委員"}, by=secretariat, reason="追加")
    with pytest.raises(Refused, match="^同じ名称のものが、もうあります。$"):
        actions.edit_text(
            row=other, plan=plan, values={"term": "民生委員"}, seen=fingerprint(other, ["term"]), by=secretariat,
            reason="改名",
        )  # fmt: skip
    with pytest.raises(Refused, match="理由が必要です"):
        actions.remove_term(term=term, by=secretariat)
    actions.remove_term(term=term, by=secretariat, reason="重複")
    gone = GlossaryTerm.history.filter(history_type="-").get()
    assert (gone.term, gone.history_change_reason) == ("民生委員", "重複")
    assert list(plan.terms.all()) == [other]
