"""The API: the same rows as the files, chosen and paged; what cannot be asked is told in Japanese."""

import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mine_welfare.publication.opendata import RESOURCES
from mine_welfare.publication.opendata.openapi import document
from mine_welfare.publication.opendata.selection import choose, read
from surveys.models import Point, Series
from tests.factories import ActionFactory, MeasureFactory
from tests.portal import portal_of
from tests.publication.test_opendata import as_json
from tests.surveys.conftest import make_question, make_survey, share

pytestmark = pytest.mark.django_db


def ask(client, name: str, **parameters) -> dict:
    response = client.get(f"/api/v1/{name}", parameters)
    assert response.status_code == 200
    return response.json()


def every_row(client, name: str, per_page: int) -> list[dict]:
    """All rows, page by page along `next`."""
    rows, url = [], f"/api/v1/{name}?per_page={per_page}"
    while url:
        page = client.get(url).json()
        rows += page["items"]
        url = page["next"]
    return rows


@pytest.fixture
def numbered(plan):
    """One measure with actions 1 to 5."""
    measure = MeasureFactory(policy__goal__plan=plan, number=1)
    return [ActionFactory(measure=measure, number=number) for number in range(1, 6)]


# ---- rows -----------------------------------------------------------------------------


def test_every_resource_is_its_file(client, db):
    portal_of(2)
    for name in RESOURCES:
        whole = as_json(client, name)
        page = ask(client, name, per_page=500)
        assert (page["resource"], page["total"], page["items"]) == (name, len(whole), whole)
        assert every_row(client, name, 7) == whole


def test_what_stands_beside_the_rows(client, numbered, settings):
    settings.OPEN_DATA_LICENCE = "CC BY 4.0"
    page = ask(client, "actions", page=2, per_page=2, goal=1)
    numbered[0].plan.refresh_from_db()
    assert {name: value for name, value in page.items() if name != "items"} == {
        "resource": "actions",
        "title": "具体的取組",
        "updated": numbered[0].plan.changed_at.isoformat(timespec="seconds"),
        "licence": "https://creativecommons.org/licenses/by/4.0/deed.ja",
        "attribution": "架空市『架空市地域福祉計画』",
        "total": 5,
        "page": 2,
        "per_page": 2,
        "pages": 3,
        "previous": "http://testserver/api/v1/actions?goal=1&page=1&per_page=2",
        "next": "http://testserver/api/v1/actions?goal=1&page=3&per_page=2",
    }
    assert [row["code"] for row in page["items"]] == ["1-1-1-G03", "1-1-1-G04"]


@pytest.mark.parametrize(
    ("page", "rels"),
    [(1, ["first", "next", "last"]), (2, ["first", "prev", "next", "last"]), (3, ["first", "prev", "last"])],
)
def test_the_link_header_names_the_pages_there_are(client, numbered, page, rels):
    response = client.get("/api/v1/actions", {"page": page, "per_page": 2})
    numbers = {"first": 1, "prev": page - 1, "next": page + 1, "last": 3}
    assert response.headers["Link"] == ", ".join(
        f'<http://testserver/api/v1/actions?page={numbers[rel]}&per_page=2>; rel="{rel}"' for rel in rels
    )


@pytest.mark.parametrize(("per_page", "pages"), [(1, 5), (4, 2), (5, 1), (6, 1), (500, 1)])
def test_the_pages_hold_every_row_once(client, numbered, per_page, pages):
    assert ask(client, "actions", per_page=per_page)["pages"] == pages
    assert [row["code"] for row in every_row(client, "actions", per_page)] == [one.code for one in numbered]


def test_no_rows_are_one_empty_page(client, plan):
    page = ask(client, "actions")
    assert (page["items"], page["total"], page["page"], page["pages"], page["next"]) == ([], 0, 1, 1, None)


# ---- filters --------------------------------------------------------------------------


def test_every_filter_chooses_what_the_file_has(db):
    plan = portal_of(2)
    for resource in RESOURCES.values():
        rows = list(resource.rows(plan))
        for column in resource.filters:
            for value in {row[column] for row in rows}:
                expected = [row for row in rows if row[column] == value]
                selection = read(resource, {column: ["" if value is None else str(value)], "per_page": ["500"]})
                found = choose(rows, selection)
                assert (found.total, found.items) == (len(expected), expected[:500])


def test_which_columns_are_filters():
    assert {name: list(one.filters) for name, one in RESOURCES.items()} == {
        "measures": ["code", "goal", "policy"],
        "roles": ["measure", "actor"],
        "actions": ["code", "goal", "policy", "measure", "side", "focus_area", "repeats"],
        "organizations": ["slug", "kind"],
        "responsibilities": ["action", "organization", "valid_from", "valid_to"],
        "indicators": [
            *("code", "goal", "policy", "measure", "kind", "trend", "organization", "target_year", "year"),
        ],
        "evaluations": [
            *("year", "action", "goal", "policy", "measure", "side", "organization", "freshness"),
            *("rating", "direction"),
        ],
        "measure_reviews": ["year", "goal", "policy", "measure", "first_rating", "second_rating"],
        "opinions": ["opinion", "year", "goal", "policy", "measure", "organization", "reflection"],
        "survey_tallies": ["survey", "year", "question", "kind", "mark", "origin"],
        "statistics": ["series", "theme", "year", "mark", "origin"],
        "meetings": ["meeting", "field_number", "kind"],
        "columns": ["resource", "column"],
        "codes": ["table", "scale", "code"],
    }


def test_one_of_several_values_and_all_of_several_columns(client, numbered):
    codes = ["1-1-1-G02", "1-1-1-G05", "9-9-9-G09"]
    page = client.get("/api/v1/actions", {"code": codes, "goal": 1}).json()
    assert [row["code"] for row in page["items"]] == codes[:2]
    assert client.get("/api/v1/actions", {"code": codes, "goal": 2}).json()["items"] == []


# ---- what cannot be asked ---------------------------------------------------------------


def refused(client, path: str) -> tuple:
    response = client.get(path)
    assert response.headers["Content-Type"] == "application/json"
    error = response.json()["error"]
    assert error["status"] == response.status_code
    return error["status"], error["parameter"], error["message"]


WHOLE = "1以上の整数を、1つだけ指定してください。"
MOST = "1ページの行数は、1から500までの整数で指定してください。"
DIGITS = "「基本目標の番号」は、半角数字の整数で指定してください。"
CODES = "「回答の時期」に指定できるのは、on_time、late、unansweredです。"
LENGTH = "「取組番号」は、1文字以上200文字以下で指定してください。"
UNKNOWN = (
    "この名前の条件はありません。使える条件は、"
    "code、goal、policy、measure、side、focus_area、repeats、page、per_pageです。"
)


@pytest.mark.parametrize(
    ("path", "parameter", "message"),
    [
        *((f"actions?page={value}", "page", WHOLE) for value in ("0", "-1", "", "x", "1.0", "１", "%20", "9" * 5000)),
        ("actions?page=1&page=2", "page", WHOLE),
        ("actions?per_page=0", "per_page", WHOLE),
        ("actions?per_page=501", "per_page", MOST),
        *((f"actions?goal={value}", "goal", DIGITS) for value in ("", "x", "１", "-1", "1%27--", "9" * 5000, "%00")),
        *((f"evaluations?freshness={value}", "freshness", CODES) for value in ("", "soon", "LATE", "%00")),
        *((f"actions?code={value}", "code", LENGTH) for value in ("", "9" * 201, "1%00")),
        *((f"actions?{name}=1", name, UNKNOWN) for name in ("title", "id", "measure__plan", "organizations")),
        ("actions?__class__=1", "__class__", UNKNOWN),
    ],
)
def test_what_cannot_be_asked_is_said_in_japanese(client, plan, path, parameter, message):
    assert refused(client, f"/api/v1/{path}") == (400, parameter, message)


@pytest.mark.parametrize("value", ["<script>", "' OR 1=1", "%", "=1+1", "髙﨑", "../..", "%ff%fe"])
def test_a_strange_value_finds_nothing(client, numbered, value):
    assert ask(client, "actions", code=value)["items"] == []


def test_a_page_behind_the_last_is_not_there(client, numbered):
    path = "/api/v1/actions?per_page=2&page=4"
    assert refused(client, path) == (404, "page", "このページはありません。ページは1から3までです。")


def test_a_table_that_is_not_there_is_told_with_those_that_are(client, plan):
    message = f"このデータはありません。あるのは、{'、'.join(RESOURCES)}です。"
    assert refused(client, "/api/v1/users") == (404, None, message)


def test_before_there_is_a_plan(client):
    assert refused(client, "/api/v1/actions") == (404, None, "計画がまだ公開されていません。")


# ---- for programs -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/v1/actions", "/api/v1/actions?page=0", "/api/v1/nothing", "/api/v1/openapi.json"]
)
def test_programs_of_other_sites_may_read_it(client, plan, path):
    headers = client.get(path, headers={"Origin": "https://example.jp"}).headers
    found = {name: value for name, value in headers.items() if name.startswith("Access-Control")}
    assert found == {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link"}


def test_what_has_not_changed_is_not_sent_again(client, numbered):
    first = client.get("/api/v1/actions")
    again = client.get("/api/v1/actions", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    numbered[0].title = "新しい題"
    numbered[0].save()
    changed = client.get("/api/v1/actions", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json()["items"][0]["title"]) == (200, "新しい題")


def test_signing_in_shows_no_more(client, client_of, secretariat, cycle, entry):
    assert client_of(secretariat).get("/api/v1/evaluations").json() == client.get("/api/v1/evaluations").json()


QUERIES = {
    "measures": 2,
    "roles": 2,
    "actions": 4,
    "organizations": 2,
    "responsibilities": 2,
    "indicators": 3,
    "evaluations": 2,
    "measure_reviews": 2,
    "opinions": 2,
    "survey_tallies": 3,
    "statistics": 3,
    "meetings": 2,
    "columns": 1,
    "codes": 4,
}


@pytest.mark.parametrize("rows", [1, 3], ids=["one row", "three rows"])
def test_any_number_of_rows_takes_the_same_number_of_questions(client, db, rows):
    plan = portal_of(rows)
    survey = make_survey(plan)
    for place in range(rows):
        series = Series.objects.create(plan=plan, code=f"s{place}", position=place, title="出生数", unit="人")
        Point.objects.create(series=series, year=2020, value=82, origin="published")
        share(make_question(survey, f"q{place}"), "無回答", 5)
    found = {}
    for name in RESOURCES:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/api/v1/{name}")
        found[name] = len(asked)
    assert found == QUERIES


# ---- the OpenAPI document ---------------------------------------------------------------


def test_the_document_names_every_resource_with_its_filters(client, plan):
    found = client.get("/api/v1/openapi.json").json()
    assert (found["openapi"], found["servers"]) == ("3.1.0", [{"url": "http://testserver"}])
    assert found == document(plan, RESOURCES.values(), "PDL1.0", "http://testserver")
    assert list(found["paths"]) == [f"/api/v1/{name}" for name in RESOURCES]
    for name, resource in RESOURCES.items():
        operation = found["paths"][f"/api/v1/{name}"]["get"]
        own = [one["name"] for one in operation["parameters"] if "name" in one]
        shared = [one["$ref"].rpartition("/")[2] for one in operation["parameters"] if "$ref" in one]
        assert (operation["operationId"], own, shared) == (name, list(resource.filters), ["page", "per_page"])
        assert list(operation["responses"]) == ["200", "304", "400", "404"]


def test_every_reference_and_schema_of_the_document_holds(client, plan):
    found = client.get("/api/v1/openapi.json").json()

    def walk(part):
        if isinstance(part, dict):
            if "$ref" in part:
                yield part["$ref"]
            part = part.values()
        elif not isinstance(part, list):
            return
        for one in part:
            yield from walk(one)

    references = set(walk(found))
    assert len(references) == len(RESOURCES) + 3
    for reference in references:
        place = found
        for key in reference.removeprefix("#/").split("/"):
            place = place[key]
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_answer_is_what_the_document_says(client, db):
    portal_of(1)
    found = client.get("/api/v1/openapi.json").json()
    for name in RESOURCES:
        responses = found["paths"][f"/api/v1/{name}"]["get"]["responses"]
        for status, path in (("200", name), ("400", f"{name}?page=0"), ("404", f"{name}?page=999")):
            schema = responses[status]["content"]["application/json"]["schema"]
            answer = client.get(f"/api/v1/{path}")
            assert str(answer.status_code) == status
            jsonschema.validate(answer.json(), schema | {"components": found["components"]})


# ---- the page that explains it --------------------------------------------------------------


def test_the_guide_leads_to_every_resource_and_names_its_filters(client, plan):
    html = client.get("/api/v1/").content.decode()
    for name, resource in RESOURCES.items():
        assert f'href="/api/v1/{name}"' in html
        for column, about in resource.filters.items():
            assert f'<span class="code">{column}</span>（{about.label}）' in html
    assert 'href="/api/v1/openapi.json"' in html


def test_the_example_of_the_guide_can_be_asked(client, plan):
    example = client.get("/api/v1/").context["example"]
    assert client.get(example).status_code == 200
    assert read(RESOURCES["actions"], {"goal": ["1"], "side": ["shakyo"]}).wanted == {
        "goal": frozenset({1}),
        "side": frozenset({"shakyo"}),
    }
