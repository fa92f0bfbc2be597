"""Reading by pattern and reading strictly are one: for every text the same declarations, places and complaints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jetplan.manifest.document import Document, declare_strictly
from jetplan.manifest.fast import canonical, plain
from jetplan.manifest.fast.quick import declare
from jetplan.manifest.files import SourceFile
from jetplan.manifest.findings import Findings
from jetplan.manifest.limits import DEFAULT_LIMITS
from tests.manifest.test_encoding import REFUSED as BAD_ENCODINGS
from tests.manifest.yaml.test_structure import REFUSED as BAD_STRUCTURES

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

EXAMPLES = int(os.environ.get("JETPLAN_TEST_EXAMPLES", "400"))
WHOLE = (
    "apiVersion: jetplan/v1\njobs:\n  j:\n    source: a b\n    destination: c\ndeliverySets:\n  s:\n    job: j\n"
    "    objects:\n      - /a\n      - relativePath: /b\n        sizeInBytes: 7\n"
)


def outcome(data: bytes, *, quick: bool) -> str:
    """All that reading gives, with every place."""
    document, findings = Document(), Findings("a.yaml", 50)
    read = declare if quick else declare_strictly
    read(data, document, findings, SourceFile("a.yaml", "."), DEFAULT_LIMITS)
    sets = [
        (spec.name, spec.job, spec.overlap, spec.renamed_from, spec.place, spec.objects.revision, digest, columns)
        for spec, digest, columns in document.sets
    ]
    found = sorted(findings.problems), findings.unlisted, sorted(findings.warnings)
    return repr((document.jobs, sets, document.job_names, document.set_names, found))


PATHS = (
    "/a",
    "/b c/d.mxf",
    "/e/",
    "/Ä/ö.mov",
    "/A\u0308/o",
    "/a",
    "/A",
    "/x#y",
    "/-/z",
    "/[1],{2}",
    "/é",
    "//h",
    "/f.",
    "/",
)
BLANKS = (" ", "  ", "\t", "")
ODD = (
    ": ", " #", "#", "'", '"', "\t", "\r\n", "\r", "\ufeff", "\u2028", "\x00", "&a ", "*a", "!t ", "|", ">", "- ",
    "? ", "---\n", "...\n", "%", "\n", "\n\n", " ", "  ", "      ", "\\", "[", "]", "{", "}", ",", "<<", "~", "null",
    "true", "NO", "0", "01", "1_0", "9007199254740992", "-1", "1e3", "/", "//", "/../", "~", "é", "é", "\U0001f600",
    "stretch", '- "stretch"\n', '      - "stretch"\n', "isDirectory: true", "objects:", "jobs:", "deliverySets:",
    "      - /z\n", "        more\n", "          # note\n", "# note\n", "\n        sizeInBytes: 1", "  revision: 2\n",
)  # fmt: skip


@st.composite
def entries(draw: DrawFn, indent: str) -> str:
    """One object of a list: nearly always canonical."""
    path = draw(st.sampled_from(PATHS) | st.from_regex(r"/[a-c]{1,3}", fullmatch=True))
    if draw(st.integers(0, 2)) == 0:
        return f"{indent}- {path}\n"
    text = f"{indent}- relativePath: {path}\n"
    for key in (
        draw(st.permutations(("sizeInBytes", "revision")))
        if draw(st.integers(0, 9)) == 0
        else ("sizeInBytes", "revision")
    ):
        if draw(st.booleans()):
            number = draw(st.sampled_from(("1", "0", "123456789012345", "9007199254740993", "007", "1")))
            text += f"{indent}  {key}: {number}\n"
    if draw(st.integers(0, 9)) == 0:
        text += f"{indent}  isDirectory: {draw(st.sampled_from(('true', 'false')))}\n"
    return text


@st.composite
def manifests(draw: DrawFn) -> str:
    """A manifest that is plain, or nearly so."""
    names = st.sampled_from(("a", "b", "nightly", "true", "Null", "EP 101", "x.y-z", "no"))
    gap = st.sampled_from(("", "", "", "", "\n", "# note\n", "    # /x\n"))
    text = draw(gap) + "apiVersion: jetplan/v1\n"
    if draw(st.booleans()):
        text += draw(gap) + "jobs:\n"
        for _ in range(draw(st.integers(0, 2))):
            text += f"  {draw(names)}:\n{draw(gap)}    source: {draw(names)}\n    destination: {draw(names)}\n" + draw(
                gap
            )
    if draw(st.integers(0, 5)):
        text += "deliverySets:\n"
        for _ in range(draw(st.integers(1, 2))):
            indent = draw(st.sampled_from(("      ", "      ", "    ", "       ", "  ", "")))
            revision = draw(
                st.sampled_from(("", "", "    revision: 3\n", "    allowCaseTwins: true\n", "    overlap: skip\n"))
            )
            text += f"  {draw(names)}:\n    job: {draw(names)}\n{revision}    objects:\n{draw(gap)}"
            for _ in range(draw(st.integers(0, 5))):
                text += draw(entries(indent)) + draw(gap)
    return text


@st.composite
def mutated(draw: DrawFn) -> bytes:
    """A manifest with a few places changed: something put in, taken out, doubled or moved."""
    text = draw(manifests())
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.integers(0, 6)))
        match draw(st.integers(0, 4)):
            case 0 | 1:
                text = text[:at] + draw(st.sampled_from(ODD)) + text[at:]
            case 2:
                text = text[:at] + text[until:]
            case 3:
                text = text[:at] + draw(st.sampled_from(ODD)) + text[until:]
            case _:
                start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at) + 1
                text = text[:start] + text[start:end] + text[start:]
    if draw(st.integers(0, 9)) == 0:
        text = text.replace("\n", "\r\n")
    data = text.encode("utf-8", "surrogatepass")
    return b"\xef\xbb\xbf" + data if draw(st.integers(0, 9)) == 0 else data


@settings(max_examples=EXAMPLES, deadline=None)
@example(WHOLE.encode())
@given(mutated())
def test_both_ways_of_reading_agree(data: bytes) -> None:
    """Whatever is near the canonical layout reads the same by pattern and strictly."""
    assert outcome(data, quick=True) == outcome(data, quick=False)


@pytest.mark.parametrize("cases", [BAD_STRUCTURES, BAD_ENCODINGS], ids=["structures", "encodings"])
def test_hostile_texts_are_refused_alike(cases: dict[str, tuple[str | bytes, object] | bytes]) -> None:
    """Every text that the strict reader is known to refuse, alone and around a canonical list, reads the same."""
    for case in cases.values():
        content = case[0] if isinstance(case, tuple) else case
        data = content if isinstance(content, bytes) else content.encode()
        for whole in (data, data + WHOLE.encode(), WHOLE.encode() + data):
            assert outcome(whole, quick=True) == outcome(whole, quick=False)


TRAPS = {
    "in a literal": WHOLE + "x: |\n      - /c\n      - /d\n",
    "in a folded scalar of a set": WHOLE.replace("job: j", "job: >\n      - /c\n      - /d"),
    "in quotes": WHOLE.replace("job: j", 'job: "\n      - /c\n      - /d\n      "'),
    "after a plain scalar": WHOLE.replace("objects:\n", "objects: x\n"),
    "below another item": WHOLE.replace("      - /a\n", "    - x\n      - /a\n"),
    "in a list in a list": WHOLE.replace("      - /a\n", "    -\n      - /a\n      - /b\n"),
    "under another key": WHOLE.replace("objects:", "things:"),
    "in flow": WHOLE.replace("objects:\n", "objects: [\n") + "  ]\n",
    "with a line that goes on": WHOLE.replace("- /a\n", "- /a\n        b\n"),
    "with a line that goes on after a blank one": WHOLE.replace("- /a\n", "- /a\n\n        b\n"),
    "with a key that follows a blank line": WHOLE.replace("        size", "\n        size"),
    "with a comment that begins deeper": WHOLE.replace("- /a\n", "- /a\n            # c\n"),
    "in a second document": WHOLE + "---\n" + WHOLE,
    "twice": WHOLE + WHOLE.partition("jobs:")[2],
    "in two sets of one name": WHOLE + WHOLE.partition("deliverySets:\n")[2],
    "stood for already": WHOLE.replace("/a\n", '"stretch"\n'),
    "without an end": WHOLE[:-1],
    "ended by a document end": WHOLE + "...\n",
    "a folder with a size": WHOLE.replace("/b\n", "/b/\n"),
    "a number for a name": WHOLE.replace("  s:", "  1:"),
    "not a job but null": WHOLE.replace("job: j", "job: null"),
    "one name for two jobs": WHOLE.replace("jobs:\n", "jobs:\n  j:\n    source: a\n    destination: b\n"),
    "a name that is too long": WHOLE.replace("a b", "a" * 256),
    "a path that is too long": WHOLE.replace("/a", "/" + "a" * 300),
    "a size that is too large": WHOLE.replace(": 7", ": 9007199254740992"),
    "a size with a zero before it": WHOLE.replace(": 7", ": 07"),
    "a revision of nought": WHOLE.replace("sizeInBytes: 7", "revision: 0"),
    "the whole profile": WHOLE.replace("/a\n", "/\n"),
    "the same path twice": WHOLE.replace("/b", "/a"),
    "a comment after a path": WHOLE.replace("/a\n", "/a #b\n"),
    "a hash within a path": WHOLE.replace("/a\n", "/a#b\n"),
    "a colon at the end of a path": WHOLE.replace("/a\n", "/a:\n"),
    "a path as a key": WHOLE.replace("/a\n", "/a: b\n"),
    "a blank at the end of a path": WHOLE.replace("/a\n", "/a \n"),
    "a tab at the end of a path": WHOLE.replace("/a\n", "/a\t\n"),
    "a tab within a path": WHOLE.replace("/a\n", "/a\tb\n"),
    "twins": WHOLE.replace("/b", "/A"),
    "source is destination": WHOLE.replace("a b", "c"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_traps(trap: str) -> None:
    """Lines that look like a list of objects and are none, or are not all of it, read as the strict reader does."""
    data = TRAPS[trap].encode()
    assert outcome(data, quick=True) == outcome(data, quick=False)


WRONG = {
    "a colon in a path": (canonical, "_FOLDER", canonical._FOLDER.replace(b"9;", b":;")),
    "a hash in a path": (canonical, "_FOLDER", canonical._FOLDER.replace(b'-"$-9', b"-9")),
    "a blank at the end of a path": (canonical, "_FOLDER", canonical._FOLDER.replace(b"[!-", b"[ -")),
    "a folder with a size": (canonical, "_FILE", canonical._FOLDER),
    "any size": (canonical, "_SIZE", b"[0-9]+"),
    "any revision": (canonical, "_REVISION", b"[0-9]+"),
    "a line that goes on": (canonical, "_NO_DEEPER", b"(?:%s)?"),
    "names that are no strings": (plain, "_NO_STRINGS", frozenset()),
    "names of any length": (plain, "LONGEST_NAME", 1000),
}


@pytest.mark.parametrize("guard", WRONG)
def test_a_wrong_guard_is_found(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With any one guard of the patterns loosened, the two ways of reading differ, and these tests see it."""
    owner, name, loose = WRONG[guard]
    canonical._stretch_at.cache_clear()
    monkeypatch.setattr(owner, name, loose)
    try:
        assert any(outcome(text.encode(), quick=True) != outcome(text.encode(), quick=False) for text in TRAPS.values())
    finally:
        canonical._stretch_at.cache_clear()


def test_the_common_layout_is_read_without_events() -> None:
    """A plain manifest is taken by pattern alone; with one more key, all but its objects is read strictly."""
    short, aside = canonical.put_aside(WHOLE.encode())
    assert [(each.line, each.indent) for each in aside.values()] == [(9, 6)]
    assert plain.declare_plain(short, aside, Document(), Findings("a.yaml"))
    more = WHOLE.replace("    job: j\n", "    job: j\n    overlap: skip\n")
    short, aside = canonical.put_aside(more.encode())
    assert len(aside) == 1
    assert not plain.declare_plain(short, aside, Document(), Findings("a.yaml"))
