"""What a benchmark found, beside its anchors: as a table for people, as JSON for machines, as a line of history."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a figure is held against. `measured`: in this very run; otherwise as published, on another machine.

    `most`: the goal, as the highest ratio of figure to anchor; None where the anchor is only company.
    """

    name: str
    value: float
    most: float | None = None
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `unit` is s, MiB or a plain word; `goal` an absolute one, in the same unit."""

    family: str
    name: str
    value: float
    unit: str = "s"
    anchors: Sequence[Anchor] = field(default=())
    goal: float | None = None

    def verdicts(self) -> list[bool]:
        """Whether each goal is met, in the order of the anchors; the absolute one last."""
        met = [self.value <= each.most * each.value for each in self.anchors if each.most is not None]
        return met if self.goal is None else [*met, self.value <= self.goal]


def record(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """The figures as plain data."""
    return [{**asdict(each), "met": all(each.verdicts()) if each.verdicts() else None} for each in figures]


def table(figures: Sequence[Figure]) -> str:
    """Lines for a person: each figure, then its anchors with ratio and goal."""
    lines: list[str] = []
    family = ""
    for each in figures:
        if each.family != family:
            family = each.family
            lines += ["", family]
        goal = "" if each.goal is None else f"  goal {_shown(each.goal, each.unit)} {_word(each.value <= each.goal)}"
        lines.append(f"  {each.name:<58} {_shown(each.value, each.unit):>12}{goal}")
        for anchor in each.anchors:
            ratio = each.value / anchor.value if anchor.value else float("nan")
            wanted = ""
            if anchor.most is not None:
                wanted = f"  goal ≤ {anchor.most:g}x {_word(each.value <= anchor.most * anchor.value)}"
            said = "" if anchor.measured else " (published)"
            lines.append(f"    {anchor.name + said:<56} {_shown(anchor.value, each.unit):>12}  {ratio:>8.3g}x{wanted}")
    return "\n".join(lines).lstrip("\n") + "\n"


def _word(met: bool) -> str:
    return "met" if met else "MISSED"


def _shown(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
