"""The open data of the third plan: the promised columns, readable by machines, and the same as the database."""

import datetime
import re

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from measures.models import Action, Cycle, Indicator, Measure, Response, Responsibility, RoleItem
from mine_welfare.publication import planfile
from mine_welfare.publication.opendata import RESOURCES
from mine_welfare.publication.opendata.codes import lines
from mine_welfare.toolkit.flat import FORMULA_STARTS, cell
from surveys.models import MeetingTopic, Point, Ranking, Tally
from tests.publication.test_opendata import COLUMNS, NAMES, as_csv, as_json

pytestmark = pytest.mark.django_db


# The draft names no indicators.
EMPTY = ["indicators"]


@pytest.fixture(scope="module")
def plan3(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        plan = planfile.load(settings.BASE_DIR / "fixtures" / "plan3")
        call_command("load_demo", verbosity=0)
        yield plan
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_the_promised_columns_in_its_first_row(plan3, client, name):
    head, *rows = as_csv(client, name)
    assert ",".join(head) == COLUMNS[name]
    assert {len(row) for row in rows} <= {len(head)}
    assert bool(rows) == (name not in EMPTY)


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_is_what_the_rule_asks_for(plan3, client, name):
    response = client.get(f"/opendata/{name}.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    content = response.content
    assert (content[:3], content.count(b"\xef\xbb\xbf")) == (b"\xef\xbb\xbf", 1)
    assert content.count(b"\n") == content.count(b"\r\n") == len(as_csv(client, name))
    head, *rows = as_csv(client, name)
    columns = [RESOURCES[name].columns[column] for column in head]
    wrong = [
        (row, column.label, cell)
        for row, line in enumerate(rows, start=2)
        for column, cell in zip(columns, line, strict=True)
        if (cell or not column.blank) and not RULES[column.kind](cell)
    ]
    assert wrong == []


def is_text(cell: str) -> bool:
    """One value on one line, no formula, nothing around it, no control characters."""
    return bool(cell) and cell == cell.strip() and cell.isprintable() and not cell.startswith(FORMULA_STARTS)


def is_number(cell: str) -> bool:
    """Digits only: no unit, no separator, no word for what is missing."""
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) is not None


RULES = {
    "string": is_text,
    "integer": lambda cell: re.fullmatch(r"-?[0-9]+", cell) is not None,
    "number": is_number,
    "boolean": lambda cell: cell in ("true", "false"),
    "date": lambda cell: str(datetime.date.fromisoformat(cell)) == cell,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_head_names_each_column_once_and_nothing_is_blank_throughout(plan3, client, name):
    head, *rows = as_csv(client, name)
    assert head == list(dict.fromkeys(head))
    assert all(re.fullmatch(r"[a-z_]+", column) for column in head)
    assert [row for row in rows if not any(row)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_western_year_stands_beside_its_japanese_one(plan3, client, name):
    years = [column for column in RESOURCES[name].columns if column.removesuffix("_wareki") != column]
    pairs = [(row[column.removesuffix("_wareki")], row[column]) for row in as_json(client, name) for column in years]
    assert [pair for pair in pairs if (pair[0] is None) != (pair[1] is None)] == []
    dated = [one for one in RESOURCES[name].columns if re.search("(^|_)(year|valid_from|valid_to|on)$", one)]
    assert [f"{one}_wareki" for one in dated if one != "baseline_year"] == years


@pytest.mark.parametrize("name", NAMES)
def test_a_code_stands_in_its_table_and_a_reference_in_its_file(plan3, client, name):
    codes = {(row["table"], row["code"]) for row in as_json(client, "codes")}
    rows = as_json(client, name)
    for column, about in RESOURCES[name].columns.items():
        found = {row[column] for row in rows} - {None}
        if about.codes:
            assert {(about.codes, value) for value in found} - codes == set()
        if about.refers:
            first = next(iter(RESOURCES[about.refers].columns))
            assert found - {row[first] for row in as_json(client, about.refers)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_json_is_what_its_schema_says(plan3, client, name):
    definitions = client.get("/opendata/schema.json").json()
    jsonschema.Draft202012Validator.check_schema(definitions)
    data = as_json(client, name)
    jsonschema.validate(data, {"$ref": f"#/$defs/{name}", "$defs": definitions["$defs"]})
    assert {",".join(row) for row in data} == ({COLUMNS[name]} if data else set())


@pytest.mark.parametrize("name", NAMES)
def test_both_forms_hold_the_same(plan3, client, name):
    head, *rows = as_csv(client, name)
    expected = [
        ["" if value is None else cell(value).removeprefix("'") for value in row.values()]
        for row in as_json(client, name)
    ]
    assert [[one.removeprefix("'") for one in row] for row in rows] == expected
    assert list(RESOURCES[name].columns) == head


def test_the_files_are_the_database(plan3, client):
    data = {name: as_json(client, name) for name in NAMES}
    cycle = Cycle.objects.get(published_at__isnull=False)
    assert {name: len(rows) for name, rows in data.items()} == {
        "measures": 23,
        "roles": RoleItem.objects.count(),
        "actions": 208,
        "organizations": 15,
        "responsibilities": Responsibility.objects.count(),
        "indicators": Indicator.objects.count(),
        "evaluations": cycle.entries.count(),
        "measure_reviews": 23,
        "opinions": Response.objects.confirmed().filter(opinion__cycle=cycle).count(),
        "survey_tallies": Tally.objects.count() + Ranking.objects.count(),
        "statistics": Point.objects.count(),
        "meetings": sum(len(topic.opinions) + len(topic.issues) for topic in MeetingTopic.objects.all()),
        "columns": sum(len(columns.split(",")) for columns in COLUMNS.values()),
        "codes": len(list(lines(plan3))),
    }
    measures = {row["code"]: row for row in data["measures"]}
    assert {code: row["introduction"] for code, row in measures.items()} == dict(
        Measure.objects.values_list("code", "introduction")
    )
    assert {row["code"]: (row["title"], row["content"], row["side"]) for row in data["actions"]} == {
        action.code: (action.title, action.content, action.actor.code)
        for action in Action.objects.select_related("actor")
    }
    assert sorted((row["measure"], row["actor"], row["order"], row["text"]) for row in data["roles"]) == sorted(
        RoleItem.objects.values_list("measure__code", "actor__code", "position", "text")
    )
    assert {row["actor"] for row in data["roles"]} == {"citizen", "community", "shakyo", "government"}


def test_the_keys_of_the_files_fit_together(plan3, client):
    data = {name: as_json(client, name) for name in NAMES}
    measures, actions = ({row["code"] for row in data[name]} for name in ("measures", "actions"))
    assert {row["measure"] for row in data["actions"] + data["roles"]} <= measures
    assert {row["action"] for row in data["responsibilities"]} == actions
    assert {row["action"] for row in data["evaluations"]} <= actions
    offices = {row["slug"]: row["name"] for row in data["organizations"]}
    named = {row["organization"]: row["organization_name"] for row in data["responsibilities"]}
    assert named == {**offices, None: None}
    repeats = {row["repeats"] for row in data["actions"]} - {None}
    assert repeats <= actions | measures


def test_the_plans_order_is_the_order_of_the_rows(plan3, client):
    codes = [row["code"] for row in as_json(client, "measures")]
    assert codes == sorted(codes)
    actions = [row["measure"] for row in as_json(client, "actions")]
    assert actions == sorted(actions)
