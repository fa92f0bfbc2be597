"""`python -m benchmarks [--quick] [FAMILY…]`: measure, print a table, write JSON, add a line to the history."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from benchmarks.bench import HERE, HOME, Bench
from benchmarks.figures import Figure, record, table

FAMILIES = {
    "startup": "starting up",
    "validating": "validate",
    "planning": "plan of 10,000 jobs",
    "onefile": "a million objects in one file",
    "keeping": "the ledger",
    "applying": "apply",
    "growth": "how time and memory grow",
}


def main() -> int:
    """Measure the families asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: a look, not a measurement")
    parser.add_argument("--json", type=Path, help="where to write the figures too")
    parser.add_argument("--history", type=Path, default=HERE / "history.jsonl", help="where a line is added")
    asked = parser.parse_args()
    unknown = set(asked.families) - set(FAMILIES)
    if unknown:
        parser.error(f"no such family: {', '.join(sorted(unknown))}")
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="jetplan-benchmark-") as folder:
        bench = Bench(Path(folder), asked.quick)
        for name in asked.families or FAMILIES:
            print(f"{name}: {FAMILIES[name]} ...", file=sys.stderr, flush=True)
            began = time.monotonic()
            some = list(import_module(f"benchmarks.{name}").figures(bench))
            print(table(some), flush=True)
            print(f"({name} took {time.monotonic() - began:.0f} s)\n", file=sys.stderr, flush=True)
            found += some
    line = {**_circumstances(quick=asked.quick), "figures": record(found)}
    if asked.json:
        asked.json.write_text(json.dumps(line, indent=2) + "\n")
    with asked.history.open("a") as history:
        history.write(json.dumps(line) + "\n")
    goals = [met for each in found for met in each.verdicts()]
    print(f"{sum(goals)} of {len(goals)} goals met")
    return 0


def _circumstances(*, quick: bool) -> dict[str, object]:
    """When, what and on what: enough to know which lines of the history can be compared."""
    said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HOME, capture_output=True, text=True, check=False)
    return {
        "on": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": said.stdout.strip(),
        "quick": quick,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


if __name__ == "__main__":
    sys.exit(main())
