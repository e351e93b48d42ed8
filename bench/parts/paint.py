"""First paint of the pages with charts in headless Chromium, and what they brought over the line until then."""

import statistics
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.harness import Row, server
from tests.conftest import ARGUMENTS, CHROMIUM

PAGES = ("/evaluations/2025/", "/statistics/", "/surveys/r6/")
TIMES = 3
# Resolves when both paints were seen and the page has loaded: no script of its own is needed to read it.
SEEN = """() => new Promise((done) => new PerformanceObserver(() => {
  const paints = Object.fromEntries(performance.getEntriesByType('paint').map((one) => [one.name, one.startTime]));
  if (!('first-contentful-paint' in paints) || document.readyState !== 'complete') return;
  const [page] = performance.getEntriesByType('navigation');
  const parts = performance.getEntriesByType('resource');
  const font = (one) => new URL(one.name).pathname.endsWith('.woff2');
  const sum = (rows) => rows.reduce((total, one) => total + one.transferSize, 0);
  done({
    paint: paints['first-paint'], content: paints['first-contentful-paint'],
    bytes: page.transferSize + sum(parts.filter((one) => !font(one))), fonts: sum(parts.filter(font)),
    charts: document.querySelectorAll('main figure').length,
  });
}).observe({ type: 'paint', buffered: true }))"""


def measure() -> Iterator[Row]:
    with server(workers=2) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for path in PAGES:
            seen = [first_visit(browser, base + path) for _ in range(TIMES)]
            words = f"{path} ({seen[0]['charts']} charts)"
            yield Row(f"{words} first paint", median(seen, "paint"), "ms", f"median of {TIMES} first visits")
            yield Row(f"{words} first contentful paint", median(seen, "content"), "ms", "")
            yield Row(f"{words} transferred", median(seen, "bytes") / 1000, "kB", "at most 150 kB")
            yield Row(f"{words} fonts, where the reader has none", median(seen, "fonts") / 1000, "kB", "")
        browser.close()


def first_visit(browser: Browser, url: str) -> dict[str, Any]:
    """What the browser saw, with nothing remembered."""
    context = browser.new_context(locale="ja-JP", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(url, wait_until="load")
    found = page.evaluate(SEEN)
    context.close()
    return found


def median(seen: list[dict[str, Any]], name: str) -> float:
    return statistics.median(one[name] for one in seen)
