"""Keeps one program alive: `keep.py COMMAND …` starts it again whenever it ends, with growing pauses.

It ends, and the program with it, when it is told to or when whoever started it
is gone. Knows nothing of the portal, so that it costs no memory.
"""

import os
import signal
import subprocess
import sys
import time

LOOK = 0.5  # seconds between two looks
SHORTEST, LONGEST = 1, 300  # seconds before the next start
SETTLED = 60  # seconds after which a start counts as a good one
PATIENCE = 20  # seconds the program has for ending by itself


class Told(Exception):
    """To end now."""


def watch(program: subprocess.Popen, parent: int) -> None:
    """Return when the program has ended; Told when its keeper is alone."""
    while program.poll() is None:
        pause(LOOK, parent)


def pause(seconds: float, parent: int) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if os.getppid() != parent:
            raise Told
        time.sleep(min(left, LOOK))


def end(program: subprocess.Popen) -> None:
    program.terminate()
    try:
        program.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def told(*_: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # once is enough
    raise Told


def main(command: list[str]) -> None:
    parent, wait, program = os.getppid(), SHORTEST, None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    try:
        while True:
            began = time.monotonic()
            program = subprocess.Popen(command)  # noqa: S603 - what the configuration says
            watch(program, parent)
            wait = SHORTEST if time.monotonic() - began > SETTLED else min(2 * wait, LONGEST)
            pause(wait, parent)
    except Told:
        if program:
            end(program)


if __name__ == "__main__":
    main(sys.argv[1:])
