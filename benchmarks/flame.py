"""Writes a flame graph of one scenario: `python -m benchmarks.flame SCENARIO [--files N] [--objects N]`.

py-spy looks at the process from outside, a few hundred times a second, so what is seen is what runs without it.
Width is time; open the SVG in a browser.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bench import HOME, OWN, Bench, server

SCENARIOS = {
    "validate": "manifests read, none of them known",
    "plan": "plan with nothing to do, manifests read",
    "plan-first": "plan where everything is to be done",
    "plan-warm": "plan with nothing to do, manifests unchanged",
    "apply": "everything is done",
}
_RATE = 250


def main() -> int:
    """Make what the scenario needs, then run it under py-spy."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flame", description=__doc__.partition("\n")[0])
    parser.add_argument("scenario", choices=SCENARIOS, help="; ".join(f"{k}: {v}" for k, v in SCENARIOS.items()))
    parser.add_argument("--files", type=int, default=2_000, help="manifests, each with a job and a set")
    parser.add_argument("--objects", type=int, default=100, help="objects in each")
    parser.add_argument("--threads", action="store_true", help="each thread by itself, waiting included")
    parser.add_argument("--out", type=Path, help="default: .bench/SCENARIO.svg")
    asked = parser.parse_args()
    out = asked.out or HOME / ".bench" / f"{asked.scenario}.svg"
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="jetplan-profile-") as folder:
        bench = Bench(Path(folder))
        project = bench.material("yaml", asked.files, asked.objects)
        with server(jobs=asked.files) as (url, _):
            _record(prepare(bench, asked.scenario, project, url), out.resolve(), project, url, threads=asked.threads)
    print(f"wrote {out}")
    return 0


def prepare(bench: Bench, scenario: str, project: Path, url: str) -> list[str]:
    """Bring a project to where the scenario begins; the command line to be looked at."""
    bench.fresh(project, url)
    if scenario in {"plan", "plan-warm"}:
        bench.jetplan("apply", "--auto-approve", cwd=project, api=url)
    if scenario == "plan-warm":
        bench.jetplan("plan", cwd=project, api=url)
        return ["plan"]
    command = scenario.partition("-")[0]
    return [command, "--no-cache", *(["--auto-approve"] if command == "apply" else [])]


def _record(arguments: list[str], out: Path, project: Path, url: str, *, threads: bool) -> None:
    spy = Path(sys.executable).with_name("py-spy")
    if not spy.exists():
        raise SystemExit("py-spy is not installed: pip install 'jetplan[bench]'")
    looking = [
        str(spy),
        "record",
        "--rate",
        str(_RATE),
        "--output",
        str(out),
        *(["--threads", "--idle"] if threads else []),
    ]
    subprocess.run(
        [*looking, "--", sys.executable, "-m", "jetplan", *arguments],
        cwd=project,
        env={**os.environ, **OWN, "JETPLAN_API_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
