"""組織改編: what moves, what stays under the old name, what is refused."""

import pytest

from measures.actions import april as actions
from measures.actions import entries
from measures.actions.april import Target
from measures.actions.cycles import add_missing_entries
from measures.actions.entries import Refused
from measures.models import Cycle, Entry, Indicator, Inquiry, Reorganization, Responsibility
from measures.workflow import CycleState, EntryState, Verb
from mine_welfare.accounts.models import Organization, User
from mine_welfare.accounts.roles import Role
from plans.models import Plan
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    OpinionFactory,
    OrganizationFactory,
    ResponseFactory,
    ResponsibilityFactory,
    fill,
)
from tests.personas import PERSONAS, person

pytestmark = pytest.mark.django_db

YEAR = 2026
ASKED = {"state": "asked", "text": "", "reflection": "", "answered_at": None, "answered_by": None}


@pytest.fixture
def second(action):
    """Another action of the same office."""
    other = ActionFactory(measure=action.measure)
    ResponsibilityFactory(action=other, organization=action.responsibilities.get().organization)
    return other


def draft(kind, sources, targets, by, year=YEAR) -> Reorganization:
    return actions.draft_reorganization(kind=kind, year=year, sources=sources, targets=targets, by=by)


def rename(office, by, name="地域福祉課", **more) -> Reorganization:
    return draft("rename", [office], [Target(name=name, **more)], by)


def apply(row, by, **choices) -> Reorganization:
    return actions.reorganize(reorganization=row, by=by, choices=choices)


def answering(action) -> list[tuple]:
    rows = action.responsibilities.order_by("pk")
    return [(row.organization.name, row.wording, row.valid_from, row.valid_to) for row in rows]


# ---- who may --------------------------------------------------------------------
@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "secretariat"])
def test_only_the_secretariat_reorganizes(request, persona, office, secretariat):
    user = request.getfixturevalue(persona)
    row = rename(office, secretariat)
    for write in (
        lambda: rename(office, user),
        lambda: apply(row, user),
        lambda: actions.discard_reorganization(reorganization=row, by=user),
    ):
        with pytest.raises(Refused, match="^組織改編を行えるのは、事務局だけです。$"):
            write()
    office.refresh_from_db()
    assert (office.valid_to, Reorganization.objects.count()) == (None, 1)


# ---- 名称変更 -----------------------------------------------------------------------
def test_a_rename_moves_everything_that_is_still_to_be_done(entry, action, office, writer, approver, secretariat):
    office.phone, office.skips_approval, office.is_secretariat = "0837-00-0000", True, True
    office.save()
    version = Plan.objects.get().version
    row = apply(rename(office, secretariat), secretariat)
    office.refresh_from_db()
    new = Organization.objects.get(name="地域福祉課")
    assert (office.name, office.valid_to, office.successor) == ("福祉課", 2025, new)
    assert (new.slug, new.kind, new.position, new.valid_from, new.valid_to) == (
        "welfare-2026", office.kind, office.position, 2026, None,
    )  # fmt: skip
    assert (new.phone, new.skips_approval, new.is_secretariat) == ("0837-00-0000", True, True)
    entry.refresh_from_db()
    assert entry.organization == new
    assert {user.memberships.get().organization for user in (writer, approver)} == {new}
    assert (row.applied_by, row.applied_at is not None) == (secretariat, True)
    assert Plan.objects.get().version == version + 1


def test_the_responsibility_ends_and_goes_on(action, office, secretariat):
    apply(rename(office, secretariat), secretariat)
    assert answering(action) == [("福祉課", "福祉課", None, 2025), ("地域福祉課", "福祉課", 2026, None)]
    assert action.responsibilities.get(valid_to=None).continues == action.responsibilities.get(valid_to=2025)


def test_a_responsibility_that_begins_later_only_changes_hands(action, office, secretariat):
    action.responsibilities.update(valid_from=2027)
    apply(rename(office, secretariat), secretariat)
    assert answering(action) == [("地域福祉課", "福祉課", 2027, None)]


def test_one_that_has_ended_before_stays(action, office, secretariat):
    action.responsibilities.update(valid_to=2025)
    apply(rename(office, secretariat), secretariat)
    assert answering(action) == [("福祉課", "福祉課", None, 2025)]


def test_one_with_an_end_keeps_its_end(action, office, secretariat):
    action.responsibilities.update(valid_to=2027)
    apply(rename(office, secretariat), secretariat)
    assert answering(action) == [("福祉課", "福祉課", None, 2025), ("地域福祉課", "福祉課", 2026, 2027)]


@pytest.mark.parametrize(
    ("state", "stage", "keeps"),
    [
        (EntryState.EMPTY, CycleState.PREPARING, False),
        (EntryState.DRAFT, CycleState.OPEN, False),
        (EntryState.RETURNED, CycleState.COLLECTING, False),
        (EntryState.APPROVED, CycleState.OPEN, False),
        (EntryState.ACCEPTED, CycleState.OPEN, True),
        (EntryState.FIXED, CycleState.FIXED, True),
        (EntryState.DRAFT, CycleState.CLOSED, True),
        (EntryState.FIXED, CycleState.PUBLISHED, True),
    ],
)
def test_which_sheets_keep_the_old_name(entry, office, secretariat, state, stage, keeps):
    Entry.objects.update(state=state)
    Cycle.objects.update(state=stage)
    apply(rename(office, secretariat), secretariat)
    entry.refresh_from_db()
    assert (entry.organization == office, entry.state) == (keeps, state)


def test_people_who_have_left_stay_where_they_were(office, writer, secretariat):
    User.objects.filter(pk=writer.pk).update(is_active=False)
    apply(rename(office, secretariat), secretariat)
    assert writer.memberships.get().organization == office


def test_indicators_and_open_answers_go_too(entry, office, secretariat):
    indicator = Indicator.objects.create(
        measure=entry.action.measure, organization=office, code="I1", name="件数", unit="件", kind="output", trend="up"
    )
    asked = ResponseFactory(opinion=OpinionFactory(cycle=entry.cycle), organization=office, **ASKED)
    done = ResponseFactory(
        opinion=OpinionFactory(cycle=entry.cycle),
        organization=office,
        state="answered",
        text="答え",
        reflection="noted",
    )
    row = apply(rename(office, secretariat), secretariat)
    new = Organization.objects.get(name="地域福祉課")
    for one in (indicator, asked, done):
        one.refresh_from_db()
    assert (indicator.organization, asked.organization, done.organization) == (new, new, office)
    assert [(move.kind, move.label) for move in row.moves.all()] == [
        ("responsibility", str(entry.action)),
        ("sheet", f"令和7年度の評価　{entry.action}"),
        ("indicator", "I1 件数"),
        ("response", "計画の全体への意見"),
    ]
    assert {(move.source, move.target) for move in row.moves.all()} == {("福祉課", "地域福祉課")}


def test_last_year_stands_beside_this_year_under_the_new_name(entry, office, secretariat):
    """The sheets of the year that ended are still written by hand-over: what was written before is shown."""
    Entry.objects.update(state=EntryState.FIXED)
    Cycle.objects.update(state=CycleState.CLOSED, year=2025)
    fill(entry, next_plan="来年も続ける。")
    apply(rename(office, secretariat, name="地域福祉課"), secretariat)
    scale = entry.cycle.scale
    cycle = CycleFactory(plan=entry.cycle.plan, scale=scale, year=2026, state=CycleState.PREPARING)
    (sheet,) = add_missing_entries(cycle=cycle, by=secretariat)
    sheet = Entry.objects.get(pk=sheet.pk)
    assert (sheet.organization.name, sheet.planned, sheet.previous) == ("地域福祉課", "来年も続ける。", entry)


def test_what_is_returned_under_the_old_name_can_still_be_finished(entry, office, secretariat):
    """Nobody is left in the old office to confirm it."""
    fill(entry, state=EntryState.ACCEPTED)
    apply(rename(office, secretariat), secretariat)
    entry.refresh_from_db()
    row = entries.transition(entry=entry, verb=Verb.RETURN, by=secretariat, comment="件数を直してください。")
    row = entries.transition(entry=row, verb=Verb.SUBMIT, by=secretariat)
    assert entries.transition(entry=row, verb=Verb.ACCEPT, by=secretariat).state == EntryState.ACCEPTED


# ---- 統合 -----------------------------------------------------------------------------
@pytest.fixture
def general(office):
    """Stands after `office` in the city's order, whatever other tests made before."""
    return OrganizationFactory(name="総務課", slug="general", position=office.position + 1)


def test_a_merger_of_two_into_a_new_one(entry, action, office, general, writer, secretariat):
    ResponsibilityFactory(action=action, organization=general)
    both = person(Role.WRITER, general, login_id="both")
    both.memberships.create(role=Role.WRITER, organization=office)
    apply(
        draft("merge", [office, general], [Target(name="総合課", slug="sogo", section="福祉班")], secretariat),
        secretariat,
    )
    new = Organization.objects.get(slug="sogo")
    assert {one.successor for one in Organization.objects.filter(name__in=["福祉課", "総務課"])} == {new}
    assert (new.section, new.name) == ("福祉班", "総合課")
    assert [(row[0], row[1]) for row in answering(action) if row[3] is None] == [
        ("総合課", "福祉課"),
        ("総合課", "総務課"),
    ]
    assert [row.organization for row in both.memberships.all()] == [new]
    assert list(Entry.objects.values_list("organization__name", flat=True)) == ["総合課"]


def test_an_office_taken_up_by_another(entry, action, office, general, secretariat):
    """One 関係各課 given to both stands once afterwards."""
    action.responsibilities.update(wording="関係各課")
    ResponsibilityFactory(action=action, organization=general, wording="関係各課")
    apply(draft("merge", [office], [Target(organization=general)], secretariat), secretariat)
    general.refresh_from_db()
    assert (general.valid_to, general.valid_from) == (None, None)
    assert answering(action) == [("福祉課", "関係各課", None, 2025), ("総務課", "関係各課", None, None)]


def test_a_later_one_given_to_both_stands_once(action, office, general, secretariat):
    action.responsibilities.update(wording="関係各課", valid_from=2027)
    ResponsibilityFactory(action=action, organization=general, wording="関係各課", valid_from=2027)
    apply(draft("merge", [office], [Target(organization=general)], secretariat), secretariat)
    assert answering(action) == [("総務課", "関係各課", 2027, None)]


def test_of_two_sheets_for_one_action_nothing_written_is_lost(entry, action, office, general, secretariat):
    """The one that was there stays; the other's words stand in the memo, its questions go with it."""
    scale = entry.cycle.scale
    fill(entry, "C", reason="人手が足りない。", budget=120, memo="電話あり")
    kept = fill(EntryFactory(cycle=entry.cycle, action=action, organization=general), memo="確認中")
    question = Inquiry.objects.create(entry=entry, question="件数は。", asked_by=secretariat)
    apply(draft("merge", [office], [Target(organization=general)], secretariat), secretariat)
    kept.refresh_from_db()
    question.refresh_from_db()
    assert (Entry.objects.get(), question.entry) == (kept, kept)
    assert kept.memo.splitlines() == [
        "確認中",
        "【統合した福祉課の個票の内容】",
        "取組実績：会議を2回開いた。",
        f"達成度：{scale.grades.get(code='C')}",
        "評価の理由・成果：人手が足りない。",
        "今後の方向性：継続",
        "次年度の取組予定：続ける。",
        "予算額（千円）：120",
        "庁内メモ：電話あり",
    ]
    assert kept.version == 1


def test_an_untouched_sheet_makes_way_for_an_answered_one(entry, action, office, general, secretariat):
    fill(entry, state=EntryState.SUBMITTED)
    EntryFactory(cycle=entry.cycle, action=action, organization=general)
    apply(draft("merge", [office], [Target(organization=general)], secretariat), secretariat)
    row = Entry.objects.get()
    assert (row.pk, row.organization, row.state, row.memo) == (entry.pk, general, "submitted", "")


def test_two_asked_for_one_answer_give_one(entry, office, general, secretariat):
    opinion = OpinionFactory(cycle=entry.cycle)
    ResponseFactory(opinion=opinion, organization=office, **ASKED)
    returned = ResponseFactory(
        opinion=OpinionFactory(cycle=entry.cycle),
        organization=office,
        state="returned",
        text="途中",
        reflection="noted",
    )
    ResponseFactory(opinion=opinion, organization=general, **ASKED)
    ResponseFactory(opinion=returned.opinion, organization=general, **ASKED)
    apply(draft("merge", [office], [Target(organization=general)], secretariat), secretariat)
    assert [one.organization for one in opinion.responses.all()] == [general]
    returned.refresh_from_db()
    assert returned.organization == office


# ---- 分割・一部移管 -----------------------------------------------------------------------
def split(office, secretariat, *targets) -> Reorganization:
    return draft("split", [office], list(targets) or [Target(name="甲課"), Target(name="乙課")], secretariat)


def keys(row: Reorganization) -> dict[str, str]:
    found = actions.items(list(row.sources.all()), row.year)
    return {item.label: item.key for item in found if item.is_chosen}


def test_a_split_asks_where_each_thing_goes(entry, action, second, office, writer, approver, secretariat):
    other = EntryFactory(cycle=entry.cycle, action=second, organization=office)
    row = split(office, secretariat)
    place = keys(row)
    apply(
        row, secretariat,
        **{place[str(action)]: "1", place[str(second)]: "2", place["担当 者"]: "2", place["課 長"]: "1"},
    )  # fmt: skip
    first, last = Organization.objects.get(name="甲課"), Organization.objects.get(name="乙課")
    assert (first.slug, last.slug) == ("welfare-2026", "welfare-2026-2")
    for one in (entry, other, office):
        one.refresh_from_db()
    assert (entry.organization, other.organization, office.successor) == (first, last, first)
    assert (writer.memberships.get().organization, approver.memberships.get().organization) == (last, first)


def test_the_year_before_is_written_by_who_took_the_action_over(action, second, office, plan, secretariat):
    row = split(office, secretariat)
    place = keys(row)
    apply(row, secretariat, **{place[str(action)]: "1", place[str(second)]: "2"})
    cycle = CycleFactory(plan=plan, year=2025, state=CycleState.PREPARING, opens_on="2026-05-15", due_on="2026-06-20")
    add_missing_entries(cycle=cycle, by=secretariat)
    made = {row.action: row.organization.name for row in cycle.entries.select_related("action", "organization")}
    assert made == {action: "甲課", second: "乙課"}


def test_what_is_handed_on_twice_goes_to_the_last(action, second, office, plan, secretariat):
    row = split(office, secretariat)
    place = keys(row)
    apply(row, secretariat, **{place[str(action)]: "1", place[str(second)]: "2"})
    last = Organization.objects.get(name="乙課")
    apply(draft("rename", [last], [Target(name="丙課")], secretariat, year=2027), secretariat)
    handed = Responsibility.objects.carried_on(2026)
    assert handed[second.pk, office.pk] == last.pk
    third = Organization.objects.get(name="丙課")
    later = Responsibility.objects.carried_on(2027)
    assert (later[second.pk, office.pk], later[second.pk, last.pk]) == (third.pk, third.pk)


def test_a_part_of_the_work_moves_and_the_office_stays(entry, action, second, office, general, writer, secretariat):
    row = split(office, secretariat, Target(organization=office), Target(organization=general))
    place = keys(row)
    apply(row, secretariat, **{place[str(action)]: "2", place[str(second)]: "1", place["担当 者"]: "1"})
    office.refresh_from_db()
    entry.refresh_from_db()
    assert (office.valid_to, entry.organization, writer.memberships.get().organization) == (None, general, office)
    assert answering(second) == [("福祉課", "福祉課", None, None)]
    assert [(move.kind, move.target) for move in row.moves.all()] == [
        ("responsibility", "総務課"),
        ("sheet", "総務課"),
    ]


@pytest.mark.parametrize("chosen", [None, "", "3", "x", "1 OR 1=1"])
def test_a_split_needs_a_place_for_everything(entry, action, office, secretariat, chosen):
    row = split(office, secretariat)
    choices = {} if chosen is None else {keys(row)[str(action)]: chosen}
    with pytest.raises(Refused) as refused:
        apply(row, secretariat, **choices)
    office.refresh_from_db()
    entry.refresh_from_db()
    assert str(refused.value) == f"「{action}」の移し先を選んでください。"
    assert (office.valid_to, entry.organization, Organization.objects.count()) == (None, office, 1)


def test_a_sheet_whose_action_has_another_owner_goes_to_the_first(entry, action, office, secretariat):
    action.responsibilities.all().delete()
    apply(split(office, secretariat), secretariat)
    entry.refresh_from_db()
    assert entry.organization.name == "甲課"


# ---- refused -----------------------------------------------------------------------------
def test_nothing_happens_twice(entry, office, secretariat):
    row = rename(office, secretariat)
    apply(row, secretariat)
    for again in (
        lambda: apply(row, secretariat),
        lambda: actions.discard_reorganization(reorganization=row, by=secretariat),
    ):
        with pytest.raises(Refused, match="^この組織改編は、もう反映してあります。$"):
            again()
    assert Organization.objects.count() == 2


def test_a_discarded_one_is_gone(office, secretariat):
    row = rename(office, secretariat)
    actions.discard_reorganization(reorganization=row, by=secretariat)
    with pytest.raises(Refused, match="^この組織改編は、取りやめになっています。$"):
        apply(row, secretariat)


def test_of_two_prepared_for_one_office_only_one_is_carried_out(office, secretariat):
    first, second = rename(office, secretariat), rename(office, secretariat, name="別の課", slug="other")
    apply(first, secretariat)
    with pytest.raises(Refused, match="^「福祉課」は、もう令和7年度で廃止することになっています。$"):
        apply(second, secretariat)
    assert not Organization.objects.filter(name="別の課").exists()


def test_a_name_and_an_address_taken_meanwhile(office, secretariat):
    row = rename(office, secretariat)
    made = OrganizationFactory(name="地域福祉課")
    with pytest.raises(Refused, match="^「地域福祉課」という名称の組織が、もうあります。"):
        apply(row, secretariat)
    Organization.objects.filter(pk=made.pk).update(name="別の課", slug="welfare-2026")
    with pytest.raises(Refused, match="^識別名「welfare-2026」は、ほかの組織が使っています。$"):
        apply(row, secretariat)


def test_a_target_that_ended_meanwhile(office, general, secretariat):
    row = draft("merge", [office], [Target(organization=general)], secretariat)
    Organization.objects.filter(pk=general.pk).update(valid_to=2025)
    with pytest.raises(Refused, match="^移し先の「総務課」は、廃止することになっています。$"):
        apply(row, secretariat)


def test_the_new_office_may_take_the_name_of_one_that_ends(office, general, secretariat):
    apply(draft("merge", [office, general], [Target(name="福祉課")], secretariat), secretariat)
    assert Organization.objects.get(name="福祉課", valid_to=None).slug == "welfare-2026"


@pytest.mark.parametrize(
    ("kind", "sources", "targets", "sentence"),
    [
        ("rename", ["office", "general"], [Target(name="新課")], "名称変更では、元の組織と新しい名称を1つずつ"),
        ("merge", [], [Target(name="新課")], "統合では、元の組織を1つ以上と、統合先を1つ"),
        ("split", ["office"], [Target(name="新課")], "分割・一部移管では、元の組織を1つと、移し先を2つ以上"),
        ("rename", ["office"], [Target()], "新しい組織の名称を入力してください。"),
        ("split", ["office"], [Target(name="新課"), Target(name="新課")], "移し先に、同じ組織が2つあります。"),
        ("rename", ["office"], [Target(name="総務課")], "「総務課」という名称の組織が、もうあります。"),
        (
            "rename",
            ["office"],
            [Target(name="新課", slug="general")],
            "識別名「general」は、ほかの組織が使っています。",
        ),
    ],
)
def test_what_cannot_be_prepared(request, office, general, secretariat, kind, sources, targets, sentence):
    with pytest.raises(Refused, match=f"^{sentence}"):
        draft(kind, [request.getfixturevalue(name) for name in sources], targets, secretariat)
    assert Reorganization.objects.count() == 0


def test_an_office_is_not_merged_into_itself(office, secretariat):
    with pytest.raises(Refused, match="^元の組織と移し先が同じです。$"):
        draft("merge", [office], [Target(organization=office)], secretariat)


def test_an_office_of_this_year_cannot_end_before_it_began(secretariat):
    new = OrganizationFactory(name="新課", valid_from=2026)
    with pytest.raises(Refused, match="^「新課」は令和8年度に設置した組織です。"):
        rename(new, secretariat)
