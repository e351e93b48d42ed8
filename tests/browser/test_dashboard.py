"""Charts in a real browser: read without a script, by keyboard, on a phone; touched where asked for."""

import pytest
from django.utils import timezone

from measures.models import Cycle
from measures.workflow import CycleState, EntryState
from tests.factories import (
    PASSWORD,
    ActionFactory,
    CycleFactory,
    EntryFactory,
    MeasureFactory,
    PolicyFactory,
    ReviewFactory,
    fill,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def year(plan):
    first = CycleFactory(plan=plan, year=2025, state=CycleState.CLOSED)
    second = CycleFactory(plan=plan, year=2026, scale=first.scale, state=CycleState.COMMITTEE)
    measure = MeasureFactory(policy=PolicyFactory(goal__plan=plan), number=1, title="相談窓口の周知")
    for cycle, letters, rating in ((first, "ABBC", "B"), (second, "ABCD", "C")):
        ReviewFactory(cycle=cycle, measure=measure, first_rating=cycle.scale.grades.get(code=rating))
        for letter in letters:
            entry = EntryFactory(cycle=cycle, action=ActionFactory(measure=measure), state=EntryState.ACCEPTED)
            fill(entry, letter, submitted_at=timezone.now())
    Cycle.objects.update(published_at=timezone.now())
    return second


@pytest.fixture
def inside(page, committee):
    page.goto("/accounts/login/")
    page.fill("#id_username", committee.login_id)
    page.fill("#id_password", PASSWORD)
    page.click("main button.btn--main")
    page.wait_for_load_state()
    return page


@pytest.mark.parametrize("width", [1366, 768, 360])
@pytest.mark.parametrize("path", ["/staff/dashboard/", "/staff/dashboard/measures/1-1-1/", "/staff/dashboard/goals/1/"])
def test_axe_finds_nothing_inside_and_nothing_is_wider_than_the_screen(year, inside, axe, path, width):
    inside.set_viewport_size({"width": width, "height": 768})
    inside.goto(path)
    assert (axe(inside), inside.evaluate("document.documentElement.scrollWidth")) == ([], width)


@pytest.mark.parametrize("width", [1366, 360])
@pytest.mark.parametrize("path", ["/evaluations/2026/", "/evaluations/2026/charts/goals.html"])
def test_axe_finds_nothing_on_the_public_cut(year, page, axe, path, width):
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(path)
    assert (axe(page), page.evaluate("document.documentElement.scrollWidth")) == ([], width)


def test_the_counts_are_read_without_a_script(year, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/evaluations/2026/")
    page.get_by_text("表で見る").first.click()
    assert page.get_by_role("table", name="基本目標ごとの達成度", exact=True).is_visible()
    context.close()


def test_no_page_of_charts_loads_the_library_before_it_is_asked_for(year, page):
    asked, refused = [], []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto("/evaluations/2026/")
    assert [name for name in asked if "plotly" in name] == []
    page.get_by_role("link", name="動かして見る").first.click()
    page.wait_for_selector("#interactive .main-svg")
    assert ([name for name in asked if "plotly" in name], refused) == (["plotly.min.js"], [])


def test_a_cell_is_opened_by_keyboard(year, inside):
    inside.goto("/staff/dashboard/")
    inside.locator("table.counts a").first.focus()
    inside.keyboard.press("Enter")
    inside.wait_for_url("**/staff/entries/**")
    assert inside.get_by_text("集計の数から開いた個票").is_visible()
