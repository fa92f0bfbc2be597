"""The shape of the package: who may import whom, what the pure core may touch, what start-up may load."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.cli import ledger, main

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

PACKAGE = Path(__file__).parents[1] / "jetplan"

LAYERS = (
    {"cli"},
    {"app"},
    {"apply", "observe", "manifest", "render"},
    {"api", "ledger"},
    {"core"},
    {"errors", "version"},
)
"""From the top down. A part imports itself and parts of lower layers, never its neighbours."""

PURE = {
    "__future__", "array", "bisect", "collections", "dataclasses", "difflib", "enum", "functools", "hashlib",
    "heapq", "itertools", "math", "operator", "re", "typing", "unicodedata", "urllib.parse",
}  # fmt: skip
"""What the core may import besides itself: no I/O, no clock, no randomness."""

HEAVY = {
    "pydantic", "pydantic_core", "requests", "urllib3", "certifi", "ruamel", "msgspec", "sqlite3", "psycopg", "h11",
    "zstandard", "ssl", "http", "email", "asyncio", "socket", "subprocess", "logging", "json", "decimal", "tempfile",
    "dataclasses",
}  # fmt: skip
"""What `--help` must not wait for."""

HEAVY_FOR_VALIDATE = {
    "pydantic", "requests", "urllib3", "certifi", "sqlite3", "psycopg", "h11", "ssl", "http", "asyncio", "socket",
}  # fmt: skip
"""What reading manifests has no use for."""


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, at its top, in functions and for types alike."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where they go"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(module: str) -> str | None:
    """The part of jetplan that a dotted name lies in; None for other packages."""
    first, _, rest = module.partition(".")
    return None if first != "jetplan" else rest.partition(".")[0]


def files_of(part: str) -> list[Path]:
    """The files of one part, a folder or a single module."""
    found = sorted((PACKAGE / part).rglob("*.py")) or [PACKAGE / f"{part}.py"]
    assert all(file.is_file() for file in found), f"there is no part {part}"
    return found


def misdirected(part: str, allowed: set[str]) -> list[str]:
    """Imports that leave what a part may know of jetplan."""
    return [
        f"{file.relative_to(PACKAGE.parent)} imports {module}"
        for file in files_of(part)
        for module in imports(file)
        if (other := part_of(module)) is not None and other != part and other not in allowed
    ]


@pytest.mark.parametrize(
    ("depth", "part"), [(depth, part) for depth, layer in enumerate(LAYERS) for part in sorted(layer)]
)
def test_imports_run_downward(depth: Any, part: Any) -> None:
    """A part imports lower layers only: not its neighbours, nothing above, and of the sandbox only the CLI."""
    below = set().union(*LAYERS[depth + 1 :])
    assert misdirected(part, below | ({"sandbox"} if part == "cli" else set())) == []


def leads_to(file: Path, known: Collection[str]) -> Iterator[str]:
    """Every module that a file imports now or later; those that it names in a table, to import them later, too."""
    for name in imports(file):
        yield name if name in known else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value in known
            and node.value != "jetplan"
        ):
            yield node.value


def module_name(file: Path) -> str:
    """`jetplan.core.plan` of a file; a package by its own name."""
    words = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


def test_no_import_circle() -> None:
    """No module leads back to itself, not by an import in a function, for types, or by a name in a table."""
    known = {module_name(file): file for file in PACKAGE.rglob("*.py")}
    graph = {
        name: {each for each in leads_to(file, known) if each in known and each != name} for name, file in known.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


def test_the_use_cases_know_no_click() -> None:
    """Below the command line, nothing knows of it: use cases can be called from any program."""
    foreign = [
        f"{file.relative_to(PACKAGE)} imports {module}"
        for file in PACKAGE.rglob("*.py")
        if file.relative_to(PACKAGE).parts[0] != "cli"
        for module in imports(file)
        if module.partition(".")[0] == "click"
    ]
    assert foreign == []


def test_the_sandbox_knows_nothing_of_the_client() -> None:
    """Sandbox and client meet in HTTP only, so that one mistake cannot cancel itself out."""
    assert misdirected("sandbox", set()) == []


def test_every_part_has_its_layer() -> None:
    """Nothing in the package stands outside the layers."""
    known = set().union(*LAYERS) | {"sandbox"}
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert found - {"__init__", "__main__"} == known


def test_the_core_is_pure() -> None:
    """Planning is a function of its arguments: nothing in the core can read a file, a clock or a die."""
    foreign = [
        f"{file.name} imports {module}"
        for file in files_of("core")
        for module in imports(file)
        if part_of(module) is None and not any(module == name or module.startswith(f"{name}.") for name in PURE)
    ]
    assert foreign == []


def test_only_apply_writes_to_the_server() -> None:
    """The calls that change the server are made by `apply` alone."""
    writing = {"create_job", "deliver", "set_paused"}
    callers = {
        f"{file.relative_to(PACKAGE)} calls {node.func.attr}"
        for part in ("cli", "observe", "manifest", "render", "ledger", "core")
        for file in files_of(part)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing
    }
    assert callers == set()


def test_every_module_says_what_it_owns() -> None:
    """Each module opens with a docstring."""
    silent = [
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def loaded_by(*arguments: str, folder: Path) -> set[str]:
    """The top-level packages in memory after one command line, in an interpreter of its own."""
    script = (
        "import sys\n"
        f"sys.argv = {['jetplan', *arguments]!r}\n"
        "from jetplan.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print('loaded:', *sorted(sys.modules))\n"
    )
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=unmeasured, check=True)
    modules = ran.stdout.rpartition("loaded:")[2].split()
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["-h"],
        *([name, "--help"] for name in main.COMMANDS),
        *(["ledger", name, "--help"] for name in ledger.COMMANDS),
    ],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    """Help is printed before anything heavy is imported."""
    assert loaded_by(*arguments, folder=tmp_path) & HEAVY == set()


def test_version_loads_nothing_at_all(tmp_path: Path) -> None:
    """`--version` is answered before even click is imported."""
    assert loaded_by("--version", folder=tmp_path) & (HEAVY | {"click", "inspect", "typing"}) == set()


def test_validate_loads_no_network_and_no_database(tmp_path: Path) -> None:
    """Reading manifests needs neither the client nor a ledger."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "empty.yaml").write_text("apiVersion: jetplan/v1\n")
    assert loaded_by("validate", folder=tmp_path) & HEAVY_FOR_VALIDATE == set()


@pytest.mark.parametrize("arguments", [["fmt"], ["diff", "--base", "HEAD"]])
def test_what_asks_nobody_loads_no_network(arguments: list[str], tmp_path: Path) -> None:
    """Laying out manifests and comparing them with git load nothing of the client."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "empty.yaml").write_text("apiVersion: jetplan/v1\n")
    for line in ("init -q", "add .", "-c user.name=a -c user.email=a@example.com commit -qm x"):
        subprocess.run(["git", *line.split()], cwd=tmp_path, check=True)
    assert loaded_by(*arguments, folder=tmp_path) & {"requests", "urllib3", "certifi", "ssl"} == set()
