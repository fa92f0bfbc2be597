"""`jetplan list`: lists made, converted and compared, and every one of them valid as `objectsFrom`."""

from __future__ import annotations

import io
import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Ran, Stage

SCHEMAS = Path(__file__).parents[2] / "schemas"
HEAD = "relativePath,sizeInBytes\n"
LISTS = {
    "a.txt": ("/b.mov\n/a/c.wav\n", HEAD + "/b.mov,\n/a/c.wav,\n"),
    "a.csv": ("relativePath,sizeInBytes\n/a,5\n/b/,\n", HEAD + "/a,5\n/b/,\n"),
    "a.jsonl": ('{"relativePath":"/a, b","sizeInBytes":5}\n', HEAD + '"/a, b",5\n'),
    "a.md5": (f"{'0' * 32}  x/a.mov\n", HEAD + "/x/a.mov,\n"),
    "a.json": ('[\n{"Path":"a.mov","Name":"a.mov","Size":7,"IsDir":false}\n]\n', HEAD + "/a.mov,7\n"),
}


@pytest.mark.parametrize("name", LISTS)
def test_any_format_becomes_csv(name: str, run_line: Callable[..., Ran]) -> None:
    """In the order of the list; what is written is read as the same."""
    text, expected = LISTS[name]
    Path(name).write_text(text)
    assert run_line(f"jetplan list from {name}").out == expected
    run_line(f"jetplan list from {name} --out made.csv")
    assert Path("made.csv").read_text() == expected
    assert run_line("jetplan list from made.csv").out == expected
    assert "nothing differs" not in run_line(f"jetplan list diff {name} made.csv").out
    Path("m.yaml").write_text("apiVersion: jetplan/v1\ndeliverySets:\n  s: {job: j, objectsFrom: {file: made.csv}}\n")
    assert len(read_manifests(Path("m.yaml")).spec.sets["s"].objects) == expected.count("\n") - 1


def test_from_stdin(run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its format has to be said."""
    file = tmp_path / "piped"
    file.write_text("/a\n")
    with file.open("rb") as opened:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(opened))
        monkeypatch.setattr("stage.Terminalless", lambda: sys.stdin)
        assert run_line("jetplan list from - --from-format txt").out == HEAD + "/a,\n"
    assert "--from-format" in run_line("jetplan list from -", code=64).err


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("jetplan list from missing.csv", 64, "there is no list at missing.csv"),
        ("jetplan list from a.txt --from-format doc", 64, "no list has the format"),
        ("jetplan list from a.bin", 1, "is no list by its name"),
        ("jetplan list from bad.csv", 1, "bad.csv:2"),
        ("jetplan list from a.txt --strip /other", 1, "is not below"),
        ("jetplan list from a.txt --strip ../x", 64, "--strip"),
        ("jetplan list from a.txt --out missing/x.csv", 64, "missing/x.csv"),
        ("jetplan list from-folder missing", 64, "missing cannot be read"),
        ("jetplan list from a.txt --sequence --strip /x/y", 1, "is not below"),
    ],
)
def test_what_cannot_be_done(line: str, code: int, told: str, run_line: Callable[..., Ran]) -> None:
    """Each says what is wrong, and where."""
    Path("a.txt").write_text("/x/a\n")
    Path("a.bin").write_text("/x/a\n")
    Path("bad.csv").write_text("relativePath,sizeInBytes\n/a,many\n")
    assert told in run_line(line, code=code).err


def test_where_paths_lie(run_line: Callable[..., Ran]) -> None:
    """`--strip` and `--prefix` as `stripPrefix` and `prefix` do."""
    Path("a.txt").write_text("/mnt/dailies/a.mov\n")
    assert run_line("jetplan list from a.txt --strip /mnt/dailies --prefix ep101").out == HEAD + "/ep101/a.mov,\n"


@pytest.mark.parametrize(
    ("written", "frames"),
    [
        ("/s/shot.[0001-0003].exr", ["/s/shot.0001.exr", "/s/shot.0002.exr", "/s/shot.0003.exr"]),
        ("/s/shot.1-2#.exr", ["/s/shot.0001.exr", "/s/shot.0002.exr"]),
        ("/s/shot.1-5x2@@.exr", ["/s/shot.01.exr", "/s/shot.03.exr", "/s/shot.05.exr"]),
        ("/s/plain.mov", ["/s/plain.mov"]),
        ("/s/take[1].mov", ["/s/take[1].mov"]),
    ],
)
def test_frame_ranges(written: str, frames: list[str], run_line: Callable[..., Ran]) -> None:
    """Only where it is asked for; a manifest itself expands nothing."""
    Path("a.txt").write_text(f"{written}\n")
    assert run_line("jetplan list from a.txt").out == f"{HEAD}{written},\n"
    out = run_line("jetplan list from a.txt --sequence").out
    assert out == HEAD + "".join(f"{frame},\n" for frame in frames)


def test_a_mounted_storage(run_line: Callable[..., Ran]) -> None:
    """Sizes and names as they are; links, sockets and names that are not UTF-8 are left out and named."""
    top = Path("mnt")
    (top / "ep 101/ß").mkdir(parents=True)
    (top / "ep 101/ß/a,b.mov").write_bytes(b"12345")
    (top / ".hidden").write_bytes(b"")
    (top / "link").symlink_to("/etc")
    (top / "file-link").symlink_to(top / ".hidden")
    Path(os.fsdecode(b"mnt/\xff.mov")).write_bytes(b"1")
    with socket.socket(socket.AF_UNIX) as special:
        special.bind("mnt/socket")
        Path("mnt/back\\slash.mov").write_bytes(b"1")
        ran = run_line("jetplan list from-folder mnt", code=1)
    assert ran.out == HEAD + '/.hidden,0\n"/ep 101/ß/a,b.mov",5\n'
    assert ran.err.splitlines() == [
        "left out: /\\xff.mov: its name is not UTF-8",
        "left out: /back\\slash.mov: its path holds a backslash",
        "left out: /file-link: it is a symbolic link",
        "left out: /link: it is a symbolic link",
        "left out: /socket: it is neither a file nor a folder",
        "2 objects.",
    ]
    Path(os.fsdecode(b"mnt/\xff.mov")).unlink()
    Path("mnt/back\\slash.mov").unlink()
    assert run_line("jetplan list from-folder mnt --prefix /nyc").out.startswith(HEAD + "/nyc/.hidden,0\n")


def fits(text: str) -> Any:
    document = json.loads(text)
    Draft202012Validator(json.loads((SCHEMAS / "lists.schema.json").read_text())).validate(document)
    return document


def test_two_lists_side_by_side(run_line: Callable[..., Ran]) -> None:
    """What is in one only, and what has another size; unknown sizes differ from nothing."""
    Path("a.csv").write_text(HEAD + "/same,5\n/unknown,\n/old,1\n/resized,5\n")
    Path("b.csv").write_text(HEAD + "/unknown,9\n/same,5\n/resized,6\n/new,\n")
    assert run_line("jetplan list diff a.csv b.csv", code=1).out.splitlines() == [
        "- only in the first: /old",
        "+ only in the second: /new",
        "~ another size: /resized: 5 B, 6 B",
        "2 objects the same, 1 only in the first, 1 only in the second, 1 of another size.",
    ]
    told = fits(run_line("jetplan list diff a.csv b.csv --format json", code=1).out)
    assert (told["equal"], told["onlyFirst"], told["onlySecond"]) == (False, ["/old"], ["/new"])
    assert told["resized"] == [{"relativePath": "/resized", "first": 5, "second": 6}]
    assert fits(run_line("jetplan list diff a.csv a.csv --format json").out)["equal"]


def test_a_set_against_its_storage(stage: Stage) -> None:
    """Missing, of another size, not declared; a folder is there when something lies in it."""
    stage.put("/a.mxf", "/reel/1.mov")
    size = (stage.source / "a.mxf").stat().st_size
    stage.write_set("/a.mxf", "/reel/")
    assert (
        "2 objects the same, 0 missing, 0 not declared"
        in stage.run(f"jetplan list check masters --against {stage.source}").out
    )
    stage.write(
        "apiVersion: jetplan/v1\ndeliverySets:\n  masters:\n    job: nyc-to-lax\n    objects:\n"
        f"      - {{relativePath: /a.mxf, sizeInBytes: {size + 1}}}\n      - /gone.mxf\n      - /empty/\n"
    )
    ran = stage.run(f"jetplan list check masters --against {stage.source}", code=1)
    assert "- missing: /gone.mxf" in ran.out
    assert "- missing: /empty/" in ran.out
    assert "+ not declared: /reel/1.mov" in ran.out
    assert "~ another size: /a.mxf" in ran.out
    stage.run(f"jetplan list from-folder {stage.source} --out there.csv")
    told = fits(stage.run("jetplan list check masters --against there.csv --format json", code=1).out)
    assert told["onlyFirst"] == ["/gone.mxf", "/empty/"]
    assert "no delivery set is named" in stage.run("jetplan list check mastes --against there.csv", code=64).err


@pytest.mark.parametrize(
    ("text", "line"),
    [("/a/../b\n", 1), ("/c\n/c\n", 2), ("/ok\n/x\\y.mov\n", 2), ("/f/\n/f/a\n", 2), ("/\u202egnp\n", 1)],
    ids=["dots", "twice", "backslash", "inside", "bidi"],
)
def test_what_a_manifest_refuses_is_not_written(text: str, line: int, run_line: Callable[..., Ran]) -> None:
    """At its line, of a file or of standard input; and nothing is left of it."""
    Path("a.txt").write_text(text)
    ran = run_line("jetplan list from a.txt --out made.csv", code=1)
    assert (f"a.txt:{line}:" in ran.err, Path("made.csv").exists()) == (True, False)


def test_what_a_set_may_allow_is_written(run_line: Callable[..., Ran]) -> None:
    """Twins are for the set to judge."""
    Path("a.txt").write_text("/A.mov\n/a.mov\n")
    assert run_line("jetplan list from a.txt").out == HEAD + "/A.mov,\n/a.mov,\n"


def test_odd_names_are_warned_of(run_line: Callable[..., Ran]) -> None:
    """As where a manifest names the list; a range of frames that is expanded is not odd."""
    Path("a.txt").write_text("/s.[1-2].exr\n/CON\n")
    assert {"range of frames", "device on Windows"} <= {
        part for part in ("range of frames", "device on Windows") if part in run_line("jetplan list from a.txt").err
    }
    assert "range of frames" not in run_line("jetplan list from a.txt --sequence").err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/s.####.exr\n", "does not say from which to which"),
        ("/s.%04d.exr\n", "does not say from which to which"),
        ("/s.[1-999999999].exr\n", "is no frame range"),
        ("/s.[1-2].exr\n/s.2.exr\n", "listed twice"),
    ],
    ids=["hashes", "printf", "huge", "twice"],
)
def test_ranges_that_cannot_be_expanded(text: str, said: str, run_line: Callable[..., Ran]) -> None:
    """Never guessed, never dropped in silence."""
    Path("a.txt").write_text(text)
    assert said in run_line("jetplan list from a.txt --sequence", code=64).err


def test_a_part_that_cannot_be_read(run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """No list is written that lacks it in silence."""
    Path("mnt/closed").mkdir(parents=True)
    scan = os.scandir

    def refusing(path: str) -> Any:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    ran = run_line("jetplan list from-folder mnt --out made.csv", code=1)
    assert ("mnt/closed cannot be read" in ran.err, Path("made.csv").exists()) == (True, False)
