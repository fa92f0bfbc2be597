"""Runs a command as a child and asks the operating system what it took; in pairs, so that a noisy machine cancels out.

The parent stays small on purpose: a child's peak memory cannot read below its parent's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10


@dataclass(frozen=True, slots=True)
class Run:
    """What one child took: seconds on the clock, seconds of processor (user and system), peak memory in MiB."""

    wall: float
    cpu: float
    peak: float
    output: bytes = b""


class Failed(Exception):
    """A measured command ended in an error, so that its figure would mean nothing."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
) -> Run:
    """Run one command to its end; `codes` are the exit codes that count as done. Raises Failed."""
    words = [str(part) for part in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(
            words, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if code not in codes:
            raise Failed(f"{' '.join(words)} ended with {code}:\n{errors.read().decode(errors='replace')[-2000:]}")
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _UNIT, output.read())


def median(runs: Sequence[Run]) -> Run:
    """The medians of several runs, each for itself."""
    return Run(*(statistics.median(getattr(each, name) for each in runs) for name in ("wall", "cpu", "peak")))


def in_turn(commands: Mapping[str, Sequence[str | Path]], times: int, *, cwd: Path | None = None) -> dict[str, Run]:
    """The medians of commands run in turn, A B C A B C and so on, after one round that does not count."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for at in range(times + 1):
        for name, command in commands.items():
            taken = run(command, cwd=cwd)
            if at:
                runs[name].append(taken)
    return {name: median(each) for name, each in runs.items()}
