"""`make fuzz`: inputs near the seeds, for each reader in its share of a bounded time. What breaks one becomes a seed.

    PYTHONPATH=tests/shared python -m tests.fuzz --seconds 60 --reader manifest --reader csv

Exits 1 if a reader was broken. The input is shrunk and kept in tests/fuzz/seeds, where the suite plays it ever after.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.inputs import SEEDS, near
from tests.fuzz.readers import READERS, Reader, answers

AT_ONCE = 200


@dataclass
class Fuzzing:
    """One reader and what was tried on it. `broken`: the smallest input that broke it, and how."""

    name: str
    reader: Reader
    folder: Path
    tried: int = 0
    taken: int = 0
    last: bytes = b""
    broken: str = field(default="")

    def run(self, until: float, first_seed: int) -> None:
        """Try inputs until the time is over or the reader is broken."""
        number = first_seed
        while time.monotonic() < until and not self.broken:
            self._round(number)
            number += 1

    def _round(self, number: int) -> None:
        @seed(number)
        @settings(
            max_examples=AT_ONCE,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(near(self.name))
        def tried(data: bytes) -> None:
            self.last = data
            self.tried += 1
            self.taken += answers(self.reader, data, self.folder)

        try:
            tried()
        except Exception as error:  # noqa: BLE001 - whatever is raised is what is looked for
            self.broken = "".join(traceback.format_exception(error, limit=-6))
            self.keep()

    def keep(self) -> None:
        """Write the input that broke the reader beside its seeds."""
        (SEEDS / self.name).mkdir(exist_ok=True)
        (SEEDS / self.name / f"broke-{sha256(self.last).hexdigest()[:12]}").write_bytes(self.last)


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="for all readers together (default 120)")
    parser.add_argument("--reader", action="append", choices=sorted(READERS), help="only this one; repeatable")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9, help="begins with this one")
    asked = parser.parse_args()
    names = asked.reader or list(READERS)
    print(f"seed {asked.seed}, {asked.seconds / len(names):.1f} s each")
    broken = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            fuzzing = Fuzzing(name, READERS[name], Path(folder))
            fuzzing.run(time.monotonic() + asked.seconds / len(names), asked.seed)
        broken += bool(fuzzing.broken)
        said = "BROKEN" if fuzzing.broken else "held"
        print(f"{name:16} {said:6} {fuzzing.tried:8,} inputs, {fuzzing.taken:,} taken")
        print(fuzzing.broken, end="", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
