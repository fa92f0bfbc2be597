"""Draws the history as an SVG: `python -m benchmarks.plot [--out FILE]`. One small chart a figure, the newest at right.

Runs of another size, machine or Python are left out: their figures are no line with these.
"""

from __future__ import annotations

import argparse
import json
import sys
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.bench import HERE, HOME

_WIDTH, _HEIGHT, _GAP = 360, 90, 46


def main() -> int:
    """Read the history, write the picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plot", description=__doc__.partition("\n")[0])
    parser.add_argument("--history", type=Path, default=HERE / "history.jsonl")
    parser.add_argument("--out", type=Path, default=HOME / ".bench" / "history.svg")
    asked = parser.parse_args()
    if not asked.history.exists():
        raise SystemExit(f"{asked.history} is not there: each `make bench` adds a line to it")
    runs = [json.loads(line) for line in asked.history.read_text().splitlines() if line]
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(draw(runs))
    print(f"wrote {asked.out}")
    return 0


def draw(runs: list[dict[str, Any]]) -> str:
    """The picture of the runs that can be compared with the last one."""
    last = runs[-1]
    alike = [run for run in runs if all(run[key] == last[key] for key in ("quick", "python", "machine"))]
    names = list(
        dict.fromkeys((each["family"], each["name"], each["unit"]) for run in alike for each in run["figures"])
    )
    charts = []
    for at, name in enumerate(names):
        values = [
            each["value"]
            for run in alike
            for each in run["figures"]
            if (each["family"], each["name"], each["unit"]) == name
        ]
        x, y = (at % 3) * (_WIDTH + _GAP) + 20, (at // 3) * (_HEIGHT + _GAP) + 30
        charts.append(f'<g transform="translate({x},{y})">{_chart(": ".join(name[:2]), values, name[2])}</g>')
    rows = -(-len(names) // 3)
    size = f'width="{3 * (_WIDTH + _GAP)}" height="{rows * (_HEIGHT + _GAP) + 20}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">{"".join(charts)}</svg>\n'


def _chart(title: str, values: list[float], unit: str) -> str:
    top = max(values) or 1.0
    step = _WIDTH / max(len(values) - 1, 1)
    points = [
        (round(at * step, 1), round(_HEIGHT - value / top * (_HEIGHT - 20), 1)) for at, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    said = f"{title}: {values[-1]:.3g} {unit}"
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.5" fill="#06c"/>' for x, y in points)
    return (
        f'<text y="0" font-size="11">{escape(said)}</text>'
        f'<path d="M0 {_HEIGHT}H{_WIDTH}" stroke="#ccc"/>'
        f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="1.5"/>{dots}'
    )


if __name__ == "__main__":
    sys.exit(main())
