"""`manage.py setup_portal`: from an empty data folder to a portal that can be served, and never twice."""

import fcntl
import io
import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from mine_welfare.accounts.models import User
from mine_welfare.publication.management.commands import setup_portal
from plans.models import Plan
from tests.factories import UserFactory

PLAN = """\
plan:
  slug: small
  current: true
  portal_name: 試しのポータル
  municipality: 例市
  short_title: {title}
  vision: ともに
  start_year: 2025
  end_year: 2029
actors: []
"""
CHANGED = (
    "計画のデータ（{folder}）が、読み込んだときから変わっています。読み込み直すには make load を"
    "実行してください（画面で直した内容は、ファイルの内容に置き換わります）。\n"
)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A plan of two small files."""
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "plan.yaml").write_text(PLAN.format(title="例の計画"))
    (folder / "organizations.yaml").write_text("organizations:\n- {slug: fukushi, name: 福祉課}\n")
    return folder


@pytest.fixture
def called(monkeypatch) -> list[str]:
    """The names of the commands that were called; those about tables and files do nothing here."""
    names = []

    def call(name, *args, **options):
        names.append(name)
        if name == "load_plan":
            call_command(name, *args, **options)
        if name == "collectstatic":
            (setup_portal.settings.STATIC_ROOT / "staticfiles.json").write_text("{}")

    monkeypatch.setattr(setup_portal, "call_command", call)
    return names


@pytest.fixture
def setup(db, settings, tmp_path, capsys, folder, called):
    """Runs the command on a data folder of its own, for a portal somebody can sign in to; returns what it said."""
    UserFactory()
    settings.VAR_DIR = tmp_path / "var"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()

    def run(*options: str) -> str:
        call_command("setup_portal", "--plan", str(folder), *options)
        return capsys.readouterr().out

    return run


@pytest.mark.django_db
class TestOnce:
    def test_an_empty_portal_gets_all_it_needs(self, setup, called):
        said = setup()
        assert said == (
            "データベースを用意しました。\n"
            "例の計画を読み込みました（施策 0、取組 0、本文 0節）。\n"
            "画面の部品（書体・様式）を集めています…\n"
        )
        assert called == ["migrate", "load_plan", "collectstatic"]
        assert Plan.objects.get().slug == "small"

    def test_the_second_time_it_does_nothing(self, setup, called):
        setup()
        called.clear()
        assert (setup(), called) == ("", [])

    def test_a_run_killed_before_its_last_step_is_finished(self, setup, called, settings):
        setup()
        called.clear()
        (settings.VAR_DIR / "migrated.stamp").unlink()
        (settings.STATIC_ROOT / "staticfiles.json").unlink()
        setup()
        assert called == ["migrate", "collectstatic"]

    def test_it_waits_for_another_start(self, setup, settings, monkeypatch):
        setup()
        locks = []

        def flock(turn, how):
            locks.append(how)
            if how & fcntl.LOCK_NB:
                raise BlockingIOError

        monkeypatch.setattr(setup_portal.fcntl, "flock", flock)
        assert setup() == "別の準備が進んでいます。終わるまで待ちます…\n"
        assert locks == [fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_EX]


@pytest.mark.django_db
class TestNobody:
    def test_a_portal_without_people_says_how_the_first_one_comes(self, setup):
        setup()
        User.objects.all().delete()
        assert setup("--no-demo") == f"{setup_portal.NOBODY}\n"
        User.objects.create_superuser("first", name="情報 担当")
        assert setup("--no-demo") == ""


@pytest.mark.django_db
class TestPlan:
    def test_changed_files_are_told_and_not_loaded(self, setup, folder):
        setup()
        (folder / "plan.yaml").write_text(PLAN.format(title="直した計画"))
        assert setup() == setup() == CHANGED.format(folder=folder)
        assert Plan.objects.get().short_title == "例の計画"

    def test_text_changed_in_the_browser_is_no_change_of_the_files(self, setup):
        setup()
        Plan.objects.update(short_title="画面で直した計画")
        assert setup() == ""

    def test_reload_takes_the_files(self, setup, folder):
        setup()
        (folder / "plan.yaml").write_text(PLAN.format(title="直した計画"))
        assert setup("--reload") == "直した計画を読み込みました（施策 0、取組 0、本文 0節）。\n"
        assert Plan.objects.get().short_title == "直した計画"
        assert setup() == ""

    def test_files_that_say_what_the_database_says_need_no_word(self, setup, folder, settings):
        setup()
        call_command("dump_plan", str(folder), stdout=io.StringIO())
        assert setup() == ""
        (settings.VAR_DIR / "loaded-plan.stamp").unlink()
        assert setup() == ""

    def test_a_faulty_plan_stops_the_start(self, setup, folder):
        (folder / "plan.yaml").write_text("plan: {}\n")
        with pytest.raises(CommandError, match=r"plan\.yaml 1行目: 「slug」がありません。"):
            setup()
        assert not Plan.objects.exists()


@pytest.mark.django_db
class TestDemonstration:
    @pytest.mark.parametrize(("option", "asked"), [("--demo", ["load_demo"]), ("--no-demo", [])])
    def test_it_is_loaded_only_when_asked(self, setup, called, monkeypatch, option, asked):
        setup()
        called.clear()
        monkeypatch.setattr(setup_portal, "get_commands", lambda: {"load_demo": "mine_welfare.publication"})
        setup(option)
        assert called == asked


class TestRefusals:
    @pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８０００", ""])
    def test_a_port_is_a_number(self, port):
        with pytest.raises(CommandError) as refused:
            setup_portal.refuse_busy(port)
        assert str(refused.value) == f"ポートは1から65535までの数で指定します（PORT={port}）。"

    def test_a_busy_port_is_named_before_any_work(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(CommandError) as refused:
                call_command("setup_portal", "--port", str(port))
        assert str(refused.value).startswith(f"ポート{port}は、ほかのプログラムが使っています。make run PORT=")
        assert setup_portal.refuse_busy(str(port)) is None

    def test_a_port_of_the_administrator_is_named(self, monkeypatch):
        def bind(probe, address):
            raise PermissionError

        monkeypatch.setattr(setup_portal.socket.socket, "bind", bind)
        with pytest.raises(CommandError) as refused:
            setup_portal.refuse_busy("80")
        assert str(refused.value) == "ポート80は管理者だけが使えます。PORT=8000 のように大きな数にしてください。"

    def test_an_interrupted_start_says_how_it_goes_on(self, settings, tmp_path, monkeypatch):
        def interrupt(command):
            raise KeyboardInterrupt

        settings.VAR_DIR = tmp_path
        monkeypatch.setattr(setup_portal.Command, "migrate", interrupt)
        with pytest.raises(CommandError, match="中断しました。もう一度実行すると、続きから始めます。") as stopped:
            call_command("setup_portal")
        assert stopped.value.returncode == 130

    def test_a_silent_database_is_named(self, monkeypatch):
        def silent(connection):
            raise OperationalError("connection refused")

        monkeypatch.setattr(setup_portal, "MigrationExecutor", silent)
        with pytest.raises(CommandError) as refused:
            setup_portal.Command().migrate()
        assert str(refused.value) == (
            "データベースにつながりません。DATABASE_URL とデータベースの状態を確かめてください。\n  connection refused"
        )
