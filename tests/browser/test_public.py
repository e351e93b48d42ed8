"""The citizens' side of the real plan in a real browser: every kind of page, every width, without scripts, on paper."""

import io
from collections.abc import Iterator
from urllib.parse import urlsplit

import pypdf
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIDTHS = (1366, 768, 360)
# One page of each kind, the longest of its kind where they differ.
KINDS = (
    "/",
    "/plan/",
    "/plan/chapters/1/",
    "/plan/chapters/2/",
    "/plan/chapters/4/",
    "/goals/",
    "/goals/1/",
    "/policies/1-3/",
    "/measures/1-3-3/",
    "/measures/3-2-3/",
    "/actions/1-3-4-G02/",
    "/actions/1-3-3-G08/",
    "/organizations/",
    "/organizations/construction/",
    "/evaluations/",
    "/evaluations/2025/",
    "/corrections/",
    "/reoffense/",
    "/glossary/",
    "/search/",
    "/search/?q=相談",
    "/search/?q=ありません",
    "/opendata/",
    "/accessibility/",
    "/nothing/",
)
# Of the chapter that repeats the same parts for each goal, axe reads one goal.
REPEATED = "() => document.querySelectorAll('#goal-2, #goal-3').forEach((goal) => goal.remove())"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TEXT = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (node.data.trim() && node.parentElement.checkVisibility() && size < 14) found.add(node.data.trim());
  }
  return [...found];
}"""


def opened(browser, portal: str, asked: list[str], **options):
    """A fresh profile on the portal; what it asks another host for is noted in `asked`, and refused."""
    context = browser.new_context(base_url=portal, locale="ja-JP", timezone_id="Asia/Tokyo", **options)

    def only_the_portal(route, request):
        if urlsplit(request.url).netloc in ("", urlsplit(portal).netloc):
            route.continue_()
        else:
            asked.append(request.url)
            route.abort()

    context.route("**/*", only_the_portal)
    return context


@pytest.fixture(scope="module")
def citizen(browser, portal) -> Iterator:
    asked: list[str] = []
    context = opened(browser, portal, asked)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert asked == []


@pytest.fixture(scope="module")
def without_scripts(browser, portal) -> Iterator:
    asked: list[str] = []
    context = opened(browser, portal, asked, java_script_enabled=False)
    yield context.new_page()
    context.close()
    assert asked == []


@pytest.mark.parametrize("path", KINDS)
def test_a_page_is_sound_at_every_width(citizen, axe, path):
    citizen.goto(path)
    wrong = {width: [] for width in WIDTHS}
    for width, found in wrong.items():
        citizen.set_viewport_size({"width": width, "height": 768})
        found += citizen.evaluate(SMALL_TEXT)
        if overflow := citizen.evaluate(OVERFLOW):
            found.append(f"{overflow} px too wide")
    if path == "/plan/chapters/4/":
        citizen.evaluate(REPEATED)
    for width, found in wrong.items():
        citizen.set_viewport_size({"width": width, "height": 768})
        found += axe(citizen)
    assert wrong == {width: [] for width in WIDTHS}


@pytest.mark.parametrize("path", ["/", "/measures/1-3-3/", "/plan/chapters/2/", "/evaluations/2025/"])
def test_enlarged_to_400_per_cent_nothing_is_cut_off(citizen, path):
    citizen.set_viewport_size({"width": 320, "height": 256})
    citizen.goto(path)
    assert citizen.evaluate(OVERFLOW) == 0


# ---- by keyboard --------------------------------------------------------------------


def test_the_first_key_leads_past_the_menu(citizen):
    citizen.set_viewport_size({"width": 1366, "height": 768})
    citizen.goto("/measures/1-3-3/")
    citizen.keyboard.press("Tab")
    skip = citizen.locator(":focus")
    assert (skip.inner_text(), skip.bounding_box()["y"] >= 0) == ("本文へ移動", True)
    citizen.keyboard.press("Enter")
    assert citizen.evaluate("document.activeElement.id") == "main"
    citizen.keyboard.press("Tab")
    assert citizen.locator(":focus").inner_text() == "ホーム"


def test_a_table_that_is_too_wide_scrolls_by_keyboard(citizen):
    citizen.set_viewport_size({"width": 360, "height": 740})
    citizen.goto("/evaluations/2025/")
    table = citizen.get_by_role("region", name="施策と年度の評価の表")
    table.focus()
    citizen.keyboard.press("ArrowRight")
    for _ in range(50):
        if moved := table.evaluate("table => table.scrollLeft > 0"):
            break
        citizen.wait_for_timeout(100)
    assert moved is True


def test_on_paper_the_name_of_a_measure_keeps_its_line(citizen):
    citizen.set_viewport_size({"width": 700, "height": 1000})  # the print area of A4
    citizen.emulate_media(media="print")
    citizen.goto("/goals/1/")
    heights = citizen.evaluate("() => [...document.querySelectorAll('.measure-list li > a')].map(a => a.offsetHeight)")
    assert (len(heights), max(heights) <= 60) == (9, True)
    citizen.emulate_media(media="null")


# ---- without scripts ----------------------------------------------------------------


def test_search_works_without_a_script(without_scripts):
    without_scripts.goto("/")
    without_scripts.get_by_label("計画・取組・評価をさがす").fill("ｱﾝｹｰﾄ")
    without_scripts.get_by_role("button", name="さがす").click()
    assert without_scripts.inner_text("h1") == "「ｱﾝｹｰﾄ」の検索結果"
    without_scripts.get_by_role("link", name="計画書の本文").click()
    assert without_scripts.title().startswith("「ｱﾝｹｰﾄ」の検索結果（計画書の本文）")
    first = without_scripts.locator(".results h2 a").first
    heading = first.inner_text()
    first.click()
    assert heading in without_scripts.locator(":target").inner_text()


def test_the_phone_menu_works_without_a_script(without_scripts):
    without_scripts.set_viewport_size({"width": 360, "height": 740})
    without_scripts.goto("/")
    link = without_scripts.locator(".site-menu").get_by_role("link", name="施策をさがす")
    assert link.is_hidden()
    without_scripts.locator(".site-menu summary").click()
    link.click()
    assert without_scripts.inner_text("h1") == "施策をさがす"


def test_from_a_worry_to_the_office_that_answers(without_scripts):
    without_scripts.set_viewport_size({"width": 360, "height": 740})
    without_scripts.goto("/")
    without_scripts.get_by_role("link", name="災害への備え").click()
    without_scripts.get_by_role("link", name="取組", exact=False).and_(
        without_scripts.locator(".kinds a")
    ).first.click()
    without_scripts.locator(".results h2 a").first.click()
    assert without_scripts.get_by_role("heading", name="この取組について").is_visible()
    without_scripts.locator(".status-box").get_by_role("link").nth(1).click()
    assert "/organizations/" in without_scripts.url


def test_a_link_to_a_definition_ends_at_its_fold(without_scripts):
    without_scripts.set_viewport_size({"width": 360, "height": 740})
    without_scripts.goto("/opendata/")
    without_scripts.get_by_role("link", name="具体的取組", exact=True).click()
    fold = without_scripts.locator(":target")
    assert (fold.get_attribute("id"), fold.locator("table").is_hidden()) == ("actions", True)
    assert 0 <= fold.bounding_box()["y"] < 740
    fold.locator("summary").click()
    assert fold.locator("table").is_visible()


def test_a_link_to_a_definition_opens_it(citizen):
    citizen.set_viewport_size({"width": 360, "height": 740})
    citizen.goto("/opendata/")
    citizen.get_by_role("link", name="具体的取組", exact=True).click()
    fold = citizen.locator("#actions")
    fold.locator("table").wait_for()
    fold.get_by_role("link", name="コード表").first.click()
    citizen.locator(":target dl").wait_for()
    citizen.goto("/reoffense/")
    citizen.goto("/opendata/#roles")
    citizen.locator("#roles table").wait_for()
    citizen.get_by_role("button", name="すべて開く").first.click()
    assert citizen.locator("section").filter(has=citizen.locator("#roles")).locator("details:not([open])").count() == 0


# ---- on paper -----------------------------------------------------------------------


def test_a_measure_on_paper(citizen):
    citizen.set_viewport_size({"width": 1366, "height": 768})
    citizen.goto("/measures/1-3-4/")
    titles = citizen.locator(".table tbody th a").all_inner_texts()
    paper = pypdf.PdfReader(io.BytesIO(citizen.pdf(prefer_css_page_size=True)))
    text = "".join("".join(page.extract_text() for page in paper.pages).split())
    assert {tuple(round(side) for side in page.mediabox[2:]) for page in paper.pages} == {(595, 842)}
    assert f"{len(paper.pages)}/{len(paper.pages)}" in text
    assert [title for title in titles if "".join(title.split()) not in text] == []
    assert [word for word in ("メニュー", "本文へ移動", "さがす") if word in text] == []
    assert len(paper.pages) <= 4
