"""A million objects in one file: YAML, CSV and JSON Lines, the first time and when nothing changed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.bench import server
from benchmarks.figures import Anchor, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.bench import Bench


def figures(bench: Bench) -> Iterator[Figure]:
    """Each format by itself."""
    objects = bench.size(1_000_000, 100_000)
    share = objects / 1_000_000
    with server() as (url, _):
        for kind in ("yaml", "csv", "jsonl"):
            yield from _of_kind(bench, kind, objects, share, url)


def _of_kind(bench: Bench, kind: str, objects: int, share: float, url: str) -> Iterator[Figure]:
    project = bench.material(kind, 1, objects)
    validated = bench.jetplan("validate", "--no-cache", cwd=project)
    bench.fresh(project, url)
    planned = bench.jetplan("plan", "--no-cache", cwd=project)
    bench.jetplan("plan", cwd=project)
    again = bench.jetplan("plan", cwd=project)
    name = f"{objects:,} objects in one file of {kind}"
    anchors = _anchors(bench, kind, project)
    yield Figure("one file", f"validate {name}", validated.cpu, anchors=anchors)
    first = None if kind == "yaml" else 5 * share
    yield Figure("one file", f"plan {name}", planned.wall, goal=first)
    yield Figure("one file", "the same, peak", planned.peak, "MiB", goal=700 if kind == "yaml" else 300)
    yield Figure("one file", "the same, unchanged", again.wall, goal=None if kind == "yaml" else 2.5 * share)


def _anchors(bench: Bench, kind: str, project: Path) -> list[Anchor]:
    manifests = project / "manifests"
    if kind == "yaml":
        floor = Anchor("libyaml's events", bench.anchor("yaml_floor", "events", manifests).cpu, 2.5)
        if not find_spec("yaml"):
            return [floor]
        return [floor, Anchor("PyYAML, C parser", bench.anchor("yaml_floor", "pyyaml", manifests).cpu)]
    way, said = ("csv", "the csv module, rows only") if kind == "csv" else ("msgspec", "msgspec, typed lines")
    (file,) = manifests.glob(f"*.{kind}")
    return [Anchor(said, bench.anchor("list_floor", way, file).cpu)]
