"""Checksum files and manifests of BagIt as lists of objects."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.manifest import shortcuts
from jetplan.manifest.columns import Columns
from jetplan.manifest.endings import DIGITS
from jetplan.manifest.findings import Findings
from jetplan.manifest.lists.textlist import read_text

if TYPE_CHECKING:
    from folders import Folder

MD5, SHA = "0cc175b9c0f1b6a831c399e269772661", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


def manifest(name: str) -> str:
    """A manifest with one set from a list."""
    return f"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: '{name}'}}\n"


SAMPLES = {
    "md5sum": ("a.md5", f"{MD5}  ep101/a.mxf\n{MD5} *ep101/b c.mxf\n", ["/ep101/a.mxf", "/ep101/b c.mxf"]),
    "find -exec md5sum": ("a.md5", f"{MD5}  ./ep101/a.mxf\n", ["/ep101/a.mxf"]),
    "a name of blanks and signs": ("a.md5", f"{MD5}   a\n{MD5}  *b\n{MD5}  #1.mov\n", ["/ a", "/*b", "/#1.mov"]),
    "sha256sum --tag": ("a.sha256", f"SHA256 (ep101/a (1).mxf) = {SHA}\n", ["/ep101/a (1).mxf"]),
    "both shapes": ("a.sha256", f"{SHA}  a\nSHA256 (b) = {SHA}\n", ["/a", "/b"]),
    "md5 on macOS": ("a.md5", f"MD5 (a) = {MD5}\n", ["/a"]),
    "comments": ("a.md5", f"# made by hand\n{MD5}  a\n", ["/a"]),
    "xxhsum": ("a.xxh64", "d24ec4f1a98c6e5b  a\nXXH64 (b) = d24ec4f1a98c6e5b\n", ["/a", "/b"]),
    "xxhsum -H3": ("a.xxh3", "XXH3_e6c632b61e964e1f  a\nXXH3 (b) = e6c632b61e964e1f\n", ["/a", "/b"]),
    "Windows line ends": ("a.md5", f"{MD5}  a\r\n{MD5}  b\r\n\r\n", ["/a", "/b"]),
    "BagIt": ("manifest-sha256.txt", f"{SHA}  data/a.mxf\n{SHA} data/b c.mxf\n", ["/data/a.mxf", "/data/b c.mxf"]),
    "BagIt with tabs": ("manifest-md5.txt", f"{MD5}\tdata/#a\n{MD5} *data/b\n", ["/data/#a", "/data/b"]),
    "tags of BagIt": ("tagmanifest-md5.txt", f"{MD5}  bagit.txt\n", ["/bagit.txt"]),
}


@pytest.mark.parametrize("case", SAMPLES)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("quick", [False, True])
def test_what_the_tools_write(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, case: Any, packed: bool, quick: bool
) -> None:
    """The files of every line are the objects, the quick way and the strict one."""
    if not quick:
        monkeypatch.setattr(shortcuts, "are_taken", lambda: False)
    name, text, paths = SAMPLES[case]
    name, data = (f"{name}.gz", gzip.compress(text.encode())) if packed else (name, text.encode())
    folder.write({"a.yaml": manifest(name), name: data})
    assert list(folder.read().spec.sets["s"].objects.paths) == paths


@pytest.mark.parametrize("algorithm", DIGITS)
def test_a_checksum_has_the_digits_of_its_algorithm(folder: Folder, algorithm: Any) -> None:
    """The ending says which algorithm it is; one digit more or less is another, and is not guessed."""
    digits = "a" * DIGITS[algorithm]
    lines = [f"{digits}  a", f"{digits}a  b", f"{digits[1:]}  c", f"{digits.upper()}  d"]
    folder.write({"a.yaml": manifest(f"l.{algorithm}"), f"l.{algorithm}": "\n".join(lines)})
    assert [(each.place.line, each.code) for each in folder.problems()] == [(2, "list-line"), (3, "list-line")]


REFUSED = {
    "empty": ("a.md5", "", [(5, "no-objects")]),
    "only comments": ("a.md5", "# nothing\n", [(5, "no-objects")]),
    "an empty line in the middle": ("a.md5", f"{MD5}  a\n\n{MD5}  b\n", [(2, "list-line")]),
    "another algorithm": ("a.sha256", f"MD5 (a) = {MD5}\n", [(1, "list-line")]),
    "one blank": ("a.md5", f"{MD5} a\n", [(1, "list-line")]),
    "an escaped name": ("a.md5", f"\\{MD5}  a\\\\b\n", [(1, "list-line")]),
    "a folder": ("a.md5", f"{MD5}  a/\n", [(1, "list-line")]),
    "the whole profile": ("a.md5", f"{MD5}  /\n{MD5}  ./\n", [(1, "list-line"), (2, "list-line")]),
    "the folder above": ("a.md5", f"{MD5}  ../a\n", [(1, "path-dots")]),
    "a host": ("a.md5", f"{MD5}  //nas/a\n", [(1, "path-host")]),
    "twice": ("a.md5", f"{MD5}  a\n{MD5}  ./a\n", [(2, "path-twice")]),
    "mixed line ends": ("a.md5", f"{MD5}  a\n{MD5}  Icon\r\n", [(2, "line-ends")]),
    "JSON": ("a.md5", '[{"Path": "a"}]\n', [(1, "list-line")]),
    "BagIt with a percent sign": ("manifest-md5.txt", f"{MD5}  data/a%25.mov\n", [(1, "list-line")]),
    "BagIt with a comment": ("manifest-md5.txt", f"# no\n{MD5}  data/a\n", [(1, "list-line")]),
    "a checksum file as a plain list": ("sums.txt", f"{SHA}  a\n", [(1, "list-line")]),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("quick", [False, True])
def test_what_is_no_checksum_file_is_refused(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, case: Any, quick: bool
) -> None:
    """What the format does not say for certain is refused with its line."""
    if not quick:
        monkeypatch.setattr(shortcuts, "are_taken", lambda: False)
    name, text, expected = REFUSED[case]
    folder.write({"a.yaml": manifest(name), name: text.encode()})
    assert [(each.place.line, each.code) for each in folder.problems()] == expected


def test_the_hint_for_a_plain_list_leads_out(folder: Folder) -> None:
    """A file whose name looks like a line of a checksum file can be sent: with a slash in front of it."""
    folder.write({"a.yaml": manifest("l.txt"), "l.txt": f"/{MD5}  a\n"})
    assert list(folder.read().spec.sets["s"].objects.paths) == [f"/{MD5}  a"]


@pytest.mark.parametrize("quick", [False, True])
def test_empty_lines_between_chunks_keep_their_places(monkeypatch: pytest.MonkeyPatch, quick: bool) -> None:
    """Empty lines at the end of a chunk are in the middle of the list if another chunk follows."""
    if not quick:
        monkeypatch.setattr(shortcuts, "are_taken", lambda: False)
    chunks = [(1, b"/a\n\n\n"), (4, b"\n"), (5, b"/b\n\n")]
    columns, findings = Columns("l"), Findings("l")
    read_text(iter(chunks), columns, findings)
    assert [each.place.line for each in findings.problems] == [2, 3, 4]
    assert [columns.place(at).line for at in range(len(columns.paths))] == [1, 5]
