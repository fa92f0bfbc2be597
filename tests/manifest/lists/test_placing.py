"""`stripPrefix` and `prefix`: where the paths of a list lie in the storage profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from folders import Folder


def manifest(more: str) -> str:
    """A manifest with one set from a plain list."""
    return f"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: l.txt{more}}}\n"


@pytest.mark.parametrize(
    ("more", "text", "paths"),
    [
        ("", "/mnt/a\n", ["/mnt/a"]),
        (", prefix: /ep", "/a\nb/\n", ["/ep/a", "/ep/b/"]),
        (", prefix: ep/bag/", "a\n", ["/ep/bag/a"]),
        (", prefix: /", "a\n", ["/a"]),
        (", stripPrefix: /mnt/x", "/mnt/x/a\n/mnt/x/b/\n", ["/a", "/b/"]),
        (", stripPrefix: mnt/, prefix: /in", "mnt/a\n", ["/in/a"]),
        (", stripPrefix: /, prefix: /in", "/a\n", ["/in/a"]),
    ],
)
def test_every_path_is_moved(folder: Folder, more: str, text: str, paths: list[str]) -> None:
    """A folder comes off the front, then another is put there; slashes at their ends do not matter."""
    folder.write({"a.yaml": manifest(more), "l.txt": text})
    assert list(folder.read().spec.sets["s"].objects.paths) == paths


@pytest.mark.parametrize(
    ("more", "text", "expected"),
    [
        (", stripPrefix: /mnt/x", "/mnt/x/a\n/mnt/xy/a\n", [(2, "list-prefix")]),
        (", stripPrefix: /mnt/x", "/mnt/x/\n", [(1, "list-prefix")]),
        (", stripPrefix: /mnt/x", "/mnt/x\n", [(1, "list-prefix")]),
        (", stripPrefix: /mnt", "/mnt/a\n/mnt//nas/b\n", [(2, "path-host")]),
        (", prefix: ../x", "/a\n", [(5, "list-prefix")]),
        (", prefix: 'C:/in'", "/a\n", [(5, "list-prefix")]),
        (", prefix: /in", "/a\n/a\n", [(2, "path-twice")]),
        (", prefix: 7", "/a\n", [(5, "unquoted")]),
        (", prefix: null", "/a\n", [(5, "wrong-type")]),
        (", prefixes: /in", "/a\n", [(5, "unknown-key")]),
    ],
)
def test_what_cannot_be_moved_is_refused(folder: Folder, more: str, text: str, expected: Any) -> None:
    """A path that is not below the folder is refused, and so is the folder itself, which would be the whole profile."""
    folder.write({"a.yaml": manifest(more), "l.txt": text})
    assert [(each.place.line, each.code) for each in folder.problems()] == expected
