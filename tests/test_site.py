"""Truths about the whole repository."""

import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import grimp
import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection, transaction
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve
from packaging.requirements import Requirement
from pytest_socket import SocketConnectBlockedError

from measures.permissions import HISTORY_READERS
from measures.queries.kinds import KINDS
from mine_welfare.accounts.models import Membership
from mine_welfare.publication import planfile
from mine_welfare.toolkit import pdf, pdf_pieces
from plans.models import Plan
from tests.crawl import Crawl, Page
from tests.portal import portal_of

ROOT = settings.BASE_DIR
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]


# ---- migrations -----------------------------------------------------------------


@pytest.mark.django_db
def test_migrations_are_in_step_with_the_models():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# ---- the stack of ARCHITECTURE ----------------------------------------------------


def test_import_contracts_are_kept():
    # A process of its own: the linter rearranges the logging of the one it runs in.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_workflow_tables_import_nothing_of_the_house_but_the_roles():
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    tables = {module for module in graph.modules if module.endswith(".workflow")}
    assert "measures.workflow" in tables
    imported = {module: graph.find_modules_directly_imported_by(module) for module in tables}
    assert imported == {module: {"mine_welfare.accounts.roles"} for module in tables}


def test_the_toolkit_has_no_models():
    assert list(apps.get_app_config("toolkit").get_models()) == []


# ---- addresses --------------------------------------------------------------------

# Every address that opens without signing in. A line here is a promise to the public, and to the lawyers.
OPEN = {
    "",
    "accessibility/",
    "accounts/login/",
    "actions/<slug:code>/",
    "admin/login/",
    "api/v1/",
    "api/v1/<slug:name>",
    "api/v1/openapi.json",
    "corrections/",
    "downloads/evaluations/<int:year>/<slug:name>.pdf",
    "downloads/plan.pdf",
    "downloads/plan.txt",
    "downloads/plans/<slug:slug>/evaluations/<int:year>/<slug:name>.pdf",
    "downloads/plans/<slug:slug>/plan.pdf",
    "downloads/reoffense.pdf",
    "easy/",
    "evaluations/",
    "evaluations/<int:year>/",
    "evaluations/<int:year>/charts/<slug:name>.<slug:form>",
    "glossary/",
    "goals/",
    "goals/<int:number>/",
    "healthz",
    "measures/<slug:code>/",
    "meetings/",
    "opendata/",
    "opendata/<slug:name>.<slug:format>",
    "opendata/catalog.jsonld",
    "opendata/schema.json",
    "organizations/",
    "organizations/<slug:slug>/",
    "plan/",
    "plan/chapters/<int:number>/",
    "plan/former/",
    "policies/<int:goal>-<int:number>/",
    "reoffense/",
    "search/",
    "statistics.csv",
    "statistics/",
    "statistics/<slug:code>.<str:form>",
    "surveys/",
    "surveys/<slug:slug>/",
    "surveys/<slug:slug>/<slug:code>.<str:form>",
    "surveys/<slug:slug>/tallies.csv",
}
# Open, but not for people who follow links: machines ask there, or another page leads there.
UNLINKED = {"admin/login/", "healthz"}
# Linked once there is a plan before the current one.
FORMER = {address for address in OPEN if "former" in address or "downloads/plans/" in address}


def routes(patterns: list, prefix: str = "") -> Iterator[tuple[str, Callable]]:
    """(address, view) of the whole URL tree."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address, pattern.callback
        else:
            yield from routes(pattern.url_patterns, address)


def test_only_these_addresses_are_open():
    tree = routes(get_resolver().url_patterns)
    assert {address for address, view in tree if not getattr(view, "login_required", True)} == OPEN


def test_every_address_of_the_portal_leads_to_one_view():
    found = [address for address, _ in routes(get_resolver().url_patterns) if not address.startswith("admin/")]
    assert sorted(found) == sorted(set(found))


def filled_in(address: str) -> str:
    """An address of the tree with something in each of its gaps."""
    return "/" + re.sub(r"<(\w+):\w+>", lambda gap: {"int": "1", "slug": "x"}.get(gap[1], "x"), address)


STAFF = sorted({address for address, _ in routes(get_resolver().url_patterns) if address.startswith("staff/")} - OPEN)


@pytest.mark.django_db
@pytest.mark.parametrize("address", STAFF)
def test_a_stranger_is_asked_to_sign_in(client, address):
    path = filled_in(address)
    for response in (client.get(path), client.post(path)):
        assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={path}")


# ---- templates --------------------------------------------------------------------

TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    assert get_template(name).template.nodelist is not None


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_comment_is_sent_to_the_reader(name):
    # A comment of more than one line is none: it would stand on the page.
    lines = (ROOT / "templates" / name).read_text().splitlines()
    assert [line for line in lines if line.count("{#") != line.count("#}")] == []


# ---- the public side, followed link by link ---------------------------------------

PLAN3 = ROOT / "fixtures" / "plan3"


@pytest.fixture(scope="module")
def crawl(django_db_setup, django_db_blocker) -> Iterator[Crawl]:
    """The whole public side of the real plan with the demonstration; the plan book is made of a few bytes."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "render", lambda html, **options: b"%PDF-")
        patch.setattr(pdf_pieces, "make", lambda html, *rest, **options: b"%PDF-")
        planfile.load(PLAN3)
        call_command("load_demo", verbosity=0)
        yield Crawl(Client())
        transaction.set_rollback(True)


def test_every_link_leads_somewhere(crawl):
    assert crawl.wrong == []


def test_every_kind_of_public_page_is_reached(crawl):
    reached = {resolve(urlsplit(path).path).route for path in crawl.pages}
    assert OPEN - reached == UNLINKED | FORMER


def test_every_measure_action_and_organization_is_reached(crawl, django_db_blocker):
    with django_db_blocker.unblock():
        plan = Plan.objects.current()
        expected = {f"/measures/{code}/" for code in plan.measures.values_list("code", flat=True)}
        expected |= {f"/actions/{code}/" for code in plan.actions.values_list("code", flat=True)}
        expected |= {f"/plan/chapters/{number}/" for number in plan.sections.values_list("chapter", flat=True)}
    assert len(expected) == 23 + 208 + 5
    assert expected - crawl.pages.keys() == set()


def test_every_style_script_and_picture_exists(crawl):
    files = {asset.removeprefix(settings.STATIC_URL) for asset in crawl.assets if asset}
    assert {name for name in files if finders.find(name) is None} == set()


# ---- addresses that are nothing ---------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/goals/99/",
        "/goals/x/",
        "/policies/9-9/",
        "/measures/9-9-9/",
        "/measures/%E6%96%BD%E7%AD%96/",
        "/actions/1-1-1-G99/",
        "/organizations/nobody/",
        "/evaluations/1999/",
        "/plan/chapters/99/",
        "/opendata/secrets.csv",
        "/opendata/measures.xlsx",
        "/measures/1-1-1/%00",
        f"/actions/{'9' * 3000}/",
        f"/goals/{'9' * 40}/",
    ],
)
def test_a_wrong_address_is_told_in_japanese_with_a_way_on(client, plan, path):
    response = client.get(path)
    assert response.status_code == 404
    page = Page(response.content.decode())
    assert "<h1>ページが見つかりません</h1>" in response.content.decode()
    assert {"/", "/plan/", "/goals/", "/evaluations/", "/search/"} - set(page.links) == set()


@pytest.mark.django_db
def test_before_a_plan_is_loaded_the_home_says_so_and_the_rest_is_not_there(client):
    assert "計画は、まだ公開されていません" in client.get("/").content.decode()
    found = {path: client.get(path).status_code for path in ("/plan/", "/goals/", "/search/", "/opendata/")}
    assert found == dict.fromkeys(found, 404)


READ_ONLY = sorted(OPEN - {"accounts/login/", "admin/login/", "healthz"})


@pytest.mark.parametrize("address", READ_ONLY)
def test_public_addresses_are_read_and_never_written(client, plan, address):
    response = client.post(filled_in(address))
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert "<h1>ボタンから行う操作です</h1>" in response.content.decode()


def test_an_error_of_ours_is_told_in_japanese(client, plan, monkeypatch):
    def fail(*args):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(type(Plan.objects), "current", fail)
    client.raise_request_exception = False
    response = client.get("/goals/")
    assert response.status_code == 500
    assert "<h1>ただいま表示できません</h1>" in response.content.decode()
    assert "on purpose" not in response.content.decode()


# ---- a list of any length asks the same number of questions -----------------------

# Public pages with all that hangs on them, as a process that remembers nothing answers them.
QUERIES = {
    "/": 9,
    "/plan/": 7,
    "/plan/chapters/1/": 6,
    "/plan/chapters/4/": 12,
    "/goals/": 9,
    "/goals/1/": 11,
    "/policies/1-1/": 8,
    "/measures/1-1-1/": 15,
    "/actions/1-1-1-G01/": 9,
    "/organizations/": 3,
    "/organizations/office-a/": 7,
    "/evaluations/": 3,
    "/evaluations/2025/": 12,
    "/surveys/": 6,
    "/surveys/s6/": 9,
    "/surveys/s6/q1.csv": 8,
    "/statistics/": 5,
    "/meetings/": 5,
    "/glossary/": 3,
    "/search/?q=窓口": 15,
    "/opendata/": 12,
    "/opendata/catalog.jsonld": 1,
    "/api/v1/": 2,
    "/api/v1/openapi.json": 1,
    "/api/v1/actions?goal=1": 4,
    "/opendata/measures.csv": 2,
    "/opendata/roles.csv": 2,
    "/opendata/actions.csv": 4,
    "/opendata/organizations.csv": 2,
    "/opendata/responsibilities.csv": 2,
    "/opendata/indicators.csv": 3,
    "/opendata/evaluations.csv": 2,
    "/opendata/measure_reviews.csv": 2,
    "/opendata/opinions.csv": 2,
    "/opendata/survey_tallies.csv": 3,
    "/opendata/statistics.csv": 3,
    "/opendata/meetings.csv": 2,
    "/opendata/columns.csv": 1,
    "/opendata/codes.csv": 4,
    "/accessibility/": 2,
}


@pytest.fixture(params=[1, 3], ids=["one row", "three rows"])
def rows(request, db) -> int:
    portal_of(request.param)
    return request.param


def test_public_pages_ask_the_same_number_of_questions(rows, client):
    wrong = {}
    for path, number in QUERIES.items():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200, path
        if len(asked) != number:
            wrong[path] = len(asked)
    assert wrong == {}


def test_no_page_asks_more_than_fifteen_questions():
    assert {path: number for path, number in QUERIES.items() if number > 15} == {}


# ---- a reader who has the page already --------------------------------------------


@pytest.mark.parametrize("path", sorted(QUERIES))
def test_what_has_not_changed_is_not_sent_again(client, path, db):
    portal_of(1)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


@pytest.mark.parametrize(
    "path", ["/", "/measures/1-1-1/", "/plan/chapters/4/", "/search/?q=窓口", "/opendata/measures.csv"]
)
def test_what_has_changed_is_sent(client, path, db):
    plan = portal_of(1)
    first = client.get(path)
    plan.goals.update(title="窓口を新しくする")
    plan.measures.update(title="窓口を新しくする")
    plan.touch()
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, "窓口を新しくする" in again.content.decode()) == (200, True)


# ---- the suite --------------------------------------------------------------------


def test_the_suite_reaches_no_other_host():
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


# ---- history ----------------------------------------------------------------------


def test_every_history_can_be_read():
    """Roles of a person are told with the person."""
    kept = {model for model in apps.get_models() if hasattr(model, "history")}
    assert {kind.model for kind in KINDS.values()} == kept - {Membership}
    assert [name for name, kind in KINDS.items() if name != kind.name or kind.group not in HISTORY_READERS] == []


# ---- the lint ---------------------------------------------------------------------


def test_a_commit_is_checked_by_the_same_commands_as_a_submission():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    parts = re.search(r"^lint: ([a-z -]+) ##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert parts is not None
    assert {hook["entry"] for hook in hooks} == {f"make {part}" for part in parts[1].split()}


# ---- dependencies -----------------------------------------------------------------


def locked(name: str) -> set[str]:
    """The requirement lines of a lock file, without hashes and comments."""
    lines = (ROOT / name).read_text().splitlines()
    return {line.rstrip(" \\") for line in lines if line and line[0] not in " #"}


def test_the_development_lock_holds_the_other():
    assert locked("requirements.lock") - locked("requirements-dev.lock") == set()


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-dev.lock", PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_the_lock_files_follow_pyproject(lock, wanted):
    pinned = {Requirement(line).name.lower(): Requirement(line) for line in locked(lock)}
    for line in wanted:
        requirement = Requirement(line)
        (version,) = pinned[requirement.name.lower()].specifier
        assert requirement.specifier.contains(version.version), line
