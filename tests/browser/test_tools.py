"""The browser fixtures themselves: what they promise to every other test here."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_axe_names_rule_and_place(page, axe):
    page.set_content(
        "<!doctype html><html lang=ja><title>試し</title><main><h1>試し</h1><img id=map src='data:,'></main></html>"
    )
    (line,) = axe(page)
    assert line.startswith("image-alt: ")
    assert " – #map – " in line


def test_a_sound_page_has_no_findings(page, axe):
    page.set_content("<!doctype html><html lang=ja><title>試し</title><main><h1>試し</h1></main></html>")
    assert axe(page) == []


def test_the_portal_is_reached_by_its_paths(page):
    assert page.goto("/healthz").json() == {"status": "ok"}
    assert page.viewport_size == {"width": 1366, "height": 768}
