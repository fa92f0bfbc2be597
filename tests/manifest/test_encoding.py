"""A manifest is UTF-8 text without characters that hide or forge what people review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from folders import Folder, MakeFolder

HEAD = b"apiVersion: jetplan/v1\n"

REFUSED: dict[str, Any] = {
    "BOM in the middle": (HEAD + "# \ufeff\n".encode(), [(2, 3, "forbidden-character")]),
    "second BOM": ("\ufeff\ufeff".encode() + HEAD, [(1, 1, "forbidden-character")]),
    "UTF-16 LE": ("\ufeff" + HEAD.decode()).encode("utf-16-le"),
    "UTF-16 BE": ("\ufeff" + HEAD.decode()).encode("utf-16-be"),
    "UTF-16 without BOM": HEAD.decode().encode("utf-16-le"),
    "UTF-32 LE": ("\ufeff" + HEAD.decode()).encode("utf-32-le"),
    "UTF-32 BE": ("\ufeff" + HEAD.decode()).encode("utf-32-be"),
    "invalid UTF-8": (HEAD + "# é".encode() + b"\xff\n", [(2, 4, "encoding")]),
    "overlong slash": (HEAD + b"# \xc0\xaf\n", [(2, 3, "encoding")]),
    "encoded surrogate": (HEAD + b"# \xed\xa0\x80\n", [(2, 3, "encoding")]),
    "lone CR": (HEAD + b"# a\rb\n", [(2, 4, "forbidden-character")]),
    **{
        f"U+{ord(character):04X}": (HEAD + f"# a\n#  {character}\n".encode(), [(3, 4, "forbidden-character")])
        for character in "\x01\x07\x0b\x0c\x1b\x1f\x7f\x80\x85\x9f\u00ad\u061c\u200b\u200d\u200e\u2028\u2029\u202a"
        "\u202e"
        "\u2060\u2066\u2069\ufdd0\ufffe\uffff\U0001ffff\U000e0041\U0010fffe\u3164"
    },
    "NUL": (HEAD + b"# a\n#  \0\n", [(3, 4, "forbidden-character")]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_at_its_place(folder: Folder, case: Any) -> None:
    """Each encoding but UTF-8 and each unseen character is refused, with line and column in characters."""
    content, expected = REFUSED[case] if isinstance(REFUSED[case], tuple) else (REFUSED[case], [(0, 0, "encoding")])
    assert folder.codes(content) == expected


def test_message_shows_the_character(folder: Folder) -> None:
    """The character is shown as an escape and said in words."""
    (problem,) = folder.problems(HEAD + "# \u202e\n".encode())
    assert problem.message == "a character that changes the direction of text (\\u202e) is not allowed in a manifest"


def test_every_forbidden_character_is_told(folder: Folder) -> None:
    """All of them, not only the first, even several in one line."""
    codes = folder.codes(HEAD + b"# \x01 \x02\n# \x03\n")
    assert [(line, column) for line, column, _ in codes] == [(2, 3), (2, 5), (3, 3)]


def test_bom_and_line_ends_change_nothing(make_folder: MakeFolder) -> None:
    """A leading BOM and CRLF are accepted and give the same spec and digest."""
    text = "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objects:\n      - /ä b\n      - /c\n"
    specs = []
    for name, content in {
        "lf": text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "bom": text.encode("utf-8-sig"),
    }.items():
        folder = make_folder(name)
        specs.append(folder.read(content).spec)
    assert specs[0] == specs[1] == specs[2]
    assert specs[0].digests == specs[1].digests == specs[2].digests


def test_columns_count_characters(folder: Folder) -> None:
    """Columns count characters, not bytes, as editors do."""
    assert folder.codes("apiVersion: jetplan/v1\n# x\njobs: {äöü: 1}\n".encode()) == [(3, 13, "wrong-type")]
