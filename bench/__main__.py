"""All measurements of the house in one run, each beside what it is measured against.

Prints a table and writes `bench/results.json`: rows of name, value, unit,
measured against, ratio. Absolute times belong to this machine on this day;
only the ratios are meant to be compared.
"""

import importlib
import json
import os
import pkgutil
import platform
from pathlib import Path

from . import parts
from .harness import Row, portal


def main() -> None:
    names = [module.name for module in pkgutil.iter_modules(parts.__path__)]
    only = os.environ.get("ONLY")
    rows: list[Row] = []
    with portal():
        for name in names:
            if only and name not in only.split(","):
                continue
            print(f"\n== {name}", flush=True)
            for row in importlib.import_module(f"bench.parts.{name}").measure():
                print(row, flush=True)
                rows.append(row)
    results = {"machine": f"{platform.machine()}, {os.cpu_count()} processors", "rows": [row.as_dict() for row in rows]}
    Path("bench/results.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")


# Processes that begin anew read this module once more.
if __name__ == "__main__":
    main()
