"""The layout of `jetplan fmt`: it moves blanks and drops needless quotes, and never changes what is declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetplan.errors import ManifestInvalid
from jetplan.manifest.document import Document, declare_strictly
from jetplan.manifest.files import SourceFile
from jetplan.manifest.findings import Findings
from jetplan.manifest.format import formatted
from jetplan.manifest.limits import DEFAULT_LIMITS

SOURCE = SourceFile("m.yaml", ".")

MESSY = """\r

# yaml-language-server: $schema=x   \r
apiVersion:   "jetplan/v1"
jobs:
      'nyc-to-lax':      # aligned   \t
            source: "NYC Dailies"
            # about the destination
            destination:
              'LAX Ingest'
            paused: false
      # the last of the jobs
      "12": {source: a,   destination: 'b',
             paused: true}   # flow
deliverySets:
 s:
   job: nyc-to-lax
   objects:
   -   '/a b'
   # between
   -   relativePath: "/c:d".
"""
MESSY = MESSY.replace(
    '"/c:d".', '"/c d"\n       sizeInBytes: 5\n   - "/#1"\n   - \'NO\'\n   - "2024-01-01"\n\n   -  /z\n   # end\n\n\n'
)
NEAT = """\
# yaml-language-server: $schema=x
apiVersion:   jetplan/v1
jobs:
  nyc-to-lax:      # aligned
    source: NYC Dailies
    # about the destination
    destination:
      LAX Ingest
    paused: false
  # the last of the jobs
  "12": {source: a,   destination: b,
         paused: true}   # flow
deliverySets:
  s:
    job: nyc-to-lax
    objects:
      - /a b
      # between
      - relativePath: /c d
        sizeInBytes: 5
      - "/#1"
      - 'NO'
      - "2024-01-01"

      - /z
      # end
"""


def test_messy_becomes_neat() -> None:
    """Indentation, quotes and blanks are put in order; comments, order and blank lines stay."""
    assert formatted(MESSY.encode(), SOURCE).decode() == NEAT


def test_neat_stays() -> None:
    """What is in order is not touched, byte for byte."""
    assert formatted(NEAT.encode(), SOURCE).decode() == NEAT


def test_the_example_is_neat() -> None:
    """The shipped example is laid out as the formatter would."""
    for file in (Path(__file__).parents[2] / "manifests").rglob("*.yaml"):
        assert formatted(file.read_bytes(), SOURCE) == file.read_bytes()


@pytest.mark.parametrize(
    "content", ["", "# only a comment\n", "{apiVersion: jetplan/v1}\n", "---\napiVersion: jetplan/v1\n...\n"]
)
def test_small_files_stay(content: str) -> None:
    """Files with hardly anything in them stay as they are."""
    assert formatted(content.encode(), SOURCE).decode() == content


def test_bom_goes() -> None:
    """A BOM is dropped."""
    assert formatted("\ufeffapiVersion: jetplan/v1".encode(), SOURCE) == b"apiVersion: jetplan/v1\n"


def test_invalid_files_are_not_formatted() -> None:
    """What cannot be read without a problem is not rewritten."""
    with pytest.raises(ManifestInvalid):
        formatted(b"apiVersion: jetplan/v1\nx: 1\n", SOURCE)


def meaning(data: bytes) -> object:
    """What a manifest declares."""
    document, findings = Document(), Findings("m.yaml")
    declare_strictly(data, document, findings, SOURCE, DEFAULT_LIMITS)
    assert findings.problems == []
    return document.jobs, [(declared, digest) for declared, digest, _ in document.sets]


TEXT = st.sampled_from(
    ["a", "b c", "'x'", '"x y"', "'12'", '"NO"', "é", "'a: b'", '"# x"', "a#b", "'it''s'", '"\\u00e9"', "/q", "a,b"]
)
NEWLINE = "\n"
GAP = st.sampled_from([" ", "  ", "    "])
NOISE = st.sampled_from(["", "", "", "\n", "# c\n", "   # c # d\n", "  \n"])
TAIL = st.sampled_from(["", "", " # c", "   #c", " "])


@st.composite
def manifests(draw: st.DrawFn) -> str:
    """A valid manifest in some untidy layout."""
    one, two, three = (" " * draw(st.integers(1, 5)) for _ in range(3))
    dash = draw(st.sampled_from(["", " ", "   "]))
    lines = ["apiVersion: jetplan/v1", "jobs:"]
    for at in range(draw(st.integers(1, 2))):
        lines.append(f"{one}j{at}:{draw(TAIL)}")
        lines.append(f"{one}{two}source:{draw(GAP)}{draw(TEXT)}{draw(TAIL)}")
        lines.append(
            f"{one}{two}destination:{draw(st.sampled_from([' ', f'{NEWLINE}{one}{two} {three}']))}{draw(TEXT)}"
        )
    lines.append("deliverySets:")
    for at in range(draw(st.integers(1, 2))):
        lines += [
            f"{three}s{at}:",
            f"{three}{two}job:{draw(GAP)}{draw(TEXT)}{draw(TAIL)}",
            f"{three}{two}objects:{draw(TAIL)}",
        ]
        for item in range(draw(st.integers(1, 3))):
            gap = draw(GAP)
            start = f"{three}{two}{dash}-{gap}"
            broken = NEWLINE + " " * (len(start) + 1)
            match draw(st.integers(0, 3)):
                case 0:
                    lines.append(f"{start}'/p{item}'{draw(TAIL)}")
                case 1:
                    lines.append(f"{start}relativePath:{draw(GAP)}/p{item}{draw(TAIL)}")
                    lines.append(f"{three}{two}{dash} {gap}sizeInBytes: 5{draw(TAIL)}")
                case 2:
                    lines.append(f"{start}{{relativePath: /p{item},{draw(st.sampled_from([' ', broken]))}revision: 2}}")
                case _:
                    lines.append(f"{start}/p{item} x{draw(TAIL)}")
    return "".join(draw(NOISE) + line + draw(st.sampled_from(["\n", "\n", "\r\n"])) for line in lines)


@given(manifests())
def test_meaning_and_comments_stay(text: str) -> None:
    """However untidy a manifest is, its layout changes once, its meaning and its comments never."""
    neat = formatted(text.encode(), SOURCE)
    assert meaning(neat) == meaning(text.encode())
    assert formatted(neat, SOURCE) == neat
    assert re.findall(r"(?m)(?:^|\s)#.*?$", neat.decode().replace('"# x"', "")).__len__() == len(
        re.findall(r"(?m)(?:^|\s)#.*?$", text.replace('"# x"', ""))
    )
    assert not re.search(r"[ \t\r]\n|\n\n\Z", neat.decode())


def test_quotes_stay_before_a_comment_that_touches() -> None:
    """Without its quotes a path would end where such a comment begins, and be refused."""
    text = b"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objects:\n      - '/a' #1\n      - '/b' # 1\n"
    assert formatted(text, SOURCE) == text.replace(b"'/b'", b"/b")
