"""The collector that every stage of reading one file writes its problems and warnings into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from jetplan.core.characters import quoted
from jetplan.errors import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


class Mark(Protocol):
    """A position: line and column count from 0, in characters."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Marked(Protocol):
    """What was read from a text and knows where it began."""

    @property
    def start_mark(self) -> Mark: ...


@dataclass(slots=True)
class Findings:
    """What is wrong (`problems`) and what is odd (`warnings`) in one file. `limit` bounds each of the two."""

    file: str
    limit: int = 1000
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def place(self, at: Marked) -> Place:
        """Where something read stands."""
        return Place(self.file, at.start_mark.line + 1, at.start_mark.column + 1)

    def refuse(self, at: Marked | Place, code: str, message: str, hint: str = "") -> None:
        """Record a problem at something read, or at a place."""
        place = at if isinstance(at, Place) else self.place(at)
        if len(self.problems) < self.limit:
            self.problems.append(Problem(place, message, hint, code))
        else:
            self.unlisted += 1

    def warn(self, at: Marked | Place, code: str, message: str, hint: str = "") -> None:
        """Record something that is accepted and may surprise."""
        place = at if isinstance(at, Place) else self.place(at)
        if len(self.warnings) < self.limit:
            self.warnings.append(Problem(place, message, hint, code))

    def is_full(self) -> bool:
        """Whether the limit is reached, so that a further problem would not be kept."""
        return self.unlisted > 0

    def add(self, other: Findings) -> None:
        """Add the findings of another collector for the same file."""
        self.problems += other.problems
        self.warnings += other.warnings
        self.unlisted += other.unlisted

    def sorted_problems(self) -> list[Problem]:
        """The problems in the order of the file, with a last one that counts those not kept."""
        kept = sorted(self.problems, key=lambda problem: problem.place)
        if self.unlisted:
            message = f"more problems in this file; the first {self.limit:,} are shown"
            kept.append(Problem(Place(self.file), message, "fix these, then validate again", "more-problems"))
        return kept


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the known name that is most like this one, or an empty string."""
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    candidates = list(known)
    folded = {candidate.casefold().replace("-", "").replace("_", ""): candidate for candidate in candidates}
    exact = folded.get(name[:255].casefold().replace("-", "").replace("_", ""))
    close = [exact] if exact else get_close_matches(name[:255], candidates, n=1, cutoff=0.6)
    return f"did you mean {quoted(close[0])}?" if close else ""
