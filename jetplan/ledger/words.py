"""Text as the ledger stores it: names, lock names, JSON, and a replacement for what a database cannot hold."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.core.attempts import Kind, SubjectKey


def storable(text: str) -> str:
    """Text that both databases can hold: what is not Unicode, and NUL, becomes a replacement character."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def to_json(data: Mapping[str, Any]) -> str:
    """One line of JSON, the same for equal data; what JSON has no form for is written as text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)


def from_json(text: str) -> dict[str, Any]:
    """The data of `to_json`."""
    data: dict[str, Any] = json.loads(text)
    return data


def subject_id(scope_id: str, subject: SubjectKey) -> str:
    """The name of a subject's row: derived, so that two runners who make it at once make the same one."""
    words = (scope_id, subject.kind.value, subject.name, subject.source_id, subject.destination_id)
    return blake2b("\0".join(words).encode(), digest_size=16).hexdigest()


def lock_name(scope_id: str, kind: Kind, name: str) -> str:
    """The lock that writers of a subject hold while they read and write. All routes of a name share it."""
    return f"{scope_id}\0{kind.value}\0{name}"
