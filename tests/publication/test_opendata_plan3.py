"""The open data of the third plan: the promised columns, readable by machines, and the same as the database."""

import jsonschema
import pytest
from django.conf import settings
from django.db import transaction

from measures.models import Action, Measure, Responsibility, RoleItem
from mine_welfare.publication import planfile
from mine_welfare.publication.opendata import RESOURCES
from mine_welfare.toolkit.flat import FORMULA_STARTS
from tests.publication.test_opendata import COLUMNS, NAMES, as_csv, as_json

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def plan3(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield planfile.load(settings.BASE_DIR / "fixtures" / "plan3")
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_the_promised_columns_in_its_first_row(plan3, client, name):
    head, *rows = as_csv(client, name)
    assert ",".join(head) == COLUMNS[name]
    assert {len(row) for row in rows} == {len(head)}


@pytest.mark.parametrize("name", NAMES)
def test_a_csv_is_what_the_rule_asks_for(plan3, client, name):
    response = client.get(f"/opendata/{name}.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    content = response.content
    assert (content[:3], content.count(b"\xef\xbb\xbf")) == (b"\xef\xbb\xbf", 1)
    assert content.count(b"\n") == content.count(b"\r\n") == len(as_csv(client, name))
    cells = [cell for row in as_csv(client, name) for cell in row]
    assert [cell for cell in cells if cell != cell.strip() or cell.startswith(FORMULA_STARTS)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_json_is_what_its_schema_says(plan3, client, name):
    definitions = client.get("/opendata/schema.json").json()
    jsonschema.Draft202012Validator.check_schema(definitions)
    data = as_json(client, name)
    jsonschema.validate(data, {"$ref": f"#/$defs/{name}", "$defs": definitions["$defs"]})
    assert [",".join(row) for row in data[:1]] == [COLUMNS[name]]


@pytest.mark.parametrize("name", NAMES)
def test_both_forms_hold_the_same(plan3, client, name):
    head, *rows = as_csv(client, name)
    expected = [
        ["" if value is None else "／".join(map(str.strip, str(value).splitlines())) for value in row.values()]
        for row in as_json(client, name)
    ]
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == expected
    assert list(RESOURCES[name].columns) == head


def test_the_files_are_the_database(plan3, client):
    data = {name: as_json(client, name) for name in NAMES}
    assert {name: len(rows) for name, rows in data.items()} == {
        "measures": 23,
        "roles": RoleItem.objects.count(),
        "actions": 208,
        "organizations": 15,
        "responsibilities": Responsibility.objects.count(),
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
