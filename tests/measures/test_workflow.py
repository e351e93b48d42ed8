"""The table itself: every move, written out once more as a reader would say it."""

import pytest

from measures.workflow import (
    MOVES,
    STAGES,
    CycleState,
    EntryState,
    Verb,
    move,
    next_stage,
    previous_stage,
)
from mine_welfare.accounts.roles import Role

W, A, S = Role.WRITER, Role.APPROVER, Role.SECRETARIAT
POLICY = [
    ("save", "empty", "draft", {W, A, S}, False),
    ("save", "draft", "draft", {W, A, S}, False),
    ("save", "returned", "returned", {W, A, S}, False),
    ("save", "submitted", "submitted", {W, A, S}, False),
    ("save", "approved", "submitted", {W, A, S}, False),
    ("submit", "empty", "submitted", {W, A, S}, False),
    ("submit", "draft", "submitted", {W, A, S}, False),
    ("submit", "returned", "submitted", {W, A, S}, False),
    ("withdraw", "submitted", "draft", {W}, False),
    ("approve", "submitted", "approved", {A}, False),
    ("accept", "submitted", "accepted", {S}, False),
    ("accept", "approved", "accepted", {S}, False),
    ("return", "submitted", "returned", {A, S}, True),
    ("return", "approved", "returned", {A, S}, True),
    ("return", "accepted", "returned", {S}, True),
    ("fix", "accepted", "fixed", {S}, False),
    ("reopen", "fixed", "accepted", {S}, True),
]


def test_the_table_is_the_policy():
    table = [(m.verb.value, m.source.value, m.target.value, set(m.roles), m.needs_comment) for m in MOVES]
    assert sorted(table, key=str) == sorted(POLICY, key=str)


def test_each_step_stands_once():
    steps = [(m.verb, m.source) for m in MOVES]
    assert len(steps) == len(set(steps))


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", EntryState)
def test_move_finds_exactly_what_the_policy_lists(verb, state):
    found = move(verb, state)
    listed = [(target, comment) for v, s, target, _, comment in POLICY if (v, s) == (verb, state)]
    assert ([(found.target, found.needs_comment)] if found else []) == listed


def test_every_role_of_a_move_has_a_stage_of_the_year():
    missing = {(m.verb, role) for m in MOVES for role in m.roles if not STAGES[m.verb].get(role)}
    assert missing == set()


def test_stages_follow_one_another():
    order = ["準備", "入力受付", "取りまとめ", "連携会議", "委員会審議", "回答作成", "確定", "公表", "締め"]
    assert [state.label for state in CycleState] == order
    assert [next_stage(state) for state in CycleState] == [*list(CycleState)[1:], None]
    assert [previous_stage(state) for state in CycleState] == [None, *list(CycleState)[:-1]]
    assert [state.number for state in CycleState] == list(range(1, 10))


def test_whose_turn_it_is():
    assert [state.value for state in EntryState if state.is_with_writer] == ["empty", "draft", "returned"]


def test_every_state_explains_itself():
    states = [*EntryState, *CycleState]
    assert [state for state in states if not state.explanation.endswith("。")] == []


def test_every_verb_has_a_button_and_says_what_it_did():
    assert [verb for verb in Verb if not verb.button.endswith(("る", "す"))] == []
    assert [(verb.value, verb.done) for verb in Verb] == [
        ("save", "保存しました"),
        ("submit", "提出しました"),
        ("withdraw", "取り下げました"),
        ("approve", "課長として確認しました"),
        ("accept", "事務局として確認しました"),
        ("return", "差し戻しました"),
        ("fix", "確定しました"),
        ("reopen", "確定を取り消しました"),
    ]
