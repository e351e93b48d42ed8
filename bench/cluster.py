"""A private PostgreSQL that lives for one measurement, as `tests/run` starts one for the suite."""

import contextlib
import glob
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


def _as_owner(*command: str) -> None:
    """PostgreSQL refuses to run as root."""
    owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*owner, *command], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def cluster() -> Iterator[str | None]:
    """The address of an empty database; None where no PostgreSQL is installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not found:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-postgresql-"))
    password, data = secrets.token_hex(16), str(folder / "data")
    (folder / "password").write_text(password)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if os.geteuid() == 0:
        for path in (folder, folder / "password"):
            shutil.chown(path, "postgres")
    account = ["--username", "portal", "--pwfile", str(folder / "password"), "--auth", "scram-sha-256"]
    # Safe on disk, as in the city hall: a save counts when it would survive a power failure.
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''"
    _as_owner(f"{found[-1]}/initdb", "--pgdata", data, *account, "--encoding", "UTF8", "--locale", "C.UTF-8")
    control = (f"{found[-1]}/pg_ctl", "--pgdata", data, "--silent", "--wait")
    _as_owner(*control, "--log", str(folder / "log"), "--options", options, "start")
    # A run that is ended from outside takes its server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield f"postgres://portal:{password}@127.0.0.1:{port}/postgres"
    finally:
        _as_owner(*control, "--mode", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)
