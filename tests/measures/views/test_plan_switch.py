"""公開する計画の切替え as the browser sees it."""

import pytest

from measures.workflow import CycleState
from plans.models import Plan
from tests.factories import (
    ActionFactory,
    CycleFactory,
    PlanFactory,
    ResponsibilityFactory,
    ScaleFactory,
    SectionFactory,
)
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db
PAGE, BACK = "/staff/plan/next/switch/", "/staff/plan/next/switch-back/"


@pytest.fixture
def draft(plan):
    made = PlanFactory(
        slug="next", short_title="第4次計画", portal_name="次のポータル", is_current=False, start_year=2030,
        end_year=2034, predecessor=plan,
    )  # fmt: skip
    ScaleFactory(plan=made)
    SectionFactory(plan=made)
    ResponsibilityFactory(action=ActionFactory(measure__policy__goal__plan=made))
    return made


@pytest.fixture
def desk(client_of, secretariat):
    return client_of(secretariat)


def given(plan, **more) -> dict:
    return {"old": plan.pk, "is_final": "", "reason": "議決を経たため"} | more


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_opens_it(request, client_of, draft, persona):
    client = client_of(request.getfixturevalue(persona))
    expected = (200, 302) if persona == "secretariat" else (403, 403)
    assert (client.get(PAGE).status_code, client.post(BACK).status_code) == expected


def test_looked_at_then_switched_then_back(desk, client, plan, draft):
    looked = desk.post(PAGE, given(plan, preview="1"))
    assert ("次のポータル" in looked.text, looked.headers["Cache-Control"]) == (True, "no-store")
    assert "次のポータル" not in client.get("/").text

    done = desk.post(PAGE, given(plan, is_final="yes"), follow=True)
    assert "市民の画面を「第4次計画」に切り替えました。" in done.text
    assert ("次のポータル" in client.get("/").text, Plan.objects.get(slug="next").status) == (True, "final")
    assert desk.get(PAGE).status_code == 404

    assert "前の計画に戻す" in done.text
    assert "これまでの計画です" in desk.get(f"/staff/plan/{plan.slug}/").text
    back = desk.post(BACK, {"reason": "誤り"}, follow=True)
    assert f"市民の画面を「{plan}」に戻しました。「第4次計画」は素案に戻りました。" in back.text
    assert "次のポータル" not in client.get("/").text


def test_what_stands_in_the_way_is_said_without_a_button(desk, plan, draft):
    CycleFactory(plan=plan, year=2025, state=CycleState.PUBLISHED)
    page = desk.get(PAGE)
    assert ("先に締めてください。" in page.text, 'name="reason"' in page.text) == (True, False)
    refused = desk.post(PAGE, given(plan))
    assert (refused.status_code, "先に締めてください。" in refused.text, plan.is_current) == (422, True, True)


@pytest.mark.parametrize("missing", ["reason", "old"])
def test_nothing_is_switched_without(desk, plan, draft, missing):
    assert desk.post(PAGE, {k: v for k, v in given(plan).items() if k != missing}).status_code == 422
    assert Plan.objects.current() == plan


def test_the_way_leads_from_the_draft(desk, plan, draft):
    assert f'href="{PAGE}"' in desk.get("/staff/plan/next/").text
    assert "switch" not in desk.get("/staff/plan/").text


def test_a_back_that_is_refused_is_told(desk, plan, draft):
    page = desk.post(BACK, {"reason": ""}, follow=True)
    assert "公開する計画を切り替える理由を入力してください。" in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_few_questions(desk, plan, draft, rows, django_assert_num_queries):
    for number in range(rows):
        ActionFactory(measure=draft.measures.first())
        scale = ScaleFactory(plan=plan, name=f"基準{number}")
        CycleFactory(plan=plan, scale=scale, year=2025 + number, state=CycleState.CLOSED)
    with django_assert_num_queries(11):
        desk.get(PAGE)
