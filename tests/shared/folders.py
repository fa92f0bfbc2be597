"""A folder of manifests, read with every shortcut and with none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from jetplan.errors import ManifestInvalid
from jetplan.manifest import shortcuts
from jetplan.manifest.limits import DEFAULT_LIMITS
from jetplan.manifest.read import Reading, read_manifests

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.errors import Problem
    from jetplan.manifest.limits import ReadingLimits

HEAD = "apiVersion: jetplan/v1\n"


class Folder:
    """A folder of manifests under test."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: dict[str, str | bytes]) -> None:
        """Put files below the folder."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, content: str | bytes | None = None, limits: ReadingLimits | None = None) -> Reading:
        """Read the folder, after writing one manifest if given."""
        if content is not None:
            self.write({"a.yaml": content})
        return self._read_both_ways(limits)

    def _read_both_ways(self, limits: ReadingLimits | None) -> Reading:
        """Read with every shortcut and with none: nothing but time may differ."""
        with pytest.MonkeyPatch.context() as without:
            without.setenv(shortcuts.VARIABLE, "1")
            strictly = self._outcome(limits)
        quickly = self._outcome(limits)
        assert repr(quickly) == repr(strictly)
        if isinstance(quickly, Reading):
            return quickly
        raise ManifestInvalid(quickly)

    def _outcome(self, limits: ReadingLimits | None) -> Reading | tuple[Problem, ...]:
        try:
            return read_manifests(self.root, limits=limits)
        except ManifestInvalid as invalid:
            return invalid.problems

    def problems(
        self, content: str | bytes | None = None, limits: ReadingLimits = DEFAULT_LIMITS
    ) -> tuple[Problem, ...]:
        """What is refused; the test fails if nothing is."""
        with pytest.raises(ManifestInvalid) as raised:
            self.read(content, limits)
        return raised.value.problems

    def codes(self, content: str | bytes | None = None) -> list[tuple[int, int, str]]:
        """What is refused as (line, column, code)."""
        return [(each.place.line, each.place.column, each.code) for each in self.problems(content)]


class MakeFolder(Protocol):
    """A maker of folders, for tests that compare two."""

    def __call__(self, name: str) -> Folder: ...


class MakeText(Protocol):
    """A maker of manifest text."""

    def __call__(self, *lines: str) -> str: ...
