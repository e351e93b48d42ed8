"""Every table of records on every page of the staff side can be taken away as Excel and CSV."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import resolve

from measures.models import Entry, Indicator
from mine_welfare.accounts.models import Organization, User
from mine_welfare.publication import planfile
from plans.models import Plan
from surveys.models import IndicatorFeed
from tests.measures import worlds

pytestmark = pytest.mark.django_db
# Several tables of one page that are one list: with how they are divided as a column, they are one file.
ONE_LIST = {
    "staff:errata": "種類",
    "staff:scales": "評価の基準",
    "staff:people": "利用を終えた日",
    "staff:organizations": "廃止年度",
    "staff:indicator-feeds": "指標",
    "staff:reorganization": "種類",
    "staff:confirm": "番号",
    "staff:responsibilities": "状況",
}
# Tables without a file of their own, and why.
NO_FILE = {
    ("staff:cycle", "個票の残っている課"): "the first rows of the page 督促, which has the file",
    ("staff:home", "残り"): "a department's part of 個票の一覧, which has the file",
    ("staff:home", "提出した"): "a department's part of 個票の一覧, which has the file",
    ("staff:home", "課長の確認を待つ"): "課長確認 has the file",
    ("staff:review", "担い手ごとの達成度"): "the counts of one row of 施策の評価, which has the file",
    ("staff:scale", "達成度"): "a form; 評価の基準 has the file",
    ("staff:plan-measure", "役割"): "the plan goes out and in as a workbook of its own",
    ("staff:plan-measure", "社会福祉協議会の取組"): "the plan goes out and in as a workbook of its own",
    ("staff:plan-measure", "行政の取組"): "the plan goes out and in as a workbook of its own",
    ("staff:transfer", "書き方の例"): "an example of how to write, no records",
    ("staff:workbook-import", "エラーの一覧"): "comes as the workbook itself with its wrong cells marked",
}
# Templates with a table that this walk does not come to, and why.
UNSEEN = {
    "accounts/transfer_preview.html": "a file looked at",
    "measures/action.html": "for citizens",
    "measures/bulk.html": "many sheets looked at",
    "measures/lineage.html": "needs a next plan: tests/measures/test_lists.py",
    "measures/measure_table.html": "for citizens",
    "measures/organization.html": "for citizens",
    "measures/organizations.html": "for citizens",
    "measures/plan_import_changes.html": "a file looked at",
    "measures/plan_import_form.html": "a file looked at",
    "measures/plan_switch.html": "the last look before a plan is published",
    "measures/reorganization_record.html": "the same address as its preview: tests/measures/test_lists.py",
    "measures/wizard_check.html": "the last look before a year is made",
    "measures/workbook_changes.html": "a file looked at",
    "publication/figures/meetings.html": "for citizens",
    "publication/figures/previous-review.html": "for citizens",
    "publication/figures/related-plans.html": "for citizens",
    "publication/figures/series.html": "for citizens",
    "publication/master_preview.html": "a file looked at",
    "reoffense/page.html": "for citizens",
    "reoffense/statistics.html": "for citizens",
    "surveys/staff/tables.html": "needs answers: all its tables are in the two files of its head",
    "surveys/staff/upload.html": "a file looked at",
}
PEOPLE = ("jimukyoku", "fukushi-kachou", "iin")


class Page(HTMLParser):
    """The links of a page and the captions of its tables; what a chart shows as a table goes with the chart."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.captions: list[str] = []
        self.open: list[str] = []
        self.templates: set[str | None] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        in_chart = self.open.count("figure") and self.open.count("details")
        if tag == "table" and "table" in (given.get("class") or "").split() and not in_chart:
            self.captions.append("")
            tag = "records"
        if tag in ("figure", "details", "records", "caption", "small", "table"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        tag = "records" if tag == "table" and "records" in self.open else tag
        if tag in self.open:
            while self.open.pop() != tag:
                continue

    def handle_data(self, data: str) -> None:
        if self.open[-2:] == ["records", "caption"]:
            # Numbers and explanations in brackets are not part of what the table is called.
            self.captions[-1] += re.sub(r"[（\s]?\d*[人件]?（.*|\s+\d[\d,]*[人件]?$", "", data.strip())

    @property
    def saves(self) -> dict[str, set[str]]:
        """{which table: the forms it can be taken in} of the page's own addresses."""
        found: dict[str, set[str]] = {}
        for query in (parse_qs(link[1:]) for link in self.links if link.startswith("?")):
            if "format" in query:
                found.setdefault(query.get("of", [""])[0], set()).update(query["format"])
        return found


def everything(plan: Plan) -> None:
    """A row in every table the demonstration leaves empty."""
    cycle = plan.cycles.get(year=2026)
    entry = Entry.objects.filter(cycle=cycle, organization__slug="fukushi").first() or cycle.entries.first()
    people = {name: User.objects.get(login_id=login) for name, login in
              {"secretariat": "jimukyoku", "writer": "fukushi"}.items()}  # fmt: skip
    things = {"plan": plan, "cycle": cycle, "entry": entry, "action": entry.action, "measure": entry.action.measure,
              "office": entry.organization} | people  # fmt: skip
    for make in (
        *(worlds.reminders, worlds.inquiries, worlds.omissions, worlds.imports, worlds.corrections, worlds.answers),
        *(worlds.notices, worlds.changes, worlds.reorganizations),
    ):
        make(things.__getitem__, 1)
    indicator = Indicator.objects.create(
        measure=entry.action.measure, code="k1", name="指標", unit="人", kind="output", trend="up"
    )
    IndicatorFeed.objects.create(indicator=indicator, series=plan.series.filter(points__isnull=False).first())
    Organization.objects.filter(slug="new0").update(valid_to=2020)


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> Iterator[dict[str, Page]]:
    """{name of the address: the fullest page of it} of the real plan with the demonstration, as three people see it."""
    with django_db_blocker.unblock(), transaction.atomic():
        planfile.load(Path(settings.BASE_DIR) / "fixtures" / "plan3")
        call_command("load_demo", verbosity=0)
        everything(Plan.objects.current())
        found: dict[str, Page] = {}
        for login in PEOPLE:
            for name, page in walked(User.objects.get(login_id=login)):
                if name not in found or len(page.captions) > len(found[name].captions):
                    found[name] = page
        yield found
        transaction.set_rollback(True)


def walked(user: User) -> Iterator[tuple[str, Page]]:
    """One page of each address this person reaches by links."""
    client = Client()
    client.force_login(user, backend="mine_welfare.accounts.backends.LoginIdOrEmailBackend")
    waiting, seen = ["/staff/", "/staff/places/"], set()
    while waiting:
        path = waiting.pop(0)
        name = resolve(urlsplit(path).path).view_name
        if name in seen or "format=" in urlsplit(path).query or name.startswith("staff:preview"):
            continue
        seen.add(name)
        answer = client.get(path, follow=True)
        if answer["Content-Type"].startswith("text/html"):
            page = Page(answer.content.decode())
            page.templates = {template.name for template in answer.templates}
            yield resolve(answer.request["PATH_INFO"]).view_name, page
            waiting += [one for link in page.links if (one := urljoin(path, link)).startswith("/staff/")]


def test_every_table_has_both_files(pages):
    wrong = {}
    for name, page in pages.items():
        wanted = {caption for caption in page.captions if (name, caption) not in NO_FILE}
        number = min(1, len(wanted)) if name in ONE_LIST else len(wanted)
        lists = page.saves
        # Lists that are no tables (notices, papers) may have them too.
        if number > len(lists) or any(forms != {"xlsx", "csv"} for forms in lists.values()):
            wrong[name] = (sorted(wanted), lists)
    assert wrong == {}


def test_no_exception_is_left_without_its_table(pages):
    seen = {(name, caption) for name, page in pages.items() for caption in page.captions}
    assert NO_FILE.keys() - seen == set()


ROOMS = ("accounts", "measures", "plans", "publication", "reoffense", "surveys/staff")


def test_every_template_with_a_table_is_seen(pages):
    folder = settings.BASE_DIR / "templates"
    files = (file for room in ROOMS for file in (folder / room).rglob("*.html"))
    tables = {str(file.relative_to(folder)) for file in files if '<table class="table' in file.read_text()}
    unseen = tables - {name for page in pages.values() for name in page.templates}
    assert unseen == UNSEEN.keys()
