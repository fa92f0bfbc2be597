"""The words that all formats share: counts, sizes in SI units, durations, how a step is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jetplan.render.model import Amount

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 object`, `1,204 objects`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(number: int) -> str:
    """Bytes in SI units with one decimal, `3.2 TB`; whole bytes below 1 kB."""
    if number < 1000:
        return f"{number} B"
    value, unit = float(number), 0
    while round(value, 1) >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:,.1f} {_UNITS[unit]}"


def size_of(some: int, of: int) -> str:
    """`18.0 of 33.0 GB`, `4 kB of 2.1 GB`: one unit where both have the same."""
    part, whole = size(some), size(of)
    return f"{part.split()[0]} of {whole}" if part.split()[1] == whole.split()[1] else f"{part} of {whole}"


def amount_size(amount: Amount) -> str:
    """`3.2 TB`, `3.2 TB, 4 of unknown size`, or `unknown size` where none is known."""
    if not amount.object_count:
        return "nothing"
    if amount.unknown_sizes == amount.object_count:
        return "unknown size"
    if amount.unknown_sizes:
        return f"{size(amount.known_bytes)}, {amount.unknown_sizes:,} of unknown size"
    return size(amount.known_bytes)


def amount(of: Amount) -> str:
    """`1,204 objects (3.2 TB, 4 of unknown size)`."""
    return f"{count(of.object_count, 'object')} ({amount_size(of)})"


def declared(of: Amount) -> str:
    """`1,204 objects (3.2 TB declared, 4 of unknown size)`: for totals, whose sizes are the manifest's claim."""
    if not of.known_bytes:
        return amount(of)
    unknown = f", {of.unknown_sizes:,} of unknown size" if of.unknown_sizes else ""
    return f"{count(of.object_count, 'object')} ({size(of.known_bytes)} declared{unknown})"


def duration(seconds: int) -> str:
    """`45 s`, `12 min`, `2 h 13 min`, `3 d 4 h`: rounded up to its smaller unit."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(-(-minutes // 60), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def takes(seconds: int, deliveries: int) -> str:
    """`about 6 h, as in its last 5 deliveries`, or `at least 6 h` at a bandwidth limit."""
    if not deliveries:
        return f"at least {duration(seconds)}"
    past = "delivery" if deliveries == 1 else f"{deliveries} deliveries"
    return f"about {duration(seconds)}, as in its last {past}"


def rate(bits_per_second: int) -> str:
    """`400 Mbit/s`."""
    value, unit = float(bits_per_second), 0
    units = ("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s")
    while value >= 1000 and unit < len(units) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:,.1f}".removesuffix(".0") + f" {units[unit]}"


def ordinal(number: int) -> str:
    """`2nd`, `3rd`, `11th`."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
