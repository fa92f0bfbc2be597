"""What the documents say is so: their commands run, their links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from stage import Stage

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def play(script: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a script of the shell, with all that it leaves in the background; its exit code and all it said."""
    with (folder / "said.txt").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            ["bash", "-c", script], cwd=folder, env=environment, stdout=said, stderr=said, start_new_session=True
        )
        try:
            code = process.wait(120)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        said.seek(0)
        return code, said.read()


def test_the_commands_of_the_readme(tmp_path: Path) -> None:
    """Whoever types what the README says, in its order, ends where it says."""
    played = README.partition("test_readme.py: begin -->")[2].partition("<!-- played")[0]
    script = "set -eu\n" + "".join(re.findall(r"^```sh\n(.*?)^```", played, re.MULTILINE | re.DOTALL))
    script = script.replace("8181", str(free_port()))
    assert "kill %1" in script
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    code, said = play(script, tmp_path, {**os.environ, "PATH": path})
    assert code == 0, said
    assert "lax/ep101/audio/left.wav" in said
    assert "No changes. Everything declared is on the server and was submitted." in said.partition("left.wav")[2]


def test_the_manifest_of_the_readme(tmp_path: Path) -> None:
    """The manifest in the README is valid, and the one that ships."""
    shown = README.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "shown.yaml").write_text(shown, encoding="utf-8")
    assert read_manifests(tmp_path).spec.sets.keys() == {"ep101-masters"}
    assert shown.strip() == (ROOT / "manifests/nyc-to-lax.yaml").read_text(encoding="utf-8").strip()


def test_the_plan_of_the_readme(stage: Stage) -> None:
    """The plan in the README is what its manifest gives."""
    shutil.copy(ROOT / "manifests/nyc-to-lax.yaml", stage.project / "manifests")
    shown = README.partition("$ jetplan plan\n")[2].partition("```")[0]
    assert stage.run("jetplan plan").out == shown


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Any) -> None:
    """Every relative link of a document names a file that is there."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_settings_shown(stage: Stage) -> None:
    """The `jetplan.yaml` of docs/settings.md is one that jetplan reads."""
    from jetplan.app.configuration import read_configuration

    shown = (ROOT / "docs/settings.md").read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    (stage.project / "shown.yaml").write_text(shown, encoding="utf-8")
    assert read_configuration(stage.project / "shown.yaml").limits.allow_destinations == ("LAX Ingest",)


@pytest.mark.parametrize(
    "document", [ROOT / "CONTRIBUTING.md", ROOT / "docs/architecture.md"], ids=lambda path: path.name
)
def test_files_that_are_named_are_there(document: Any) -> None:
    """Whoever follows the guide finds each file and folder that it names."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.[a-z]+)?)`", text)
    assert len(named) > 10
    tops = (ROOT, ROOT / "jetplan", ROOT / "jetplan/manifest")
    assert [name for name in named if not any((top / name).exists() for top in tops)] == []
