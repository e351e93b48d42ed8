"""The portal's own settings with one more address: a view that does nothing, to measure against."""

from mine_welfare.settings import *  # noqa: F403
from mine_welfare.settings import LOGGING

ROOT_URLCONF = "bench.urls"
# Refusals that a measurement provokes are counted by it, not read in the log.
LOGGING["loggers"] |= {name: {"level": "ERROR"} for name in ("django.request", "mine_welfare.refusals", "pikepdf")}
