"""Everything between an installed portal and a running one, in one process; does only what is not yet done."""

import fcntl
import filecmp
import hashlib
import socket
import tempfile
from argparse import BooleanOptionalAction
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from mine_welfare.accounts.models import User
from mine_welfare.publication import checks, planfile
from plans.models import Plan

NOBODY = """
まだ、だれもサインインできません。はじめの1人（システム管理）を、次の1行で登録してください。
  .venv/bin/python manage.py createsuperuser
その人が職員ページで「事務局」の人を加えると、事務局が、ほかの利用者と年度を用意できます。"""


class Command(BaseCommand):
    help = "ポータルを使える状態にします（データベース、計画、画面の部品、デモ）。済んでいることは繰り返しません。"
    requires_system_checks = [checks.TAG]

    def add_arguments(self, parser):
        parser.add_argument("--port", help="このあと使うポート。ふさがっていれば、ここで止めます")
        parser.add_argument(
            "--plan", type=Path, default=settings.BASE_DIR / "fixtures/plan3", metavar="DIR", help="計画のフォルダー"
        )
        parser.add_argument("--reload", action="store_true", help="計画を読み込み直します")
        parser.add_argument(
            "--demo", action=BooleanOptionalAction, default=False, help="デモの利用者と年度を用意します"
        )

    def handle(self, *, port: str | None, plan: Path, reload: bool, demo: bool, **options):
        if port is not None:
            refuse_busy(port)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with self.alone():
                self.migrate()
                self.load(plan, again=reload)
                self.collect_static()
                if demo and "load_demo" in get_commands():
                    call_command("load_demo", stdout=self.stdout)
                elif not User.objects.exists():
                    self.stdout.write(NOBODY)
        except KeyboardInterrupt as stop:
            raise CommandError("中断しました。もう一度実行すると、続きから始めます。", returncode=130) from stop

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Two starts at once take turns: the second finds the work done."""
        with (settings.VAR_DIR / "setup.lock").open("w") as turn:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.stdout.write("別の準備が進んでいます。終わるまで待ちます…")
                fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def migrate(self) -> None:
        try:
            executor = MigrationExecutor(connection)
        except OperationalError as error:
            raise CommandError(
                f"データベースにつながりません。DATABASE_URL とデータベースの状態を確かめてください。\n  {error}"
            ) from error
        targets = executor.loader.graph.leaf_nodes()
        # The stamp is written last: a run killed between the tables and the permissions is finished here.
        done = Stamp("migrated", fingerprint(map(repr, targets)))
        if executor.migration_plan(targets) or not done.holds():
            call_command("migrate", interactive=False, verbosity=0)
            done.set()
            self.stdout.write("データベースを用意しました。")

    def load(self, folder: Path, *, again: bool) -> None:
        """Load the plan into an empty portal. One that is there is left alone: the secretariat may have edited it."""
        done = Stamp("loaded-plan", fingerprint(path.read_bytes() for path in sorted(folder.glob("*.yaml"))))
        if again or not Plan.objects.exists():
            call_command("load_plan", folder, stdout=self.stdout)
            done.set()
        elif not done.holds():
            if any(stands_in(folder, plan) for plan in Plan.objects.all()):
                done.set()
                return
            self.stdout.write(
                f"計画のデータ（{folder}）が、読み込んだときから変わっています。読み込み直すには make load を"
                "実行してください（画面で直した内容は、ファイルの内容に置き換わります）。"
            )

    def collect_static(self) -> None:
        done = Stamp("collected-static", fingerprint(static_files()))
        if not done.holds() or not (settings.STATIC_ROOT / "staticfiles.json").exists():
            self.stdout.write("画面の部品（書体・様式）を集めています…")
            call_command("collectstatic", interactive=False, verbosity=0)
            done.set()


class Stamp:
    """What a step last worked on, as a file in the data folder."""

    def __init__(self, name: str, value: str):
        self.path, self.value = settings.VAR_DIR / f"{name}.stamp", value

    def holds(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.value

    def set(self) -> None:
        self.path.write_text(self.value)


def fingerprint(parts: Iterable[str | bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()


def static_files() -> Iterator[str]:
    """Each static file of every app, with size and time of change."""
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            yield f"{name} {stat.st_size} {stat.st_mtime_ns}"


def stands_in(folder: Path, plan: Plan) -> bool:
    """Whether the files of `folder` say exactly what the database says about `plan`."""
    with tempfile.TemporaryDirectory() as copy:
        written = {path.name for path in planfile.dump_folder(plan, Path(copy))}
        given = {path.name for path in folder.glob("*.yaml")}
        return written == given and not any(filecmp.cmpfiles(copy, folder, given, shallow=False)[1:])


def refuse_busy(port: str) -> None:
    """CommandError unless a server can listen on 127.0.0.1:`port`."""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise CommandError(f"ポートは1から65535までの数で指定します（PORT={port}）。")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except PermissionError as error:
            raise CommandError(
                f"ポート{port}は管理者だけが使えます。PORT=8000 のように大きな数にしてください。"
            ) from error
        except OSError as error:
            raise CommandError(
                f"ポート{port}は、ほかのプログラムが使っています。make run PORT={int(port) % 65535 + 1} のように、"
                "別の番号を付けて実行してください。"
            ) from error
