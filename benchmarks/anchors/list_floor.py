"""Reads a list of objects the plain way. Usage: list_floor.py csv|msgspec FILE"""

from __future__ import annotations

import csv
import sys
from typing import Any


def read_csv(file: Any) -> None:
    """The csv module: rows, and nothing made of them."""
    with open(file, newline="") as rows:
        for _ in csv.reader(rows):
            pass


def read_msgspec(file: Any) -> None:
    """msgspec, typed, a line at a time."""
    import msgspec

    class Row(msgspec.Struct, rename="camel", gc=False):
        relative_path: str
        size_in_bytes: int | None = None
        is_directory: bool = False

    decode = msgspec.json.Decoder(Row).decode
    with open(file, "rb") as lines:
        for line in lines:
            decode(line)


if __name__ == "__main__":
    {"csv": read_csv, "msgspec": read_msgspec}[sys.argv[1]](sys.argv[2])
