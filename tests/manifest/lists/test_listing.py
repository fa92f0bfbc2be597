"""Lists of objects beside manifests: the same strictness, from text that is never held whole."""

from __future__ import annotations

import gzip
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.errors import ManifestInvalid, UsageError
from jetplan.manifest import shortcuts
from jetplan.manifest.columns import Columns
from jetplan.manifest.findings import Findings
from jetplan.manifest.limits import ReadingLimits
from jetplan.manifest.lists import csvlist, jsonlist
from jetplan.manifest.lists.unpack import Stop
from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from folders import Folder, MakeFolder, MakeText

    from jetplan.errors import Problem

HEADER = "relativePath,sizeInBytes,isDirectory\n"


def manifest(name: str, more: str = "") -> str:
    """A manifest with one set from a list."""
    return f"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: '{name}'}}\n{more}"


CSV = HEADER + '/a,1,false\n/b/,,true\nc,,\n"/d, e",0,\n/f,,true\n"/say ""hi""",,\n'
JSONL = (
    '{"relativePath":"/a","sizeInBytes":1,"isDirectory":false}\n{"relativePath":"/b/"}\n{"relativePath":"c"}\n'
    '{"sizeInBytes":0,"relativePath":"/d, e"}\n{"relativePath":"/f","isDirectory":true}\n'
    '{"relativePath":"/say \\"hi\\""}\n'
)


@pytest.mark.parametrize(("suffix", "text"), [("csv", CSV), ("jsonl", JSONL)])
@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("change", ["none", "crlf", "bom", "no last line end"])
def test_lists_give_what_yaml_gives(
    folder: Folder, make_folder: MakeFolder, with_objects: MakeText, suffix: str, text: str, packing: str, change: str
) -> None:
    """CSV and JSON Lines, packed or not, with any line ends, give the digest of the same objects in YAML."""
    match change:
        case "crlf":
            text = text.replace("\n", "\r\n")
        case "bom":
            text = "\ufeff" + text
        case "no last line end":
            text = text.removesuffix("\n")
    data = text.encode()
    data = gzip.compress(data) if packing == ".gz" else zstandard.compress(data) if packing == ".zst" else data
    name = f"list.{suffix}{packing}"
    folder.write({"a.yaml": manifest(name), name: data})
    found = folder.read().spec
    assert list(found.sets["s"].objects.paths) == ["/a", "/b/", "/c", "/d, e", "/f/", '/say "hi"']
    assert list(found.sets["s"].objects.sizes) == [1, UNKNOWN_SIZE, UNKNOWN_SIZE, 0, UNKNOWN_SIZE, UNKNOWN_SIZE]
    yaml = make_folder("yaml").read(with_objects("- /a", "- b/", "- /c", "- /d, e", "- /f/", "- '/say \"hi\"'")).spec
    assert found.digests == yaml.digests


EXCEL = {
    "one column, CRLF": "relativePath\r\n/a\r\n/b/\r\n",
    "one column, CRLF, no last end": "relativePath\r\n/a\r\n/b/",
    "semicolons": "relativePath;isDirectory\n/a;FALSE\n/b;TRUE\n",
    "tabs": "relativePath\tisDirectory\n/a\tFalse\n/b\tTrue\n",
    "a line that says it": "\ufeffsep=;\r\nrelativePath;isDirectory\r\n/a;FALSE\r\n/b;TRUE\r\n",
    "such a line, quoted": '"sep=,"\nrelativePath\n/a\n/b/\n',
    "empty rows at the end": "relativePath,sizeInBytes\n/a,\n/b/,\n,\n\n,\n",
    "empty rows at the end, CRLF": "relativePath;sizeInBytes\r\n/a;\r\n/b/;\r\n;\r\n;\r\n",
    "an empty last line": "relativePath\r\n/a\r\n/b/\r\n\r\n",
}


@pytest.mark.parametrize("case", EXCEL)
def test_what_excel_writes(folder: Folder, case: Any) -> None:
    """Other separators, booleans in capitals and empty rows at the end are read as they are meant."""
    folder.write({"a.yaml": manifest("l.csv"), "l.csv": EXCEL[case]})
    assert list(folder.read().spec.sets["s"].objects.paths) == ["/a", "/b/"]


def test_hints_name_the_way_out(folder: Folder) -> None:
    """What is no UTF-8 is named, an empty path leads nowhere else, a missing LFS file tells how to fetch it."""
    folder.write({"a.yaml": manifest("l.csv")})
    for content, words in {
        HEADER.encode("utf-16"): "UTF-16",
        HEADER.encode() + b"/\xe9,,\n": "`é` in Windows-1252",
        HEADER.encode() + b",1,\n": "remove the line",
        HEADER.encode() + b"/a/,-1,\n": "leave it empty",
        b"version https://git-lfs.github.com/spec/v1\n": "lfs: true",
    }.items():
        folder.write({"l.csv": content})
        (problem,) = folder.problems()
        assert words in f"{problem.message} {problem.hint}"
        assert "all" not in problem.hint.split("`")[1::2]


@pytest.mark.parametrize("name", ["l.csv.gz", "l.csv.zst", "l.jsonl"])
def test_a_pointer_of_lfs_is_named_whatever_the_list(folder: Folder, name: str) -> None:
    """A list that was not fetched from LFS is told as that, packed by its name or not."""
    folder.write({"a.yaml": manifest(name), name: "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"})
    assert [(each.place.file, each.code) for each in folder.problems()] == [(str(folder.root / name), "lfs-pointer")]


def test_problems_of_a_list_are_counted_in_the_list(folder: Folder) -> None:
    """A list that is wrong throughout is told to a bound, and what more there is belongs to the list."""
    folder.write({"a.yaml": manifest("l.csv"), "l.csv": "relativePath\n" + "/a/../b\n" * 1002})
    problems = folder.problems()
    assert len(problems) == 1001
    assert {each.place.file for each in problems} == {str(folder.root / "l.csv")}
    assert problems[0].code == "more-problems"


def test_equal_lines_by_the_million_are_refused_early(folder: Folder) -> None:
    """A file of a kilobyte that unpacks to millions of lines is no list: refused before they are read."""
    bomb = zstandard.ZstdCompressor(level=19).compress(b"relativePath\n" + b"/a\n" * 5_000_000)
    assert len(bomb) < 3000
    folder.write({"a.yaml": manifest("l.csv.zst"), "l.csv.zst": bomb})
    (problem,) = folder.problems()
    assert problem.code == "list-too-large"


def test_the_most_objects_of_a_list_are_the_operators(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable bounds the lines of one list; what is no number is told."""
    folder.write({"a.yaml": manifest("l.csv"), "l.csv": "relativePath\n/a\n/b\n/c\n/d\n"})
    monkeypatch.setenv("JETPLAN_MAX_LIST_OBJECTS", "4")
    assert len(folder.read().spec.sets["s"].objects) == 4
    monkeypatch.setenv("JETPLAN_MAX_LIST_OBJECTS", "2")
    assert [each.code for each in read_problems(folder)] == ["list-too-long"]
    monkeypatch.setenv("JETPLAN_MAX_LIST_OBJECTS", "many")
    with pytest.raises(UsageError):
        read_manifests(folder.root)


def read_problems(folder: Folder) -> tuple[Problem, ...]:
    """What is refused with the limits that the environment sets."""
    with pytest.raises(ManifestInvalid) as raised:
        read_manifests(folder.root)
    return raised.value.problems


def test_several_frames_and_members_are_one_list(folder: Folder) -> None:
    """Packed files that were joined are read to the end of the last."""
    packers: dict[str, Callable[[bytes], bytes]] = {"l.csv.gz": gzip.compress, "l.csv.zst": zstandard.compress}
    for name, pack in packers.items():
        folder.write({"a.yaml": manifest(name), name: pack(HEADER.encode() + b"/a,,\n") + pack(b"/b,,\n")})
        assert list(folder.read().spec.sets["s"].objects.paths) == ["/a", "/b"]


def test_revisions(folder: Folder) -> None:
    """Objects of a list may have revisions of their own; the set's holds for the rest."""
    for name, text in {
        "l.csv": "revision,relativePath\n2,/a\n,/b\n",
        "l.jsonl": '{"relativePath":"/a","revision":2}\n{"relativePath":"/b"}\n',
    }.items():
        folder.write({name: text})
        objects = folder.read(manifest(name, "    revision: 3\n")).spec.sets["s"].objects
        assert [objects.revision_of(at) for at in range(2)] == [2, 3]


def test_long_lists_cross_chunks(folder: Folder) -> None:
    """Lines keep their numbers across the chunks in which a list is read, with an odd one in the middle."""
    lines = [f"/some/folder/clip_{at:07}.mxf,{at},\n" for at in range(100_000)]
    lines[60_000] = "/some/folder/audio/,,true\n"
    folder.write({"a.yaml": manifest("l.csv"), "l.csv": HEADER + "".join(lines)})
    table = folder.read().spec.sets["s"].objects
    assert (len(table), table.paths[60_000], table.sizes[99_999]) == (100_000, "/some/folder/audio/", 99_999)
    lines[99_998] = "/some/folder/../x,1,\n"
    folder.write({"l.csv": HEADER + "".join(lines)})
    (problem,) = folder.problems()
    assert (problem.place.file, problem.place.line) == (str(folder.root / "l.csv"), 100_000)


CSV_REFUSED: dict[str, Any] = {
    "empty": ("", [(0, "list-header")]),
    "no header": ("/a,1,false\n", [(1, "list-header")] * 3),
    "misspelt column": ("relativepath\n/a\n", [(1, "list-header")]),
    "column twice": ("relativePath,relativePath\n/a,/b\n", [(1, "list-header")]),
    "no path column": ("sizeInBytes\n1\n", [(1, "list-header")]),
    "only a header": (HEADER, [(5, "no-objects")]),
    "too few fields": (HEADER + "/a,1\n", [(2, "list-line")]),
    "too many fields": (HEADER + "/a,1,,\n", [(2, "list-line")]),
    "fields that make up for each other": (HEADER + "/a,1\n/b,1,,\n", [(2, "list-line"), (3, "list-line")]),
    "empty line": (HEADER + "/a,,\n\n/b,,\n", [(3, "list-line")]),
    "unclosed quote": (HEADER + '/a,,\n"/b,,\n', [(3, "list-line")]),
    "text after a quote": (HEADER + '"/b"x,,\n', [(2, "list-line")]),
    "line break in a path": (HEADER + '"/a\n/b",,\n/c/../d,,\n', [(2, "list-line"), (4, "path-dots")]),
    "size with a separator": (HEADER + "/a,1_000,\n", [(2, "wrong-type")]),
    "size with a sign": (HEADER + "/a,-1,\n/b,+1,\n", [(2, "wrong-type"), (3, "wrong-type")]),
    "size with a space": (HEADER + "/a, 1,\n", [(2, "wrong-type")]),
    "size with a leading zero": (HEADER + "/a,01,\n", [(2, "wrong-type")]),
    "size as a float": (HEADER + "/a,1.0,\n", [(2, "wrong-type")]),
    "size in other digits": (HEADER + "/a,\u0661,\n", [(2, "wrong-type")]),
    "size too large": (HEADER + f"/a,{2**53},\n/b,{'9' * 5000},\n", [(2, "out-of-range"), (3, "out-of-range")]),
    "revision zero": ("relativePath,revision\n/a,0\n", [(2, "out-of-range")]),
    "boolean": (HEADER + "/a,,yes\n/b,,1\n", [(2, "wrong-type"), (3, "wrong-type")]),
    "folder with a size": (HEADER + "/a/,1,\n/b,1,true\n", [(2, "size-of-folder"), (3, "size-of-folder")]),
    "folder that is none": (HEADER + "/a/,,false\n", [(2, "path-file-and-folder")]),
    "empty path": (HEADER + ",1,\n", [(2, "path-empty")]),
    "only empty rows": (HEADER + ",,\n\n", [(5, "no-objects")]),
    "an empty row in the middle": (HEADER + "/a,,\n,,\n\n/b,,\n,,\n", [(3, "list-line")]),
    "mixed line ends": (HEADER + "/a,,\n/Icon\r\n/b,,\n", [(3, "line-ends")]),
    "mixed the other way": (f"{HEADER}/a,,\n".replace("\n", "\r\n") + "/b,,\n", [(3, "line-ends")]),
    "a name that ends in a CR": ("relativePath\n/Icon\r\n", [(2, "line-ends")]),
    "what stands between columns, in a path": ("relativePath;sizeInBytes\n/a;b;1\n", [(2, "list-line")]),
    "commas below semicolons": ("relativePath;sizeInBytes\n/a,1\n", [(2, "list-line")]),
    "another column behind semicolons": ("relativePath;size\n/a;1\n", [(1, "list-header")]),
    "size of a folder as rclone writes it": (HEADER + "/a/,-1,true\n", [(2, "wrong-type")]),
    "Windows-1252": (HEADER.encode() + "/é,,\n".encode("cp1252"), [(2, "encoding")]),
    "pointer of LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", [(0, "lfs-pointer")]),
    "left of a merge": (HEADER + "/a,,\n<<<<<<< HEAD\n/b,,\n=======\n/c,,\n>>>>>>> x\n", [(3, "conflict-marker")]),
    "half left of a merge": (HEADER + "/a,,\n/c,,\n>>>>>>> x\n", [(4, "conflict-marker")]),
    "URL": (HEADER + "s3://bucket/a,,\n", [(2, "path-url")]),
    "a file above": (HEADER + "/a,,\n/a/b,,\n", [(2, "path-file-above"), (3, "path-file-above")]),
    "whole profile": (HEADER + "/,,\n", [(2, "path-whole-profile")]),
    "same path twice": (HEADER + "/a,,\na,,\n", [(3, "path-twice")]),
    "control character": (HEADER + "/a\x1b,,\n", [(2, "forbidden-character")]),
    "invalid UTF-8": (HEADER.encode() + b"/a,,\n/\xff,,\n", [(3, "encoding")]),
    "UTF-16": (HEADER.encode("utf-16"), [(0, "encoding")]),
    "BOM in the middle": (HEADER + "\ufeff/a,,\n", [(2, "forbidden-character")]),
    "lone CR": (HEADER + "/a,,\r/b,,\n", [(2, "forbidden-character")]),
    "endless line": (HEADER + "/" + "a" * 100_000, [(2, "list-line")]),
}


@pytest.mark.parametrize("case", CSV_REFUSED)
def test_csv_refused(folder: Folder, case: Any) -> None:
    """Each line of CSV that is not plainly an object is refused with its line."""
    text, expected = CSV_REFUSED[case]
    folder.write({"a.yaml": manifest("l.csv"), "l.csv": text})
    assert [(problem.place.line, problem.code) for problem in folder.problems()] == expected


JSONL_REFUSED = {
    "empty": ("", [(5, "no-objects")]),
    "empty line": ('{"relativePath":"/a"}\n\n{"relativePath":"/b"}\n', [(2, "list-line")]),
    "two on a line and an empty line": (
        '{"relativePath":"/a"} {"relativePath":"/b"}\n\n',
        [(1, "list-line"), (2, "list-line")],
    ),
    "an object on two lines": ('{"relativePath":\n"/a"}\n', [(1, "list-line"), (2, "list-line")]),
    "not JSON": ("/a\n", [(1, "list-line")]),
    "a list": ("[]\n", [(1, "wrong-type")]),
    "a string": ('"/a"\n', [(1, "wrong-type")]),
    "no path": ('{"sizeInBytes":1}\n', [(1, "missing-key")]),
    "unknown key": ('{"relativePath":"/a","size":1}\n', [(1, "unknown-key")]),
    "key twice": ('{"relativePath":"/a","relativePath":"/b"}\n', [(1, "duplicate-key")]),
    "size twice": ('{"relativePath":"/a","sizeInBytes":1,"sizeInBytes":2}\n', [(1, "duplicate-key")]),
    "isDirectory twice": ('{"relativePath":"/a","isDirectory":false,"isDirectory":false}\n', [(1, "duplicate-key")]),
    "key twice by an escape": ('{"relativePath":"/a","relative\\u0050ath":"/b"}\n', [(1, "duplicate-key")]),
    "key twice and once not": (
        '{"relativePath":"/a","relativePath":"/b"}\n{"sizeInBytes":1}\n',
        [(1, "duplicate-key"), (2, "missing-key")],
    ),
    "null": (
        '{"relativePath":null}\n{"relativePath":"/a","sizeInBytes":null}\n',
        [(1, "wrong-type"), (2, "wrong-type")],
    ),
    "float": ('{"relativePath":"/a","sizeInBytes":1.0}\n', [(1, "wrong-type")]),
    "exponent": ('{"relativePath":"/a","sizeInBytes":1e3}\n', [(1, "wrong-type")]),
    "string as size": ('{"relativePath":"/a","sizeInBytes":"1"}\n', [(1, "wrong-type")]),
    "boolean as size": ('{"relativePath":"/a","sizeInBytes":true}\n', [(1, "wrong-type")]),
    "negative": ('{"relativePath":"/a","sizeInBytes":-1}\n', [(1, "out-of-range")]),
    "too large": (f'{{"relativePath":"/a","sizeInBytes":{2**53}}}\n', [(1, "out-of-range")]),
    "5,000 digits": (f'{{"relativePath":"/a","sizeInBytes":{"9" * 5000}}}\n', [(1, "list-line")]),
    "NaN": ('{"relativePath":"/a","sizeInBytes":NaN}\n', [(1, "list-line")]),
    "number as boolean": ('{"relativePath":"/a","isDirectory":1}\n', [(1, "wrong-type")]),
    "escaped control character": ('{"relativePath":"/a\\u001b"}\n', [(1, "forbidden-character")]),
    "lone surrogate": ('{"relativePath":"/a\\ud800"}\n', [(1, "forbidden-character")]),
    "deep": ('{"relativePath":' + "[" * 60_000 + "\n", [(1, "list-line")]),
    "folder with a size": ('{"relativePath":"/a/","sizeInBytes":1}\n', [(1, "size-of-folder")]),
    "whole profile": ('{"relativePath":"/"}\n', [(1, "path-whole-profile")]),
    "dots": ('{"relativePath":"/a"}\n{"relativePath":"/../a"}\n', [(2, "path-dots")]),
}


@pytest.mark.parametrize("case", JSONL_REFUSED)
def test_json_lines_refused(folder: Folder, case: Any) -> None:
    """Each line of JSON Lines that is not plainly an object is refused with its line."""
    text, expected = JSONL_REFUSED[case]
    folder.write({"a.yaml": manifest("l.jsonl"), "l.jsonl": text})
    assert [(problem.place.line, problem.code) for problem in folder.problems()] == expected


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("l.yaml", "list-name"), ("l.doc", "list-name"), ("csv", "list-name"), ("l.csv.zip", "list-name"),
        (".gz", "list-name"),
        ("gone.csv", "list-missing"), ("../outside.csv", "list-outside"), ("/etc/outside.csv", "list-outside"),
        ("x/../../outside.csv", "list-outside"), ("..\\outside.csv", "list-outside"), ("link.csv", "symlink"),
        ("linked/l.csv", "symlink"), ("pipe.csv", "not-a-file"), ("dir.csv", "not-a-file"), ("sub/../l.csv", None),
    ],
)  # fmt: skip
def test_where_a_list_may_be(folder: Folder, tmp_path: Path, name: str, code: str | None) -> None:
    """A list lies below the folder of the manifests, with no link on the way."""
    (tmp_path / "outside.csv").write_text(HEADER + "/a,,\n")
    folder.write({"l.csv": HEADER + "/a,,\n", "sub/b.csv": "x", "dir.csv/x": ""})
    (folder.root / "link.csv").symlink_to("l.csv")
    (folder.root / "linked").symlink_to(folder.root)
    os.mkfifo(folder.root / "pipe.csv")
    (folder.root / "linked").unlink() if not name.startswith("linked") else None
    if code is None:
        assert folder.read(manifest(name)).spec.sets
    else:
        assert code in [problem.code for problem in folder.problems(manifest(name))]


def test_list_is_relative_to_its_manifest(folder: Folder) -> None:
    """A list is looked for beside the manifest that names it, and may lie above it."""
    folder.write({"sub/a.yaml": manifest("../lists/l.csv"), "lists/l.csv": HEADER + "/a,,\n"})
    assert folder.read().spec.sets


@pytest.mark.parametrize("cut", [1, 10, 30])
@pytest.mark.parametrize(("name", "pack"), [("l.csv.gz", gzip.compress), ("l.csv.zst", zstandard.compress)])
def test_cut_off_lists_are_refused(folder: Folder, name: str, pack: Any, cut: int) -> None:
    """A packed list that was cut off is never taken for a shorter one."""
    data = pack(HEADER.encode() + b"".join(b"/clip%d,,\n" % at for at in range(50)))
    folder.write({"a.yaml": manifest(name), name: data[:-cut]})
    assert [problem.code for problem in folder.problems()] == ["list-packed"]


@pytest.mark.parametrize("name", ["l.csv.gz", "l.csv.zst"])
def test_what_is_not_packed_is_refused(folder: Folder, name: str) -> None:
    """A list that is not packed as its name says is refused."""
    folder.write({"a.yaml": manifest(name), name: HEADER + "/a,,\n"})
    assert [problem.code for problem in folder.problems()] == ["list-packed"]


@pytest.mark.parametrize(("name", "pack"), [("l.csv.gz", gzip.compress), ("l.csv.zst", zstandard.compress)])
@pytest.mark.parametrize("filler", [b"/a", b"\n", b"/a,,\n"])
def test_bombs_are_capped(folder: Folder, name: str, pack: Any, filler: bytes) -> None:
    """A small file that unpacks to a large one is refused at the limit, or at the first thing wrong."""
    bomb = pack(HEADER.encode() + filler * (20_000_000 // len(filler)))
    assert len(bomb) < 200_000
    folder.write({"a.yaml": manifest(name), name: bomb})
    codes = {problem.code for problem in folder.problems(limits=ReadingLimits(list_bytes=4_000_000))}
    assert codes & {"list-too-large", "list-line"}


FIELDS = st.sampled_from(
    ["/a", "/b", "c", "/d/", "/", "", "1", "01", "-1", "true", "false", '"x"', '"a,b"', '""', " ", "/é", '"', "9" * 17]
)
LINES = st.lists(st.lists(FIELDS, max_size=4) | st.just(["/ok", "5", "FALSE"]), max_size=4)


def outcome(read: Any, data: str) -> object:
    """Columns and problems of a list."""
    columns, findings = Columns("l"), Findings("l")
    with suppress(Stop):
        read(iter([(1, data.encode())]), columns, findings)
    return columns if not findings.problems else [(each.place.line, each.code) for each in findings.problems]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([HEADER, "relativePath\n", "sizeInBytes,relativePath\n"]),
    LINES,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_quick_csv_equals_strict_csv(
    monkeypatch: pytest.MonkeyPatch, header: Any, lines: list[str], delimiter: Any, end: Any, last: Any
) -> None:
    """Whatever the lines, taking a chunk at once and taking it line by line give the same."""
    text = header.replace(",", delimiter).replace("\n", end) + end.join(map(delimiter.join, lines)) + end * last
    quick = outcome(csvlist.read_csv, text)
    with monkeypatch.context() as patched:
        patched.setenv(shortcuts.VARIABLE, "1")
        assert outcome(csvlist.read_csv, text) == quick


PARTS = st.sampled_from(
    [
        '"relativePath":"/a"',
        '"relativePath":"b"',
        '"relativePath":"/c/"',
        '"sizeInBytes":1',
        '"sizeInBytes":-1',
        '"sizeInBytes":1.0',
        '"isDirectory":true',
        '"x":1',
        '"relativePath":"sizeInBytes"',
        '"relativePath":"/"',
        '"\\u0072elativePath":"/a"',
        "}{",
        "} {",
    ]
)
OBJECTS = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: "{" + ",".join(parts) + "}")
JSON_LINES = st.lists(
    OBJECTS | st.sampled_from(["", " ", '{"relativePath":"/ok","sizeInBytes":5}', "x"]), min_size=1, max_size=4
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(JSON_LINES, st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_quick_json_lines_equal_strict_ones(monkeypatch: pytest.MonkeyPatch, lines: list[str], end: Any) -> None:
    """Whatever the lines, decoding a chunk at once and line by line give the same."""
    text = end.join(lines)
    quick = outcome(jsonlist.read_json_lines, text)
    with monkeypatch.context() as patched:
        patched.setenv(shortcuts.VARIABLE, "1")
        assert outcome(jsonlist.read_json_lines, text) == quick


TEXT = '/a\n/b/\nc\n/d, e\n/f/\n/say "hi"\n'


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("change", ["none", "crlf", "bom", "no last line end", "empty lines at the end"])
def test_plain_lists(folder: Folder, packing: str, change: str) -> None:
    """One path a line, literally, with any line ends; a trailing slash is a folder."""
    text = TEXT.replace("\n", "\r\n") if change == "crlf" else TEXT
    text = "\ufeff" + text if change == "bom" else text + "\n\n" if change.startswith("empty") else text
    data = (text.removesuffix("\n") if change == "no last line end" else text).encode()
    data = gzip.compress(data) if packing == ".gz" else zstandard.compress(data) if packing == ".zst" else data
    folder.write({"a.yaml": manifest(f"l.txt{packing}"), f"l.txt{packing}": data})
    assert list(folder.read().spec.sets["s"].objects.paths) == ["/a", "/b/", "/c", "/d, e", "/f/", '/say "hi"']


TEXT_REFUSED = {
    "empty": ("", [(5, "no-objects")]),
    "an empty line in the middle": ("/a\n\n/b\n", [(2, "list-line")]),
    "mixed line ends": ("/a\n/Icon\r\n", [(2, "line-ends")]),
    "the whole profile": ("/a\n/\n", [(2, "path-whole-profile")]),
    "what find lists without -type f": ("/ep\n/ep/a\n", [(1, "path-file-above"), (2, "path-file-above")]),
    "Windows": ("C:\\a\n\\\\host\\b\n", [(1, "path-drive"), (2, "path-backslash")]),
    "dots": ("./a\n", [(1, "path-dots")]),
}


@pytest.mark.parametrize("case", TEXT_REFUSED)
def test_plain_lists_refused(folder: Folder, case: Any) -> None:
    """What is no path of the profile is refused with its line."""
    text, expected = TEXT_REFUSED[case]
    folder.write({"a.yaml": manifest("l.txt"), "l.txt": text})
    assert [(each.place.line, each.code) for each in folder.problems()] == expected


def test_an_empty_row_between_chunks_is_refused() -> None:
    """An empty row at the end of one chunk is in the middle of the list if another chunk follows."""
    columns, findings = Columns("l"), Findings("l")
    csvlist.read_csv(iter([(1, b"relativePath\n/a\n\n"), (4, b"/b\n/c\n")]), columns, findings)
    assert [(each.place.line, each.code) for each in findings.problems] == [(3, "list-line")]


def test_judging_stops_where_telling_stops() -> None:
    """Once no further problem would be kept, no further path is looked at."""
    for paths in (["/a"] * 5000, [f"/../{at}" for at in range(5000)]):
        columns, findings = Columns("l", paths), Findings("l", 10)
        columns.places.extend(range(5000))
        columns.judge(findings)
        assert (len(findings.problems), findings.unlisted) == (10, 1)
