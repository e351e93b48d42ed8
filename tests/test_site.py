"""Truths about the whole repository."""

import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from packaging.requirements import Requirement
from pytest_socket import SocketConnectBlockedError

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


# ---- the suite --------------------------------------------------------------------


def test_the_suite_reaches_no_other_host():
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


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
