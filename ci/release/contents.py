"""Looks into what `make dist` has built: nothing is missing, nothing strayed in, and the wheel's command starts."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

SOURCE_NEEDS = ("CHANGELOG.md", "LICENSE", "docs/exactly-once.md", "docs/cli.md", "schemas/manifest.schema.json")
WHEEL_NEEDS = ("jetplan/py.typed", "jetplan/render/page.css", "jetplan/sandbox/console.html")
STRAY = ("__pycache__", ".pyc", ".venv", ".jetplan/", ".git/")


def look_into(names: list[str], needs: tuple[str, ...], archive: Path) -> list[str]:
    """What is wrong with the names in an archive, in sentences."""
    missing = [f"{archive.name} lacks {need}" for need in needs if not any(name.endswith(need) for name in names)]
    return missing + [f"{archive.name} holds {name}" for name in names if any(part in name for part in STRAY)]


def start(wheel: Path) -> str:
    """What `jetplan --version` says where nothing but the wheel and its dependencies is installed.

    The dependencies are the pinned ones; `pip check` says whether they are what the wheel asks for.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin/python")
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--require-hashes", "--requirement", "ci/sandbox.txt"], check=True)
        subprocess.run([*pip, "install", "--no-deps", str(wheel)], check=True)
        subprocess.run([*pip, "check"], check=True)
        command: list[str | Path] = [Path(folder) / "bin/jetplan", "--version"]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout.strip()


def main(folder: Path) -> None:
    """Look into both archives; ends with 1 and the reasons where something is wrong."""
    (wheel,) = folder.glob("*.whl")
    (source,) = folder.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        problems = look_into(archive.getnames(), SOURCE_NEEDS, source)
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    problems += look_into(names, WHEEL_NEEDS, wheel)
    problems += [f"{wheel.name} holds {name}" for name in names if not name.startswith("jetplan")]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{wheel.name}: {start(wheel)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
