"""A saved plan says exactly what was planned, and no byte of it can change unseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from pins import as_generated
from render_plans import SAMPLES, create, job, plan, submit

from jetplan.core.plan import KeepJob
from jetplan.errors import StalePlan
from jetplan.render.document import render_json
from jetplan.render.planfile import Bound, Content, plan_schema, read, written
from jetplan.render.report import build_report

if TYPE_CHECKING:
    from jetplan.render.model import Report

SCHEMA = Path(__file__).parents[2] / "schemas" / "plan.schema.json"
TEXTUAL = [name for name in SAMPLES if name != "hostile"]


def content(report: Report) -> Content:
    bound = Bound("https://jet.example", "acc", "ledger", "c0ffee", "manifests", {"set a": "00"}, {}, {})
    return Content(1, "0123456789abcdef", "2026-01-02T03:04:05Z", "jetplan test", bound, report)


def small() -> Report:
    steps = [create("west"), submit("ep101", "west", [("/a.mxf", 10), "/b/", ("/c.mxf", 5)])]
    return build_report(plan(*steps), commit="c0ffee", api_url="https://jet.example")


@pytest.mark.parametrize("name", TEXTUAL)
def test_what_is_read_is_what_was_written(name: str) -> None:
    """Every kind of plan comes back whole: the same JSON face, byte for byte."""
    report = build_report(SAMPLES[name](), commit="c0ffee", api_url="https://jet.example")
    data = written(content(report))
    assert render_json(read(data).report) == render_json(report)
    assert written(read(data)) == data


@pytest.mark.parametrize("name", TEXTUAL)
def test_the_file_is_json_that_fits_its_schema(name: str) -> None:
    """Anybody can read a saved plan with a JSON tool and check it against the committed schema."""
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    data = written(content(build_report(SAMPLES[name]())))
    Draft202012Validator(schema).validate(json.loads(data))


@as_generated
def test_the_committed_schema_is_fresh() -> None:
    """It says what the models say today."""
    assert json.loads(SCHEMA.read_text()) == plan_schema()


def test_no_byte_can_change_unseen() -> None:
    """Each single byte of the file counts: changed, left out or doubled, the file is refused."""
    data = written(content(small()))
    for at in range(len(data)):
        for changed in (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], data[:at] + data[at + 1 :]):
            with pytest.raises(StalePlan):
                read(changed)
    for added in (b" ", b"\n", b"{}"):
        with pytest.raises(StalePlan):
            read(data + added)
        with pytest.raises(StalePlan):
            read(added + data)


def _forged(**changes: Any) -> bytes:
    return written(content(msgspec.structs.replace(small(), **changes)))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: _forged(digest="0" * 64), id="digest"),
        pytest.param(lambda: _forged(has_changes=False), id="has-changes"),
        pytest.param(lambda: _forged(totals=build_report(plan()).totals), id="totals"),
        pytest.param(lambda: _forged(routes=()), id="routes"),
        pytest.param(lambda: _forged(notices=()), id="notices"),
        pytest.param(lambda: _forged(jobs=build_report(plan(KeepJob("west", job("west")))).jobs), id="jobs"),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(data: Any) -> None:
    """A forged summary over other objects does not pass, even with the right sha256."""
    with pytest.raises(StalePlan, match="cannot be trusted"):
        read(data())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"formatVersion":1', b'"formatVersion":2'),
        (b'"planId":"', b'"more":1,"planId":"'),
        (b'"planId":"0', b'"planId":"../'),
        (b'"sizes":[10,-1,5]', b'"sizes":[10,-1]'),
        (b'"sizes":[10,-1,5]', b'"sizes":[10,-2,5]'),
        (b'"sizes":[10,-1,5]', b'"sizes":[10,-1,1e400]'),
        (b'"sizes":[10,-1,5]', b'"sizes":[10,-1,99999999999999999999]'),
        (b'"report":{', b'"report":{"extra":1,'),
        (b'"report":{', b'"report":' + b"[" * 100_000 + b'{"'),
    ],
)
def test_what_the_schema_does_not_know_is_refused(before: bytes, after: bytes) -> None:
    """A well-hashed file with other fields, versions, ids or numbers is refused with exit code 5, without a crash."""
    from hashlib import sha256

    data = written(content(small()))
    assert before in data
    body = data[data.index(b'"content":') + 10 : -2].replace(before, after)
    forged = b'{"type":"jetplan.plan","sha256":"' + sha256(body).hexdigest().encode() + b'","content":' + body + b"}\n"
    with pytest.raises(StalePlan) as refused:
        read(forged)
    assert refused.value.exit_code == 5


@pytest.mark.parametrize("raw", [b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\\u0000\xc0\x80"])
@pytest.mark.parametrize("key", [b'"planId":"', b'"account":"', b'"commit":"'])
def test_bytes_that_are_no_text(raw: bytes, key: bytes) -> None:
    """A plan file whose sha256 fits and whose strings are no text was not written by jetplan."""
    from hashlib import sha256

    data = written(content(small()))
    begin = data.index(b'"content":') + len(b'"content":')
    body = data[begin:-2].replace(key, key + raw, 1)
    assert raw in body
    forged = (
        data[: data.index(b'"sha256":"')] + b'"sha256":"' + sha256(body).hexdigest().encode() + b'","content":' + body
    )
    with pytest.raises(StalePlan) as refused:
        read(forged + data[-2:])
    assert refused.value.message.isprintable()
