"""A manifest in its canonical layout: what `jetplan fmt` writes. Comments, order and meaning stay as they are.

Layout is blanks, line ends, needless quotes and indentation; nothing else. Before anything is given back, both texts
are read, and a difference in what they declare is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jetplan.errors import JetplanError, ManifestInvalid
from jetplan.manifest.document import Document
from jetplan.manifest.fast.quick import declare
from jetplan.manifest.findings import Findings
from jetplan.manifest.limits import DEFAULT_LIMITS
from jetplan.manifest.yaml import events
from jetplan.manifest.yaml.events import ScalarEvent
from jetplan.manifest.yaml.indentation import indented
from jetplan.manifest.yaml.scalars import reads_as_other
from jetplan.manifest.yaml.tree import TOUCHING

if TYPE_CHECKING:
    from jetplan.manifest.files import SourceFile

_PLAIN = re.compile(r"[A-Za-z0-9/](?:[A-Za-z0-9/._@+=~()-]| (?=[A-Za-z0-9/._@+=~()-]))*")
_OLD_BOOLEANS = frozenset({"y", "n", "yes", "no", "on", "off"})


def formatted(data: bytes, source: SourceFile) -> bytes:
    """The bytes of a valid manifest in canonical layout.

    Raises ManifestInvalid for one that is not valid, and JetplanError should the result say anything else.
    """
    before = _declared(data, source)
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    text = indented(_without_needless_quotes(text)).strip("\n")
    result = f"{text}\n".encode() if text else b""
    if _declared(result, source) != before:
        raise JetplanError(
            f"{source.path} would not mean the same after formatting: left as it is",
            hint="this is a bug in jetplan fmt",
        )
    return result


def _declared(data: bytes, source: SourceFile) -> tuple[object, ...]:
    """What a manifest declares, without places."""
    findings, document = Findings(source.path), Document()
    declare(data, document, findings, source, DEFAULT_LIMITS)
    if findings.problems:
        raise ManifestInvalid(findings.sorted_problems())
    return (document.jobs, [(declared, digest) for declared, digest, _ in document.sets])


def _without_needless_quotes(text: str) -> str:
    parts: list[str] = []
    done = 0
    read = events.event_source(text.encode())
    while (event := read()) is not None:
        if type(event) is ScalarEvent and event.style in {"'", '"'} and _is_plain(event.value):
            start, end = event.start_mark, event.end_mark
            if start.line == end.line and not TOUCHING.match(text, end.index):
                parts += [text[done : start.index], event.value]
                done = end.index
    return "".join([*parts, text[done:]])


def _is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None and not reads_as_other(value) and value.casefold() not in _OLD_BOOLEANS
