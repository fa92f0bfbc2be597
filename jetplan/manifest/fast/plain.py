"""Manifests in their most common layout, recognised as a whole by one pattern: no events, no tree.

What is declared here is what the strict reader would declare, places and all; of any other text nothing is taken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jetplan.core.spec import DeliverySetSpec, JobSpec, ProfileRef
from jetplan.errors import Place
from jetplan.manifest.columns import Columns
from jetplan.manifest.fast.canonical import STAND_IN
from jetplan.manifest.keys import LONGEST_NAME

if TYPE_CHECKING:
    from jetplan.manifest.document import Document
    from jetplan.manifest.fast.canonical import Stretch
    from jetplan.manifest.findings import Findings

DEPTH = 4
"""How deep such a manifest is nested."""

_GAP = "(?:(?: *#[^\n]*+)?+\n)*+"
_WORDS = "[A-Za-z][A-Za-z0-9_./-]*+(?: [A-Za-z0-9_./()-]++)*+"
_NO_STRINGS = frozenset({b"true", b"false", b"null"})


def _job(group: str) -> str:
    name, source, destination = (f"{group}{_WORDS})" for _ in range(3))
    return f"{_GAP}  {name}:\n{_GAP}    source: {source}\n{_GAP}    destination: {destination}\n"


def _set(group: str) -> str:
    name, job = f"{group}{_WORDS})", f"{group}{_WORDS})"
    revision = f"(?:{_GAP}    revision: {group}[1-9][0-9]{{0,14}})\n)?+"
    objects = f'{_GAP}    objects:\n{_GAP} {{4,60}}{group}- "{STAND_IN}")\n'
    return f"{_GAP}  {name}:\n{_GAP}    job: {job}\n{revision}{objects}"


_JOB = re.compile(_job("(").encode())
_SET = re.compile(_set("(").encode())
_MANIFEST = re.compile(
    (
        f"{_GAP}apiVersion: jetplan/v1\n"
        f"(?:{_GAP}jobs:\n((?:{_job('(?:')})++))?+"
        f"(?:{_GAP}deliverySets:\n((?:{_set('(?:')})++))?+{_GAP}"
    ).encode()
)


def declare_plain(data: bytes, aside: dict[int, Stretch], document: Document, findings: Findings) -> bool:
    """Put what a plain manifest declares into `document`; False, and nothing done, if this text is none.

    `data` is checked text out of which the stretches of `aside` were put.
    """
    found = _MANIFEST.fullmatch(data)
    if found is None:
        return False
    lines = _Lines(data)
    jobs = list(_JOB.finditer(data, *found.span(1))) if found[1] else []
    sets = list(_SET.finditer(data, *found.span(2))) if found[2] else []
    if not (_are_names(jobs, (1, 2, 3)) and _are_names(sets, (1, 2))) or any(job[2] == job[3] for job in jobs):
        return False
    job_lines = [(lines.of(job.start(1)), lines.of(job.start(2)), lines.of(job.start(3))) for job in jobs]
    set_lines = [(lines.of(each.start(1)), lines.of(each.start(4))) for each in sets]
    if [at for _, at in set_lines] != list(aside):
        return False
    for job, at in zip(jobs, job_lines, strict=True):
        _declare_job(job, at, document, findings)
    for each, (line, below) in zip(sets, set_lines, strict=True):
        _declare_set(each, line, aside[below], document, findings)
    return True


class _Lines:
    """Counts lines from 0 to positions that only grow."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._line = self._done = 0

    def of(self, position: int) -> int:
        self._line += self._data.count(b"\n", self._done, position)
        self._done = position
        return self._line


def _are_names(found: list[re.Match[bytes]], groups: tuple[int, ...]) -> bool:
    """Whether these groups are all YAML strings, none is too long, and the names among them are unique."""
    texts = [text for each in found for text in each.group(*groups)]
    if not _NO_STRINGS.isdisjoint(map(bytes.lower, texts)) or max(map(len, texts), default=0) > LONGEST_NAME:
        return False
    return len({each[1] for each in found}) == len(found)


def _declare_job(found: re.Match[bytes], at: tuple[int, int, int], document: Document, findings: Findings) -> None:
    file, name, place = findings.file, found[1].decode(), Place(findings.file, at[0] + 1, 3)
    source = ProfileRef(found[2].decode(), place=Place(file, at[1] + 1, 13))
    destination = ProfileRef(found[3].decode(), place=Place(file, at[2] + 1, 18))
    document.job_names.append((name, place))
    document.jobs.append(JobSpec(name, source, destination, place=place))


def _declare_set(found: re.Match[bytes], line: int, stretch: Stretch, document: Document, findings: Findings) -> None:
    name, place = found[1].decode(), Place(findings.file, line + 1, 3)
    document.set_names.append((name, place))
    columns = Columns(findings.file)
    stretch.take_into(columns)
    before = len(findings.problems) + findings.unlisted
    columns.judge(findings)
    if len(findings.problems) + findings.unlisted == before:
        table = columns.table(int(found[3] or 1))
        spec = DeliverySetSpec(name, found[2].decode(), table, place=place)
        document.sets.append((spec, table.digest(), columns))
