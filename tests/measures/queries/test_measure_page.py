"""One 施策 as citizens see it: what the plan says, what was published, who answers for it now."""

import datetime

import pytest
from django.utils import timezone

from measures.models import ActionGroup, Responsibility
from measures.queries.measure_page import measure_page
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from plans.models import Plan
from tests.factories import (
    ActionFactory,
    ActorFactory,
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
    ScaleFactory,
    fill,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(action):
    return action.measure


@pytest.fixture
def published(plan):
    """2025, the first published year."""
    return public_year(plan, 2025, ScaleFactory(plan=plan))


def public_year(plan, year: int, scale):
    return CycleFactory(plan=plan, scale=scale, year=year, state=CycleState.CLOSED, published_at=timezone.now())


def page_of(measure):
    plan = Plan.objects.get(pk=measure.plan_id)
    return measure_page(plan, measure.code, Organization.objects.in_bulk())


def answers(page) -> list[tuple]:
    """(who, letter, direction, word for the gap) of every line of the tables."""
    return [
        (one.name, one.grade.code if one.grade else "", one.direction, one.gap)
        for table in page.tables
        for row in table.rows
        for one in row.answers
    ]


# ---- the plan -----------------------------------------------------------------------


def test_a_code_that_is_not_in_the_plan(plan, measure):
    assert measure_page(plan, "9-9-9", {}) is None
    assert measure_page(PlanFactory(is_current=False), measure.code, {}) is None


def test_tables_by_actor_and_by_group_in_the_order_of_the_plan(measure, action):
    council = ActorFactory(plan=measure.plan, code="shakyo", letter="S", label="社協", principle="共助", position=3)
    group = ActionGroup.objects.create(measure=measure, label="ア", title="就労", position=1)
    of_council = ActionFactory(measure=measure, actor=council, number=1)
    grouped = ActionFactory(measure=measure, group=group, number=9999)
    page = page_of(measure)
    assert [(table.title, table.group, len(table.rows)) for table in page.tables] == [
        ("社協の取組（共助）", None, 1),
        ("行政の取組（公助）", None, 1),
        ("ア 就労", group, 1),
    ]
    assert page.part.actions == [of_council, action, grouped]


def test_an_action_over_several_lines_and_one_without_anybody(measure, action, office):
    ResponsibilityFactory(action=action, organization=OrganizationFactory(name="総務課"), position=2)
    ResponsibilityFactory(action=action, organization=None, position=3)
    alone = ActionFactory(measure=measure, number=9999)
    page = page_of(measure)
    assert answers(page) == [
        ("福祉課", "", "—", "未回答"),
        ("総務課", "", "—", "未回答"),
        ("関係各課", "", "—", "担当の調整中"),
        ("—", "", "—", "—"),
    ]
    assert [row.cells.count('rowspan="3"') for row in page.tables[0].rows] == [3, 0]
    assert f'href="/actions/{alone.code}/"' in page.tables[0].rows[1].cells


def test_a_repeated_action_says_where_it_is_evaluated(measure, action, office):
    again = ActionFactory(measure=MeasureFactory(policy=measure.policy), repeats=action)
    ResponsibilityFactory(action=again, organization=office)
    page = page_of(again.measure)
    assert f'再掲：<a href="/actions/{action.code}/">' in page.tables[0].rows[0].cells
    assert answers(page) == [("福祉課", "", "—", "—")]


def test_what_ended_before_the_shown_year_is_not_there(published, measure, action):
    ActionFactory(measure=measure, valid_from=2026)
    ResponsibilityFactory(action=action, organization=OrganizationFactory(name="前の課"), valid_to=2024)
    assert answers(page_of(measure)) == [("福祉課", "", "—", "未回答")]


# ---- what was published -------------------------------------------------------------


def test_the_latest_published_year(published, measure, action, office):
    other = OrganizationFactory(name="総務課")
    ResponsibilityFactory(action=action, organization=other, position=2)
    fill(EntryFactory(cycle=published, action=action, organization=office, state=EntryState.FIXED), "C", "review")
    fill(EntryFactory(cycle=published, action=action, organization=other, state=EntryState.ACCEPTED), "A")
    page = page_of(measure)
    assert (page.latest, page.published.whole.n, page.published.whole.unanswered) == (published, 2, 1)
    assert answers(page) == [("福祉課", "C", "見直し", "—"), ("総務課", "", "—", "未回答")]


def test_a_year_that_is_not_published_is_not_shown(measure, action, office, plan):
    scale = ScaleFactory(plan=plan)
    running = CycleFactory(plan=plan, scale=scale, year=2026, publish_on=datetime.date(2027, 10, 1))
    fill(EntryFactory(cycle=running, action=action, organization=office, state=EntryState.FIXED))
    ReviewFactory(cycle=running, measure=measure, first_rating=scale.grades.first(), summary="秘密")
    OpinionFactory(cycle=running, measure=measure)
    page = page_of(measure)
    assert (page.latest, page.published.whole, page.conclusion, page.published.opinions) == (None, None, None, [])
    assert [(card.year, card.place, card.grade, card.text) for card in page.years] == [
        (2025, "next", None, "これから"),
        (2026, "next", None, "公表は令和9年10月1日の予定です。"),
        (2027, "next", None, "これから"),
        (2028, "next", None, "これから"),
        (2029, "next", None, "これから"),
    ]


def test_the_years_with_their_conclusions(published, measure):
    grades = {grade.code: grade for grade in published.scale.grades.all()}
    second = public_year(measure.plan, 2026, published.scale)
    ReviewFactory(cycle=published, measure=measure, first_rating=grades["B"], second_rating=grades["C"], summary="前年")
    ReviewFactory(cycle=second, measure=measure, first_rating=grades["A"], summary="今年")
    page = page_of(measure)
    assert page.conclusion == ("庁内の評価（1次）", grades["A"])
    assert [(card.note, card.place, card.grade, card.text) for card in page.years[:2]] == [
        ("公表済", "", grades["C"], "前年"),
        ("最新の公表", "latest", grades["A"], "今年"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "conclusion"),
    [
        ("B", "C", ("委員会の評価（2次）", "C")),
        ("B", None, ("庁内の評価（1次）", "B")),
        (None, "A", ("委員会の評価（2次）", "A")),
        (None, None, None),
    ],
)
def test_the_committee_has_the_last_word(published, measure, first, second, conclusion):
    grades = {grade.code: grade for grade in published.scale.grades.all()}
    ReviewFactory(cycle=published, measure=measure, first_rating=grades.get(first), second_rating=grades.get(second))
    found = page_of(measure).conclusion
    assert (found and (found[0], found[1].code)) == conclusion


def test_opinions_of_the_latest_year_first_with_their_answers(published, measure, office):
    second = public_year(measure.plan, 2026, published.scale)
    old = OpinionFactory(cycle=published, measure=measure)
    new = OpinionFactory(cycle=second, measure=measure)
    OpinionFactory(cycle=second, measure=MeasureFactory(policy=measure.policy))
    answer = ResponseFactory(opinion=old, organization=office)
    opinions = page_of(measure).published.opinions
    assert opinions == [new, old]
    assert [list(one.responses.all()) for one in opinions] == [[], [answer]]


# ---- whom to ask --------------------------------------------------------------------


def test_contacts_name_three_actions_and_count_the_rest(measure, action, office):
    for number in range(2, 5):
        ResponsibilityFactory(
            action=ActionFactory(measure=measure, number=action.number + number, title=f"取組{number}"),
            organization=office,
        )
    (contact,) = page_of(measure).contacts
    assert (contact.organization, contact.url) == (office, "/organizations/welfare/")
    assert contact.words == f"{action.title}、取組2、取組3 ほか（4取組）"


def test_a_contact_for_three_actions_names_them_all(measure, action, office):
    (contact,) = page_of(measure).contacts
    assert contact.words == action.title


# ---- what is remembered -------------------------------------------------------------


def test_a_second_look_asks_only_for_the_years(published, measure, action, office, django_assert_num_queries):
    RoleItemFactory(measure=measure)
    fill(EntryFactory(cycle=published, action=action, organization=office, state=EntryState.FIXED))
    plan, directory = Plan.objects.get(pk=measure.plan_id), Organization.objects.in_bulk()
    first = answers(measure_page(plan, measure.code, directory))
    with django_assert_num_queries(1):
        assert answers(measure_page(plan, measure.code, directory)) == first


def test_nothing_is_remembered_beyond_a_change_of_the_plan(published, measure, action, office):
    assert answers(page_of(measure)) == [("福祉課", "", "—", "未回答")]
    Responsibility.objects.filter(action=action).update(organization=OrganizationFactory(name="新しい課"))
    measure.plan.touch()
    assert answers(page_of(measure)) == [("新しい課", "", "—", "未回答")]
    fill(EntryFactory(cycle=published, action=action, organization=office, state=EntryState.FIXED), "D")
    measure.plan.touch()
    assert answers(page_of(measure)) == [("福祉課", "D", "継続", "—")]


def test_a_renamed_office_is_called_by_its_new_name_at_once(measure, office):
    assert [one[0] for one in answers(page_of(measure))] == ["福祉課"]
    office.name = "健康福祉課"
    office.save()
    assert [one[0] for one in answers(page_of(measure))] == ["健康福祉課"]


def test_the_table_is_drawn_once_and_anew_with_a_new_name(published, measure, action, office):
    fill(EntryFactory(cycle=published, action=action, organization=office, state=EntryState.FIXED), "D")
    first = page_of(measure).table
    assert page_of(measure).table is first
    office.name = "健康福祉課"
    office.save()
    renamed = page_of(measure).table
    assert ("健康福祉課" in renamed, "D" in renamed, "福祉課</a>" in first) == (True, True, True)
    assert "健康福祉課" not in first
    published.unpublished_at = timezone.now()
    published.save()
    assert "達成度" not in page_of(measure).table


def test_a_withdrawn_year_disappears_at_once(published, measure, action, office):
    fill(EntryFactory(cycle=published, action=action, organization=office, state=EntryState.FIXED), "D")
    assert answers(page_of(measure)) == [("福祉課", "D", "継続", "—")]
    published.unpublished_at = timezone.now()
    published.save()
    assert answers(page_of(measure)) == [("福祉課", "", "—", "未回答")]
