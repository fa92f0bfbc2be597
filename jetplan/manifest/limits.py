"""How much of anything a manifest may hold before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. `list_bytes` bounds an object list once it is unpacked; `problems` those kept of one file."""

    file_bytes: int = 64 * MIB
    list_bytes: int = 8 << 30
    problems: int = 1000
    depth: int = 20


DEFAULT_LIMITS = Limits()
