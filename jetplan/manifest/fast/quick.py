"""One manifest's text by its quickest way: as a whole by pattern, or its objects in stretches, or strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.manifest import shortcuts
from jetplan.manifest.document import BULK, check_document, declare_root, declare_strictly
from jetplan.manifest.fast.canonical import put_aside
from jetplan.manifest.fast.plain import DEPTH, declare_plain
from jetplan.manifest.findings import Findings
from jetplan.manifest.yaml.tree import Misplaced, build_tree

if TYPE_CHECKING:
    from jetplan.manifest.document import Document
    from jetplan.manifest.files import SourceFile
    from jetplan.manifest.limits import ReadingLimits


def declare(data: bytes, document: Document, findings: Findings, source: SourceFile, limits: ReadingLimits) -> None:
    """What `declare_strictly` does, with the same result, only sooner where the text is canonical."""
    if not shortcuts.are_taken():
        declare_strictly(data, document, findings, source, limits)
        return
    text = check_document(data, findings)
    if text is None:
        return
    short, aside = put_aside(text)
    if limits.depth > DEPTH and declare_plain(short, aside, document, findings):
        return
    if aside:
        inner = Findings(findings.file, findings.limit)
        try:
            root = build_tree(short, inner, limits, BULK, aside)
        except Misplaced:
            pass
        else:
            findings.add(inner)
            declare_root(root, document, findings, source, limits)
            return
    declare_root(build_tree(text, findings, limits, BULK), document, findings, source, limits)
