"""The ledger by itself: what it takes to record, to compare and to find, beside a row for each object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.figures import Anchor, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench


def figures(bench: Bench) -> Iterator[Figure]:
    """A million objects recorded and compared; one found among ten million."""
    count, many = bench.size(1_000_000, 100_000), bench.size(10_000_000, 1_000_000)
    plain = json.loads(bench.anchor("ledger_work", "rows", count).output)
    recorded = json.loads(bench.anchor("ledger_work", "record", count).output)
    compared = json.loads(bench.anchor("ledger_work", "difference", count).output)
    found = json.loads(bench.anchor("ledger_work", "find", many).output)
    a_row = Anchor("SQLite, a row an object, in one transaction", plain["seconds"])
    rows = Anchor("SQLite, rows into Python sets", plain["difference"])
    yield Figure("ledger", f"record {count:,} objects, claim to settled", recorded["seconds"], anchors=[a_row])
    yield Figure("ledger", "the same, on disk", recorded["bytes"] / (1 << 20), "MiB")
    yield Figure("ledger", f"difference of {count:,}, key by key", compared["seconds"], anchors=[rows])
    yield Figure("ledger", f"digest of {count:,}, which an equal set needs only", compared["digest"], anchors=[rows])
    yield Figure("ledger", f"history of one object among {many:,}", found["history"], goal=0.1)
    yield Figure("ledger", f"overlap of 100 objects with {many:,}", found["overlap"], goal=1.0)
