"""`plan` of as many jobs as an account may have: the first time, with nothing to do, and with nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.bench import server
from benchmarks.figures import Anchor, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench

TERRAFORM = {"first": 18.9, "nothing": 25.7}
OCTODNS = {"first": 12.8, "nothing": 16.1}
"""Seconds to plan 10,000 resources that carry no objects: Terraform 1.11, and octoDNS 1.22 in 10,000 files."""


def figures(bench: Bench) -> Iterator[Figure]:
    """10,000 jobs of 20 KiB on the server, 10,000 files with 100 objects each."""
    files, objects = bench.size(10_000, 1_000), 100
    project = bench.material("yaml", files, objects)
    floor = bench.anchor("yaml_floor", "events", project / "manifests")
    with server(jobs=files) as (url, _):
        bench.fresh(project, url)
        first = bench.jetplan("plan", "--no-cache", cwd=project)
        bench.jetplan("apply", "--auto-approve", "--no-cache", "--parallelism", "10", cwd=project)
        cold = bench.jetplan("plan", "--no-cache", cwd=project)
        bench.jetplan("plan", cwd=project)
        warm = bench.jetplan("plan", cwd=project)
    name = f"plan {files:,} jobs, {files * objects:,} objects in {files:,} files"
    share = files / 10_000
    yield Figure("plan", f"{name}, first", first.wall, anchors=_peers("first", share, None, None))
    yield Figure("plan", f"{name}, nothing to do", cold.wall, anchors=_peers("nothing", share, 1 / 8, 1 / 5))
    yield Figure("plan", "the same, processor", cold.cpu, anchors=[Anchor("libyaml's events", floor.cpu)])
    yield Figure("plan", "the same, peak", max(first.peak, cold.peak), "MiB", goal=400)
    yield Figure("plan", f"{name}, unchanged", warm.wall, anchors=[Anchor("cold, in this run", cold.wall, 0.1)])
    yield Figure("plan", "the same, peak", warm.peak, "MiB")


def _peers(what: str, share: float, terraform: float | None, octodns: float | None) -> list[Anchor]:
    return [
        Anchor("Terraform 1.11, resources without objects", TERRAFORM[what] * share, terraform, measured=False),
        Anchor("octoDNS 1.22, records without objects", OCTODNS[what] * share, octodns, measured=False),
    ]
