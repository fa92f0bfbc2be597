"""The recipes of docs/lists.md for tools that are not at hand: what each writes, in its true form, is read as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.core.objects import UNKNOWN_SIZE

if TYPE_CHECKING:
    from folders import Folder

GUIDE = (Path(__file__).parents[3] / "docs/lists.md").read_text()
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def classic(tool: str, checksum: str) -> str:
    """A media hash list 1.1 as offload tools write it."""
    return (
        f'{XML}<hashlist version="1.1">\n  <creatorinfo>\n    <name>D. Wrangler</name>\n    <username>d</username>\n'
        f"    <hostname>cart-1</hostname>\n    <tool>{tool}</tool>\n    <startdate>2026-11-20T18:02:11Z</startdate>\n"
        "    <finishdate>2026-11-20T18:09:40Z</finishdate>\n  </creatorinfo>\n"
        "  <hash>\n    <file>a 1.mov</file>\n    <size>5</size>\n"
        f"    <lastmodificationdate>2026-11-20T17:40:00Z</lastmodificationdate>\n    {checksum}\n"
        "    <hashdate>2026-11-20T18:03:00Z</hashdate>\n  </hash>\n"
        f"  <hash>\n    <file>sub/été.mov</file>\n    <size>7</size>\n    {checksum}\n  </hash>\n</hashlist>\n"
    )


ASC = (
    f'{XML}<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">\n  <creatorinfo>\n'
    "    <creationdate>2026-11-20T18:02:11+01:00</creationdate>\n    <hostname>cart-1</hostname>\n"
    '    <tool version="1.2">ascmhl.py</tool>\n  </creatorinfo>\n  <processinfo>\n    <process>in-place</process>\n'
    "    <ignore>\n      <pattern>.DS_Store</pattern>\n      <pattern>tmp</pattern>\n    </ignore>\n  </processinfo>\n"
    '  <hashes>\n    <hash>\n      <path size="5" lastmodificationdate="2026-11-20T17:40:00+01:00">a 1.mov</path>\n'
    '      <xxh64 action="original" hashdate="2026-11-20T18:03:00+01:00">0ea03b3695b2b1c5</xxh64>\n    </hash>\n'
    '    <hash>\n      <path size="7">sub/été.mov</path>\n      <xxh64 action="original">3ab5a4166b9bde44</xxh64>\n'
    "    </hash>\n    <directoryhash>\n      <path>sub</path>\n"
    "      <content><xxh64>d24ec4f1a98c6e5b</xxh64></content>\n"
    "      <structure><xxh64>d24ec4f1a98c6e5b</xxh64></structure>\n    </directoryhash>\n  </hashes>\n</hashlist>\n"
)
RCLONE = (
    '[\n{"Path":"a 1.mov","Name":"a 1.mov","Size":5,"MimeType":"video/quicktime",'
    '"ModTime":"2026-11-20T17:40:00.000000000Z","IsDir":false},\n'
    '{"Path":"sub/été.mov","Name":"été.mov","Size":7,"MimeType":"video/quicktime",'
    '"ModTime":"2026-11-20T17:40:00.000000000Z","IsDir":false}\n]\n'
)
POWERSHELL = '\ufeff"relativePath","sizeInBytes"\r\n"/ep101/a 1.mov","5"\r\n"/ep101/sub/été.mov","7"\r\n'
EXCEL = "\ufeffrelativePath;sizeInBytes;isDirectory\r\n/ep101/a 1.mov;5;FALSE\r\nep101/sub/été.mov;7;\r\n;;\r\n;;\r\n"
AWS = 'relativePath,sizeInBytes\n"ep101/a 1.mov",5\n"ep101/sub/été.mov",7\n'
GLOBUS = '"/ep101/a 1.mov" "/ep101/a 1.mov"\n/ep101/sub/été.mov /ep101/sub/été.mov\n'
ASPERA = "/ep101/a 1.mov\n/ep101/a 1.mov\n/ep101/sub/été.mov\n/ep101/sub/été.mov\n"
UNDER = ", prefix: /ep101"
SAMPLES = {
    "rclone": ("l.json", RCLONE, UNDER),
    "Silverstack": ("l.mhl", classic("Silverstack 9.0.1", "<xxhash64be>d24ec4f1a98c6e5b</xxhash64be>"), UNDER),
    "Hedge": ("l.mhl", classic("Hedge 24.1", "<md5>0cc175b9c0f1b6a831c399e269772661</md5>"), UNDER),
    "ascmhl": ("l.mhl", ASC, UNDER),
    "PowerShell": ("l.csv", POWERSHELL, ""),
    "Excel": ("l.csv", EXCEL, ""),
    "aws": ("l.csv", AWS, ""),
    "Globus": ("l.globus", GLOBUS, ""),
    "Aspera": ("l.aspera", ASPERA, ""),
}
WITHOUT_SIZES = {"Globus", "Aspera"}


@pytest.mark.parametrize("tool", SAMPLES)
def test_what_a_tool_writes(folder: Folder, tool: Any) -> None:
    """The paths and sizes that the tool means, without a problem or a warning; and the guide has the recipe."""
    assert any(tool in heading for heading in GUIDE.splitlines() if heading.startswith("## "))
    name, text, more = SAMPLES[tool]
    folder.write({name: text})
    reading = folder.read(
        f"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: {name}{more}}}\n"
    )
    objects = reading.spec.sets["s"].objects
    assert (list(objects.paths), reading.warnings) == (["/ep101/a 1.mov", "/ep101/sub/été.mov"], ())
    assert list(objects.sizes) == ([UNKNOWN_SIZE] * 2 if tool in WITHOUT_SIZES else [5, 7])
