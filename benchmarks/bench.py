"""What every family of figures works with: a scratch folder, how big to measure, how to run jetplan and a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Run, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
HOME = HERE.parent
OWN = {
    "JETPLAN_CLIENT_ID": "benchmark",
    "JETPLAN_CLIENT_SECRET": "benchmark",
    "PYTHONPATH": str(HOME),
    "CI": "",
    "NO_COLOR": "1",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """`quick` measures a tenth or less of everything; `folder` is thrown away at the end."""

    folder: Path
    quick: bool = False

    def size(self, whole: int, quick: int) -> int:
        """How many to measure with."""
        return quick if self.quick else whole

    def anchor(self, name: str, *arguments: str | Path | int) -> Run:
        """Run one of the scripts in `anchors/`."""
        return run([sys.executable, HERE / "anchors" / f"{name}.py", *map(str, arguments)], env=OWN)

    def material(self, *arguments: str | int) -> Path:
        """A project folder with made-up manifests, made once for all families; see `material`."""
        place = self.folder / "-".join(map(str, arguments))
        if not place.exists():
            run([sys.executable, "-m", "benchmarks.material", place, *map(str, arguments)], cwd=HOME)
        return place

    def jetplan(self, *arguments: str, cwd: Path, api: str = "", codes: Sequence[int] = (0,)) -> Run:
        """Run jetplan in a project folder."""
        env = {**OWN, **({"JETPLAN_API_URL": api} if api else {})}
        return run([sys.executable, "-m", "jetplan", *arguments], cwd=cwd, env=env, codes=codes)

    def fresh(self, project: Path, api: str) -> None:
        """Give a project folder an empty ledger, pinned, and no cache."""
        for name in ("jetplan.yaml", ".jetplan"):
            subprocess.run(["rm", "-rf", project / name], check=True)
        self.jetplan("init", cwd=project, api=api)


@contextmanager
def server(*, jobs: int = 0, weight: int = 20, latency: float = 0.0) -> Iterator[tuple[str, dict[str, int]]]:
    """The stand-in server: its URL, and, once the block is left, what it was told."""
    told: dict[str, int] = {}
    command = [sys.executable, "-m", "benchmarks.standin", "--jobs", str(jobs), "--job-weight", str(weight)]
    with subprocess.Popen(
        [*command, "--latency", str(latency)],
        cwd=HOME,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().strip(), told
        finally:
            process.stdin.close()
            told.update(json.loads(process.stdout.readline() or b"{}"))
