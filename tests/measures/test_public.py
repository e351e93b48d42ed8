"""Citizens' pages of the structure: what they say, what they keep to themselves."""

import re

import pytest
from django.utils import timezone

from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from plans.models import Section
from tests.factories import (
    ActionFactory,
    CycleFactory,
    EntryFactory,
    OpinionFactory,
    OrganizationFactory,
    PlanFactory,
    ResponseFactory,
    ResponsibilityFactory,
    ReviewFactory,
    ScaleFactory,
    SectionFactory,
    fill,
)

pytestmark = pytest.mark.django_db

SECRET = "庁内だけの言葉"


@pytest.fixture
def published(plan):
    scale = ScaleFactory(plan=plan)
    return CycleFactory(plan=plan, scale=scale, year=2025, state=CycleState.CLOSED, published_at=timezone.now())


@pytest.fixture
def sheet(published, action, office):
    entry = EntryFactory(cycle=published, action=action, organization=office, state=EntryState.FIXED)
    return fill(entry, "C", "review", reason="人手が足りない。", improvement="人を増やす。", budget=1200)


def text(client, path: str) -> str:
    """What the page says between its header and its footer."""
    response = client.get(path)
    assert response.status_code == 200
    html = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def pages(measure, action) -> list[str]:
    goal = measure.policy.goal
    return [
        "/",
        "/goals/",
        f"/goals/{goal.number}/",
        f"/policies/{measure.policy.code}/",
        f"/measures/{measure.code}/",
        f"/actions/{action.code}/",
        "/organizations/",
        "/organizations/welfare/",
        "/evaluations/",
    ]


# ---- what is never public -----------------------------------------------------------


def test_a_running_year_shows_nowhere(client, cycle, action, office, committee):
    entry = EntryFactory(cycle=cycle, action=action, organization=office, state=EntryState.FIXED)
    fill(entry, result=SECRET, memo=SECRET)
    grade = cycle.scale.grades.first()
    ReviewFactory(cycle=cycle, measure=action.measure, first_rating=grade, summary=SECRET, first_comment=SECRET)
    ResponseFactory(opinion=OpinionFactory(cycle=cycle, measure=action.measure, text=SECRET, by=committee), text=SECRET)
    shown = {path: text(client, path) for path in pages(action.measure, action)}
    assert [path for path, words in shown.items() if SECRET in words or grade.label in words] == []
    assert client.get("/evaluations/2025/").status_code == 404


def test_a_memo_and_the_names_of_people_show_nowhere(client, sheet, action, committee, writer):
    sheet.memo, sheet.saved_by = SECRET, writer
    sheet.save()
    OpinionFactory(cycle=sheet.cycle, measure=action.measure, by=committee)
    for path in [*pages(action.measure, action), "/evaluations/2025/"]:
        words = text(client, path)
        assert [word for word in (SECRET, writer.name, committee.name) if word in words] == []


def test_a_sheet_that_was_not_fixed_is_called_unanswered(client, sheet, action):
    type(sheet).objects.filter(pk=sheet.pk).update(state=EntryState.ACCEPTED)
    words = text(client, f"/actions/{action.code}/")
    assert ("未回答" in words, sheet.result in words) == (True, False)


# ---- pages --------------------------------------------------------------------------


def test_all_goals_policies_and_measures_stand_on_one_page(client, sheet, action):
    words = text(client, "/goals/")
    measure = action.measure
    assert [part for part in (measure.policy.goal.title, str(measure.policy), measure.title) if part not in words] == []
    assert "1取組・個票1件" in words
    assert "C 一部実施" in words


def test_a_goal_says_what_the_plans_book_says_of_it(client, plan, sheet, action):
    SectionFactory(plan=plan, marker="基本目標1", title="安心", body="安心して暮らせるように。\n\n支え合います。")
    words = text(client, "/goals/1/")
    assert "安心して暮らせるように。 支え合います。" in words
    assert "個票1件の内訳。" in words


def test_a_policy_has_its_measures_and_what_has_to_be_done(client, sheet, action):
    words = text(client, "/policies/1-1/")
    assert action.measure.title in words
    assert words.index("現状と課題") < words.index("相談先が知られていません。")


def test_a_measure_before_the_first_evaluation(client, action):
    words = text(client, f"/measures/{action.measure.code}/")
    assert "評価は、まだ公表されていません。" in words
    assert ("達成度" in words, "未回答" in words) == (False, False)


def test_a_measure_with_its_results(client, sheet, action):
    words = text(client, f"/measures/{action.measure.code}/")
    assert f"{action.code} {action.title}" in words
    assert "福祉課 C 一部実施 見直し" in words


def test_an_action_shows_its_sheet_in_full(client, sheet, action):
    words = text(client, f"/actions/{action.code}/")
    for part in ("会議を2回開いた。", "人手が足りない。", "見直し 人を増やす。", "続ける。", "1,200千円"):
        assert part in words


def test_an_action_that_nobody_was_given_yet(client, action):
    ResponsibilityFactory(action=action, organization=None, wording="関係各課")
    assert "関係各課（担当の調整中）" in text(client, f"/actions/{action.code}/")


def test_a_repeated_action_and_the_first_point_to_each_other(client, action):
    again = ActionFactory(measure=action.measure, repeats=action)
    assert f"再掲： {action}" in text(client, f"/actions/{again.code}/")
    assert f"{again} （{again.measure}）にも再掲しています。" in text(client, f"/actions/{action.code}/")


def test_phones_stand_in_the_list_only_where_there_are_any(client, action, office):
    assert "電話" not in text(client, "/organizations/")
    office.phone = "0000-00-0000"
    office.save()
    assert "0000-00-0000" in text(client, "/organizations/")


def test_an_organization_with_what_it_does_and_how_it_went(client, sheet, action, office):
    words = text(client, "/organizations/welfare/")
    assert f"{action.code} {action.title} C 一部実施 見直し" in words


def test_an_organization_outside_the_plan_has_no_page(client, plan):
    OrganizationFactory(slug="outside", kind=Organization.Kind.OUTSIDE)
    assert client.get("/organizations/outside/").status_code == 404


def test_an_organization_without_actions_says_so(client, plan, office):
    assert "この計画では、担当する取組はありません" in text(client, "/organizations/welfare/")


def test_published_years_are_listed_from_the_newest(client, plan, published):
    CycleFactory(plan=plan, scale=published.scale, year=2026, state=CycleState.CLOSED, published_at=timezone.now())
    words = text(client, "/evaluations/")
    assert words.index("令和8年度の評価") < words.index("令和7年度の評価")


def test_before_the_first_year_the_list_says_so(client, plan):
    assert "公表された評価は、まだありません" in text(client, "/evaluations/")


def test_a_year_in_counts_with_the_meaning_of_its_letters(client, sheet):
    words = text(client, "/evaluations/2025/")
    assert "基本目標1 安心して暮らせるまち 0 0 1 0 0 0 1" in words
    for grade in sheet.cycle.scale.grades.all():
        assert grade.definition in words


@pytest.mark.parametrize("path", ["/", "/goals/", "/goals/1/", "/policies/1-1/", "/evaluations/2025/"])
def test_a_sample_year_is_called_a_sample(client, sheet, path):
    cycle = sheet.cycle
    band = "評価は【サンプル】です。"
    assert band not in client.get(path).content.decode()
    cycle.is_sample = True
    cycle.save()
    assert band in re.sub(r"<[^>]+>", "", client.get(path).content.decode())


@pytest.mark.parametrize(
    "path",
    [
        "/goals/2/",
        "/policies/1-9/",
        "/measures/1-1-99/",
        "/actions/1-1-1-G99/",
        "/organizations/x/",
        "/evaluations/2030/",
    ],
)
def test_what_is_not_in_the_plan_is_not_there(client, action, path):
    assert client.get(path).status_code == 404


def test_another_plans_measures_are_not_there(client, action):
    elsewhere = ActionFactory(measure__policy__goal__plan=PlanFactory(is_current=False), measure__code="8-8-8")
    assert client.get("/measures/8-8-8/").status_code == 404
    assert client.get(f"/actions/{elsewhere.code}/").status_code == 404
    assert Section.objects.count() == 0


def test_what_people_type_is_never_markup(client, sheet, action):
    attack = "<script>alert(1)</script>"
    sheet.result = attack
    sheet.save()
    action.title = action.content = attack
    action.save()
    action.measure.title = attack
    action.measure.save()
    for path in pages(action.measure, action):
        assert attack not in client.get(path).content.decode()
