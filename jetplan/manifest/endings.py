"""Which names are those of lists, written once: for the readers, for the cache, and for what is taken out of git."""

from __future__ import annotations

import re

PACKINGS = ("gz", "zst")
DIGITS = {
    "md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128,
    "xxh32": 8, "xxh64": 16, "xxh3": 16, "xxh128": 32,
}  # fmt: skip
"""Algorithm of a checksum file -> how many hexadecimal digits a checksum has. The ending is the algorithm's name."""
FORMATS = ("csv", "json", "jsonl", "mhl", "txt", "xml", "globus", "aspera", *DIGITS)
ASSETMAP = "assetmap"
"""Interop names the map of a package so, without an ending."""
LIST_ENDINGS = (
    *(f".{name}{packing}" for name in FORMATS for packing in ("", *(f".{each}" for each in PACKINGS))),
    ASSETMAP,
)
"""Every ending of a list, in lower case: a name counts in any case."""
_BAGIT = re.compile(r"(?:tag)?manifest-([a-z0-9]+)\.txt")


def parts_of(name: str) -> tuple[str, str] | None:
    """The format and the packing of a list by its name; None if it is none. A manifest of BagIt is `bagit-md5`."""
    base = name.rsplit("/", 1)[-1].lower()
    if base == ASSETMAP:
        return "xml", ""
    packing = next((each for each in PACKINGS if base.endswith(f".{each}")), "")
    base = base.removesuffix(f".{packing}") if packing else base
    ending = base.rpartition(".")[2]
    if ending not in FORMATS or "." not in base:
        return None
    bag = _BAGIT.fullmatch(base)
    return (f"bagit-{bag[1]}" if bag and bag[1] in DIGITS else ending), packing
