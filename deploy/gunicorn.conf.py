"""How gunicorn serves the portal on one machine. Behind a web server the same file is used."""

import os
import subprocess
import sys

wsgi_app = "mine_welfare.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 2
threads = 4
worker_class = "gthread"
# Loaded once and shared by the workers: half the time to the first page.
preload_app = True
timeout = 120  # without a worker, a first reader waits for the plan book
graceful_timeout = 10
loglevel = "error"
control_socket_disable = True

OPENED = """
ポータルを開きました。
  公開ページ   http://{bind}/
  職員ページ   http://{bind}/staff/
終わるときは Ctrl-C を押してください。"""


def when_ready(server):
    # The worker that makes the papers lives and ends with the portal; one that was killed is started again.
    command = [sys.executable, "deploy/keep.py", sys.executable, "manage.py", "make_papers", "--with-parent"]
    server.papers = subprocess.Popen(command)  # noqa: S603 - our own program
    print(OPENED.format(bind=bind), flush=True)


def on_exit(server):
    papers = getattr(server, "papers", None)
    if papers and papers.poll() is None:
        papers.terminate()
        papers.wait(timeout=30)
