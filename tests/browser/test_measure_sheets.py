"""One 施策 on one sheet of paper: every measure of the real plan, as it stands and with the longest texts."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from django.utils import timezone

from measures.models import Cycle, Entry, Indicator, Measure, MeasureReview, Opinion
from mine_welfare.accounts.models import User
from plans.models import Plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LONG = "担い手の確保と、相談につながりにくい人への働きかけが、引き続き課題です。" * 12
# What of the table lies beyond its column when it is set as wide as the paper's text.
CUT = """() => [...document.querySelectorAll('.sheet-rows :is(td, th)')]
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.innerText)"""
TEXT_WIDTH = 703  # 186 mm


@pytest.fixture(scope="module")
def member(signed_in) -> Iterator:
    """A committee member's page."""
    return signed_in("iin")


@pytest.fixture(scope="module")
def codes(portal, django_db_blocker) -> list[str]:
    with django_db_blocker.unblock():
        return [measure.code for measure in Measure.objects.of_plan(Plan.objects.current())]


def printed(page, code: str, folder: Path) -> tuple[int, str]:
    """(pages, text without spaces) of the sheet on paper."""
    page.goto(f"/staff/dashboard/measures/{code}/")
    file = folder / f"{code}.pdf"
    file.write_bytes(page.pdf(format="A4", prefer_css_page_size=True))
    found = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    pages = next(line.split()[-1] for line in found.splitlines() if line.startswith("Pages:"))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.read_bytes())).pages)
    return int(pages), "".join(text.split())


def lost(text: str, entries) -> list[str]:
    """What of the rows the paper does not say."""
    said = {part for entry in entries for part in (entry.action.code, entry.action.title, str(entry.organization))}
    return sorted(part for part in said if "".join(part.split()) not in text)


def test_every_measure_takes_one_page_and_loses_no_row(member, codes, tmp_path):
    wrong = {}
    for code in codes:
        pages, text = printed(member, code, tmp_path)
        rows = Entry.objects.filter(cycle__year=2025, action__measure__code=code)
        missing = lost(text, rows.select_related("action", "organization"))
        if pages != 1 or missing:
            wrong[code] = (pages, missing)
    assert (len(codes), wrong) == (23, {})


def test_nothing_is_cut_off_at_the_edge_of_a_column(member, codes):
    member.emulate_media(media="print")
    member.set_viewport_size({"width": TEXT_WIDTH, "height": 1000})
    wrong = {}
    for code in codes:
        member.goto(f"/staff/dashboard/measures/{code}/")
        if found := member.evaluate(CUT):
            wrong[code] = found
    member.emulate_media(media="null")
    assert wrong == {}


@pytest.fixture(scope="module")
def full(portal, django_db_blocker) -> None:
    """Every text of the year as long as people write it, five opinions and an indicator on every measure."""
    with django_db_blocker.unblock():
        cycle = Cycle.objects.get(year=2025)
        Entry.objects.filter(cycle=cycle).update(issues=LONG)
        texts = dict.fromkeys(("first_comment", "second_comment", "summary", "policy"), LONG)
        MeasureReview.objects.filter(cycle=cycle).update(**texts)
        by = User.objects.get(login_id="iin")
        Opinion.objects.bulk_create(
            Opinion(cycle=cycle, measure=one, text=LONG, by=by, received_at=timezone.now())
            for one in Measure.objects.all()
            for _ in range(5)
        )
        for measure in Measure.objects.all():
            about = {"unit": "件", "kind": "output", "trend": "up", "source": "福祉課の業務記録"}
            Indicator.objects.create(measure=measure, code="1", name="相談窓口で受けた相談の件数", **about)


def test_long_texts_are_shortened_and_the_rest_is_announced(full, member, codes, tmp_path):
    wrong = {}
    for code in codes:
        pages, text = printed(member, code, tmp_path)
        announced = ["件の意見は、画面の同じページで読めます" in text, "「…」で終わる文章には、続きがあります" in text]
        if (pages, announced) != (1, [True, True]):
            wrong[code] = (pages, announced)
    assert wrong == {}


def test_on_the_screen_nothing_is_shortened(full, member):
    member.goto("/staff/dashboard/measures/1-3-3/")
    texts = member.locator(".sheet-rows").inner_text().count(LONG)
    assert (member.locator(".bullets li:visible").count(), texts) == (5, 20)
