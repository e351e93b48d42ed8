"""Loading and writing the whole plan."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from bench.harness import Row, timed
from mine_welfare.publication import planfile
from plans.models import Plan

FOLDER = Path("fixtures/plan3")


def read_only() -> None:
    """The YAML library alone on the same files."""
    for path in FOLDER.glob("*.yaml"):
        yaml.compose(path.read_text(), Loader=yaml.SafeLoader)


def measure() -> Iterator[Row]:
    parsing = timed(read_only)
    loading = timed(lambda: planfile.load(FOLDER))
    yield Row("load_plan of the whole plan, again", loading, "s", f"YAML alone {parsing:.2f} s", loading / parsing)
    with tempfile.TemporaryDirectory() as folder:
        writing = timed(lambda: planfile.dump_folder(Plan.objects.current(), Path(folder)))
    yield Row("dump_plan of the whole plan", writing, "s")
