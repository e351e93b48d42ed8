"""The secretariat's and the 課長's desk in real Chromium: few clicks, without scripts too, and axe finds nothing."""

import datetime

import pytest
from django.conf import settings

from measures import actions
from measures.models import Cycle, Entry
from measures.workflow import CycleState, EntryState, Verb
from tests.factories import ActionFactory, CycleFactory, EntryFactory, OrganizationFactory, ResponsibilityFactory, fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1366, 768, 360)
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def sheets(cycle, action, office) -> list[Entry]:
    """Three that wait for the 課長, one of them with a low rating; one more nobody has touched."""
    before = CycleFactory(plan=cycle.plan, scale=cycle.scale, year=2024, state=CycleState.CLOSED)
    made = []
    for grade in "BBC":
        row = ActionFactory(measure=action.measure)
        ResponsibilityFactory(action=row, organization=office)
        fill(EntryFactory(cycle=before, action=row, organization=office))
        sheet = EntryFactory(cycle=cycle, action=row, organization=office)
        made.append(fill(sheet, grade, state=EntryState.SUBMITTED, result="会議を3回開いた。", reason="理由"))
    EntryFactory(cycle=cycle, action=action, organization=OrganizationFactory(name="総務課", slug="general"))
    return made


def enter(context, live_server, client_of, user) -> None:
    cookie = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def states() -> list[str]:
    return [entry.state for entry in Entry.objects.filter(cycle__year=2025).in_order()]


def test_a_課長_confirms_everything_with_two_clicks(page, live_server, client_of, approver, sheets):
    enter(page.context, live_server, client_of, approver)
    page.goto("/staff/")
    page.get_by_role("link", name="3件をまとめて読み、確認する").click()
    page.get_by_role("button", name="3件をすべて確認する").first.click()
    page.get_by_text("3件を課長として確認しました。").wait_for()
    assert sorted(states()) == ["approved", "approved", "approved", "empty"]


def test_one_is_returned_and_the_rest_confirmed_by_keyboard(page, live_server, client_of, approver, sheets):
    enter(page.context, live_server, client_of, approver)
    page.goto("/staff/confirm/")
    sheet = page.get_by_role("article", name=sheets[2].action.title)
    sheet.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("件数を直してください。")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("1件を差し戻しました。").wait_for()
    sheets[2].refresh_from_db()
    assert (sheets[2].state, sheets[2].transitions.get().comment) == ("returned", "件数を直してください。")


def test_a_year_is_prepared_without_scripts(browser, live_server, client_of, secretariat, sheets, cycle):
    cycle.state = CycleState.CLOSED
    cycle.save()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    enter(context, live_server, client_of, secretariat)
    page = context.new_page()
    page.goto("/staff/cycles/new/")
    for _ in range(2):
        page.get_by_role("button", name="保存して次へ").click()
    page.locator("main summary").first.click()
    page.get_by_label(sheets[0].action.title).check()
    page.get_by_label("評価しない理由").fill("隔年で評価するため")
    # Left in the middle, taken up again.
    page.get_by_role("button", name="保存して、あとで続ける").click()
    page.get_by_role("link", name="用意の続きを書く").click()
    for _ in range(2):
        page.get_by_role("button", name="保存して次へ").click()
    page.get_by_role("button", name="3件の個票を用意する").click()
    page.get_by_text("令和8年度の評価を用意しました。個票は3件です。").wait_for()
    context.close()
    made = Cycle.objects.get(year=2026)
    assert (made.entries.count(), made.omissions.get().action) == (3, sheets[0].action)


def test_from_a_list_to_many_confirmed_sheets(page, live_server, client_of, approver, secretariat, sheets):
    actions.move_many(verb=Verb.APPROVE, versions={sheet.pk: 0 for sheet in sheets}, by=approver)
    enter(page.context, live_server, client_of, secretariat)
    page.goto("/staff/entries/?organization=welfare")
    page.get_by_label("表示中の 3件すべてを選ぶ").check()
    page.get_by_role("button", name="まとめて事務局確認").click()
    page.get_by_role("button", name="3件を確認する").click()
    page.get_by_text("3件を事務局として確認しました。").wait_for()
    assert sorted(states()) == ["accepted", "accepted", "accepted", "empty"]


PAGES = (
    "cycles/", "cycles/2025/", "cycles/2025/reminders/", "cycles/2025/reminders/write/?all=1", "cycles/2025/gaps/",
    "cycles/2025/inquiries/", "cycles/2025/omissions/", "cycles/2025/edit/", "entries/", "scales/", "cycles/new/year/",
    "cycles/new/dates/", "cycles/new/rows/", "cycles/new/owners/", "cycles/new/words/", "cycles/new/check/", "confirm/",
)  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_overflows(
    page, axe, live_server, client_of, approver, secretariat, sheets, cycle, width
):
    actions.ask_inquiry(entry=sheets[0], question="何人でしたか。", by=secretariat)
    copy = actions.copy_scale(scale=cycle.scale, name="写し", by=secretariat)
    answers = {
        "year": {"year": ["2026"], "scale": [str(cycle.scale_id)]},
        "dates": {"opens_on": [f"{datetime.date(2027, 5, 15)}"], "due_on": ["2027-06-20"], "grace_days": ["0"]},
        "rows": {"omitted": [str(sheets[0].action_id)], "reason": ["隔年"]},
        "owners": {},
        "words": {"instructions": [""]},
    }
    for name, given in answers.items():
        actions.save_draft(plan=cycle.plan, page=name, answers=given, by=secretariat)
    page.set_viewport_size({"width": width, "height": 768})
    found = {}
    for address in (*PAGES, f"scales/{copy.pk}/"):
        page.context.clear_cookies()
        enter(page.context, live_server, client_of, approver if address == "confirm/" else secretariat)
        status = page.goto(f"/staff/{address}").status
        wrong = axe(page)
        if status != 200 or wrong or page.evaluate(OVERFLOW) > 0:
            found[address] = (status, wrong, page.evaluate(OVERFLOW))
    assert found == {}
