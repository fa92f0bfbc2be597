"""Reading many YAML files strictly, with positions, beside the floor and beside loaders that check nothing."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.figures import Anchor, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench


def figures(bench: Bench) -> Iterator[Figure]:
    """`validate` of many files of ten objects, without and with what was read before."""
    files = bench.size(10_000, 1_000)
    project = bench.material("yaml", files, 10)
    manifests = project / "manifests"
    floor = bench.anchor("yaml_floor", "events", manifests)
    taken = bench.jetplan("validate", "--no-cache", cwd=project)
    loaders = [
        ("ruamel", "ruamel.yaml `safe`, C parser"),
        *([("pyyaml", "PyYAML, C parser")] if find_spec("yaml") else []),
    ]
    company = [Anchor(name, bench.anchor("yaml_floor", way, manifests).cpu) for way, name in loaders]
    name = f"validate {files:,} files of 10 objects"
    yield Figure(
        "validate", f"{name}, processor", taken.cpu, anchors=[Anchor("libyaml's events", floor.cpu, 2), *company]
    )
    yield Figure("validate", f"{name}, clock", taken.wall, anchors=[Anchor("libyaml's events", floor.wall, 1)])
    yield Figure("validate", f"{name}, peak", taken.peak, "MiB")
    bench.jetplan("validate", cwd=project)
    again = bench.jetplan("validate", cwd=project)
    yield Figure("validate", f"{name}, unchanged", again.wall, anchors=[Anchor("the first time", taken.wall)])
