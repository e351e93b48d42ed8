"""Open data: the columns that were promised, the same rows as the database, files machines can read."""

import csv
import io
import json

import pytest

from mine_welfare.accounts.models import Organization
from mine_welfare.publication.opendata import RESOURCES, schema
from tests.factories import ActionFactory, MeasureFactory, OrganizationFactory, ResponsibilityFactory, RoleItemFactory

pytestmark = pytest.mark.django_db

# What is promised for good, in this order. A new column goes to the end of its line.
COLUMNS = {
    "measures": "code,goal,goal_title,policy,policy_title,title,introduction",
    "roles": "measure,actor,order,text",
    "actions": "code,goal,policy,measure,measure_title,side,focus_area,title,content,organizations,repeats",
    "organizations": "slug,name,kind,section,phone,email,url,actions",
    "responsibilities": "action,wording,organization,organization_name,order,"
    "valid_from,valid_from_wareki,valid_to,valid_to_wareki",
}
NAMES = sorted(COLUMNS)


def as_csv(client, name: str) -> list[list[str]]:
    text = client.get(f"/opendata/{name}.csv").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def as_json(client, name: str) -> list[dict]:
    return client.get(f"/opendata/{name}.json").json()


# ---- any plan -----------------------------------------------------------------------


def test_several_offices_stand_in_one_cell_and_those_that_ended_do_not(client, action, office):
    ResponsibilityFactory(action=action, organization=OrganizationFactory(name="総務課"), position=2)
    ResponsibilityFactory(action=action, organization=None, wording="関係各課", position=3)
    ResponsibilityFactory(action=action, organization=OrganizationFactory(name="前の課"), position=4, valid_to=2025)
    (row,) = as_json(client, "actions")
    assert row["organizations"] == "福祉課／総務課／関係各課"
    ended = [one for one in as_json(client, "responsibilities") if one["valid_to"]]
    assert [(one["valid_from"], one["valid_to"], one["valid_to_wareki"]) for one in ended] == [
        (None, 2025, "令和7年度")
    ]


def test_what_an_action_repeats(client, action):
    again = ActionFactory(measure=action.measure, repeats=action, number=98)
    seen = ActionFactory(measure=action.measure, see=MeasureFactory(policy=action.measure.policy), number=99)
    rows = {row["code"]: row["repeats"] for row in as_json(client, "actions")}
    assert rows == {action.code: None, again.code: action.code, seen.code: seen.see.code}


def test_a_blank_is_empty_and_not_nought(client, action, office):
    _, row = as_csv(client, "organizations")
    assert row == ["welfare", "福祉課", "city", "", "", "", "", "1"]


def test_a_formula_is_disarmed_in_the_csv_and_left_alone_in_the_json(client, action):
    attack = "=HYPERLINK(A1)\r\n+1"
    action.title = action.content = attack
    action.save()
    RoleItemFactory(measure=action.measure, text="＠SUM(1)")
    head, row = as_csv(client, "actions")
    assert row[head.index("title")] == row[head.index("content")] == "'=HYPERLINK(A1)／+1"
    assert as_json(client, "actions")[0]["title"] == attack
    assert [row[-1] for row in as_csv(client, "roles")] == ["text", "'＠SUM(1)"]


def test_who_is_outside_the_plan_is_not_in_the_files(client, action):
    outside = OrganizationFactory(kind=Organization.Kind.OUTSIDE)
    ResponsibilityFactory(action=action, organization=outside)
    OrganizationFactory(name="担当なし課")
    assert [row["slug"] for row in as_json(client, "organizations")] == ["welfare"]


@pytest.mark.parametrize("path", ["nothing.csv", "measures.xlsx", "measures.CSV", "users.json"])
def test_there_are_no_other_files(client, plan, path):
    assert client.get(f"/opendata/{path}").status_code == 404


def test_an_empty_plan_has_files_with_a_head_only(client, plan):
    assert [as_csv(client, name) for name in NAMES] == [[COLUMNS[name].split(",")] for name in NAMES]
    assert [as_json(client, name) for name in NAMES] == [[]] * len(NAMES)


# ---- the catalogue ------------------------------------------------------------------


def test_the_catalogue_counts_rows_and_explains_every_column(client, action):
    page = client.get("/opendata/")
    counts = {resource.name: count for resource, count in page.context["resources"]}
    assert {name: counts[name] for name in NAMES} == dict.fromkeys(NAMES, 1) | {"roles": 0}
    html = page.content.decode()
    for name in NAMES:
        assert f'href="/opendata/{name}.csv"' in html
        assert f'href="/opendata/{name}.json"' in html
        for column in RESOURCES[name].columns.values():
            assert column.meaning in html


@pytest.mark.parametrize(
    ("licence", "words"), [("PDL1.0", "公共データ利用規約"), ("CC BY 4.0", "クリエイティブ・コモンズ")]
)
def test_the_licence_is_named(client, plan, settings, licence, words):
    settings.OPEN_DATA_LICENCE = licence
    assert words in client.get("/opendata/").content.decode()


def test_every_file_has_a_definition_in_the_schema():
    defined = schema(RESOURCES.values())["$defs"]
    assert defined.keys() == RESOURCES.keys()
    meanings = [part["description"] for one in defined.values() for part in one["items"]["properties"].values()]
    assert [meaning for meaning in meanings if not meaning] == []
    assert json.loads(json.dumps(defined)) == defined
