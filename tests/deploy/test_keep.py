"""The keeper of the worker: real processes, killed as a machine without memory would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

KEEP = [sys.executable, str(settings.BASE_DIR / "deploy" / "keep.py")]
IN_TIME = 15  # seconds, on a loaded machine


@pytest.fixture
def starts(tmp_path: Path) -> Path:
    """Where each start of the program leaves its number."""
    return tmp_path / "starts"


@pytest.fixture
def command(starts: Path) -> list[str]:
    return [*KEEP, "sh", "-c", f"echo $$ >> {starts}; exec sleep 60"]


@pytest.fixture
def keeper(command) -> Iterator[subprocess.Popen]:
    running = subprocess.Popen(command)
    yield running
    running.kill()
    running.wait()


def wait_for(answer: Callable[[], object]) -> object:
    until = time.monotonic() + IN_TIME
    while time.monotonic() < until:
        if found := answer():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def numbers(starts: Path) -> list[int]:
    return [int(line) for line in starts.read_text().split()] if starts.exists() else []


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_killed_program_is_started_again_and_ends_with_its_keeper(keeper, starts):
    (first,) = wait_for(lambda: numbers(starts))
    os.kill(first, signal.SIGKILL)
    _, second = wait_for(lambda: numbers(starts)[1:] and numbers(starts))
    keeper.send_signal(signal.SIGINT)
    assert keeper.wait(IN_TIME) == 0
    assert (is_gone(first), is_gone(second)) == (True, True)


def test_a_keeper_left_alone_ends(command, starts):
    holder = subprocess.Popen([sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])", *command])
    (program,) = wait_for(lambda: numbers(starts))
    holder.kill()
    holder.wait()
    wait_for(lambda: is_gone(program))
