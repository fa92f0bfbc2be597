"""A process that has imported jetplan once. For each order it forks a child that runs one command line.

The child is what a user's shell would start, less the start of Python. Its pauses between looks are cut short; nothing
else of it is changed, unless a mutant is asked for. Orders and answers are lines of JSON.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pkgutil
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

_PR_SET_PTRACER = 0x59616D61


def _import_all() -> None:
    for package in ("cli", "api", "apply", "observe", "manifest", "ledger", "render", "core"):
        for found in pkgutil.iter_modules(importlib.import_module(f"jetplan.{package}").__path__):
            importlib.import_module(f"jetplan.{package}.{found.name}")


def _cut_pauses_short() -> None:
    from jetplan.apply import jobs, settling

    for module in (jobs, settling):
        setattr(module, "_LOOKS", (0.0, 0.05))  # noqa: B010 - the constants have longer types


def _child(order: dict[str, Any], gate: int) -> int:
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)  # let strace come, whoever started it
    os.chdir(order["folder"])
    os.environ.update(order["environment"])
    out = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.read(gate, 1)
    from jetplan.cli.main import run

    return run(order["arguments"])


def _fork(order: dict[str, Any]) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(reading)
        return pid, writing
    code = 99
    try:
        os.close(writing)
        code = _child(order, reading)
    except BaseException:  # noqa: BLE001 - a child must not become a second zygote
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def main() -> None:
    """Serve orders until there are no more."""
    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _import_all()
    _cut_pauses_short()
    patch = pytest.MonkeyPatch()
    for name in sys.argv[1:]:
        sys.path.insert(0, str(Path(__file__).parent.parent))
        getattr(importlib.import_module("simulation.mutants"), name)(patch)
    gates: dict[int, int] = {}
    for line in orders:
        order = json.loads(line)
        answer: dict[str, Any] = {}
        match order["do"]:
            case "fork":
                pid, gates[pid] = _fork(order)
                answer = {"pid": pid}
            case "go":
                os.write(gates[order["pid"]], b".")
                os.close(gates.pop(order["pid"]))
            case "wait":
                answer = {"status": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
