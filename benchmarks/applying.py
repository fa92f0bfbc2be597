"""`apply`: a million objects to a server that answers at once, and a thousand jobs to one that takes its time."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from benchmarks.bench import server
from benchmarks.figures import Anchor, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench

LATENCY = 0.05
PARALLELISM = 32
ANSIBLE = 0.33
"""Seconds an item of Ansible's `uri`."""
TERRAFORM = 34.0
"""Seconds of Terraform 1.11 for 1,000 resources; it grows with the square."""


def figures(bench: Bench) -> Iterator[Figure]:
    """One big set, many small ones, and the wire's bound."""
    yield from _objects(bench, 1, bench.size(1_000_000, 100_000))
    yield from _objects(bench, bench.size(10_000, 1_000), 100)
    yield from _latency(bench, bench.size(1_000, 200))


def _objects(bench: Bench, sets: int, objects: int) -> Iterator[Figure]:
    project = bench.material("yaml", sets, objects)
    bench.jetplan("validate", cwd=project)
    share = sets * objects / 1_000_000
    with server() as (url, told):
        bench.fresh(project, url)
        taken = bench.jetplan("apply", "--auto-approve", cwd=project)
    if told != {"created": sets, "deliveries": max(sets, sets * objects // 10_000)}:
        raise AssertionError(f"the server was told {told}")
    name = f"apply {sets * objects:,} objects in {sets:,} {'sets' if sets > 1 else 'set'}"
    yield Figure("apply", f"{name}, manifests known", taken.wall, goal=10 * share)
    yield Figure("apply", "the same, processor", taken.cpu)
    yield Figure("apply", "the same, peak", taken.peak, "MiB")
    if sets == 1:
        yield from _ledger(bench, objects, share)


def _ledger(bench: Bench, objects: int, share: float) -> Iterator[Figure]:
    said = json.loads(bench.anchor("ledger_work", "record", objects).output)
    yield Figure("apply", f"of it the ledger, {objects:,} objects", said["seconds"], goal=1.0 * share)


def _latency(bench: Bench, jobs: int) -> Iterator[Figure]:
    project = bench.material("yaml", jobs, 1)
    with server(latency=LATENCY) as (url, told):
        bench.fresh(project, url)
        taken = bench.jetplan("apply", "--auto-approve", "--parallelism", str(PARALLELISM), cwd=project)
        threads = bench.anchor("posts", "requests", url, jobs, PARALLELISM)
        few = min(jobs, 20)
        curl = bench.anchor("posts", "curl", url, few, 1) if shutil.which("curl") else None
    if told["created"] < jobs:
        raise AssertionError(f"the server was told {told}")
    bound = 2 * -(-jobs // PARALLELISM) * LATENCY
    anchors = [
        Anchor(f"the bound of {PARALLELISM} at a time", bound, 1.15),
        Anchor("requests, a session a thread, no ledger", threads.wall),
        Anchor("Ansible's `uri`, an item after the other", ANSIBLE * 2 * jobs, 1 / 100, measured=False),
        Anchor("Terraform 1.11, as many resources", TERRAFORM * (jobs / 1_000) ** 2, measured=False),
    ]
    if curl:
        anchors.insert(2, Anchor(f"the vendor's steps in curl, from {few} jobs", curl.wall / few * jobs, 1 / 25))
    yield Figure("apply", f"apply {jobs:,} jobs and deliveries at 50 ms", taken.wall, anchors=anchors)
