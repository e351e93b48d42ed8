"""The worker as a command; `deploy/serve` starts it beside the portal."""

import os
import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from mine_welfare.publication import public_papers, worker

PAUSE = 1.0  # seconds between two looks for work


class Command(BaseCommand):
    help = "頼まれた資料（PDF）を順に作ります。ポータルと一緒に動かしておきます。"

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="いま待っているものだけを作って終わります")
        parser.add_argument("--with-parent", action="store_true", help="始めたプログラムが終わったら、終わります")

    def handle(self, *, once: bool, with_parent: bool, **options):
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        parent = os.getppid()
        with worker.alone() as is_alone:
            if not is_alone:
                raise CommandError("資料を作るプログラムは、もう動いています。")
            worker.take_up_orphans()
            seen = None
            while not stop.is_set() and not (with_parent and os.getppid() != parent):
                close_old_connections()
                if worker.work_once():
                    continue
                if (now := public_papers.edition_now()) != seen:
                    public_papers.make_missing()
                    seen = now
                if once:
                    return
                stop.wait(PAUSE)
