"""A whole year in real Chromium: prepared, written, confirmed, returned, mended, read by the committee, published."""

import datetime

import pytest
from django.conf import settings
from django.utils import timezone

from measures.models import Cycle, Entry
from tests.factories import ActionFactory, ResponsibilityFactory, ScaleFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rows(plan, action, office):
    """Two actions of the office, in the plan's order, and a scale to judge them by."""
    ScaleFactory(plan=plan)
    second = ActionFactory(measure=action.measure)
    ResponsibilityFactory(action=second, organization=office)
    return [action, second]


@pytest.fixture
def as_(page, live_server, client_of):
    """`as_(writer, "/staff/")`: the browser in that person's hands, on that page."""

    def turn_to(user, address: str):
        page.context.clear_cookies()
        cookie = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        assert page.goto(address).status == 200
        return page

    return turn_to


def prepare_year(page) -> None:
    """The secretariat's wizard, page by page, as proposed but for the deadline."""
    on = page.get_by_role("button", name="保存して次へ")
    on.click()
    page.fill("#id_due_on", f"{timezone.localdate() + datetime.timedelta(days=30)}")
    for _ in ("日程", "評価する取組", "担当の割当て", "記入のお願い"):
        on.click()
    page.get_by_role("button", name="2件の個票を用意する").click()
    page.get_by_text("令和7年度の評価を用意しました。").wait_for()


def move_on(page, stage: str) -> None:
    page.goto("/staff/cycles/2025/")
    page.get_by_role("link", name=f"「{stage}」に進める…").click()
    page.get_by_role("dialog").get_by_role("button", name="進める").click()
    page.get_by_text(f"を「{stage}」の段階にしました").wait_for()


def write(page, result: str) -> None:
    page.fill("#id_result", result)
    page.locator("label", has_text="計画どおり").click()
    page.locator("label", has_text="継続").click()
    page.fill("#id_next_plan", "続ける。")
    page.locator(".rail").get_by_role("button", name="提出する", exact=True).click()
    page.get_by_text("を提出しました").wait_for()


def states() -> list[str]:
    return [entry.state for entry in Entry.objects.in_order()]


def test_a_year(page, as_, rows, office, writer, approver, secretariat, committee, client):
    prepare_year(as_(secretariat, "/staff/cycles/new/"))
    move_on(page, "入力受付")
    assert states() == ["empty", "empty"]

    as_(writer, "/staff/")
    page.get_by_role("link", name="1件目を書き始める").click()
    write(page, "会議を2回開いた。")
    page.get_by_role("heading", name=rows[1].title).wait_for()  # the next sheet, without the list
    write(page, "講座を1回開いた。")
    page.get_by_role("heading", name="あなたの課の個票は、すべて提出済みです").wait_for()
    assert states() == ["submitted", "submitted"]

    first, second = Entry.objects.in_order()
    as_(approver, f"/staff/entries/{first.pk}/")
    page.get_by_role("button", name="課長として確認する").click()
    page.wait_for_url(f"**/staff/entries/{second.pk}/")
    page.get_by_role("button", name="課長として確認する").click()
    page.get_by_text("を課長として確認しました").wait_for()
    assert states() == ["approved", "approved"]

    as_(secretariat, f"/staff/entries/{first.pk}/")
    page.get_by_role("button", name="事務局として確認する").click()
    page.wait_for_url(f"**/staff/entries/{second.pk}/")
    page.fill("#comment-return", "参加した人数を書いてください。")
    page.get_by_role("button", name="差し戻す").click()
    page.get_by_text("を差し戻しました").wait_for()
    assert states() == ["accepted", "returned"]

    as_(writer, "/staff/")
    page.get_by_text("参加した人数を書いてください。").wait_for()
    page.get_by_role("link", name="差戻しの個票から始める").click()
    page.fill("#id_result", "講座を1回開き、20人が参加した。")
    page.locator(".rail").get_by_role("button", name="提出する", exact=True).click()
    page.get_by_text("を提出しました").wait_for()
    as_(approver, f"/staff/entries/{second.pk}/")
    page.get_by_role("button", name="課長として確認する").click()
    page.get_by_text("を課長として確認しました").wait_for()
    as_(secretariat, f"/staff/entries/{second.pk}/")
    page.get_by_role("button", name="事務局として確認する").click()
    page.get_by_text("を事務局として確認しました").wait_for()
    assert states() == ["accepted", "accepted"]

    for stage in ("取りまとめ", "連携会議", "委員会審議"):
        move_on(page, stage)
    as_(committee, "/staff/dashboard/")
    page.get_by_text("計画どおり以上（A・B）の個票").wait_for()
    assert "".join(page.locator(".key b").first.inner_text().split()) == "2／2件"
    assert page.goto(f"/staff/entries/{second.pk}/").status == 200

    as_(secretariat, "/staff/")
    for stage in ("回答作成", "確定"):
        move_on(page, stage)
    assert states() == ["fixed", "fixed"]
    measure = f"/measures/{rows[0].measure.code}/"
    assert "20人が参加した" not in client.get(measure).text
    move_on(page, "公表")

    page.context.clear_cookies()
    page.goto(measure)
    assert page.locator("main").get_by_text("計画どおり").first.is_visible()
    page.goto(f"/actions/{rows[1].code}/")
    page.get_by_text("講座を1回開き、20人が参加した。").wait_for()
    assert Cycle.objects.get().is_public
