"""The parts of all pages, and the pages that stand outside the work: clean under axe, at every width."""

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.shortcuts import render
from django.urls import path

from mine_welfare.urls import urlpatterns as portal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

WIDTHS = (1366, 768, 360)
GALLERY = "/staff/components/"
SMALL_TEXT = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (node.data.trim() && node.parentElement.checkVisibility() && size < 14) found.add(node.data.trim());
  }
  return [...found];
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((e) => e.checkVisibility() && !e.closest("p, .sr") && e.type !== "hidden")
  .filter((e) => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) < 24)
  .map((e) => e.outerHTML)"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


# ---- addresses that always fail in one way ----------------------------------


@login_not_required
def refused(request):
    raise PermissionDenied("このページを開けるのは、事務局の役割を持つ人です。")


@login_not_required
def bad(request):
    raise SuspiciousOperation


@login_not_required
def broken(request):
    raise RuntimeError("on purpose")


@login_not_required
def locked(request):
    return render(request, settings.AXES_LOCKOUT_TEMPLATE, status=429)


urlpatterns = [
    path("refused/", refused),
    path("bad/", bad),
    path("broken/", broken),
    path("locked/", locked),
    *portal,
]


def problems(page, axe) -> dict:
    """What is wrong with the page at each width; only widths with something wrong."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        wrong = [*axe(page), *page.evaluate(SMALL_TEXT), *page.evaluate(SMALL_TARGETS)]
        if overflow := page.evaluate(OVERFLOW):
            wrong.append(f"{overflow} px too wide")
        if wrong:
            found[width] = wrong
    return found


@pytest.fixture
def signed_in(page, live_server, client_of, secretariat):
    """The secretariat's browser."""
    client = client_of(secretariat)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return page


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/no-such-page/", 404, "ページが見つかりません"),
        ("/refused/", 403, "このページは開けません"),
        ("/bad/", 400, "受け取れない内容でした"),
        ("/broken/", 500, "ただいま表示できません"),
        ("/locked/", 429, "サインインを一時的に止めています"),
        ("/accounts/login/", 200, "サインイン"),
    ],
)
def test_pages_outside_the_work(page, axe, plan, address, status, heading):
    assert page.goto(address).status == status
    assert page.inner_text("h1") == heading
    assert problems(page, axe) == {}


def test_the_sentence_of_a_refusal_is_shown(page, plan):
    page.goto("/refused/")
    assert page.inner_text(".banner-title") == "このページを開けるのは、事務局の役割を持つ人です。"


def test_the_gallery(signed_in, axe, plan):
    signed_in.goto(GALLERY)
    assert problems(signed_in, axe) == {}


def test_the_gallery_at_400_per_cent(signed_in, plan):
    signed_in.set_viewport_size({"width": 320, "height": 256})
    signed_in.goto(GALLERY)
    assert signed_in.evaluate(OVERFLOW) == 0


def test_a_wrong_password_is_told_and_the_password_can_be_looked_at(page, axe, plan):
    page.goto("/accounts/login/")
    page.fill("#id_username", "nobody")
    page.fill("#id_password", "wrong")
    page.get_by_role("button", name="表示").click()
    assert page.get_attribute("#id_password", "type") == "text"
    page.get_by_role("button", name="サインイン").click()
    assert page.inner_text(".banner-title") == "サインインできませんでした"
    assert page.title().startswith("エラー：サインイン")
    assert problems(page, axe) == {}


def test_the_phone_menu_opens_by_keyboard_and_closes_with_escape(page, plan):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/no-such-page/")
    menu = page.locator(".site-menu")
    page.locator(".site-menu summary").press("Enter")
    assert menu.get_by_role("link", name="計画を読む").is_visible()
    page.keyboard.press("Escape")
    assert menu.get_by_role("link", name="計画を読む").is_hidden()


def test_a_dialog_is_modal_and_closes(signed_in, axe, plan):
    signed_in.goto(GALLERY)
    signed_in.get_by_role("link", name="5件を確認する…").press("Enter")
    dialog = signed_in.get_by_role("dialog", name="見本課の5件を確認済みにします")
    assert dialog.evaluate("dialog => dialog.matches(':modal')")
    assert axe(signed_in) == []
    dialog.get_by_role("link", name="やめる").click()
    assert dialog.is_hidden()


def test_a_counter_follows_what_is_written(signed_in, plan):
    signed_in.goto(GALLERY)
    signed_in.fill("#id_result", "あ" * 401)
    counter = signed_in.locator(".counter span", has=signed_in.locator("[data-count-of=id_result]"))
    assert counter.inner_text() == "401字　目安 400字"
    assert "is-over" in counter.get_attribute("class").split()


def test_without_a_script_nothing_needs_one(browser, live_server, client_of, secretariat, plan):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = client_of(secretariat).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(GALLERY)
    helpers = page.locator("[data-print], [data-copy], [data-show-password]")
    assert [helper.is_visible() for helper in helpers.all()] == [False] * helpers.count()
    page.get_by_role("link", name="5件を確認する…").click()
    assert page.get_by_role("dialog").is_visible()
    context.close()


def test_a_phone_loads_no_font(page, plan):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/no-such-page/", wait_until="networkidle")
    assert [url for url in asked if url.endswith(".woff2")] == []
