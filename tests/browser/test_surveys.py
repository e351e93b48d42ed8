"""Surveys, statistics, meetings and their charts in a real browser: citizens' pages and the staff's."""

import io
from collections.abc import Iterator

import pypdf
import pytest

from bench import synthetic
from mine_welfare.accounts.models import User
from surveys import actions
from surveys.models import Survey
from tests.browser.test_public import OVERFLOW, SMALL_TEXT, WIDTHS

pytestmark = pytest.mark.browser
# What only looks on: the transaction this opens would keep the portal itself from writing.
looks = pytest.mark.django_db

PUBLIC = (
    "/surveys/",
    "/surveys/r6/",
    "/statistics/",
    "/meetings/",
    "/surveys/r6/livability.html",
    "/statistics/population.html",
    "/evaluations/2025/charts/sheets.html?goal=1",
)
STAFF = (
    "/staff/surveys/",
    "/staff/surveys/new/",
    "/staff/surveys/r6/",
    "/staff/surveys/r6/edit/",
    "/staff/surveys/r6/tables/?q=livability&by=age",
    "/staff/surveys/r6/tables/?q=consultation&by=area",
    "/staff/statistics/",
    "/staff/statistics/births/",
    "/staff/indicators/",
    "/staff/indicators/new/",
    "/staff/dashboard/",
    "/staff/dashboard/?before=2025&goal=1",
    "/staff/dashboard/measures/1-3-3/",
    "/staff/dashboard/goals/1/",
    "/staff/dashboard/charts/measures.html",
)


@pytest.fixture(scope="module")
def desk(signed_in, django_db_blocker) -> Iterator:
    """The secretariat's page, with made-up answers in the survey."""
    with django_db_blocker.unblock():
        by, survey = User.objects.get(login_id="jimukyoku"), Survey.objects.get(slug="r6")
        for kind, make in (("definition", synthetic.definition), ("answers", synthetic.answers)):
            content = make(survey).encode("utf-8-sig")
            upload = actions.send(
                plan=survey.plan, survey=survey, kind=kind, filename="合成.csv", content=content, by=by
            )
            actions.confirm(upload=upload, by=by)
    return signed_in("jimukyoku")


@pytest.fixture(scope="module")
def citizen(browser, portal) -> Iterator:
    context = browser.new_context(base_url=portal, locale="ja-JP", timezone_id="Asia/Tokyo")
    yield context.new_page()
    context.close()


def unsound(page, axe, path: str, widths: tuple[int, ...]) -> dict[int, list[str]]:
    """What is wrong with the page at each width: {} is what we want."""
    page.goto(path)
    wrong = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 768})
        found = page.evaluate(SMALL_TEXT) if "/charts/" not in path and not path.endswith(".html") else []
        found += too_wide(page)
        if found := found + axe(page):
            wrong[width] = found
    return wrong


def too_wide(page) -> list[str]:
    """How far it reaches beyond the screen, once a figure to touch has taken its new size."""
    for _ in range(15):
        if not (over := page.evaluate(OVERFLOW)):
            return []
        page.wait_for_timeout(200)
    return [f"{over} px too wide"]


@looks
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_sound_at_every_width(citizen, axe, path):
    assert unsound(citizen, axe, path, WIDTHS) == {}


@looks
@pytest.mark.parametrize("path", STAFF)
def test_a_page_of_the_staff_is_sound_at_the_desk_and_on_a_phone(desk, axe, path):
    assert unsound(desk, axe, path, (1366, 360)) == {}


def test_the_pages_of_an_indicator_are_sound(desk, axe):
    desk.goto("/staff/indicators/new/")
    desk.select_option("#id_measure", index=1)
    for name, words in (("name", "相談窓口で受けた相談の件数"), ("unit", "件"), ("source", "福祉課の業務記録")):
        desk.fill(f"#id_{name}", words)
    desk.get_by_role("button", name="指標を加える").click()
    desk.wait_for_url("**/staff/indicators/")
    assert unsound(desk, axe, "/staff/indicators/", (1366, 360)) == {}
    desk.get_by_role("link", name="直す").first.click()
    desk.wait_for_url("**/staff/indicators/*/")
    assert unsound(desk, axe, desk.url, (1366, 360)) == {}


def test_a_file_that_cannot_be_read_is_told_row_by_row_at_every_width(desk, axe):
    desk.goto("/staff/statistics/")
    text = "識別名,年,値,単位\nbirths,来年,1,人\nnone,2024,x,人\n"
    desk.set_input_files("input[type=file]", {"name": "統計.csv", "mimeType": "text/csv", "buffer": text.encode()})
    desk.get_by_role("button", name="読み取って、確かめる").click()
    desk.wait_for_url("**/staff/surveys/uploads/**")
    assert unsound(desk, axe, desk.url, (1366, 360)) == {}
    rows = [row.locator("td").all_inner_texts()[:2] for row in desk.locator("table").first.locator("tbody tr").all()]
    assert sorted(rows) == [["2行目", "年"], ["3行目", "値"], ["3行目", "識別名"]]


@looks
@pytest.mark.parametrize("path", ["/surveys/r6/", "/statistics/", "/evaluations/2025/"])
def test_every_number_is_read_without_a_script(browser, portal, path):
    context = browser.new_context(base_url=portal, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    for summary in page.locator("figure details > summary").all():
        summary.click()
    tables = page.locator("figure details table")
    assert tables.count() == page.locator("figure details").count() >= 3
    assert [table for table in tables.all() if not table.is_visible()] == []
    context.close()


@looks
@pytest.mark.parametrize(("path", "most"), [("/surveys/r6/", 30), ("/statistics/", 12), ("/meetings/", 8)])
def test_on_paper_every_title_stands_and_no_control_does(citizen, path, most):
    citizen.set_viewport_size({"width": 1366, "height": 768})
    citizen.goto(path)
    titles = citizen.locator("main :is(h1, h2:not(.sr), h3)").all_inner_texts()
    paper = pypdf.PdfReader(io.BytesIO(citizen.pdf(prefer_css_page_size=True)))
    text = "".join("".join(page.extract_text() for page in paper.pages).split())
    assert [title for title in titles if "".join(title.split()) not in text] == []
    assert [word for word in ("メニュー", "本文へ移動", "動かして見る", "表で見る") if word in text] == []
    assert len(paper.pages) <= most
