"""The cases of `cases.yaml`: what each writes below `manifests/`, and how each must end."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HEAD = "apiVersion: jetplan/v1\n"
JOB = "jobs:\n  {name}: {{source: {source}, destination: LAX Ingest, paused: {flag}}}\n"
SET = JOB.format(name="j", source="NYC Dailies", flag="false") + ("deliverySets:\n  s:\n    job: j\n    objects:\n")


@dataclass(frozen=True)
class Case:
    """One case. `kind` is the section it stands in."""

    kind: str
    name: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"

    @property
    def refused(self) -> list[str]:
        """Its problems as `line:column code`; empty where it is accepted."""
        return list(self.said.get("refused", ()))

    @property
    def warned(self) -> list[str]:
        """The codes of its warnings."""
        return list(self.said.get("warned", ()))

    def write(self, root: Path) -> None:
        """Put everything of it below `root`, which exists."""
        for name, content in self._files().items():
            file = root / name
            if not file.is_absolute() or file.is_relative_to(root):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        for name, target in self.said.get("links", {}).items():
            (root / name).symlink_to(target)
        for name in self.said.get("fifos", ()):
            os.mkfifo(root / name)

    def _files(self) -> dict[str, bytes]:
        encoding = "latin-1" if self.said.get("latin") is True else "utf-8"
        files = {name: text.encode() for name, text in self.said.get("files", {}).items()}
        for name, text in self.said.get("list", {}).items():
            files |= {"main.yaml": _listed(name), name: text.encode(encoding)}
        main = self._main()
        return files if main is None else files | {"main.yaml": main}

    def _main(self) -> bytes | None:
        said = self.said
        more = said["repeat"][0] * said["repeat"][1] if "repeat" in said else ""
        match said:
            case {"latin": str(text)}:
                return text.encode("latin-1")
            case {"text": text}:
                return f"{text}{more}".encode()
            case {"lines": lines}:
                return (HEAD + SET + "".join(f"      {line}{more}\n" for line in lines)).encode()
            case {"paths": paths}:
                return (HEAD + SET + "".join(f"      - {json.dumps(path)}\n" for path in paths)).encode()
            case {"size": size}:
                return f"{HEAD}{SET}      - relativePath: /a\n        sizeInBytes: {size}\n".encode()
            case {"value": value}:
                return (HEAD + JOB.format(name="j", source=f"{value}{more}", flag="false")).encode()
            case {"flag": flag}:
                return (HEAD + JOB.format(name="j", source="NYC Dailies", flag=flag)).encode()
            case {"name": name}:
                quoted = json.dumps(name)
                job = JOB.format(name=quoted, source=quoted, flag="false")
                return f"{HEAD}{job}deliverySets:\n  {quoted}: {{job: {quoted}, objects: [/a]}}\n".encode()
        return None


def _listed(name: str) -> bytes:
    return f"{HEAD}deliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: {json.dumps(name)}}}\n".encode()


def all_cases() -> list[Case]:
    """Every case, in the order of the file."""
    found = YAML(typ="safe", pure=True).load(Path(__file__).with_name("cases.yaml"))
    return [Case(kind, name, said) for kind, cases in found.items() for name, said in cases.items()]
