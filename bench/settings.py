"""The portal's own settings with one more address: a view that does nothing, to measure against."""

from mine_welfare.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
