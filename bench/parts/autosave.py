"""200 writers whose browsers save what they type, on both databases: how long it takes, and that nothing is lost.

160 have a sheet of their own; 20 sheets are written by two at once, each
adding words of their own and reading again after a conflict, as the page does.
"""

import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.cluster import cluster
from bench.harness import Row, portal, server

ALONE, PAIRS, SAVES = 160, 20, 3
WORKERS = 3
TOKEN = "a" * 32  # both halves of the double-submitted token
VERSION = re.compile(r'name="version" value="(\d+)"')
RESULT = re.compile(r'<textarea name="result"[^>]*>\s*([^<]*)</textarea>')


@dataclass
class Writer:
    """One person at one sheet: what they add, what they last read, and what was answered."""

    number: int
    sheet: int
    cookie: str
    version: int = 0
    text: str = ""
    seconds: list[float] = field(default_factory=list)
    answers: Counter = field(default_factory=Counter)

    def ask(self, base: str, method: str, path: str, values: dict | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=120)
        body = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": TOKEN}) if values else None
        headers = {"Cookie": f"{self.cookie}; csrftoken={TOKEN}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.status, response.read().decode()
        connection.close()
        return answer

    def save(self, base: str, word: str) -> None:
        """Add `word` until it is saved."""
        while True:
            values = {"version": self.version, "result": f"{self.text} {word}".strip()}
            began = time.perf_counter()
            try:
                status, body = self.ask(base, "POST", f"/staff/entries/{self.sheet}/autosave/", values)
            except OSError:
                status, body = 0, ""
            self.seconds.append(time.perf_counter() - began)
            self.answers[status] += 1
            if status == 200:
                self.version, self.text = json.loads(body)["version"], values["result"]
                return
            if status != 409:
                return
            page = self.ask(base, "GET", f"/staff/entries/{self.sheet}/")[1]
            self.version, self.text = int(VERSION.search(page)[1]), RESULT.search(page)[1].strip()

    def words(self) -> list[str]:
        return [f"{self.number}-{place}" for place in range(SAVES)]

    def work(self, base: str, start: threading.Barrier, pause: float) -> None:
        start.wait()
        for word in self.words():
            time.sleep(random.uniform(0, 2 * pause))
            self.save(base, word)


def people() -> list[Writer]:
    """200 accounts, each 担当者 of the department whose sheet they write."""
    from bench.parts.pages import signed_in
    from measures.models import Entry
    from mine_welfare.accounts.models import User

    sheets = list(Entry.objects.filter(cycle__state="open", state__in=["empty", "draft", "returned"]).order_by("pk"))
    sheets = sheets[: ALONE + PAIRS]
    Entry.objects.filter(pk__in=[sheet.pk for sheet in sheets]).update(result="", planned="", rating=None)
    writers = []
    for number, sheet in enumerate([*sheets, *sheets[:PAIRS]]):
        user = User.objects.create(login_id=f"bench{number}-{time.time_ns()}", name=f"記入者{number}")
        user.memberships.create(role="writer", organization=sheet.organization)
        writers.append(Writer(number, sheet.pk, signed_in(user.login_id)[1], sheet.version))
    return writers


def lost(writers: list[Writer], before: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """(words that are missing, saves that were stored more or less than once)."""
    after, history = standing(writers)
    texts = {pk: text.split() for pk, (_, text) in after.items()}
    missing = sum(word not in texts[writer.sheet] for writer in writers for word in writer.words())
    saves = Counter()
    for writer in writers:
        saves[writer.sheet] += writer.answers[200]
    doubled = sum(after[pk][0] - before[pk][0] != saves[pk] or history[pk] - before[pk][1] != saves[pk] for pk in after)
    return missing, doubled


def standing(writers: list[Writer]) -> tuple[dict, dict]:
    """{sheet: (version, result)} and {sheet: rows of its history}."""
    from measures.models import Entry

    ids = {writer.sheet for writer in writers}
    sheets = {row.pk: (row.version, row.result) for row in Entry.objects.filter(pk__in=ids)}
    history = Counter(Entry.history.filter(id__in=ids).values_list("id", flat=True))
    return sheets, history


def under_load(name: str, pause: float) -> Iterator[Row]:
    writers = people()
    sheets, history = standing(writers)
    before = {pk: (version, history[pk]) for pk, (version, _) in sheets.items()}
    with server(workers=WORKERS) as base:
        start = threading.Barrier(len(writers) + 1)
        threads = [threading.Thread(target=writer.work, args=(base, start, pause)) for writer in writers]
        for thread in threads:
            thread.start()
        start.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
    answers = sum((writer.answers for writer in writers), Counter())
    milliseconds = sorted(1000 * each for writer in writers for each in writer.seconds)
    missing, doubled = lost(writers, before)
    words = f"{len(writers)} writers, {SAVES} saves each, {WORKERS} workers"
    yield Row(f"autosave {name}", len(milliseconds) / took, "requests/s", words)
    yield Row(f"autosave {name} p50", statistics.median(milliseconds), "ms")
    yield Row(f"autosave {name} p99", milliseconds[int(0.99 * len(milliseconds)) - 1], "ms")
    yield Row(f"autosave {name} designed conflicts", answers[409], "answers", f"of {PAIRS} sheets written by two")
    yield Row(f"autosave {name} errors", sum(answers.values()) - answers[200] - answers[409], "answers", "0")
    yield Row(f"autosave {name} lost words", missing, "words", f"0 of {SAVES * len(writers)}")
    yield Row(f"autosave {name} lost or doubled saves", doubled, "sheets", f"0 of {len(before)}")


def on_this_database() -> Iterator[Row]:
    from django.db import connection

    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    yield from under_load(f"{database}, all in the same instant", pause=0)
    yield from under_load(f"{database}, each every ten seconds", pause=10)


def measure() -> Iterator[Row]:
    yield from on_this_database()
    with cluster() as address:
        if address is None:
            return
        # Django knows one database for a process: the other has its own.
        environment = os.environ | {"DATABASE_URL": address}
        command = [sys.executable, "-m", "bench.parts.autosave"]
        out = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    for row in json.loads(out.splitlines()[-1]):
        yield Row(**row)


if __name__ == "__main__":
    with portal():
        print(json.dumps([row.as_dict() for row in on_this_database()]))
