"""How gunicorn serves the portal on one machine. Behind a web server the same file is used."""

import os

wsgi_app = "mine_welfare.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 2
threads = 4
worker_class = "gthread"
# Loaded once and shared by the workers: half the time to the first page.
preload_app = True
timeout = 120  # the plan book and the annual report are drawn on request
graceful_timeout = 10
loglevel = "error"
control_socket_disable = True

OPENED = """
ポータルを開きました。
  公開ページ   http://{bind}/
  職員ページ   http://{bind}/staff/
終わるときは Ctrl-C を押してください。"""


def when_ready(server):
    print(OPENED.format(bind=bind), flush=True)
