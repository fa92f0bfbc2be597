"""Media hash lists, classic and of the ASC, as lists of objects."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.core.objects import UNKNOWN_SIZE

if TYPE_CHECKING:
    from folders import Folder

MANIFEST = "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {file: l.mhl}\n"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

CLASSIC = f"""{HEAD}<hashlist version="1.1">
  <creatorinfo>
    <name>A. Loader</name>
    <startdate>2024-05-31T15:57:37Z</startdate>
  </creatorinfo>
  <hash>
    <file>A001/A001C001 &amp; b.mov</file>
    <size>5368709120</size>
    <lastmodificationdate>2024-05-31T15:00:00Z</lastmodificationdate>
    <xxhash64be>d24ec4f1a98c6e5b</xxhash64be>
    <hashdate>2024-05-31T15:58:00Z</hashdate>
  </hash>
  <hash>
    <file>A001/\u00e9t\u00e9.mov</file>
    <md5>0cc175b9c0f1b6a831c399e269772661</md5>
  </hash>
</hashlist>
"""

ASC = f"""{HEAD}<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
  <creatorinfo>
    <creationdate>2024-05-31T15:57:37+01:00</creationdate>
    <hostname>cart</hostname>
    <tool version="1.0">ascmhl</tool>
  </creatorinfo>
  <processinfo>
    <process>in-place</process>
    <roothash>
      <content><xxh64>0ea03b3695b2b1c5</xxh64></content>
      <structure><xxh64>3ab5a4166b9bde44</xxh64></structure>
    </roothash>
    <ignore><pattern>.DS_Store</pattern></ignore>
  </processinfo>
  <hashes>
    <hash>
      <path size="5368709120" lastmodificationdate="2024-05-31T15:00:00+01:00">A001/A001C001 &amp; b.mov</path>
      <xxh64 action="original" hashdate="2024-05-31T15:58:00+01:00">d24ec4f1a98c6e5b</xxh64>
    </hash>
    <hash>
      <path>A001/\u00e9t\u00e9.mov</path>
      <xxh64 action="verified">d24ec4f1a98c6e5b</xxh64>
    </hash>
    <directoryhash>
      <path lastmodificationdate="2024-05-31T15:00:00+01:00">A001</path>
      <content><xxh64>0ea03b3695b2b1c5</xxh64></content>
    </directoryhash>
  </hashes>
  <references><hashlistreference><path>B/ascmhl/0001.mhl</path></hashlistreference></references>
</hashlist>
"""


@pytest.mark.parametrize("text", [CLASSIC, ASC], ids=["classic", "ASC"])
@pytest.mark.parametrize("change", ["none", "crlf", "bom", "packed"])
def test_what_the_tools_write(folder: Folder, text: str, change: str) -> None:
    """The files with their sizes are the objects; hashes of folders and references are none."""
    data = (text.replace("\n", "\r\n") if change == "crlf" else text).encode()
    data = b"\xef\xbb\xbf" + data if change == "bom" else data
    name = "l.mhl.gz" if change == "packed" else "l.mhl"
    data = gzip.compress(data) if change == "packed" else data
    folder.write({"a.yaml": MANIFEST.replace("l.mhl", name), name: data})
    objects = folder.read().spec.sets["s"].objects
    assert list(objects.paths) == ["/A001/A001C001 & b.mov", "/A001/été.mov"]
    assert list(objects.sizes) == [5368709120, UNKNOWN_SIZE]


def classic(body: str, declaration: str = HEAD) -> str:
    """A classic list: its body begins on line 3."""
    return f'{declaration}<hashlist version="1.1">\n{body}\n</hashlist>\n'


def entry(path: str, more: str = "") -> str:
    """One entry of a classic list."""
    return f"<hash><file>{path}</file>{more}</hash>"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'
REFUSED = {
    "no file": (classic(""), [(5, "no-objects")]),
    "cut off": (classic(entry("a"))[:-14], [(3, "list-line")]),
    "entities": (HEAD + BOMB + classic(entry("&b;"), ""), [(2, "list-line")]),
    "a file of the machine": (
        HEAD + '<!DOCTYPE x SYSTEM "file:///etc/passwd">\n' + classic(entry("a"), ""), [(2, "list-line")]
    ),
    "an unknown entity": (classic(entry("&b;")), [(3, "list-line")]),
    "another encoding": (classic(entry("a"), '<?xml version="1.0" encoding="ISO-8859-1"?>\n'), [(1, "list-line")]),
    "another document": (HEAD + "<AssetMap/>\n", [(2, "list-line")]),
    "a later version": (HEAD + '<hashlist version="3.0"/>\n', [(2, "list-line")]),
    "ASC of another version": (ASC.replace("v2.0", "v3.0"), [(2, "list-line")]),
    "no XML": ("/a\n/b\n", [(1, "list-line")]),
    "deep": (classic("<x>" * 100 + "</x>" * 100), [(3, "list-line")]),
    "no name": (classic("<hash><size>1</size></hash>\n" + entry("a")), [(3, "missing-key")]),
    "an empty name": (classic(entry("")), [(3, "path-empty")]),
    "two names": (classic("<hash><file>a</file><file>b</file></hash>"), [(3, "list-line")]),
    "an element in a name": (classic("<hash><file>a<b/>c</file></hash>"), [(3, "list-line")]),
    "a size of words": (classic(entry("a", "<size>1 GB</size>")), [(3, "wrong-type")]),
    "a negative size": (classic(entry("a", "<size>-1</size>")), [(3, "wrong-type")]),
    "a size of many digits": (classic(entry("a", f"<size>{'9' * 6000}</size>")), [(3, "wrong-type")]),
    "a long name": (classic(entry("\n".join(["x" * 1000] * 20))), [(22, "list-line")]),
    "an entry inside another": (classic(f"<hash><file>a</file>{entry('b')}</hash>"), [(3, "list-line")]),
    "an entry elsewhere": (classic(f"<more>{entry('b')}</more>\n{entry('a')}"), [(3, "list-line")]),
    "ASC without its namespace inside": (ASC.replace("<hash>", '<hash xmlns="">', 1), [(17, "list-line")]),
    "a folder": (classic(entry("a/")), [(3, "list-line")]),
    "a hidden character": (classic(entry("a&#x202e;b")), [(3, "forbidden-character")]),
    "a line break": (classic(entry("a&#10;b")), [(3, "forbidden-character")]),
    "Windows": (classic(entry("A001\\a.mov")), [(3, "path-backslash")]),
    "the folder above": (classic(entry("x") + "\n" + entry("../a")), [(4, "path-dots")]),
    "twice": (classic(entry("a") + "\n" + entry("./a")), [(4, "path-twice")]),
    "text after the end": (classic(entry("a")) + "<x/>\n", [(5, "list-line")]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_hash_list_is_refused(folder: Folder, case: Any) -> None:
    """Nothing is expanded, fetched or guessed; each problem has its line."""
    text, expected = REFUSED[case]
    folder.write({"a.yaml": MANIFEST, "l.mhl": text.encode()})
    assert sorted({(each.place.line, each.code) for each in folder.problems()}) == expected


def test_a_comment_without_end_is_not_looked_through_again_and_again(folder: Folder) -> None:
    """A token that fills many chunks is refused long before the whole list was read."""
    folder.write({"a.yaml": MANIFEST, "l.mhl": (HEAD + "<hashlist><!-- " + ("x" * 1000 + "\n") * 20_000).encode()})
    (problem,) = folder.problems()
    assert "longer than 4 MiB" in problem.message


def test_a_failed_check_is_told(folder: Folder) -> None:
    """A file whose check failed is listed as the list says, and a warning tells of it."""
    folder.write({"a.yaml": MANIFEST, "l.mhl": ASC.replace('action="verified"', 'action="failed"').encode()})
    assert [(each.place.line, each.code) for each in folder.read().warnings] == [(23, "list-hash-failed")]
