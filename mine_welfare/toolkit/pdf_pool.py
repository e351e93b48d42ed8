"""The engine in processes of its own: as many papers at a time as the machine has processors.

Each begins from nothing, never as a copy of a server's process with its
threads and locks; that takes a second, so it is for long papers alone.
"""

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from typing import Any, Self

import django
from django.conf import settings

MOST = 4  # each holds up to 0.2 GB
# Characters of HTML that take the engine longer than its processes take to begin.
WORTH_IT = 80_000
# What a process that begins anew would otherwise read from the environment alone.
PLACES = ("STATIC_ROOT", "STATIC_URL", "MEDIA_ROOT", "MEDIA_URL")

Job = tuple[Callable[[str], Any], str]


class Engines:
    """`with Engines() as engines`: the processes begin with the first work worth it, and end with the block."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def run(self, jobs: Sequence[Job]) -> Iterator[Any]:
        """What each function makes of its HTML, in the order of `jobs`."""
        if not _worth_it([html for _, html in jobs]):
            yield from (work(html) for work, html in jobs)
            return
        # The longest first: nobody waits at the end for one that began late.
        order = sorted(range(len(jobs)), key=lambda place: len(jobs[place][1]), reverse=True)
        pool = self._processes()
        begun = {place: pool.submit(_clean, *jobs[place]) for place in order}
        yield from (begun[place].result() for place in range(len(jobs)))

    def in_turn(self, work: Callable[[str], Any], documents: Iterable[str]) -> Iterator[Any]:
        """What `work` makes of each document in turn. No more of them are asked for than there are processes."""
        rest = iter(documents)
        first = list(islice(rest, size()))
        if not _worth_it(first):
            yield from map(work, chain(first, rest))
            return
        begun = deque(self._processes().submit(_clean, work, html) for html in first)
        while begun:
            yield begun.popleft().result()
            begun.extend(self._processes().submit(_clean, work, html) for html in islice(rest, 1))

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            places = {name: getattr(settings, name) for name in PLACES}
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(size(), context, initializer=_begin, initargs=(places,))
        return self._pool


def _worth_it(documents: list[str]) -> bool:
    return len(documents) > 1 and sum(map(len, documents)) >= WORTH_IT


def _clean(work: Callable[[str], Any], html: str) -> Any:
    """What `work` makes of it. What one paper leaves behind is not carried into the next."""
    try:
        return work(html)
    finally:
        gc.collect()


def size() -> int:
    return min(MOST, len(os.sched_getaffinity(0)))


def _begin(places: dict[str, str]) -> None:
    django.setup()
    for name, value in places.items():
        setattr(settings, name, value)
