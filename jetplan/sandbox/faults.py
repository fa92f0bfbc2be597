"""Faults on request: how they are written, and which request each applies to. Does not carry them out.

A spec reads `[METHOD:]PATH=KIND[=VALUE][,OPTION=VALUE]...[*TIMES]`:

    POST:/deliveries=cut-after-commit*1          once: the delivery is taken, its answer never comes
    POST:/deliveries=status=429,retry-after=2*3  three times: 429, and nothing is taken
    /v1=latency=200                              every call takes 200 ms longer
    POST:/deliveries=reset-body,p=0.1,seed=7     one answer in ten, the same ones each time

PATH is a part of the path that is asked for; with `$` at its end it must end there. Options: `p` (probability)
with `seed`, `skip` (so many matching requests pass unharmed first), `retry-after`, `location`. TIMES bounds how
often the fault strikes. Delays and edits add up; of the others the first that matches strikes.
"""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DELAYS = {
    "latency": "wait VALUE milliseconds before looking at the request",
    "latency-after-commit": "wait VALUE milliseconds before answering",
}
EDITS = {
    "set": "set a key of the JSON answer: set=KEY:VALUE, with %XX decoded",
    "without": "leave the key VALUE out of the JSON answer",
    "same-delivery-id": "answer the deliveryId of an earlier delivery",
    "clock": "the Date header is VALUE seconds off",
}
REFUSALS = {
    "status": "answer with status VALUE; nothing is committed",
    "cut-before-commit": "close the connection (FIN) before anything is committed",
    "reset-before-commit": "reset the connection (RST) before anything is committed",
    "drop": "take the request and neither act nor answer, until the client gives up",
}
BREAKS = {
    "status-after-commit": "commit, then answer with status VALUE",
    "cut-after-commit": "commit, then close (FIN) without an answer",
    "reset-after-commit": "commit, then reset (RST) without an answer",
    "drop-after-commit": "commit, then never answer",
    "cut-status-line": "commit, send the status line and close",
    "empty-200": "commit, send a status line and the end of the headers, and close",
    "html-200": "commit, answer 200 with an HTML page",
    "broken-json": "commit, answer with JSON that ends too early",
    "short-body": "commit, send half of the announced body and close (FIN)",
    "reset-body": "commit, send half of the announced body and reset (RST)",
    "trickle": "commit, answer one byte each VALUE milliseconds (100)",
    "continue-flood": "commit, send `100 Continue` for VALUE seconds (3600), then answer",
    "gzip": "commit, answer with Content-Encoding: gzip, asked for or not",
    "gzip-bomb": "commit, answer with a gzip body that becomes VALUE MiB (1024)",
}
KINDS = DELAYS | EDITS | REFUSALS | BREAKS
NUMBERED = {
    "latency",
    "latency-after-commit",
    "clock",
    "status",
    "status-after-commit",
    "trickle",
    "continue-flood",
    "gzip-bomb",
}
NEEDS_VALUE = {"latency", "latency-after-commit", "clock", "status", "status-after-commit", "set", "without"}
OPTIONS = {"p", "seed", "skip", "retry-after", "location"}
SPEC = re.compile(
    r"(?:(?P<method>[A-Z]+):)?(?P<path>/[^=]*)=(?P<kind>[a-z0-9-]+)(?:=(?P<value>[^,]*?))?"
    r"(?P<options>(?:,[^,]*?)*)(?:\*(?P<times>\d{1,9}))?",
)


class FaultSpecError(Exception):
    """The spec cannot be read; the text says what is wrong with it."""


@dataclass(frozen=True)
class Fault:
    """One rule, as it was written in `spec`."""

    spec: str
    method: str | None
    path: str
    kind: str
    value: str | None
    options: Mapping[str, str]
    times: int | None

    def matches(self, method: str, path: str) -> bool:
        if self.method not in (None, method):
            return False
        return path.endswith(self.path[:-1]) if self.path.endswith("$") else self.path in path

    def number(self, default: float) -> float:
        return float(self.value) if self.value else default


def read_fault(spec: str) -> Fault:
    """A fault from its spec; raises FaultSpecError."""
    found = SPEC.fullmatch(spec.strip())
    if found is None:
        raise FaultSpecError(f"{spec!r} does not read [METHOD:]/PATH=KIND[=VALUE][,OPTION=VALUE]...[*TIMES]")
    kind, value = found["kind"], found["value"]
    if kind not in KINDS:
        raise FaultSpecError(f"{spec!r}: no fault is called {kind!r}; there are {', '.join(KINDS)}")
    if kind in NEEDS_VALUE and not value:
        raise FaultSpecError(f"{spec!r}: {kind} needs a value, as in {kind}={'KEY:VALUE' if kind == 'set' else '...'}")
    if kind in NUMBERED and value:
        _read_number(spec, kind, value)
    if kind in ("status", "status-after-commit") and not (value and value.isdigit() and 200 <= int(value) <= 599):
        raise FaultSpecError(f"{spec!r}: a status lies between 200 and 599")
    options = _read_options(spec, found["options"])
    times = int(found["times"]) if found["times"] else None
    return Fault(spec.strip(), found["method"], found["path"], kind, value, options, times)


def _read_options(spec: str, text: str) -> dict[str, str]:
    options = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if name not in OPTIONS or not equals:
            raise FaultSpecError(f"{spec!r}: {part!r} is not one of the options {', '.join(sorted(OPTIONS))}")
        if name in ("p", "skip", "seed"):
            _read_number(spec, name, value)
        options[name] = unquote(value)
    return options


def _read_number(spec: str, name: str, value: str) -> None:
    try:
        float(value)
    except ValueError:
        raise FaultSpecError(f"{spec!r}: {name} needs a number, not {value!r}") from None


class _Rule:
    """A fault with its counters: how many requests it matched, and how many it was applied to."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.met = 0
        self.struck = 0
        self._chance = float(fault.options.get("p", 1))
        self._skip = float(fault.options.get("skip", 0))
        self._dice = random.Random(fault.options.get("seed", "0"))  # noqa: S311  # repeatable, not secret

    def strikes(self, method: str, path: str) -> bool:
        fault = self.fault
        if not fault.matches(method, path) or (fault.times is not None and self.struck >= fault.times):
            return False
        self.met += 1
        if self.met <= self._skip or self._dice.random() >= self._chance:
            return False
        self.struck += 1
        return True


class Faults:
    """The rules in force; they can be exchanged while requests run."""

    def __init__(self, specs: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self.replace(specs)

    def replace(self, specs: Iterable[str]) -> None:
        rules = [_Rule(read_fault(spec)) for spec in specs]
        with self._lock:
            self._rules = rules

    def pick(self, method: str, path: str) -> tuple[Fault, ...]:
        """The faults for this request: delays and edits, and at most one refusal or break."""
        picked: list[Fault] = []
        broken = False
        with self._lock:
            for rule in self._rules:
                gentle = rule.fault.kind in DELAYS or rule.fault.kind in EDITS
                if (gentle or not broken) and rule.strikes(method, path):
                    picked.append(rule.fault)
                    broken = broken or not gentle
        return tuple(picked)

    def show(self) -> list[dict[str, object]]:
        with self._lock:
            return [{"spec": rule.fault.spec, "met": rule.met, "struck": rule.struck} for rule in self._rules]
