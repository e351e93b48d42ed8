"""What a screen reader reads beside each chart of the real plan: every number of the drawing, in a table."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from measures import charts
from measures.public import public_board
from mine_welfare.accounts.models import User
from mine_welfare.publication import planfile
from mine_welfare.publication.dashboard import question_panels, statistic_panels
from mine_welfare.toolkit import chart
from mine_welfare.toolkit.chart import Chart, HeatMap
from plans.models import Plan
from surveys.models import Survey
from surveys.queries.public import statistics_page, survey_page

pytestmark = pytest.mark.django_db
BACKEND = "mine_welfare.accounts.backends.LoginIdOrEmailBackend"


class Tables(HTMLParser):
    """Every table of a page by its caption: its rows of cells, as they are read aloud."""

    def __init__(self, html: str):
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.words, self.rows, self.caption, self.depth = "", [], "", 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.rows, self.caption = [], ""
        elif tag == "tr":
            self.rows.append([])
        if tag in ("th", "td", "caption"):
            self.words = ""

    def handle_endtag(self, tag):
        if tag == "caption":
            self.caption = self.words.strip()
        elif tag in ("th", "td"):
            self.rows[-1].append("".join(self.words.split()))
        elif tag == "table":
            self.tables.setdefault(self.caption, self.rows)

    def handle_data(self, data):
        self.words += data


@pytest.fixture(scope="module")
def plan(django_db_setup, django_db_blocker) -> Iterator[Plan]:
    with django_db_blocker.unblock(), transaction.atomic():
        planfile.load(settings.BASE_DIR / "fixtures" / "plan3")
        call_command("load_demo", verbosity=0)
        yield Plan.objects.current()
        transaction.set_rollback(True)


def page(path: str, login_id: str = "") -> dict[str, list[list[str]]]:
    client = Client()
    if login_id:
        client.force_login(User.objects.get(login_id=login_id), backend=BACKEND)
    response = client.get(path)
    assert response.status_code == 200
    return Tables(response.content.decode()).tables


def printed(spec: Chart) -> list[list[str]]:
    """Its labels and numbers, formatted here from the spec itself and not from what draws the table."""
    rows = []
    bases = list(getattr(spec, "bases", ()))
    for place, (label, cells) in enumerate(spec.rows()):
        numbers = [
            (value.words or spec.gap) if value.number is None else f"{chart.shown(value.number, spec.unit)}{value.mark}"
            for _, value in cells
        ]
        rows.append([label, *numbers, *(f"{base}" for base in bases[place : place + 1])])
    return [["".join(cell.split()) for cell in row] for row in rows]


def differing(tables: dict[str, list[list[str]]], specs: list[Chart]) -> dict[str, object]:
    """What the page's tables say otherwise than the charts: {} is what we want."""
    return {
        spec.title: (tables.get(spec.title, [None])[1:], printed(spec))
        for spec in specs
        if tables.get(spec.title, [None])[1:] != printed(spec)
    }


def of_boards(board) -> list[Chart]:
    return [charts.goals_chart(board), charts.freshness_chart(board), charts.directions_chart(board)]


def test_the_charts_of_the_survey(plan):
    parts = survey_page(Survey.objects.get(slug="r6"))
    specs = [one.chart for part in parts for one in part.questions if one.chart]
    assert len(specs) == 10
    assert differing(page("/surveys/r6/"), specs) == {}


def test_the_charts_of_the_statistics(plan):
    specs = [part.chart for theme in statistics_page(plan) for part in theme.parts]
    assert len(specs) == 11
    assert differing(page("/statistics/"), specs) == {}


@pytest.mark.parametrize(("path", "login_id"), [("/evaluations/2025/", ""), ("/staff/dashboard/?year=2025", "iin")])
def test_the_charts_of_a_year(plan, path, login_id):
    assert differing(page(path, login_id), of_boards(public_board(plan, 2025))) == {}


@pytest.mark.parametrize(("path", "login_id"), [("/evaluations/2025/", ""), ("/staff/dashboard/?year=2025", "iin")])
def test_the_heat_map_is_a_table_itself(plan, path, login_id):
    spec = charts.measures_chart(public_board(plan, 2025))
    assert isinstance(spec, HeatMap)
    rows = [row[:2] for row in page(path, login_id)["施策と年度の評価"] if len(row) > 2][1:]
    said = [["".join(one.label.split()), one.values[0].words + one.values[0].said] for one in spec.series]
    assert rows == said


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_panels_beside_the_counts(plan, number):
    goal = plan.goals.get(number=number)
    specs = [one.chart for one in [*question_panels(goal), *statistic_panels(goal)]]
    assert len(specs) > 3
    assert differing(page(f"/staff/dashboard/goals/{number}/", "iin"), specs) == {}
