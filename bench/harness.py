"""What every measurement needs: a loaded portal of its own, servers, load, and rows of results."""

import contextlib
import io
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

SECONDS = int(os.environ.get("SECONDS_EACH", "4"))


@dataclass
class Row:
    """One figure. `ratio` is value / against, as the issue that asks for it words it."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None

    def __str__(self):
        ratio = f"  {self.ratio:.2f} ×" if self.ratio is not None else ""
        return f"  {self.name:<58}{self.value:>12,.2f} {self.unit:<10}{ratio}  {self.against}"

    def as_dict(self) -> dict:
        return asdict(self)


@contextlib.contextmanager
def portal() -> Iterator[Path]:
    """A portal with the whole plan and the demonstration, in a folder that goes with the run."""
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    os.environ |= {
        "PORTAL_VAR": str(folder),
        "PORTAL_SECRET_KEY": "only-for-measuring-" + "0" * 40,
        "PORTAL_DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("load_plan", "fixtures/plan3", verbosity=0, stdout=io.StringIO())
        call_command("load_demo", verbosity=0, stdout=io.StringIO())
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def timed(work: Callable[[], object], times: int = 3) -> float:
    """Median seconds of `work` over `times` runs."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def peak_memory(arguments: list[str]) -> tuple[float, float]:
    """(seconds, MB at most) of a command and every process it begins; what they share counts for each."""
    began, most = time.perf_counter(), 0.0
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None:
        most = max(most, _memory_of_session(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return time.perf_counter() - began, most


def _memory_of_session(session: int) -> float:
    pages = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name of the command stands in brackets and may hold spaces; after it: state, parent, group, session.
            fields = file.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                pages += int(fields[21])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


@contextlib.contextmanager
def server(workers: int) -> Iterator[str]:
    """gunicorn with sync workers on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "--workers", str(workers), "--log-level", "error"])
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{base}/bench/bare/", timeout=1)
                break
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait()


@dataclass
class Load:
    """What wrk saw: requests per second, and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def load(url: str, connections: int = 4, cookie: str = "") -> Load:
    """wrk on `url` for a few seconds; RuntimeError when any answer was not 200."""
    command = ["wrk", "--latency", "-t2", f"-c{connections}", f"-d{SECONDS}s"]
    if cookie:
        command += ["-H", f"Cookie: {cookie}"]
    out = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise RuntimeError(f"{url}: {out}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    return Load(rate, _milliseconds(out, "50%"), _milliseconds(out, "99%"))


def _milliseconds(out: str, quantile: str) -> float:
    number, unit = re.search(rf"{quantile}\s+([\d.]+)(us|ms|s)", out).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
