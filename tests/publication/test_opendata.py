"""Open data: the columns that were promised, the same rows as the database, files machines can read."""

import csv
import io
import json
import re

import pytest
from django.utils.html import escape

from mine_welfare.accounts.models import Organization
from mine_welfare.publication.opendata import RESOURCES, schema
from mine_welfare.publication.opendata.codes import TITLES
from surveys.models import MeetingTopic, Point, ResidentMeeting, Series
from tests.factories import (
    ActionFactory,
    MeasureFactory,
    OrganizationFactory,
    ResponsibilityFactory,
    RoleItemFactory,
    ScaleFactory,
)
from tests.portal import portal_of

pytestmark = pytest.mark.django_db

# What is promised for good, in this order. A new column goes to the end of its line.
COLUMNS = {
    "measures": "code,goal,goal_title,policy,policy_title,title,introduction",
    "roles": "measure,actor,order,text",
    "actions": "code,goal,policy,measure,measure_title,side,focus_area,title,content,organizations,repeats",
    "organizations": "slug,name,kind,section,phone,email,url,actions",
    "responsibilities": "action,wording,organization,organization_name,order,"
    "valid_from,valid_from_wareki,valid_to,valid_to_wareki",
    "indicators": "code,goal,policy,measure,name,kind,trend,organization,unit,baseline,baseline_time,target,"
    "target_year,target_year_wareki,year,year_wareki,year_target,actual,reason,source",
    "evaluations": "year,year_wareki,action,goal,policy,measure,side,organization,organization_name,freshness,scale,"
    "rating,direction,planned,result,reason,issues,improvement,next_plan,is_unchanged,no_budget,budget,settlement,"
    "money_unit,is_corrected,published_on,published_on_wareki,is_sample",
    "measure_reviews": "year,year_wareki,goal,policy,measure,measure_title,scale,first_rating,first_comment,"
    "second_rating,second_comment,summary,revision,is_sample",
    "opinions": "opinion,year,year_wareki,goal,policy,measure,meeting,text,organization,organization_name,response,"
    "reflection,is_sample",
    "survey_tallies": "survey,survey_title,year,year_wareki,returned,response_rate,question,question_text,kind,"
    "item_number,item,base,choice,choices,count,count_unit,percent,percent_unit,value_text,rank_by,rank,mark,origin,"
    "derivation",
    "statistics": "series,theme,title,year,year_wareki,value,unit,value_text,as_of,source,note,mark,origin,derivation",
    "meetings": "meeting,title,districts,participants,field_number,field,kind,order,text",
    "columns": "resource,resource_title,order,column,label,kind,unit,is_blank,codes,refers,meaning",
    "codes": "table,table_title,scale,code,label,definition",
}
NAMES = sorted(COLUMNS)
# What an empty plan has already: what explains the others.
EXPLAINING = ["codes", "columns"]


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
    names = [name for name in NAMES if name not in EXPLAINING]
    assert [as_csv(client, name) for name in names] == [[COLUMNS[name].split(",")] for name in names]
    assert [as_json(client, name) for name in names] == [[]] * len(names)


# ---- the catalogue ------------------------------------------------------------------


def test_the_catalogue_counts_rows_and_explains_every_column(client, db):
    plan = portal_of(2)
    series = Series.objects.create(
        plan=plan, code="births", position=1, theme="子", title="出生", unit="人", source="国"
    )
    Point.objects.create(series=series, year=2020, value=82, origin="published")
    meeting = ResidentMeeting.objects.create(plan=plan, slug="r6", title="座談会", districts=9, participants=163)
    MeetingTopic.objects.create(meeting=meeting, position=1, field="防災", opinions=["一", "二"], issues=["三"])
    indicator = plan.measures.first().indicators.create(code="k1", name="件数", unit="件", kind="output", trend="up")
    for year in (2024, 2025):
        indicator.values.create(year=year, actual=1)
    page = client.get("/opendata/")
    counts = {resource.name: count for resource, count in page.context["resources"]}
    assert counts == {name: len(as_json(client, name)) for name in RESOURCES}
    assert (counts["meetings"], counts["opinions"], counts["indicators"]) == (3 + 8, 8 * 2 * 2, 2)
    html = page.content.decode()
    for name, resource in RESOURCES.items():
        assert f'href="/opendata/{name}.csv"' in html
        assert f'href="/opendata/{name}.json"' in html
        for column in resource.columns.values():
            assert escape(column.label) in html
            assert escape(column.meaning) in html


def test_each_definition_is_a_fold_its_links_lead_to(client, plan):
    html = client.get("/opendata/").content.decode()
    folds = re.findall(r'<details id="([^"]+)">', html)
    links = re.findall(r'href="#([^"]+)"', html)
    assert folds == [*RESOURCES, *(f"codes-{name}" for name in TITLES)]
    assert {link for link in links if link != "main"} <= set(folds)
    said = re.findall(r'<span class="note">(\d+)項目</span></summary>', html)
    assert [int(number) for number in said] == [len(resource.columns) for resource in RESOURCES.values()]


def test_a_scale_no_year_goes_by_is_not_published(client, cycle):
    ScaleFactory(plan=cycle.plan, name="見直し中")
    assert {row["scale"] for row in as_json(client, "codes")} == {None, "標準"}


def test_the_catalogue_for_machines_names_every_file(client, plan):
    document = client.get("/opendata/catalog.jsonld")
    assert document.headers["Content-Type"] == "application/ld+json"
    assert client.get("/opendata/").headers["Link"] == (
        '</opendata/catalog.jsonld>; rel="alternate"; type="application/ld+json"'
    )
    data = document.json()
    assert (data["@type"], len(data["dcat:dataset"])) == ("dcat:Catalog", len(RESOURCES))
    files = [
        one["dcat:downloadURL"]["@id"]
        for dataset in data["dcat:dataset"]
        for one in dataset["dcat:distribution"]
        if "dcat:downloadURL" in one
    ]
    assert files == [f"http://testserver/opendata/{name}.{form}" for name in RESOURCES for form in ("csv", "json")]
    assert {client.get(file).status_code for file in files} == {200}


@pytest.mark.parametrize(
    ("licence", "words"),
    [("PDL1.0", "公共データ利用規約"), ("CC BY 4.0", "クリエイティブ・コモンズ"), ("slip", "公共データ利用規約")],
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
