"""Who may do what: the policy as one table, persona × verb × state."""

import datetime

import pytest
from django.utils import timezone

from measures import permissions
from measures.models import Entry
from measures.permissions import available_actions, editable_by, refusal, visible_to
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.roles import Role
from tests.factories import CycleFactory, EntryFactory, MembershipFactory, OrganizationFactory, fill
from tests.personas import PERSONAS, person

pytestmark = pytest.mark.django_db

# The policy: what each persona may do to a complete sheet of the office, by stage of the year and state of the sheet.
# Who is not named may do nothing. (accept waits for the 課長, who has confirmed only "approved")
SECRETARIAT_UNTIL_FIXED = {
    "empty": {"save", "submit"},
    "draft": {"save", "submit"},
    "returned": {"save", "submit"},
    "submitted": {"save", "return"},
    "approved": {"save", "accept", "return"},
    "accepted": {"return"},
}
POLICY = {
    CycleState.PREPARING: {},
    CycleState.OPEN: {
        "writer": {
            "empty": {"save", "submit"},
            "draft": {"save", "submit"},
            "returned": {"save", "submit"},
            "submitted": {"save", "withdraw"},
            "approved": {"save"},
        },
        "approver": {
            "empty": {"save", "submit"},
            "draft": {"save", "submit"},
            "returned": {"save", "submit"},
            "submitted": {"save", "approve", "return"},
            "approved": {"save", "return"},
        },
        "secretariat": SECRETARIAT_UNTIL_FIXED,
    },
    CycleState.COLLECTING: {
        "writer": {"returned": {"save", "submit"}},
        "approver": {
            "returned": {"save", "submit"},
            "submitted": {"approve", "return"},
            "approved": {"return"},
        },
        "secretariat": SECRETARIAT_UNTIL_FIXED,
    },
    CycleState.LIAISON: {"secretariat": SECRETARIAT_UNTIL_FIXED},
    CycleState.COMMITTEE: {"secretariat": SECRETARIAT_UNTIL_FIXED},
    CycleState.RESPONDING: {"secretariat": SECRETARIAT_UNTIL_FIXED},
    CycleState.FIXED: {"secretariat": {"accepted": {"fix"}, "fixed": {"reopen"}}},
    CycleState.PUBLISHED: {"secretariat": {"fixed": {"reopen"}}},
    CycleState.CLOSED: {},
}


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("stage", CycleState)
def test_policy(request, entry, persona, stage):
    user = request.getfixturevalue(persona)
    entry.cycle.state = stage
    fill(entry)
    allowed = {}
    for state in EntryState:
        entry.state = state
        if verbs := {verb.value for verb in Verb if refusal(user, entry, verb) is None}:
            allowed[state.value] = verbs
    assert allowed == POLICY[stage].get(persona, {})


# Who may still write a begun and a returned sheet in each stage of the year.
WRITING = {
    CycleState.PREPARING: (set(), set()),
    CycleState.OPEN: ({"writer", "approver", "secretariat"}, {"writer", "approver", "secretariat"}),
    CycleState.COLLECTING: ({"secretariat"}, {"writer", "approver", "secretariat"}),
    CycleState.LIAISON: ({"secretariat"}, {"secretariat"}),
    CycleState.COMMITTEE: ({"secretariat"}, {"secretariat"}),
    CycleState.RESPONDING: ({"secretariat"}, {"secretariat"}),
    CycleState.FIXED: (set(), set()),
    CycleState.PUBLISHED: (set(), set()),
    CycleState.CLOSED: (set(), set()),
}


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("stage", CycleState)
def test_writing_through_the_year(request, entry, persona, stage):
    user = request.getfixturevalue(persona)
    entry.cycle.state = stage
    entry.cycle.save()
    for state, who in zip((EntryState.DRAFT, EntryState.RETURNED), WRITING[stage], strict=True):
        entry.state = state
        entry.save()
        expected = persona in who
        assert permissions.can_edit(user, entry) == expected
        assert list(editable_by(Entry.objects.all(), user)) == ([entry] if expected else [])


@pytest.mark.parametrize(
    ("days", "grace", "expected"),
    [
        (0, 0, None),
        (1, 0, "締切（{}）を過ぎました。入力が必要なときは、事務局へ連絡してください。"),
        (1, 1, None),
        (2, 1, "締切（{}）を過ぎました。入力が必要なときは、事務局へ連絡してください。"),
    ],
)
def test_the_deadline_and_its_days_of_grace(entry, writer, days, grace, expected):
    cycle = entry.cycle
    cycle.opens_on = timezone.localdate() - datetime.timedelta(days=30)
    cycle.due_on, cycle.grace_days = timezone.localdate() - datetime.timedelta(days=days), grace
    cycle.save()
    last = permissions.last_day(cycle)
    words = f"{last.month}月{last.day}日（{'月火水木金土日'[last.weekday()]}）"
    assert refusal(writer, entry, Verb.SAVE) == (expected and expected.format(words))
    assert list(editable_by(Entry.objects.all(), writer)) == ([] if expected else [entry])


def test_a_returned_sheet_may_be_mended_after_the_deadline(entry, writer):
    cycle = entry.cycle
    cycle.opens_on = cycle.due_on = timezone.localdate() - datetime.timedelta(days=9)
    cycle.save()
    entry.state = EntryState.RETURNED
    entry.save()
    assert refusal(writer, entry, Verb.SAVE) is None


@pytest.mark.parametrize(
    ("state", "verb", "who", "sentence"),
    [
        ("draft", Verb.SAVE, "other_writer", "この個票を扱えるのは、担当する組織の人と事務局だけです。"),
        ("fixed", Verb.SAVE, "writer", "「確定」の個票には、保存はできません。"),
        ("submitted", Verb.APPROVE, "writer", "課長確認ができるのは課長です。"),
        ("submitted", Verb.ACCEPT, "secretariat", "課長の確認を待っています。"),
        (
            "draft",
            Verb.SUBMIT,
            "writer",
            "あと4項目（取組実績、達成度、今後の方向性、次年度の取組予定）を入力すると提出できます。",
        ),
    ],
)
def test_refusals_say_why(request, entry, state, verb, who, sentence):
    entry.state = EntryState(state)
    entry.save()
    assert refusal(request.getfixturevalue(who), entry, verb) == sentence


def test_outside_the_stage_the_sentence_names_it(entry, secretariat):
    entry.cycle.state = CycleState.PUBLISHED
    fill(entry, state=EntryState.ACCEPTED)
    expected = "令和7年度の評価は「公表」の段階です。いまは、差戻しはできません。"
    assert refusal(secretariat, entry, Verb.RETURN) == expected


def test_a_department_without_課長確認_goes_straight_to_the_secretariat(entry, secretariat):
    entry.organization.skips_approval = True
    fill(entry, state=EntryState.SUBMITTED)
    assert refusal(secretariat, entry, Verb.ACCEPT) is None


def test_available_actions_leaves_out_what_is_never_ones_own(entry, writer, committee):
    entry.state = EntryState.SUBMITTED
    fill(entry)
    assert list(available_actions(writer, entry)) == [(Verb.SAVE, None), (Verb.WITHDRAW, None)]
    assert list(available_actions(committee, entry)) == []


def test_who_begins_sheets_and_until_when(entry, writer, secretariat, committee):
    cycle = entry.cycle
    users = (writer, secretariat, committee)
    office = frozenset({entry.organization_id})
    assert [permissions.writes_for(user, cycle) for user in users] == [office, frozenset(), frozenset()]
    cycle.due_on = timezone.localdate() - datetime.timedelta(days=1)
    assert permissions.writes_for(writer, cycle) == frozenset()
    cycle.due_on, cycle.state = timezone.localdate(), CycleState.COLLECTING
    assert permissions.writes_for(writer, cycle) == frozenset()


@pytest.mark.parametrize(
    ("state", "who", "sentence"),
    [
        ("empty", "writer", "前年度の回答がないため、「前年度から変更なし」は使えません。"),
        ("submitted", "writer", "「提出済」の個票には、提出はできません。"),
        ("fixed", "writer", "「確定」の個票には、保存はできません。"),
        ("empty", "other_writer", "この個票を扱えるのは、担当する組織の人と事務局だけです。"),
    ],
)
def test_who_may_not_repeat_last_year(request, entry, state, who, sentence):
    entry.state = state
    assert permissions.unchanged_refusal(request.getfixturevalue(who), entry) == sentence


def test_repeating_a_last_year_that_was_never_answered(entry, writer):
    last_year = CycleFactory(plan=entry.cycle.plan, year=2024, scale=entry.cycle.scale, state=CycleState.CLOSED)
    before = EntryFactory(cycle=last_year, action=entry.action, organization=entry.organization)
    assert permissions.unchanged_refusal(writer, entry).startswith("前年度の回答がないため")
    before.submitted_at = timezone.now()
    before.save()
    del entry.previous
    assert permissions.unchanged_refusal(writer, entry) is None


def test_only_the_secretariat_writes_notices(request):
    users = {persona: request.getfixturevalue(persona) for persona in PERSONAS}
    writing = {persona for persona, user in users.items() if permissions.notice_refusal(user) is None}
    assert writing == {"secretariat"}


# Who sees the office's sheet: [stage of the year, state of the sheet] → personas
SEES = [
    (CycleState.OPEN, EntryState.DRAFT, {"writer", "approver", "secretariat", "auditor"}),
    (CycleState.OPEN, EntryState.ACCEPTED, {"writer", "approver", "secretariat", "auditor"}),
    (CycleState.LIAISON, EntryState.DRAFT, {"writer", "approver", "secretariat", "auditor"}),
    (
        CycleState.LIAISON,
        EntryState.ACCEPTED,
        {"writer", "approver", "secretariat", "auditor", "other_writer", "other_approver"},
    ),
    (
        CycleState.COMMITTEE,
        EntryState.ACCEPTED,
        {"writer", "approver", "secretariat", "auditor", "other_writer", "other_approver", "committee"},
    ),
    (CycleState.COMMITTEE, EntryState.SUBMITTED, {"writer", "approver", "secretariat", "auditor"}),
]


@pytest.mark.parametrize(("stage", "state", "personas"), SEES)
def test_visible_to(request, entry, stage, state, personas):
    entry.cycle.state = stage
    entry.cycle.save()
    entry.state = state
    entry.save()
    users = {persona: request.getfixturevalue(persona) for persona in PERSONAS}
    seeing = {persona for persona, user in users.items() if visible_to(Entry.objects.all(), user).exists()}
    assert seeing == personas


def test_the_memo_is_for_everyone_inside_but_not_the_committee(request):
    users = {persona: request.getfixturevalue(persona) for persona in PERSONAS}
    seeing = {persona for persona, user in users.items() if permissions.sees_memo(user)}
    assert seeing == {"writer", "approver", "secretariat", "auditor", "other_writer", "other_approver"}


def test_only_the_secretariat_runs_the_year(request):
    users = {persona: request.getfixturevalue(persona) for persona in PERSONAS}
    running = {persona for persona, user in users.items() if permissions.cycle_refusal(user) is None}
    assert running == {"secretariat"}


def test_sheets_of_another_office_are_not_editable(entry, other_writer):
    EntryFactory(cycle=entry.cycle, action=entry.action, organization=OrganizationFactory())
    assert list(editable_by(Entry.objects.all(), other_writer)) == []


# ---- the whole year ---------------------------------------------------------
# From which stage each persona sees the year in counts; the secretariat and 監査 always do.
SEES_COUNTS = {
    CycleState.PREPARING: {"secretariat", "auditor"},
    CycleState.COLLECTING: {"secretariat", "auditor"},
    CycleState.LIAISON: {"secretariat", "auditor", "writer", "approver", "other_writer", "other_approver"},
    CycleState.COMMITTEE: {
        "secretariat", "auditor", "writer", "approver", "other_writer", "other_approver", "committee",
    },
}  # fmt: skip


@pytest.mark.parametrize(("stage", "personas"), SEES_COUNTS.items())
def test_counts_are_seen_where_the_sheets_are(request, cycle, stage, personas):
    cycle.state = stage
    users = {persona: request.getfixturevalue(persona) for persona in PERSONAS}
    seeing = {persona for persona, user in users.items() if permissions.counts_refusal(user, cycle) is None}
    assert seeing == personas


def test_the_refusal_of_counts_says_from_when(cycle, writer, committee):
    sentence = "令和7年度の評価の集計は、「{}」の段階から見られます。いまは「入力受付」の段階です。"
    assert permissions.counts_refusal(writer, cycle) == sentence.format("連携会議")
    assert permissions.counts_refusal(committee, cycle) == sentence.format("委員会審議")


def test_nothing_is_taken_back_that_could_not_be_submitted_again(entry, writer):
    cycle = entry.cycle
    cycle.opens_on = cycle.due_on = timezone.localdate() - datetime.timedelta(days=1)
    cycle.save()
    fill(entry, state=EntryState.SUBMITTED)
    assert refusal(writer, entry, Verb.WITHDRAW).startswith("締切（")


def test_代理入力_is_writing_for_a_department_one_does_not_belong_to(entry, writer, secretariat, office):
    both = person(Role.SECRETARIAT)
    MembershipFactory(user=both, role=Role.WRITER, organization=office)
    users = (writer, secretariat, both)
    assert [permissions.is_proxy(user, entry) for user in users] == [False, True, False]
