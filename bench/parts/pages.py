"""Pages under load beside a bare view, and the queries of each page."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.harness import Row, load, server
from measures.models import Entry
from mine_welfare.accounts.models import User

BARE = "/bench/bare/"
PUBLIC = (
    "/",
    "/goals/",
    "/measures/1-3-3/",  # the longest: 22 actions, at least 1/10 of the bare view
    "/measures/1-1-2/",  # one of the usual length
    "/actions/1-3-4-G02/",
    "/organizations/welfare/",
    "/evaluations/2025/",
    "/plan/chapters/4/",  # 208 actions
    "/opendata/actions.json",  # 208 rows
    "/search/?q=%E7%9B%B8%E8%AB%87",
)


def signed_in(login_id: str) -> tuple[Client, str]:
    """A test client of that person, and the cookie that says so to any server."""
    client = Client(headers={"host": "127.0.0.1"})
    backend = "mine_welfare.accounts.backends.LoginIdOrEmailBackend"
    client.force_login(User.objects.get(login_id=login_id), backend=backend)
    cookies: SimpleCookie = client.cookies
    return client, "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    return len(captured)


def measure() -> Iterator[Row]:
    visitor = Client(headers={"host": "127.0.0.1"})
    staff, cookie = signed_in("jimukyoku")
    sheet = Entry.objects.filter(cycle__year=2026, state="draft").order_by("pk").first()
    inside = ("/staff/entries/", f"/staff/entries/{sheet.pk}/")
    for url in PUBLIC:
        yield Row(f"{url} queries", queries(visitor, url), "queries", "at most 15")
    for url in inside:
        yield Row(f"{url} queries", queries(staff, url), "queries", "at most 15")
    with server(workers=2) as base:
        yield from under_load(base, PUBLIC, "", "2 workers, no cookie")
    with server(workers=3) as base:
        yield from under_load(base, inside, cookie, "3 workers, signed in")


def under_load(base: str, urls: tuple[str, ...], cookie: str, words: str) -> Iterator[Row]:
    """Each page between two looks at the bare view, so that both saw the same machine."""
    for url in urls:
        before = load(base + BARE, cookie=cookie)
        page = load(base + url, cookie=cookie)
        after = load(base + BARE, cookie=cookie)
        bare = (before.rate + after.rate) / 2
        yield Row(f"{url} ({words})", page.rate, "requests/s", f"bare view {bare:,.0f} requests/s", page.rate / bare)
        yield Row(f"{url} p50", page.p50, "ms", f"bare view {before.p50:.1f} ms")
        yield Row(f"{url} p99", page.p99, "ms", f"bare view {before.p99:.1f} ms")
