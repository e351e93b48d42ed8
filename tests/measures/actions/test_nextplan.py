"""The next plan: what is copied, what is linked, and that citizens see none of it."""

import pytest

from measures.actions import nextplan as actions
from measures.actions.nextplan import Refused
from measures.models import (
    Action,
    ActionGroup,
    ActionLink,
    Indicator,
    Lineage,
    Measure,
    MeasureLink,
)
from measures.queries import nextplan as queries
from mine_welfare.accounts.models import Organization
from plans.models import AreaTier, Component, GlossaryTerm, Plan
from tests.factories import (
    ActionFactory,
    ActorFactory,
    CycleFactory,
    GoalFactory,
    MeasureFactory,
    OrganizationFactory,
    PlanFactory,
    PolicyFactory,
    ResponsibilityFactory,
    ReviewFactory,
    RoleItemFactory,
    ScaleFactory,
    SectionFactory,
)
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db

FIELDS = {
    "slug": "the-next",
    "titles": ["第4次計画"],
    "short_title": "第4次計画",
    "vision": "共に",
    "start_year": 2030,
    "end_year": 2034,
}


@pytest.fixture
def policy(plan):
    Plan.objects.update(short_title="第3次計画", lead="説明")
    return PolicyFactory(goal=GoalFactory(plan=plan))


@pytest.fixture
def measures(policy):
    """Three measures 1-1-1 … 1-1-3, each with one action and one role line."""
    component = Component.objects.create(
        plan=policy.goal.plan, code="own", title="地域福祉計画", edition="第3次", owner="市", position=1
    )
    actor = ActorFactory(plan=policy.goal.plan, component=component)
    rows = [MeasureFactory(policy=policy, number=n, introduction=f"説明{n}") for n in (1, 2, 3)]
    for row in rows:
        action = ActionFactory(measure=row, actor=actor, number=1, valid_from=2026)
        action.components.add(component)
        RoleItemFactory(measure=row, actor=actor, position=1)
    return rows


def start(plan, by, fates=None, **more) -> Plan:
    return actions.start_next_plan(predecessor=plan, fields=FIELDS | more, fates=fates or {}, by=by)


def codes(rows) -> list[str]:
    return [row.code for row in rows]


# ---- who may ------------------------------------------------------------------------
@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "secretariat"])
def test_only_the_secretariat_starts_the_next_plan(request, persona, plan, measures, secretariat):
    user, draft = request.getfixturevalue(persona), start(plan, secretariat)
    after = draft.measures.first()
    for write in (
        lambda: start(plan, user, slug="other"),
        lambda: actions.take_reviews(plan=draft, by=user),
        lambda: actions.link_measure(measure=after, before=[], by=user),
        lambda: actions.link_action(action=draft.actions.first(), before=[], by=user),
    ):
        with pytest.raises(Refused, match="^計画の本文を直せるのは、事務局だけです。$"):
            write()
    assert (Plan.objects.count(), MeasureLink.objects.count(), ActionLink.objects.count()) == (2, 3, 3)


# ---- the draft --------------------------------------------------------------------------
def test_the_whole_plan_goes_on(plan, measures, office, secretariat):
    ScaleFactory(plan=plan)
    SectionFactory(plan=plan, body="本文です。")
    GlossaryTerm.objects.create(plan=plan, term="自助", reading="じじょ", definition="説明")
    AreaTier.objects.create(plan=plan, position=1, name="市全域")
    before = plan.version
    draft = start(plan, secretariat)
    assert (draft.status, draft.is_current, draft.predecessor, draft.lead) == ("draft", False, plan, "説明")
    assert Plan.objects.current() == plan
    assert codes(Measure.objects.of_plan(draft)) == ["1-1-1", "1-1-2", "1-1-3"]
    assert [component.edition for component in draft.components.all()] == ["第4次"]
    action = draft.actions.get(code="1-1-1-G01")
    assert (action.valid_from, list(action.components.all())) == (None, list(draft.components.all()))
    assert action.actor.component == draft.components.get()
    copied = {name: getattr(draft, name).count() for name in ("sections", "terms", "tiers", "scales", "actors")}
    assert copied == {"sections": 1, "terms": 1, "tiers": 1, "scales": 1, "actors": 1}
    scale = draft.scales.get()
    assert (scale.grades.count(), scale.directions.count()) == (5, 3)
    # The plan that ends is as it was.
    plan.refresh_from_db()
    assert (plan.version, codes(Measure.objects.of_plan(plan))) == (before, ["1-1-1", "1-1-2", "1-1-3"])


def test_a_measure_that_ends_leaves_no_gap_in_the_numbers(plan, measures, secretariat):
    draft = start(plan, secretariat, {measures[0].pk: Lineage.ENDED})
    assert codes(Measure.objects.of_plan(draft)) == ["1-1-1", "1-1-2"]
    assert [(link.before, link.after.code) for link in MeasureLink.objects.all()] == [
        (measures[1], "1-1-1"),
        (measures[2], "1-1-2"),
    ]
    assert draft.actions.get(code="1-1-1-G01").title == measures[1].actions.get().title


def test_two_measures_become_one(plan, measures, secretariat):
    RoleItemFactory(measure=measures[1], actor=measures[1].actions.get().actor, position=2, text="集まりましょう。")
    draft = start(plan, secretariat, {measures[1].pk: measures[0]})
    merged = draft.measures.get(code="1-1-1")
    assert merged.introduction == "説明1\n説明2"
    assert codes(merged.actions.order_by("number")) == ["1-1-1-G01", "1-1-1-G02"]
    assert [item.text for item in merged.role_items.all()] == ["窓口を知りましょう。", "集まりましょう。"]
    assert [line.kind for line in queries.lineage(draft)] == [Lineage.MERGED, Lineage.SAME]


def test_who_answers_is_who_acts_today(plan, measures, secretariat):
    heir = OrganizationFactory(name="地域福祉課")
    old = OrganizationFactory(name="福祉課", valid_to=2024, successor=heir)
    gone = OrganizationFactory(name="消えた課", valid_to=2024)
    action = measures[0].actions.get()
    for organization, wording in (
        (old, "福祉課"),
        (old, "関係各課"),
        (heir, "地域福祉課"),
        (gone, "消えた課"),
        (None, "関係課"),
    ):
        ResponsibilityFactory(action=action, organization=organization, wording=wording)
    ResponsibilityFactory(action=action, organization=heir, wording="前の担当", valid_to=2026)
    draft = start(plan, secretariat)
    rows = draft.actions.get(code="1-1-1-G01").responsibilities.order_by("pk")
    assert [(row.wording, row.organization and row.organization.name) for row in rows] == [
        ("地域福祉課", "地域福祉課"),
        ("関係各課", "地域福祉課"),
        ("消えた課", None),
        ("関係課", None),
    ]
    assert Organization.objects.count() == 3


def test_groups_references_and_indicators_go_on(plan, measures, office, secretariat):
    first, second, third = measures
    for row, label in ((first, "ア"), (second, "ア"), (second, "イ")):
        ActionGroup.objects.create(
            measure=row, label=label, title="就労", position=1, see=third if label == "イ" else None
        )
    Action.objects.filter(measure=second).update(group=second.groups.get(label="イ"))
    ActionFactory(measure=third, actor=first.actions.get().actor, number=2, repeats=first.actions.get())
    ActionFactory(measure=third, actor=first.actions.get().actor, number=3, see=second)
    for row in (first, second):
        Indicator.objects.create(
            measure=row, organization=office, code="I1", name="件数", unit="件", kind="output", trend="up", target=5,
            target_year=2029,
        )  # fmt: skip
    draft = start(plan, secretariat, {second.pk: first})
    merged, other = draft.measures.get(code="1-1-1"), draft.measures.get(code="1-1-2")
    assert [(group.label, group.see) for group in merged.groups.all()] == [("ア", None), ("イ", other)]
    assert merged.actions.get(number=2).group.label == "イ"
    assert other.actions.get(number=2).repeats == merged.actions.get(number=1)
    assert other.actions.get(number=3).see == merged
    assert [(one.code, one.organization, one.target) for one in merged.indicators.all()] == [("I1", office, None)]


def test_what_repeated_an_ended_action_stands_alone(plan, measures, secretariat):
    first, _, third = measures
    ActionFactory(measure=third, actor=first.actions.get().actor, number=2, repeats=first.actions.get())
    draft = start(plan, secretariat, {first.pk: Lineage.ENDED})
    assert draft.actions.get(code="1-1-2-G02").is_evaluated


def test_actions_that_ended_before_stay_behind(plan, measures, secretariat):
    Action.objects.filter(measure=measures[0]).update(valid_to=2027)
    draft = start(plan, secretariat)
    assert draft.measures.get(code="1-1-1").actions.count() == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"slug": None}, "識別名「{slug}」は、ほかの計画が使っています。"),
        ({"start_year": 2029}, "始まりの年度は、いまの計画が終わる2029年度より後にしてください。"),
        ({"end_year": 2029}, "終わりの年度は、始まりの年度より後にしてください。"),
    ],
)
def test_a_plan_that_cannot_begin(plan, measures, secretariat, more, sentence):
    more = {name: value or plan.slug for name, value in more.items()}
    with pytest.raises(Refused, match=f"^{sentence.format(slug=plan.slug)}$"):
        start(plan, secretariat, **more)
    assert Plan.objects.count() == 1


def test_measures_are_merged_into_what_goes_on(plan, measures, secretariat):
    first, second, third = measures
    for fates in (
        {first.pk: first},
        {first.pk: second, second.pk: Lineage.ENDED},
        {first.pk: second, second.pk: third},
    ):
        with pytest.raises(Refused, match="は、継続する施策にしてください。$"):
            start(plan, secretariat, fates)
    other = MeasureFactory(policy__goal__plan=PlanFactory(is_current=False))
    for fates in ({first.pk: other}, {other.pk: Lineage.ENDED}):
        with pytest.raises(Refused, match="^引き継ぐ施策は、いまの計画の施策から選んでください。$"):
            start(plan, secretariat, fates)


def test_there_is_one_next_plan(plan, measures, secretariat):
    start(plan, secretariat)
    with pytest.raises(Refused, match="^次の計画の素案は、もうあります（第4次計画）。$"):
        start(plan, secretariat, slug="another")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("第3次計画", "第4次計画"), ("第9次・第2次", "第10次・第3次"), ("総合計画", "総合計画"), ("", "")],
)
def test_the_next_number(text, expected):
    assert actions.next_ordinal(text) == expected


# ---- 計画の評価・見直し ------------------------------------------------------------------
@pytest.fixture
def reviews(plan, measures):
    scale = ScaleFactory(plan=plan)
    years = {year: CycleFactory(plan=plan, scale=scale, year=year, state="closed") for year in (2027, 2028, 2029)}
    ReviewFactory(cycle=years[2027], measure=measures[0], summary="古い評価", policy="古い方針")
    ReviewFactory(cycle=years[2028], measure=measures[0], summary="評価の1\n\n評価の2", policy="方針の1")
    ReviewFactory(cycle=years[2029], measure=measures[0])
    ReviewFactory(
        cycle=years[2028], measure=measures[1], policy="続ける", first_rating=scale.grades.get(code="B"),
        second_rating=scale.grades.get(code="C"),
    )  # fmt: skip


def test_the_latest_words_close_the_plan(plan, measures, reviews):
    rows = queries.closing_table(plan)
    assert [(row.measure, row.evaluation, row.policy, row.year) for row in rows] == [
        (measures[0], ["評価の1", "評価の2"], ["方針の1"], 2028),
        (measures[1], [], ["続ける"], 2028),
        (measures[2], [], [], None),
    ]
    assert [row.rating and row.rating.code for row in rows] == [None, "C", None]
    assert [row.is_empty for row in rows] == [False, False, True]


def test_the_next_plan_opens_with_them(plan, measures, reviews, secretariat):
    draft = start(plan, secretariat, {measures[1].pk: measures[0]})
    found = [
        (row.title, row.evaluation, row.policy, codes(row.measures.all())) for row in draft.previous_reviews.all()
    ]  # fmt: skip
    assert found == [
        (measures[0].title, ["評価の1", "評価の2"], ["方針の1"], ["1-1-1"]),
        (measures[1].title, [], ["続ける"], ["1-1-1"]),
    ]
    measures[2].reviews.create(cycle=plan.cycles.get(year=2029), summary="あとから書いた")
    assert actions.take_reviews(plan=draft, by=secretariat) == 3
    assert draft.previous_reviews.count() == 3


def test_reviews_are_taken_only_into_a_draft(plan, measures, secretariat):
    with pytest.raises(Refused, match="^前の計画がありません。$"):
        actions.take_reviews(plan=plan, by=secretariat)
    draft = start(plan, secretariat)
    Plan.objects.filter(pk=plan.pk).update(is_current=False)
    Plan.objects.filter(pk=draft.pk).update(is_current=True)
    with pytest.raises(Refused, match="^公開している計画の"):
        actions.take_reviews(plan=draft, by=secretariat)


# ---- what goes on in what ------------------------------------------------------------------
def test_what_to_call_it(plan, measures, secretariat):
    draft = start(plan, secretariat, {measures[0].pk: Lineage.ENDED})
    one, two = Measure.objects.of_plan(draft)
    new = MeasureFactory(policy=one.policy, number=3)
    ActionFactory(measure=new, actor=one.actions.get().actor)
    actions.link_measure(measure=two, before=[measures[1], measures[2]], by=secretariat)
    lines = queries.lineage(draft)
    assert [(line.kind, codes(line.before), codes(line.after)) for line in lines] == [
        ("merged", ["1-1-2", "1-1-3"], ["1-1-1", "1-1-2"]),
        ("new", [], ["1-1-3"]),
        ("ended", ["1-1-1"], []),
    ]
    assert [line.counts for line in lines] == [
        [(Lineage.SAME, 2)],
        [(Lineage.NEW, 1)],
        [(Lineage.ENDED, 1)],
    ]
    actions.link_measure(measure=two, before=[measures[1]], by=secretariat)
    assert [line.kind for line in queries.lineage(draft)] == ["split", "new", "ended", "ended"]
    assert queries.tally(queries.lineage(draft)) == [(Lineage.SPLIT, 1), (Lineage.NEW, 1), (Lineage.ENDED, 2)]


def test_actions_are_linked_by_hand(plan, measures, secretariat):
    draft = start(plan, secretariat)
    action = draft.actions.get(code="1-1-1-G01")
    before = [measures[0].actions.get(), measures[1].actions.get()]
    for chosen in (before, before, before[:1], []):
        actions.link_action(action=action, before=chosen, by=secretariat)
        assert [link.before for link in action.carries.order_by("before")] == chosen


def test_only_the_plan_before_goes_on(plan, measures, secretariat):
    draft = start(plan, secretariat)
    one, two = Measure.objects.of_plan(draft)[:2]
    with pytest.raises(Refused, match="^引き継ぐものは、前の計画から選んでください。$"):
        actions.link_measure(measure=one, before=[two], by=secretariat)
    with pytest.raises(Refused, match="^引き継ぐものは、前の計画から選んでください。$"):
        actions.link_action(action=one.actions.get(), before=[two.actions.get()], by=secretariat)
