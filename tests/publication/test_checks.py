"""The system checks: each says in Japanese what is wrong and what to do."""

import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import Error, Warning, run_checks

from mine_welfare.publication import checks, machine
from mine_welfare.publication.machine import Need


def absent(package: str, purpose: str) -> Need:
    return Need(package, purpose, lambda: False)


def sqlite_at(file: Path, monkeypatch) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)})


def test_this_machine_is_in_order():
    assert run_checks(tags=[checks.TAG]) == []


def test_missing_libraries_are_named_with_the_line_that_installs_them(monkeypatch):
    lacking = (absent("libpango-1.0-0", "PDFの文字を組む"), absent("libpangoft2-1.0-0", "PDFの文字を組む"))
    monkeypatch.setattr(checks, "PDF_LIBRARIES", lacking)
    assert checks.pdf_libraries(None) == [
        Error(
            "PDFを作るためのシステムの部品がありません（PDFの文字を組む）。",
            hint="次の1行で入ります: sudo apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0",
            id="portal.E001",
        )
    ]


def test_missing_fonts_are_named_with_the_line_that_installs_them(monkeypatch):
    monkeypatch.setattr(checks, "PDF_FONTS", (absent("fonts-morisawa-bizud-mincho", "紙面の書体 BIZ UDP明朝"),))
    assert checks.pdf_fonts(None) == [
        Error(
            "PDFの書体がありません（紙面の書体 BIZ UDP明朝）。",
            hint="次の1行で入ります: sudo apt-get install -y --no-install-recommends fonts-morisawa-bizud-mincho",
            id="portal.E002",
        )
    ]


def test_a_data_folder_that_cannot_be_written_is_named(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path / "not" / "yet"
    sqlite_at(tmp_path / "none", monkeypatch)
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    assert [(found.msg, found.hint, found.id) for found in checks.folder_for_data(None)] == [
        (
            f"{tmp_path} に書き込めません。",
            f"持ち主を確かめてください: sudo chown -R $(id -un) {tmp_path}/not/yet",
            "portal.E003",
        )
    ]


def test_a_database_file_of_another_owner_is_named(settings, tmp_path, monkeypatch):
    file = tmp_path / "portal.sqlite3"
    file.touch()
    settings.VAR_DIR = tmp_path
    sqlite_at(file, monkeypatch)
    monkeypatch.setattr(os, "access", lambda place, mode: place != file)
    assert [found.msg for found in checks.folder_for_data(None)] == [f"{file} に書き込めません。"]


@pytest.mark.parametrize(
    ("debug", "https", "found"),
    [(False, False, []), (True, False, []), (False, True, []), (True, True, ["portal.E004"])],
)
def test_debugging_in_public_is_refused(settings, debug, https, found):
    settings.DEBUG, settings.HTTPS = debug, https
    assert [message.id for message in checks.no_debug_in_public(None)] == found


def test_a_short_key_is_a_warning(settings):
    settings.SECRET_KEY = "0" * 49
    (warning,) = checks.signing_key_is_long(None)
    assert isinstance(warning, Warning)
    assert warning.msg == "署名用の鍵が短すぎます（49文字。50文字以上が必要です）。"
    settings.SECRET_KEY = "0" * 50
    assert checks.signing_key_is_long(None) == []


class TestMachine:
    def test_a_library_is_there_when_it_can_be_loaded(self):
        assert machine.library("libc.so.6")()
        assert not machine.library("libno-such-thing.so.0")()

    def test_a_font_is_found_in_the_usual_folders(self, tmp_path, monkeypatch):
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / "A.ttf").touch()
        monkeypatch.setattr(machine, "FONT_FOLDERS", (str(tmp_path), "/no/such/folder"))
        monkeypatch.setattr(machine.shutil, "which", lambda name: None)
        assert machine.fonts("A.ttf")()
        assert not machine.fonts("A.ttf", "B.ttf")()

    def test_a_font_elsewhere_is_found_by_fontconfig(self, monkeypatch):
        listing = subprocess.CompletedProcess([], 0, stdout="/opt/fonts/A.ttf\n/opt/fonts/B.otf\n")
        monkeypatch.setattr(machine, "FONT_FOLDERS", ())
        monkeypatch.setattr(machine.shutil, "which", lambda name: "/usr/bin/fc-list")
        monkeypatch.setattr(machine.subprocess, "run", lambda *args, **kwargs: listing)
        assert machine.fonts("A.ttf")()
        assert not machine.fonts("A.ttf", "C.ttf")()

    def test_a_command_and_a_file_are_looked_up(self):
        assert machine.command("no-such-command", "sh")()
        assert not machine.command("no-such-command")()
        assert machine.file("/no/such/*", "/bin/s?")()
        assert not machine.file("/no/such/*")()

    def test_only_the_missing_packages_are_listed(self):
        here, away = Need("here", "", lambda: True), absent("away", "")
        assert machine.missing([here, away]) == [away]

    def test_bootstrap_can_run_it_before_anything_is_installed(self):
        done = subprocess.run(
            ["python3", "-I", "-S", "-X", "utf8", Path(machine.__file__), "test"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == ""
