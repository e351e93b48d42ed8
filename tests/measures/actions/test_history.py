"""Bringing a version back: as a new one, through the row's own rules, with nothing lost."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from measures import actions
from measures.actions.history import MOVED_ON, plan_of, restore
from measures.actions.reviews import save_review
from measures.models import Correction, Cycle, Entry, Grade, RoleItem
from measures.queries.kinds import KINDS
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.refusal import Refused
from tests.factories import (
    ActionFactory,
    MeasureFactory,
    OpinionFactory,
    OrganizationFactory,
    ResponseFactory,
    ReviewFactory,
    RoleItemFactory,
    SectionFactory,
    fill,
)

pytestmark = pytest.mark.django_db


def latest(row) -> int:
    return type(row).history.filter(id=row.pk).latest("history_id").history_id


def first(row) -> int:
    return type(row).history.filter(id=row.pk).earliest("history_id").history_id


def bring_back(kind: str, row, by, **given):
    given = {"version": first(row), "seen": latest(row), "reason": "誤って消したため"} | given
    return restore(kind=KINDS[kind], pk=row.pk, by=by, **given)


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    shown = timezone.now() if stage in (CycleState.PUBLISHED, CycleState.CLOSED) else None
    Cycle.objects.filter(pk=cycle.pk).update(state=stage, published_at=shown)
    cycle.refresh_from_db()
    return cycle


@pytest.fixture
def measure(plan):
    measure = MeasureFactory(policy__goal__plan=plan, title="はじめの名称")
    measure.title = "いまの名称"
    measure.save()
    return measure


# ---- plan text and master data ----------------------------------------------
def test_a_text_of_the_plan_is_brought_back_as_a_new_version(measure, plan, secretariat):
    version = plan.version
    back = bring_back("measure", measure, secretariat)
    plan.refresh_from_db()
    titles = list(measure.history.order_by("history_id").values_list("title", "history_change_reason"))
    assert (back.title, plan.version) == ("はじめの名称", version + 1)
    assert titles == [("はじめの名称", None), ("いまの名称", None), ("はじめの名称", "誤って消したため")]


def test_what_was_deleted_is_made_again(plan, secretariat):
    role = RoleItemFactory(measure__policy__goal__plan=plan, text="声をかけましょう。")
    pk = role.pk
    role.delete()
    role.pk = pk
    back = bring_back("role-item", role, secretariat)
    assert (back.pk, back.text, RoleItem.objects.get()) == (pk, "声をかけましょう。", back)


def test_an_old_version_does_not_push_out_what_stands_there_now(plan, secretariat):
    role = RoleItemFactory(measure__policy__goal__plan=plan, position=1)
    role.position = 2
    role.save()
    RoleItemFactory(measure=role.measure, actor=role.actor, position=1)
    with pytest.raises(Refused, match="^いまの内容とぶつかるため、戻せません。"):
        bring_back("role-item", role, secretariat)
    role.refresh_from_db()
    assert role.position == 2


def test_codes_are_not_brought_back(plan, secretariat):
    action = ActionFactory(measure__policy__goal__plan=plan, title="一")
    code = action.code
    action.code, action.title = "9-9-9-G99", "二"
    action.save()
    back = bring_back("action", action, secretariat)
    assert (back.title, back.code, code == back.code) == ("一", "9-9-9-G99", False)


def test_organizations_belong_to_no_plan(secretariat):
    office = OrganizationFactory(phone="0837-00-0001")
    office.phone = "0837-00-0002"
    office.save()
    assert bring_back("organization", office, secretariat).phone == "0837-00-0001"
    assert plan_of(Organization.objects.get(pk=office.pk)) is None


def test_the_plan_of_a_row(plan, measure, cycle):
    section, grade = SectionFactory(plan=plan), cycle.scale.grades.first()
    role = RoleItemFactory(measure=measure)
    assert {plan_of(row) for row in (plan, measure, measure.policy, section, grade, role)} == {plan}


def test_the_definitions_citizens_have_read_stay(cycle, secretariat):
    grade = cycle.scale.grades.get(code="B")
    grade.definition = "別の定義"
    grade.save()
    assert bring_back("grade", grade, secretariat).definition == "定義"
    in_stage(cycle, CycleState.PUBLISHED)
    with pytest.raises(Refused, match="^令和7年度の評価を公表したときの基準です。"):
        bring_back("grade", grade, secretariat)


# ---- rows with rules of their own ---------------------------------------------
def test_a_sheet_in_the_making_is_saved_by_its_own_rules(entry, writer, secretariat):
    actions.save_entry(entry=entry, by=writer, version=0, values={"result": "一"})
    actions.save_entry(entry=entry, by=writer, version=1, values={"result": "二"})
    back = bring_back("entry", entry, secretariat, version=entry.history.get(version=1).history_id)
    assert (back.result, back.version, back.is_proxy) == ("一", 3, True)
    assert back.history.latest().history_change_reason == "誤って消したため"


def test_a_confirmed_sheet_must_be_returned_first(entry, secretariat):
    fill(entry, state=EntryState.ACCEPTED)
    with pytest.raises(Refused, match="^「事務局確認済」の個票には、保存はできません。$"):
        bring_back("entry", entry, secretariat)


def test_a_fixed_sheet_is_corrected(entry, secretariat):
    fill(entry, state=EntryState.FIXED, result="一", memo="前のメモ")
    entry.result, entry.memo = "二", "いまのメモ"
    entry.save()
    in_stage(entry.cycle, CycleState.PUBLISHED)
    version = entry.history.get(result="一").history_id
    back = bring_back("entry", entry, secretariat, version=version)
    assert (back.result, back.memo, back.state) == ("一", "いまのメモ", "fixed")
    assert list(Correction.objects.values_list("label", "before", "after", "reason")) == [
        ("取組実績", "二", "一", "誤って消したため")
    ]


def test_reviews_and_opinions(cycle, plan, secretariat, committee):
    measure = MeasureFactory(policy__goal__plan=plan)
    in_stage(cycle, CycleState.COMMITTEE)
    review = ReviewFactory(cycle=cycle, measure=measure, summary="一")
    save_review(cycle=cycle, measure=measure, by=secretariat, version=0, values={"summary": "二"})
    assert bring_back("review", review, secretariat).summary == "一"
    opinion = OpinionFactory(cycle=cycle, by=committee, text="一", measure=measure)
    opinion.text = "二"
    opinion.save()
    back = bring_back("opinion", opinion, secretariat)
    assert (back.text, back.measure) == ("一", measure)


def test_an_answer_is_brought_back_only_as_a_correction(cycle, office, secretariat):
    in_stage(cycle, CycleState.RESPONDING)
    answer = ResponseFactory(opinion=OpinionFactory(cycle=cycle), organization=office, text="一")
    answer.text = "二"
    answer.save()
    with pytest.raises(Refused, match="^確定していない回答は、差し戻して、担当する組織に直してもらってください。$"):
        bring_back("response", answer, secretariat)
    in_stage(cycle, CycleState.FIXED)
    assert bring_back("response", answer, secretariat).text == "一"


def test_made_again_by_somebody_else_in_the_same_moment(plan, secretariat, monkeypatch):
    role = RoleItemFactory(measure__policy__goal__plan=plan)
    pk = role.pk
    role.delete()
    role.pk = pk

    def taken(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(RoleItem, "save", taken)
    with pytest.raises(Refused, match=f"^{MOVED_ON}$"):
        bring_back("role-item", role, secretariat)


# ---- refusals ---------------------------------------------------------------
def test_who_looked_at_an_older_page_is_told(measure, secretariat):
    with pytest.raises(Refused, match=f"^{MOVED_ON}$"):
        bring_back("measure", measure, secretariat, seen=first(measure))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": " "}, "前の版に戻す操作には、理由が必要です。"),
        ({"version": 0}, "この版の記録はありません。"),
    ],
)
def test_restores_that_cannot_be(measure, secretariat, given, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        bring_back("measure", measure, secretariat, **given)


def test_a_version_of_another_row_is_no_version_of_this(measure, secretariat):
    other = MeasureFactory(policy=measure.policy)
    with pytest.raises(Refused, match="^この版の記録はありません。$"):
        bring_back("measure", measure, secretariat, version=first(other))


def test_others_bring_nothing_back(measure, writer):
    with pytest.raises(Refused, match="^前の版に戻せるのは、事務局だけです。$"):
        bring_back("measure", measure, writer)


def test_roles_are_given_on_their_own_page(writer, secretariat):
    with pytest.raises(Refused, match="^「利用者」の記録は、ここでは戻せません。それぞれの画面で直してください。$"):
        bring_back("user", writer, secretariat)


def test_a_choice_that_is_gone_cannot_be_brought_back(entry, secretariat):
    grade = Grade.objects.create(scale=entry.cycle.scale, code="E", label="旧", short_label="旧", mark="m", position=9)
    fill(entry, state=EntryState.DRAFT, rating=grade)
    fill(entry, state=EntryState.DRAFT)
    version = Entry.history.get(rating_id=grade.pk).history_id
    grade.delete()
    with pytest.raises(Refused, match="^この版が指している内容が、もうありません。戻せません。$"):
        bring_back("entry", entry, secretariat, version=version)
