"""What `rclone lsjson` writes as a list of objects."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.manifest import shortcuts
from jetplan.manifest.columns import Columns
from jetplan.manifest.findings import Findings
from jetplan.manifest.lists.rclonelist import read_lsjson
from jetplan.manifest.lists.unpack import Stop

if TYPE_CHECKING:
    from folders import Folder

MANIFEST = "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {file: l.json}\n"


def record(path: str, size: int = 1, *, folder: bool = False, **more: object) -> str:
    """One record with the keys that rclone writes."""
    keys = {"Path": path, "Name": path.rpartition("/")[2], "Size": size, "MimeType": "video/mxf"}
    when = "2024-05-31T15:57:37.951094723+01:00"
    return json.dumps({**keys, "ModTime": when, "IsDir": folder, **more}, separators=(",", ":"), ensure_ascii=False)


def lsjson(*records: str) -> str:
    """The whole list."""
    return "[\n" + ",\n".join(records) + "\n]\n"


@pytest.fixture(params=[True, False], ids=["quick", "strict"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(shortcuts, "are_taken", lambda: False)


ALL = [
    record("ep101/a.mxf", 7), record("ep101/b c.mxf", -1), record("été/ü.mov", 0),
    record("audio", -1, folder=True), record('say "hi".mov', Hashes={"md5": "0c"}, Metadata={"Path": "x"}),
]  # fmt: skip
PATHS = ["/ep101/a.mxf", "/ep101/b c.mxf", "/été/ü.mov", "/audio/", '/say "hi".mov']
SIZES = [7, UNKNOWN_SIZE, 0, UNKNOWN_SIZE, 1]


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("change", ["none", "crlf", "bom", "no last line end"])
@pytest.mark.parametrize("packed", [False, True])
def test_what_rclone_writes(folder: Folder, change: str, packed: bool) -> None:
    """Paths, sizes and folders are the objects; the other keys are left alone."""
    text = lsjson(*ALL)
    text = text.replace("\n", "\r\n") if change == "crlf" else text
    data = (text.removesuffix("\n") if change == "no last line end" else text).encode()
    data = b"\xef\xbb\xbf" + data if change == "bom" else data
    name = "l.json.gz" if packed else "l.json"
    folder.write({"a.yaml": MANIFEST.replace("l.json", name), name: gzip.compress(data) if packed else data})
    objects = folder.read().spec.sets["s"].objects
    assert (list(objects.paths), list(objects.sizes)) == (PATHS, SIZES)


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("cut", [1, 2, 4])
def test_chunks_are_joined(cut: int) -> None:
    """Wherever a chunk ends, the records and their lines are the same."""
    lines = lsjson(*ALL).encode().splitlines(keepends=True)
    columns, findings = Columns("l"), Findings("l")
    read_lsjson(iter([(1, b"".join(lines[:cut])), (cut + 1, b"".join(lines[cut:]))]), columns, findings)
    assert (columns.paths, findings.problems) == (PATHS, [])
    assert [columns.place(at).line for at in range(5)] == [2, 3, 4, 5, 6]


A = record("a")
REFUSED = {
    "empty": ("[\n]\n", [(5, "no-objects")]),
    "nothing": ("", [(5, "no-objects")]),
    "cut off after a comma": (f"[\n{A},\n", [(3, "list-line")]),
    "cut off after a record": (f"[\n{A}\n", [(3, "list-line")]),
    "cut off in a record": (f"[\n{A},\n{A[:20]}\n]", [(3, "list-line")]),
    "a comma at the end": (f"[\n{A},\n]\n", [(3, "list-line")]),
    "no comma": (f"[\n{A}\n{record('b')}\n]\n", [(3, "list-line")]),
    "two lists": (lsjson(A) + lsjson(A), [(4, "list-line")]),
    "two records in a line": (f"[\n{A},{record('b')}\n]\n", [(2, "list-line")]),
    "laid out by another tool": (json.dumps([json.loads(A)], indent=2), [(2, "list-line")]),
    "in one line": (f"[{A}]\n", [(1, "list-line")]),
    "the body of a delivery": ('{"objects": []}\n', [(1, "list-line")]),
    "deep": ("[\n" + "[" * 30_000 + "\n]\n", [(2, "list-line")]),
    "a key twice": ('[\n{"Path":"a","Path":"b","Size":1,"IsDir":false}\n]\n', [(2, "duplicate-key")]),
    "no path": ('[\n{"Size":1,"IsDir":false}\n]\n', [(2, "wrong-type")]),
    "a size of text": ('[\n{"Path":"a","Size":"1","IsDir":false}\n]\n', [(2, "wrong-type")]),
    "a size of true": ('[\n{"Path":"a","Size":true,"IsDir":false}\n]\n', [(2, "wrong-type")]),
    "a size that is no number": ('[\n{"Path":"a","Size":NaN,"IsDir":false}\n]\n', [(2, "wrong-type")]),
    "a size of -2": (lsjson(record("a", -2)), [(2, "wrong-type")]),
    "a folder of text": ('[\n{"Path":"a","Size":1,"IsDir":"no"}\n]\n', [(2, "wrong-type")]),
    "an empty path": (lsjson(record("", -1, folder=True)), [(2, "path-empty")]),
    "the folder above": (lsjson(record("../a")), [(2, "path-dots")]),
    "half a character": ('[\n{"Path":"\\ud800","Size":1,"IsDir":false}\n]\n', [(2, "forbidden-character")]),
    "folders beside what they hold": (lsjson(record("d", -1, folder=True), record("d/a")), [(3, "path-inside-folder")]),
}


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize(
    ("case", "before"),
    [(case, before) for case, (text, _) in REFUSED.items() for before in (0, 3) if not before or text[:3] == "[\n{"],
)
def test_what_rclone_does_not_write_is_refused(folder: Folder, case: Any, before: Any) -> None:
    """What is cut off, laid out anew or of another kind is refused with its line, behind sound records too."""
    text, expected = REFUSED[case]
    more = "".join(f"{record(f'x{at}')},\n" for at in range(before))
    folder.write({"a.yaml": MANIFEST, "l.json": ("[\n" + more + text[2:]).encode() if before else text.encode()})
    found = [(each.place.line - before, each.code) for each in folder.problems()]
    assert found == expected


def outcome(chunks: list[tuple[int, bytes]]) -> tuple[object, ...]:
    """What a reading leaves behind."""
    columns, findings = Columns("l"), Findings("l")
    with suppress(Stop):
        read_lsjson(iter(chunks), columns, findings)
    return (columns.paths, list(columns.sizes), list(columns.places), columns.total, findings.problems)


TRICKY = {
    **{case: text for case, (text, _) in REFUSED.items()},
    "all": lsjson(*ALL),
    "a folder among files": lsjson(A, record("d", -1, folder=True), record("b")),
    "another value of a key": lsjson(A, '{"Path":"b","Size":1,"IsDir":false,"Size":2}', record("c")),
    "a key in another case": lsjson(A, '{"Path":"b","Size":1,"IsDir":false,"path":"Path"}', record("c")),
    "two in a line, one over two": f'[\n{A},{record("b")},\n{{"Path":"c",\n"Size":1,"IsDir":false}},\n{A}\n]\n',
    "two in a line": f"[\n{A},{record('b')},\n{record('c')},\n{A}\n]\n",
    "more after the end": f"[\n{A}\n]\n{record('b')},\n{record('c')},\n",
    "more after an empty list": f"[\n]\n{A},\n{record('b')},\n",
    "a comma missing before": f"[\n{A}\n{record('b')},\n{record('c')},\n]\n",
    "unknown sizes": lsjson(record("a", -1), record("b", -1), record("c", 0)),
}


@pytest.mark.parametrize("case", TRICKY)
def test_the_quick_way_equals_the_strict_one(monkeypatch: pytest.MonkeyPatch, case: Any) -> None:
    """Wherever two chunk ends lie, both ways leave the same paths, sizes, places and problems."""
    lines = TRICKY[case].encode().splitlines(keepends=True)
    for first in range(1, len(lines) + 1):
        for second in range(first, len(lines) + 1):
            parts = [(0, first), (first, second), (second, len(lines))]
            chunks = [(start + 1, b"".join(lines[start:end])) for start, end in parts if end > start]
            monkeypatch.setattr(shortcuts, "are_taken", lambda: True)
            quick = outcome(chunks)
            monkeypatch.setattr(shortcuts, "are_taken", lambda: False)
            assert quick == outcome(chunks)
