"""Every reader of outside data as a function of bytes: it returns, or raises a JetplanError. Anything else is a bug.

Manifests and lists are read with every shortcut and with none, and both readings must be the same. What carries a
digest of itself (saved plans, exports) gets a fitting one here, because the digest alone would stop every input.
"""

from __future__ import annotations

import io
from functools import partial
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import pytest

from jetplan.api.lists import ListReader
from jetplan.api.reading import NotJson, read_one
from jetplan.api.shapes import ListedJob, ListedProfile
from jetplan.api.tokens import read_token
from jetplan.api.verdicts import Answered, message_of, on_change, on_creation, on_delivery
from jetplan.api.wire import Delivery, FoundFiles, JobFile, Transfer
from jetplan.app.configuration import read_configuration
from jetplan.errors import JetplanError, ManifestInvalid
from jetplan.ledger.address import in_memory
from jetplan.manifest import shortcuts
from jetplan.manifest.lists import unpack
from jetplan.manifest.read import read_manifests
from jetplan.render.document import render_json
from jetplan.render.markdown import render_markdown
from jetplan.render.page import render_html
from jetplan.render.planfile import BEGINNING, read
from jetplan.render.text import render_text
from tests.ledger.test_export import read_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from msgspec import Struct

Reader: TypeAlias = "Callable[[bytes, Path], None]"

CHUNK = 32
"""Bytes of a list that are read at once: few, so that inputs lie across the ends of chunks."""
LISTED = "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: '{}'}}\n"
RULED = (
    "apiVersion: jetplan/v1\njobs:\n  j: {source: a, destination: b}\ndeliverySets:\n  s:\n    job: j\n"
    "    objects: [/a, {relativePath: /b, sizeInBytes: 7}]\n"
)


def answers(reader: Reader, data: bytes, folder: Path) -> bool:
    """Whether a reader takes these bytes. Whatever it raises beside a refusal is raised here too."""
    try:
        reader(data, folder)
    except (JetplanError, NotJson):
        return False
    return True


def _manifests(folder: Path) -> str:
    try:
        reading = read_manifests(folder)
    except ManifestInvalid as invalid:
        return repr(invalid.problems)
    return repr((reading.spec, reading.spec.digests, reading.warnings))


def _both_ways(folder: Path) -> None:
    quickly = _manifests(folder)
    with pytest.MonkeyPatch.context() as without:
        without.setenv(shortcuts.VARIABLE, "1")
        strictly = _manifests(folder)
    assert quickly == strictly
    read_manifests(folder)


def _emptied(folder: Path) -> Path:
    for each in folder.iterdir():
        each.unlink()
    return folder


def _manifest(data: bytes, folder: Path) -> None:
    (_emptied(folder) / "a.yaml").write_bytes(data)
    _both_ways(folder)


def _list(name: str, data: bytes, folder: Path) -> None:
    (_emptied(folder) / "a.yaml").write_text(LISTED.format(name))
    (folder / name).write_bytes(data)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(unpack, "_CHUNK", CHUNK)
        _both_ways(folder)


def _inventory(data: bytes, folder: Path) -> None:
    """The data file of an S3 Inventory, whose manifest is sound."""
    (_emptied(folder) / "a.yaml").write_text(LISTED.format("l.json"))
    (folder / "l.json").write_text(
        '{"fileFormat": "CSV", "fileSchema": "Bucket, Key, IsLatest, Size", "files": [{"key": "data/d.csv"}]}'
    )
    (folder / "d.csv").write_bytes(data)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(unpack, "_CHUNK", CHUNK)
        _both_ways(folder)


def _configuration(data: bytes, folder: Path) -> None:
    file = folder / "jetplan.yaml"
    file.write_bytes(data)
    read_configuration(file)


def _house_rule(data: bytes, folder: Path) -> None:
    (_emptied(folder) / "a.yaml").write_text(RULED)
    rule = folder / "rule.json"
    rule.write_bytes(data)
    read_manifests(folder / "a.yaml", rules=[rule])


def _plan_file(data: bytes, folder: Path) -> None:
    whole = BEGINNING + sha256(data).hexdigest().encode() + b'","content":' + data + b"}\n"
    report = read(whole).report
    for text in (
        render_json(report),
        render_markdown(report),
        render_html(report),
        render_text(report, color=True, width=80),
    ):
        text.encode()


def _export(data: bytes, folder: Path) -> None:
    lines = data.splitlines()
    end = f'{{"end":{len(lines)},"blake2b":"{blake2b(b"".join(lines), digest_size=32).hexdigest()}"}}'
    whole = b"\n".join([*lines, end.encode(), b""])
    with in_memory() as ledger:
        ledger.import_(io.TextIOWrapper(io.BytesIO(whole), encoding="utf-8"))
        read_all(ledger)


def _items(model: type[Struct], data: bytes, folder: Path) -> None:
    for size in (7, len(data) or 1):
        pieces = (data[at : at + size] for at in range(0, len(data), size))
        page = ListReader(model, "GET /x").read(pieces)
        for item in page.items:
            msgspec.json.encode(item.record() if isinstance(item, ListedJob | ListedProfile) else item)


def _record(model: type[Struct], data: bytes, folder: Path) -> None:
    found = read_one(data, model, "GET /x")
    msgspec.json.encode(found)


def _verdicts(data: bytes, folder: Path) -> None:
    sent = b'{"name":"n","objects":[{"relativePath":"/a","sizeInBytes":1,"isDirectory":false}]}'
    for status in (200, 201, 400, 429, 503):
        answered = Answered(status, {"retry-after": data[:40].decode("latin-1")}, data)
        on_creation(answered, sent)
        on_delivery(answered, "j", sent)
        on_change(answered, "j", b'{"paused":true}')
    message_of(data)


def _token(data: bytes, folder: Path) -> None:
    read_token(data)


READERS: Mapping[str, Reader] = {
    "manifest": _manifest,
    "csv": partial(_list, "l.csv"),
    "csv-gz": partial(_list, "l.csv.gz"),
    "csv-zst": partial(_list, "l.csv.zst"),
    "jsonl": partial(_list, "l.jsonl"),
    "txt": partial(_list, "l.txt"),
    "lsjson": partial(_list, "l.json"),
    "body": partial(_list, "l.json"),
    "inventory": _inventory,
    "mhl": partial(_list, "l.mhl"),
    "assetmap": partial(_list, "ASSETMAP.xml"),
    "globus": partial(_list, "l.globus"),
    "aspera": partial(_list, "l.aspera"),
    "md5": partial(_list, "l.md5"),
    "bagit": partial(_list, "manifest-sha256.txt"),
    "configuration": _configuration,
    "house-rule": _house_rule,
    "plan-file": _plan_file,
    "export": _export,
    "api-jobs": partial(_items, ListedJob),
    "api-profiles": partial(_items, ListedProfile),
    "api-files": partial(_items, JobFile),
    "api-delivery": partial(_record, Delivery),
    "api-transfer": partial(_record, Transfer),
    "api-found-files": partial(_record, FoundFiles),
    "api-verdicts": _verdicts,
    "api-token": _token,
}
