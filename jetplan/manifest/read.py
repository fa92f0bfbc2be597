"""A folder of manifests becomes one `Spec`: files in order, one namespace, every problem at once."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from jetplan.errors import ManifestInvalid
from jetplan.manifest import shortcuts
from jetplan.manifest.document import read_document
from jetplan.manifest.fast.parallel import read_documents, useful_processes
from jetplan.manifest.fast.quick import declare
from jetplan.manifest.files import find_manifests
from jetplan.manifest.houserules import check_house_rules
from jetplan.manifest.limits import limits_of
from jetplan.manifest.namespace import Namespace, by_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jetplan.core.spec import Spec
    from jetplan.errors import Problem
    from jetplan.manifest.document import Document
    from jetplan.manifest.files import SourceFile
    from jetplan.manifest.limits import ReadingLimits


@dataclass(frozen=True, slots=True)
class Reading:
    """Valid manifests: what they want, and what in them is accepted and may surprise."""

    spec: Spec
    warnings: tuple[Problem, ...] = ()


def read_manifests(
    root: Path, *, limits: ReadingLimits | None = None, rules: Sequence[Path] = (), processes: int | None = None
) -> Reading:
    """Read every manifest below `root`, which may also be one file; then hold it against house rules.

    `processes` read side by side; if not said, as many as are worth their cost. The result is the same with any.
    Raises ManifestInvalid with all problems in file order, UsageError if there is nothing at `root`.
    """
    limits = limits or limits_of(os.environ)
    sources, strays = find_manifests(root)
    namespace = Namespace(strays)
    with _no_garbage_collection():
        for document in _documents(sources, limits, processes):
            namespace.add(document)
    problems = namespace.problems()
    spec = namespace.spec(len(sources))
    if rules and not problems:
        problems = sorted(check_house_rules(rules, spec, namespace.columns), key=by_place)
    if problems:
        raise ManifestInvalid(problems)
    return Reading(spec, tuple(namespace.warnings()))


def _documents(sources: Sequence[SourceFile], limits: ReadingLimits, processes: int | None) -> Iterator[Document]:
    count = processes or (useful_processes(sources) if shortcuts.are_taken() else 1)
    return read_documents(sources, partial(read_document, limits=limits, declare=declare), count)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    # Nothing built here is circular, and looking for circles nearly doubles the time of a million objects.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
