"""How time and memory grow: the slope of each command from a thousand objects to a million, and over jobs.

The slope is that of a straight line through the logarithms: 1 is linear. It is told twice: over all sizes as they
are, and over the last tenfold with the cost of an almost empty run taken off, where starting up hides nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchmarks.bench import server
from benchmarks.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.bench import Bench
    from benchmarks.measure import Run

STEEPEST = 1.05
SHOWS = 1.1
"""How many times the almost empty run a figure must be for what is above it to be growth, not noise."""


def figures(bench: Bench) -> Iterator[Figure]:
    """`validate`, `plan` and `apply` over objects in one set, and over jobs with ten objects each."""
    objects = [1_000, 10_000, 100_000] if bench.quick else [1_000, 10_000, 100_000, 1_000_000]
    jobs = [100, 1_000] if bench.quick else [100, 1_000, 10_000]
    yield from _grown(bench, "objects", [(1, count) for count in objects])
    yield from _grown(bench, "jobs", [(count, 10) for count in jobs])


def _grown(bench: Bench, over: str, sizes: Sequence[tuple[int, int]]) -> Iterator[Figure]:
    steps: dict[str, Callable[..., Run]] = {
        "validate": lambda project: bench.jetplan("validate", "--no-cache", cwd=project),
        "plan, first": lambda project: bench.jetplan("plan", "--no-cache", cwd=project),
        "apply": lambda project: bench.jetplan("apply", "--no-cache", "--auto-approve", cwd=project),
        "plan, nothing to do": lambda project: bench.jetplan("plan", "--no-cache", cwd=project),
    }
    empty = _runs(bench, steps, (1, 1))
    grown = {size: _runs(bench, steps, size) for size in sizes}
    counts = [files if over == "jobs" else each for files, each in sizes]
    for name in steps:
        for count, size in zip(counts, sizes, strict=True):
            yield Figure("growth", f"{name}, {count:,} {over}, processor", grown[size][name].cpu)
            yield Figure("growth", f"{name}, {count:,} {over}, peak", grown[size][name].peak, "MiB")
        for what in ("cpu", "peak"):
            said = "time" if what == "cpu" else "memory"
            values = [getattr(grown[size][name], what) for size in sizes]
            yield Figure("growth", f"{name} over {over}, slope of {said}", slope(counts, values), "", goal=STEEPEST)
            start = getattr(empty[name], what)
            if values[-2] >= SHOWS * start:
                last = slope(counts[-2:], [value - start for value in values[-2:]])
                yield Figure("growth", "the same, last tenfold, start-up off", last, "", goal=STEEPEST)


def _runs(bench: Bench, steps: dict[str, Callable[..., Run]], size: tuple[int, int]) -> dict[str, Run]:
    project = bench.material("yaml", *size)
    with server(jobs=size[0]) as (url, _):
        bench.fresh(project, url)
        return {name: step(project) for name, step in steps.items()}


def slope(counts: Sequence[int], values: Sequence[float]) -> float:
    """The exponent of growth, by least squares over the logarithms."""
    xs, ys = [math.log(each) for each in counts], [math.log(each) for each in values]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)
