"""Parses every YAML file of a folder, one of four ways: the floor (`events`), or loaders that check nothing.

Usage: yaml_floor.py events|ruamel|ruamel-rt|pyyaml FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path


def events(text: bytes) -> None:
    """Pulls every event out of the C parser and builds nothing."""
    from _ruamel_yaml import CParser
    from ruamel.yaml.events import StreamEndEvent

    parser = CParser(text)
    get = parser.get_event
    while type(get()) is not StreamEndEvent:
        pass


def ruamel(text: bytes) -> None:
    """ruamel's `safe` loader on its C parser."""
    from ruamel.yaml import YAML

    YAML(typ="safe", pure=False).load(text)


def ruamel_rt(text: bytes) -> None:
    """ruamel's round-trip loader, which keeps comments and places."""
    from ruamel.yaml import YAML

    YAML(typ="rt").load(text)


def pyyaml(text: bytes) -> None:
    """PyYAML on its C parser."""
    import yaml

    yaml.load(text, Loader=yaml.CSafeLoader)


if __name__ == "__main__":
    load = {"events": events, "ruamel": ruamel, "ruamel-rt": ruamel_rt, "pyyaml": pyyaml}[sys.argv[1]]
    for file in sorted(Path(sys.argv[2]).glob("*.yaml")):
        load(file.read_bytes())
