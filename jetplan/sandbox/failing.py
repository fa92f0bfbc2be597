"""Files that fail by name, as a person asked: missing, without permission, on a full disk, or with another checksum."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REASONS = {
    "missing": "No such file or directory",
    "permission": "Permission denied",
    "disk-full": "No space left on device",
    "checksum": "the checksum at the destination is not that of the source",
}
RETRYING = "retrying"
"""No file fails by it: jobs tell that they are trying a transfer again."""
_SPEC = re.compile(r"(?P<path>/.*)=(?P<kind>[a-z-]+)(?:\*(?P<times>[1-9][0-9]{0,5}))?")


class FailureSpecError(Exception):
    """A rule that cannot be read; the text says why."""


@dataclass
class _Rule:
    path: str
    kind: str
    times: int | None
    text: str


class Failures:
    """The rules in force; they can be exchanged while files move.

    A rule reads PATH=KIND[*TIMES]. PATH may hold `*` and `?`. After TIMES files of it have failed, the others succeed.
    """

    def __init__(self, specs: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self.replace(specs)

    def replace(self, specs: Iterable[str]) -> None:
        """Put these rules in place of all in force. Raises FailureSpecError."""
        rules = [_read(spec) for spec in specs]
        with self._lock:
            self._rules = rules

    def show(self) -> list[str]:
        with self._lock:
            return [rule.text for rule in self._rules]

    def strike(self, path: str) -> str | None:
        """Why this file fails now, if it is to fail."""
        with self._lock:
            for rule in self._rules:
                if rule.kind != RETRYING and rule.times != 0 and fnmatchcase(path, rule.path):
                    rule.times = None if rule.times is None else rule.times - 1
                    return REASONS[rule.kind]
        return None

    @property
    def retrying(self) -> bool:
        """Whether jobs are to tell that they are trying again."""
        with self._lock:
            return any(rule.kind == RETRYING for rule in self._rules)


def _read(spec: str) -> _Rule:
    found = _SPEC.fullmatch(spec)
    known = (*REASONS, RETRYING)
    if found is None or found["kind"] not in known:
        raise FailureSpecError(f"{spec!r} is not PATH=KIND[*TIMES] with a kind of {', '.join(known)}")
    return _Rule(found["path"], found["kind"], int(found["times"]) if found["times"] else None, spec)
