"""Which machine and process this is, and whether another one on this machine still runs, as Linux's /proc says.

Elsewhere everything is unknown (empty, None), and leases alone decide.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

_PROC = Path("/proc")
_GONE = frozenset("ZXx")


def this_host() -> str:
    """A name for this boot of this machine and this process namespace; empty where it cannot be told."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        return ""
    return f"{platform.node()}/{boot}/{space}"


def this_process() -> str:
    """This process's id and start time, which together are never used again; empty where it cannot be told."""
    found = _stat(os.getpid())
    return "" if found is None else f"{os.getpid()}:{found[1]}"


def process_alive(host: str, process: str) -> bool | None:
    """Whether a process runs; None where it ran on another host, or nothing can be told."""
    pid, _, started = process.partition(":")
    if not host or host != this_host() or not pid.isdigit() or not started:
        return None
    found = _stat(int(pid))
    return found is not None and found[1] == started and found[0] not in _GONE


def _stat(pid: int) -> tuple[str, str] | None:
    """State and start time of a process (fields 3 and 22 of /proc/PID/stat, proc(5))."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()
    return fields[0], fields[19]
