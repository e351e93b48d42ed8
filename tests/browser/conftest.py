"""The real plan with the demonstration as a running portal, for tests that only read it."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from mine_welfare.publication import planfile
from mine_welfare.publication.management.commands.load_demo import PASSWORD


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The address of a portal with the real plan and the demonstration, loaded once and kept for one module."""
    with django_db_blocker.unblock():
        planfile.load(settings.BASE_DIR / "fixtures" / "plan3")
        call_command("load_demo", verbosity=0)
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def signed_in(browser, portal) -> Iterator[Callable]:
    """`signed_in("iin")` → a page on the portal, signed in as that person of the demonstration."""
    contexts = []

    def sign_in(login_id: str):
        context = browser.new_context(base_url=portal, locale="ja-JP", timezone_id="Asia/Tokyo")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto("/accounts/login/")
        page.fill("#id_username", login_id)
        page.fill("#id_password", PASSWORD)
        page.click("main button.btn--main")
        page.wait_for_load_state()
        return page

    yield sign_in
    for context in contexts:
        context.close()
