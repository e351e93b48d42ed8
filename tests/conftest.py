"""What every test may use: a database, a browser, and the persons of the city hall."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache

pytest_plugins = ["tests.personas"]
pytest.register_assert_rewrite("tests.tables")

# ---- every test ---------------------------------------------------------------


@pytest.fixture(autouse=True)
def _nothing_remembered(tmp_path: Path, settings) -> Iterator[None]:
    """Neither cached pages nor uploaded files pass from one test to the next."""
    settings.MEDIA_ROOT = tmp_path / "media"
    yield
    cache.clear()


def pytest_unconfigure(config):
    """Each test process takes its own folder away with it."""
    shutil.rmtree(settings.VAR_DIR, ignore_errors=True)


# ---- the browser ----------------------------------------------------------------

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAILURES = settings.BASE_DIR / "var" / "failed-pages"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """The system's Chromium, started once."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=10_000)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; the tests' own queries are not part of it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser, live_server, request) -> Iterator:
    """A fresh browser profile on the running portal (`page.goto("/…")`). No page may ask another host for anything."""
    context = browser.new_context(base_url=live_server.url, locale="ja-JP", timezone_id="Asia/Tokyo")
    elsewhere = []
    portal = urlsplit(live_server.url).netloc

    def only_the_portal(route, asked):
        if urlsplit(asked.url).netloc in ("", portal):
            route.continue_()
        else:
            elsewhere.append(asked.url)
            route.abort()

    context.route("**/*", only_the_portal)
    yield context
    if request.node.stash.get(FAILED, False):
        _keep_pages(context, request.node.nodeid)
    context.close()
    assert elsewhere == []


@pytest.fixture
def page(context):
    """One page of 1366 × 768, the staff's screen; `page.set_viewport_size` for others."""
    page = context.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """`axe(page)` → what axe finds on the page as it stands, one line a violation; `[]` is what we want."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page, **options) -> list[str]:
        # A page that is still on its way has no styles yet, and everything on it is too small.
        page.wait_for_load_state()
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}, **options})
        return [
            f"{violation['id']}: {violation['help']} – {' '.join(node['target'][0:1])} – {node['failureSummary']}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]

    return look


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def _keep_pages(context, test: str) -> None:
    """A picture of each open page of a failed test, under var/."""
    FAILURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w-]+", "-", test).strip("-")[-120:]
    for number, page in enumerate(context.pages, start=1):
        page.screenshot(path=FAILURES / f"{name}-{number}.png", full_page=True)
