"""A saved plan: the report and what it rests on, as one JSON document that proves it is whole.

    {"type":"jetplan.plan","sha256":"…","content":{…}}

The sha256 covers the bytes of the content; the bytes around it are fixed, and the content has one spelling only. So
no byte can change unseen. That is no signature: what may be applied is decided by planning again, not by this file.
Object lists are columns. Reading and writing files is not done here.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from jetplan.core.binding import Binding
from jetplan.core.objects import UNKNOWN_SIZE, table_of
from jetplan.errors import JetplanError, StalePlan
from jetplan.render.contradictions import contradiction_of
from jetplan.render.document import schema_of
from jetplan.render.model import Part, Report
from jetplan.render.rows import ObjectRows

SCHEMA_FILE = "plan.schema.json"
FORMAT_VERSION = 1
BEGINNING = b'{"type":"jetplan.plan","sha256":"'
_HEAD = re.compile(rb'\{"type":"jetplan\.plan","sha256":"([0-9a-f]{64})","content":')
_TAIL = b"}\n"
_AGAIN = "run `jetplan plan --out FILE` again"

Fingerprints = Annotated[dict[str, str], Meta(description="Fingerprints by `job NAME` and `set NAME`.")]


class Bound(Part, frozen=True, forbid_unknown_fields=True):
    """What the plan was made from and for: it is refused anywhere else, and once any of it moved."""

    api_url: Annotated[str, Meta(description="The API it was observed at.")]
    account: Annotated[str, Meta(description="The account's id; empty where it could not be told.")]
    ledger_id: Annotated[str, Meta(description="The ledger that was read.")]
    commit: Annotated[str, Meta(description="The commit the manifests were at; may be empty.")]
    path: Annotated[str, Meta(description="Where the manifests were, as it was said on the command line.")]
    manifests: Fingerprints
    server: Fingerprints
    ledger: Fingerprints
    sets: Annotated[tuple[str, ...], Meta(description="The delivery sets that were chosen with --set.")] = ()
    jobs: Annotated[tuple[str, ...], Meta(description="The jobs that were chosen with --job.")] = ()

    def binding(self) -> Binding:
        """The fingerprints, to be compared."""
        return Binding(self.manifests, self.server, self.ledger)


class Content(Part, frozen=True, forbid_unknown_fields=True):
    """Everything a saved plan says."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    plan_id: Annotated[
        str, Meta(description="Made once; the run that applies the plan carries it.", pattern="^[0-9a-f]{16}$")
    ]
    made_on: Annotated[str, Meta(description="When it was made, ISO 8601 UTC.", max_length=40)]
    program: Annotated[str, Meta(description="The program that made it.", max_length=80)]
    bound: Bound
    report: Report


class PlanFile(Part, frozen=True, tag_field="type", tag="jetplan.plan", forbid_unknown_fields=True):
    """A plan saved by `jetplan plan --out`. A delivery's `objects` are columns: `paths` and `sizes`."""

    sha256: Annotated[str, Meta(description="Of the bytes of `content`, in hex.", pattern="^[0-9a-f]{64}$")]
    content: Content


class Columns(Part, frozen=True, forbid_unknown_fields=True):
    """The objects of a delivery in manifest order. A folder's path ends with a slash."""

    paths: Annotated[list[str], Meta(description="Paths below the root of the source profile.")]
    sizes: Annotated[list[int] | None, Meta(description="Bytes, -1 where unknown; null where all are.")] = None


def written(content: Content) -> bytes:
    """The bytes of a saved plan. Raises JetplanError where a name in it is no text."""
    body = _encoded(content)
    return BEGINNING + sha256(body).hexdigest().encode() + b'","content":' + body + _TAIL


def read(data: bytes) -> Content:
    """What a saved plan says. Raises StalePlan where it is damaged, contradicts itself or is of another version."""
    head = _HEAD.match(data)
    if head is None or not data.endswith(_TAIL):
        raise StalePlan("this is not a plan saved by jetplan, or it was damaged", hint=_AGAIN)
    body = data[head.end() : -len(_TAIL)]
    if sha256(body).hexdigest().encode() != head[1]:
        raise StalePlan("the saved plan was changed after it was written: its sha256 does not match", hint=_AGAIN)
    try:
        content = msgspec.json.decode(body, type=Content, dec_hook=_decoded)
        one_spelling = _encoded(content) == body
    except UnicodeError:
        raise StalePlan(
            "the saved plan holds bytes that are no UTF-8, so jetplan did not write it", hint=_AGAIN
        ) from None
    except (msgspec.DecodeError, RecursionError, OverflowError) as error:
        raise StalePlan(
            f"the saved plan does not fit its schema: {error}", hint=f"{_AGAIN} with this version of jetplan"
        ) from None
    wrong = contradiction_of(content.report) if one_spelling else "it says more than its schema knows"
    if wrong:
        raise StalePlan(f"the saved plan cannot be trusted: {wrong}", hint=_AGAIN)
    return content


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a saved plan."""
    schema = schema_of(PlanFile, "A saved plan")
    defs = schema["$defs"]
    columns = schema_of(Columns, "Columns")
    defs.pop("ObjectEntry", None)
    defs["Columns"] = columns["$defs"]["Columns"]
    for part in defs.values():
        objects = part.get("properties", {}).get("objects")
        if objects is not None and objects.pop("type", "") == "array":
            del objects["items"]
            objects["$ref"] = "#/$defs/Columns"
    return schema


def _encoded(content: Content) -> bytes:
    try:
        return msgspec.json.encode(content, enc_hook=_columns)
    except UnicodeEncodeError:
        raise JetplanError(
            "a name in the plan is no text, so the plan cannot be saved", hint="rename the file whose name is no UTF-8"
        ) from None


def _columns(value: object) -> Columns:
    if not isinstance(value, ObjectRows):
        raise NotImplementedError(type(value))
    sizes = [value.table.sizes[index] for index in value.indexes]
    return Columns(value.paths(), sizes if any(size != UNKNOWN_SIZE for size in sizes) else None)


def _decoded(kind: type, value: object) -> ObjectRows:
    if kind is not ObjectRows:
        raise NotImplementedError(kind)
    columns = msgspec.convert(value, Columns)
    sizes = columns.sizes if columns.sizes is not None else [UNKNOWN_SIZE] * len(columns.paths)
    if len(sizes) != len(columns.paths) or any(size < UNKNOWN_SIZE for size in sizes):
        raise ValueError("a column of sizes does not fit its paths")
    return ObjectRows(table_of(columns.paths, sizes), range(len(columns.paths)))
