"""Every sheet that goes out and comes back: untouched it changes nothing, whatever the real plan holds."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from measures.actions.planreturned import receive_plan_workbook
from mine_welfare.accounts import sheets as people
from mine_welfare.accounts.models import User
from mine_welfare.publication import planfile
from mine_welfare.publication.master import actions as master_actions
from mine_welfare.publication.master.resources import MASTERS
from mine_welfare.publication.master.sending import file_of
from plans.models import Plan
from surveys import actions, sheets
from surveys.models import Choice, Survey, Upload
from surveys.sheets import definition, statistics, tallies
from surveys.sheets.files import as_csv, as_excel, table_of
from tests import planbooks, workbooks

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def plan(django_db_setup, django_db_blocker) -> Iterator[Plan]:
    """The real plan with the demonstration."""
    with django_db_blocker.unblock(), transaction.atomic():
        planfile.load(Path(settings.BASE_DIR) / "fixtures" / "plan3")
        call_command("load_demo", verbosity=0)
        # The draft numbers no choices: the first definition does.
        for place, choice in enumerate(Choice.objects.filter(is_no_answer=False), start=1):
            Choice.objects.filter(pk=choice.pk).update(code=str(place))
        yield Plan.objects.current()
        transaction.set_rollback(True)


@pytest.fixture
def secretariat(plan) -> User:
    return User.objects.get(login_id="jimukyoku")


# ---- how each goes out and what its return would do: (rows, what changes, what is wrong) ------
def the_years_workbook(plan: Plan, by: User):
    cycle = plan.cycles.get(year=2026)
    record = workbooks.returned(cycle, by, workbooks.made(cycle))
    return record.total, record.total - record.unchanged, record.error


def the_plans_workbook(plan: Plan, by: User):
    record = receive_plan_workbook(plan=plan, by=by, file=io.BytesIO(planbooks.made(plan)), name="計画.xlsx")
    return record.unchanged, record.new + record.changed + record.removed + record.conflict, record.error


def the_transfer_list(plan: Plan, by: User):
    text, _ = people.decode(people.people_csv().encode())
    rows, problems = people.read(text)
    found, wrong = people.changes(rows, by, 2026)
    return len(rows) or text.count("\n") - 1, len(found), len(problems + wrong)


def master(name: str) -> Callable:
    def through(plan: Plan, by: User):
        kind = MASTERS[name](plan, by)
        table = table_of("a.xlsx", file_of(kind).content)
        found = master_actions.preview(master=MASTERS[name](plan, by), table=table, by=by)
        return len(table.rows), len(found.changes), len(found.problems)

    return through


def brought(kind: str, form: str) -> Callable:
    """A file of a survey, or of the statistics, by the way the secretariat sends it."""

    def through(plan: Plan, by: User):
        survey = None if kind == Upload.Kind.STATISTICS else Survey.objects.get(slug="r6")
        columns, rows = {
            Upload.Kind.STATISTICS: lambda: (statistics.COLUMNS, statistics.exported(plan)),
            Upload.Kind.TALLIES: lambda: (tallies.COLUMNS, tallies.exported(survey)),
            Upload.Kind.DEFINITION: lambda: (definition.COLUMNS, definition.exported(survey)),
        }[kind]()
        content = as_csv(columns, rows) if form == "csv" else as_excel("表", columns, rows)
        upload = actions.send(plan=plan, survey=survey, kind=kind, filename=f"a.{form}", content=content, by=by)
        table, reading = sheets.read(upload)
        return len(table.rows), len(reading.changes), len(reading.problems)

    return through


SHEETS = {
    "調査票": the_years_workbook,
    "計画のExcel": the_plans_workbook,
    "人事異動の一覧（CSV）": the_transfer_list,
    "組織": master("organizations"),
    "利用者": master("users"),
    "担当": master("responsibilities"),
    "目標指標": master("indicators"),
    "指標の値": master("indicator_values"),
    "統計": master("series"),
    "統計の値": master("statistics"),
    "用語": master("glossary"),
    "関連計画の期間": master("related_plans"),
    "統計のファイル（Excel）": brought(Upload.Kind.STATISTICS, "xlsx"),
    "統計のファイル（CSV）": brought(Upload.Kind.STATISTICS, "csv"),
    "集計値のファイル（Excel）": brought(Upload.Kind.TALLIES, "xlsx"),
    "集計値のファイル（CSV）": brought(Upload.Kind.TALLIES, "csv"),
    "設問の定義のファイル（Excel）": brought(Upload.Kind.DEFINITION, "xlsx"),
    "設問の定義のファイル（CSV）": brought(Upload.Kind.DEFINITION, "csv"),
}
# The draft has no indicators; tests/publication/test_master.py holds theirs.
EMPTY = {"目標指標", "指標の値"}


@pytest.mark.parametrize("name", SHEETS)
def test_what_goes_out_comes_back_as_no_change(plan, secretariat, name):
    rows, changes, problems = SHEETS[name](plan, secretariat)
    assert (rows > 0, changes, problems) == (name not in EMPTY, 0, 0)


def test_no_sheet_is_forgotten():
    """Answers come in only: what the portal keeps of them is not the file."""
    assert {master.title for master in MASTERS.values()} <= SHEETS.keys()
    labels = {kind.label for kind in Upload.Kind if kind != Upload.Kind.ANSWERS}
    assert {f"{label}のファイル（{form}）" for label in labels for form in ("Excel", "CSV")} <= SHEETS.keys()
