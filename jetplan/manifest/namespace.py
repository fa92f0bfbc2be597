"""The one namespace of all files: names declared twice, renames of declared sets, likely misspellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.spec import Spec
from jetplan.errors import Problem
from jetplan.manifest.findings import nearest

if TYPE_CHECKING:
    from jetplan.core.spec import DeliverySetSpec, JobSpec
    from jetplan.errors import Place
    from jetplan.manifest.columns import Columns
    from jetplan.manifest.document import Document

_COMPARISONS = 10_000  # comparing names is slow: with more names than this there is no "did you mean"


class Namespace:
    """Collects documents in file order and checks what concerns several of them."""

    def __init__(self, strays: list[Problem]) -> None:
        self._problems = list(strays)
        self._warnings: list[Problem] = []
        self._jobs: dict[str, JobSpec] = {}
        self._sets: dict[str, DeliverySetSpec] = {}
        self._digests: dict[str, bytes] = {}
        self.columns: dict[str, Columns] = {}
        self._job_places: dict[str, Place] = {}
        self._set_places: dict[str, Place] = {}
        self._renames: dict[str, DeliverySetSpec] = {}

    def add(self, document: Document) -> None:
        """Take the next file's declarations, problems and warnings."""
        self._problems += document.problems
        self._warnings += document.warnings
        self._declare("job", document.job_names, self._job_places)
        self._declare("delivery set", document.set_names, self._set_places)
        for job in document.jobs:
            self._jobs.setdefault(job.name, job)
        for spec, digest, columns in document.sets:
            self._sets.setdefault(spec.name, spec)
            self.columns.setdefault(spec.name, columns)
            self._digests.setdefault(spec.name, digest)

    def _declare(self, kind: str, names: list[tuple[str, Place]], places: dict[str, Place]) -> None:
        for name, place in names:
            first = places.setdefault(name, place)
            if first is not place:
                message = f"the {kind} {quoted(name)} is declared a second time; the first is at {first}"
                self._problems.append(Problem(place, message, "remove or rename one of the two", "declared-twice"))

    def problems(self) -> list[Problem]:
        """Everything wrong, by file and position."""
        for spec in self._sets.values():
            if spec.renamed_from is not None:
                self._check_rename(spec, spec.renamed_from)
        return sorted(dict.fromkeys(self._problems), key=by_place)

    def _check_rename(self, spec: DeliverySetSpec, old: str) -> None:
        message = hint = ""
        if old in self._set_places:
            at = self._set_places[old]
            message = f"{quoted(spec.name)} says `renamedFrom` {quoted(old)}, which is still declared at {at}"
            hint = "remove the old set, or `renamedFrom`"
        elif (other := self._renames.setdefault(old, spec)) is not spec:
            message = (
                f"{quoted(spec.name)} and {quoted(other.name)} at {other.place} both say `renamedFrom` {quoted(old)}"
            )
            hint = "only one set can take over what another sent"
        if message:
            self._problems.append(Problem(spec.place, message, hint, "renamed-from-declared"))

    def warnings(self) -> list[Problem]:
        """Everything odd, by file and position; a job that is not declared but nearly so among it."""
        undeclared = {spec.job: spec for spec in reversed(self._sets.values()) if spec.job not in self._job_places}
        if len(undeclared) * len(self._job_places) <= _COMPARISONS:
            for job, spec in undeclared.items():
                if hint := nearest(job, self._job_places):
                    message = f"the job {quoted(job)} of {quoted(spec.name)} is not declared here"
                    hint += " (a job that exists only on the server is fine)"
                    self._warnings.append(Problem(spec.place, message, hint, "undeclared-job"))
        return sorted(self._warnings, key=by_place)

    def spec(self, files: int) -> Spec:
        """What all files want."""
        return Spec(self._jobs, self._sets, self._digests, files)


def by_place(problem: Problem) -> tuple[list[str], int, int]:
    """The order in which problems are told: by file, line and column."""
    return problem.place.file.split("/"), problem.place.line, problem.place.column
