"""The other end of the zygote: children started, traced with strace, and waited for."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TALKING = ("connect", "sendto", "sendmsg", "recvfrom", "recvmsg", "shutdown")
SYNCING = ("write", "writev", "ftruncate", "unlink", "unlinkat", "rename", "fsync", "fdatasync")
CALLS = (*TALKING, "pwrite64", *SYNCING)
"""The system calls that write, sync or talk."""
DISK = ("pwrite64", "fdatasync", "fsync")
_CALL = re.compile(r"^(?:\[pid +(\d+)\] |(\d+) +)?(\w+)\(")


class Stable:
    """Runs command lines in children of one zygote."""

    def __init__(self, mutants: Sequence[str] = ()) -> None:
        self._zygote = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py")), *mutants],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def close(self) -> None:
        """No more orders."""
        assert self._zygote.stdin
        assert self._zygote.stdout
        self._zygote.stdin.close()
        self._zygote.wait(30)
        self._zygote.stdout.close()

    def start(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
        """Fork a child that waits at its gate; its process id."""
        order = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
        return int(self._ask(do="fork", output=str(folder / "output.txt"), **order)["pid"])

    def go(self, pid: int) -> None:
        """Open the gate."""
        self._ask(do="go", pid=pid)

    def wait(self, pid: int) -> int:
        """How a child ended: its exit code, or minus the signal."""
        return int(self._ask(do="wait", pid=pid)["status"])

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self._zygote.stdin
        assert self._zygote.stdout
        self._zygote.stdin.write(json.dumps(order) + "\n")
        line = self._zygote.stdout.readline()
        if not line:
            raise AssertionError("the zygote is gone")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def traced(pid: int, *options: str, output: Path | None = None) -> Iterator[None]:
    """A process under strace for as long as it lives; the block begins when strace holds it."""
    command = ["strace", "-f", "-qq" if output else "-q", *options, "-o", str(output or os.devnull), "-p", str(pid)]
    strace = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert strace.stderr
    try:
        _await_hold(pid, strace)
        yield
        strace.wait(60)
    finally:
        strace.kill()
        strace.wait()
        strace.stderr.close()


def _await_hold(pid: int, strace: subprocess.Popen[bytes]) -> None:
    """Wait until the process has a tracer."""
    status = Path(f"/proc/{pid}/status")
    for _ in range(5000):
        if "TracerPid:\t0\n" not in status.read_text():
            return
        if strace.poll() is not None:
            assert strace.stderr
            raise AssertionError(f"strace cannot trace: {strace.stderr.read().decode()}")
        select.select([], [], [], 0.001)
    raise AssertionError("strace does not take hold")


def counted(trace: Path) -> Counter[str]:
    """From a trace: how often a thread made each call, the busiest thread of each."""
    made: Counter[tuple[str, str]] = Counter()
    for line in trace.read_text(errors="replace").splitlines():
        if found := _CALL.match(line):
            made[found[1] or found[2] or "", found[3]] += 1
    most: Counter[str] = Counter()
    for (_, call), count in made.items():
        most[call] = max(most[call], count)
    return most
