"""What is said of a path: the code, the phrase and what to do, of each fault and each caution."""

from __future__ import annotations

import pytest

from jetplan.core.paths import LONGEST_PATH, LONGEST_SEGMENT, PathFault, cautions_of, faults_of

FROM_ROOT = faults_of("/C:/a")[0].hint
LITERAL = cautions_of("/a%20b")[0].hint
LIMIT = faults_of("/" + "x" * (LONGEST_SEGMENT + 1))[0].hint


def test_the_hints_that_several_share() -> None:
    """They lead out: from where a path is written, that it is taken as it stands, whose limit it is."""
    assert "root" in FROM_ROOT
    assert LITERAL
    assert LIMIT
    assert len({FROM_ROOT, LITERAL, LIMIT}) == 3


@pytest.mark.parametrize(
    ("path", "faults"),
    [
        ("/", []),
        ("/a/b.mxf", []),
        ("/C:/a", [PathFault("path-drive", "begins with a Windows drive", FROM_ROOT)]),
        ("/\\\\host\\a", [PathFault("path-backslash", "is a Windows network path (UNC)", FROM_ROOT)]),
        ("/a\\b", [PathFault("path-backslash", "holds a backslash", "separate folders with `/`")]),
        ("/s3://a/b", [PathFault("path-url", "is a URL", FROM_ROOT)]),
        ("/a/../b", [PathFault("path-dots", "has a `.` or `..` segment", "write the path from the profile's root")]),
        ("/a//b", [PathFault("path-empty-segment", "has an empty name between two slashes", "write one `/`")]),
        ("/" + "x" * LONGEST_SEGMENT, []),
        (
            "/" + "x" * (LONGEST_SEGMENT + 1),
            [PathFault("path-long-segment", f"has a name of more than {LONGEST_SEGMENT} characters", LIMIT)],
        ),
        ("/" + "x/" * ((LONGEST_PATH - 1) // 2), []),
        ("/" + "x/" * (LONGEST_PATH // 2), [PathFault("path-too-long", f"is longer than {LONGEST_PATH} bytes", LIMIT)]),
    ],
)
def test_faults(path: str, faults: list[PathFault]) -> None:
    """Each is one phrase that follows the path."""
    assert faults_of(path) == faults


@pytest.mark.parametrize("path", ["//a", "//"])
def test_two_slashes_at_the_beginning(path: str) -> None:
    """They name a host; where nothing follows, there is an empty name, too."""
    found = faults_of(path)
    assert found[0] == PathFault("path-host", "starts with two slashes, which names a host", "start it with one `/`")
    empty = PathFault("path-empty-segment", "has an empty name between two slashes", "write one `/`")
    assert found[1:] == ([empty] if path == "//" else [])


@pytest.mark.parametrize(
    ("path", "code", "message", "hint"),
    [
        ("/a.", "path-trailing-dot-or-space", "has a name ending in a dot or a space: Windows drops it", ""),
        ("/con", "path-device-name", "has a name that is a device on Windows", ""),
        ("/a:b", "path-windows-character", "holds `:`, which no name on Windows may hold", ""),
        ("/a%20b", "path-encoded", "looks encoded for a URL", LITERAL),
        (
            "/" + "\u00e9" * 128,
            "path-long-segment",
            f"has a name of more than {LONGEST_SEGMENT} bytes: most file systems cannot hold it",
            "",
        ),
    ],
)
def test_cautions(path: str, code: str, message: str, hint: str) -> None:
    """What may not be meant, or will not fit somewhere."""
    assert PathFault(code, message, hint) in cautions_of(path)


def test_frames_and_patterns() -> None:
    """Each is taken as it stands; the hint names the command that lists what may be meant."""
    frames = cautions_of("/f.[0001-0240].dpx")[-1]
    assert (frames.code, frames.message) == ("path-frames", "looks like a range of frames")
    assert "`jetplan list from FILE --sequence`" in frames.hint
    assert "`jetplan list from-folder FOLDER`" in LITERAL
    assert PathFault("path-pattern", "looks like a pattern", LITERAL) in cautions_of("/*.mxf")


def test_unseen_and_forbidden_characters() -> None:
    """Named by code point, with what can be done."""
    (fault,) = faults_of("/a\u202eb")
    assert fault.code == "forbidden-character"
    assert fault.message == "holds a character that changes the direction of text, \\u202e"
    assert fault.hint
    (joiner,) = cautions_of("/\u0646\u0627\u200c\u0647")
    assert joiner.code == "path-unseen"
    assert joiner.message == "holds \\u200c, which cannot be seen"
