"""How far deliveries are, in lines: one for each delivery and one for all, the time left first."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from jetplan.core.progress import percent, seconds_left
from jetplan.render import words
from jetplan.render.escape import safe_text
from jetplan.render.style import columns, padded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.progress import DeliveryProgress, Progress

_BAR = 8
_MOST = 14
"""Columns of a state that the server gave, at most."""
_NAME = 12
"""Columns that a name has at least, where there are so many in a line."""
_LESS = ((), ("bar",), ("bar", "rate"), ("bar", "rate", "files"))
"""Columns that are left out, in this order, where a line is too narrow. The time left always stays."""


def progress_lines(progress: Progress, width: int, height: int) -> list[str]:
    """All deliveries that fit into so many lines of so many columns, those under way first; the last line sums up."""
    order = sorted(progress.deliveries, key=lambda each: (each.ended, -each.rate, each.set_name, each.batch))
    if len(order) < 2:
        return _table([(_cells(each, _state(each)), _name(each)) for each in order], width)
    shown = order if len(order) < height else order[: max(height - 2, 0)]
    rows = [(_cells(each, _state(each)), _name(each)) for each in shown]
    *lines, total = _table([*rows, (_cells(progress, "in all"), states(progress))], width)
    more = len(order) - len(shown)
    rest = [f"… and {words.count(more, 'other delivery', 'other deliveries')}"[:width]] if more else []
    return [*lines, *rest, total]


def sum_line(progress: Progress) -> str:
    """All deliveries in one line: `about 2 h left: 41%, 18.0 of 43.0 GB, 12 of 30 files, 400 Mbit/s; …`."""
    cells = _cells(progress, "")
    said = ", ".join(filter(None, (cells[name] for name in ("percent", "bytes", "files", "failed", "rate"))))
    begin = f"about {cells['left']}: " if cells["left"] else ""
    return f"{begin}{said}; {states(progress)}"


def states(progress: Progress) -> str:
    """`2 in progress, 1 completed`; harmless to terminals."""
    found = (f"{count:,} {state.lower().replace('_', ' ')}" for state, count in progress.states.items())
    return safe_text(", ".join(found))


def _table(rows: Sequence[tuple[Mapping[str, str], str]], width: int) -> list[str]:
    """Cells below each other, and the names in what room is left."""
    names = list(rows[0][0]) if rows else []
    widths = {name: max(columns(cells[name]) for cells, _ in rows) for name in names}
    for less, gap in product(_LESS, ("  ", " ")):
        kept = [name for name in names if widths[name] and name not in less]
        room = width - sum(widths[name] + len(gap) for name in kept)
        if room >= _NAME:
            break
    return [
        "".join(f"{padded(cells[name], widths[name])}{gap}" for name in kept)[:width] + _elided(text, room)
        for cells, text in rows
    ]


def _cells(of: DeliveryProgress | Progress, state: str) -> dict[str, str]:
    left, share = seconds_left(of), percent(of)
    full = 0 if share is None else _BAR * share // 100
    return {
        "left": f"{words.duration(left)} left" if left is not None else state,
        "bar": "" if share is None else f"[{'#' * full}{'-' * (_BAR - full)}]",
        "percent": "" if share is None else f"{share}%",
        "bytes": _bytes(of),
        "files": _files(of),
        "failed": f"{of.failed:,} failed" if of.failed else "",
        "rate": words.rate(round(of.rate)) if of.rate else "",
    }


def _name(each: DeliveryProgress) -> str:
    batch = f" ({each.batch} of {each.batches})" if each.batches > 1 else ""
    return f"{safe_text(each.set_name)}{batch}"


def _state(each: DeliveryProgress) -> str:
    return safe_text(each.state.lower().replace("_", " "))[:_MOST]


def _bytes(of: DeliveryProgress | Progress) -> str:
    if of.size is None:
        return f"{words.size(of.moved)} of unknown" if of.moved else "size unknown"
    return words.size_of(of.moved, of.size).replace(" of ", "/")


def _files(of: DeliveryProgress | Progress) -> str:
    if of.files is None:
        return words.count(of.moved_files, "file") if of.moved_files else ""
    return f"{of.moved_files:,}/{words.count(of.files, 'file')}"


def _elided(name: str, room: int) -> str:
    """A name in so many columns: its beginning and its end, which tell names apart."""
    if columns(name) <= room:
        return name
    half = max(room - 1, 0) // 2
    head, tail = name, name
    while columns(head) > half:
        head = head[:-1]
    while columns(tail) > max(room - 1, 0) - half:
        tail = tail[1:]
    return f"{head}…{tail}" if room > 0 else ""


def changed(before: Progress | None, now: Progress) -> bool:
    """Whether a new line is worth it where lines stay: a state, a failure, or a tenth of the whole came."""
    return before is None or _marks(before) != _marks(now)


def _marks(progress: Progress) -> Sequence[object]:
    share = percent(progress)
    return dict(progress.states), progress.failed, None if share is None else share // 10
