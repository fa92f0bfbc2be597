"""A project folder, a local Jet and the command line, for tests that play a user. Asserts nothing but exit codes."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.cli.main import run
from jetplan.sandbox.jet import Settings
from jetplan.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

JOBS = """\
apiVersion: jetplan/v1
jobs:
  nyc-to-lax:
    source: NYC Dailies
    destination: LAX Ingest
"""
PATIENCE = 60.0
"""Seconds that anything may take before a test calls it lost."""


@dataclass(frozen=True)
class Ran:
    """How one command line ended, and what it wrote."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Terminalless(io.StringIO):
    """A standard input that is no terminal and at its end."""


def run_here(line: str, code: int | None = 0) -> Ran:
    """Run one `jetplan …` line in this process, in the current folder; its exit code must be `code` (None: any)."""
    words = shlex.split(line)
    assert words[0] == "jetplan", line
    out, err, before = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = Terminalless()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            ended = run(words[1:])
    finally:
        sys.stdin = before
    ran = Ran(int(ended), out.getvalue(), err.getvalue())
    assert code is None or ran.code == code, f"{line!r} should have ended with {code}\n{ran}"
    assert "Traceback" not in ran.out + ran.err, ran
    return ran


@dataclass
class Stage:
    """A project beside a local Jet. Paths of objects are those of the source profile."""

    folder: Path
    url: str

    @property
    def source(self) -> Path:
        return self.folder / "nyc"

    @property
    def target(self) -> Path:
        return self.folder / "lax"

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def run(self, line: str, code: int | None = 0) -> Ran:
        """Run one command line here."""
        return run_here(line, code)

    def start(self, line: str, **environment: str) -> subprocess.Popen[str]:
        """Run one command line in a process of its own, which can be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", *shlex.split(line)],
            cwd=self.project,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def put(self, *paths: str) -> None:
        """Make files at the source, each with its own content."""
        for path in paths:
            file = self.source / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"content of {path}\n" * 3, encoding="utf-8")

    def write(self, text: str, name: str = "main.yaml") -> None:
        """Write one manifest."""
        file = self.project / "manifests" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def write_set(self, *objects: str, extra: str = "", job: str = "") -> None:
        """One job and one set with these objects; the files are put at the source. `extra`: keys of the set."""
        self.put(*(path for path in objects if not path.endswith("/")))
        lines = "".join(f"      - {path}\n" for path in objects)
        keys = "".join(f"    {line}\n" for line in extra.splitlines())
        added = "".join(f"    {line}\n" for line in job.splitlines())
        self.write(f"{JOBS}{added}deliverySets:\n  masters:\n    job: nyc-to-lax\n{keys}    objects:\n{lines}")

    def cache(self) -> Path:
        """Where this project's runs remember what they read."""
        return self.folder / "cache/jetplan"

    def configure(self, text: str) -> None:
        """Add to jetplan.yaml."""
        with (self.project / "jetplan.yaml").open("a", encoding="utf-8") as file:
            file.write(text)

    # What the other side saw, asked of it directly.

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"}, method=method)
        if token is not None:
            request.add_header("authorization", f"Bearer {token}")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call as Jet's administrator."""
        wanted = {"client_id": "sandbox", "client_secret": "sandbox", "grant_type": "client_credentials"}
        return self.ask(method, path, body, self.ask("POST", "/oauth/token", wanted)["access_token"])

    def requests(self, method: str, ending: str) -> list[dict[str, Any]]:
        """The requests the local Jet took of one method whose path ends so, refused and broken ones included."""
        items = self.ask("GET", "/_sandbox/requests")["items"]
        return [item for item in items if item["method"] == method and item["path"].rstrip("/").endswith(ending)]

    def job_posts(self) -> int:
        return len(self.requests("POST", "/v1/jobs"))

    def delivery_posts(self) -> int:
        return len(self.requests("POST", "/deliveries"))

    def delivered(self) -> Counter[str]:
        """How often each object was accepted, by path."""
        items = self.ask("GET", "/_sandbox/deliveries?objects=true")["items"]
        return Counter(each["relativePath"] for item in items for each in item["objects"])

    def jobs(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call("GET", "/v1/jobs")["items"]
        return items

    def make_job(
        self,
        name: str = "nyc-to-lax",
        source: str = "NYC Dailies",
        destination: str = "LAX Ingest",
        patterns: Sequence[str] = (),
        triggers: Sequence[Any] = (),
        **action: Any,
    ) -> str:
        """Create a job behind jetplan's back. `patterns`: it moves only files that match one."""
        ids = {each["name"]: each["storageProfileId"] for each in self.call("GET", "/v1/storageProfiles")["items"]}
        sides = {
            side: {"storageProfileId": ids[profile]}
            for side, profile in (("source", source), ("destination", destination))
        }
        filters = {"transferOptions": {"objectPatterns": {"inclusions": [*patterns], "exclusions": [], "type": "GLOB"}}}
        body = {
            "name": name,
            "actions": [{"type": "TRANSFER", "data": sides | (filters if patterns else {}), **action}],
        }
        body |= {"triggers": triggers} if triggers else {}
        return str(self.call("POST", "/v1/jobs", body)["jobId"])

    def pause(self, job_id: str, paused: bool = True) -> None:
        self.call("PATCH", f"/v1/jobs/{job_id}", {"paused": paused})

    def faults(self, *specs: str) -> None:
        """Let the local Jet misbehave from now on; none: behave."""
        self.ask("POST", "/_sandbox/faults", {"faults": list(specs)})

    def fail(self, *specs: str) -> None:
        """Let files fail by name from now on; none: all succeed."""
        self.ask("POST", "/_sandbox/failures", {"failures": list(specs)})

    def settle(self) -> None:
        """Wait until everything accepted has ended."""
        wait_until(
            lambda: all(
                item["state"] in ("COMPLETED", "FAILED") for item in self.ask("GET", "/_sandbox/deliveries")["items"]
            )
        )

    def same_trees(self) -> bool:
        """Whether both sides hold the same files with the same bytes."""
        return tree(self.source) == tree(self.target)

    def doubtful(self) -> list[dict[str, Any]]:
        """The attempts in doubt, as `jetplan status` tells them to programs."""
        attempts: list[dict[str, Any]] = json.loads(self.run("jetplan status --format json", code=None).out)["inDoubt"]
        return attempts


def tree(root: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def wait_until(seen: Callable[[], bool]) -> None:
    """Look again and again until something holds."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if seen():
            return
        pause.wait(0.02)
    raise AssertionError("what was waited for never came")


@pytest.fixture
def run_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """`run_line("jetplan plan …", code=…)` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return run_here


@pytest.fixture
def open_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    """Opens a stage: folders, a local Jet (its Settings are the arguments), credentials, a project made by init."""
    with ExitStack() as stack:

        def opening(*, init: bool = True, **settings: Any) -> Stage:
            for name in ("nyc", "lax", "project"):
                (tmp_path / name).mkdir()
            profiles = (("NYC Dailies", tmp_path / "nyc"), ("LAX Ingest", tmp_path / "lax"))
            wanted = {"profiles": profiles, "roots": (tmp_path,), **settings}
            stage = Stage(tmp_path, stack.enter_context(serve(Settings(**wanted))))
            for name, value in {
                "API_URL": stage.url,
                "CLIENT_ID": "sandbox",
                "CLIENT_SECRET": "sandbox",
                "TIMEOUT": "2",
            }.items():
                monkeypatch.setenv(f"JETPLAN_{name}", value)
            monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
            monkeypatch.chdir(stage.project)
            if init:
                (stage.project / "manifests").mkdir()
                stage.run("jetplan init")
            return stage

        yield opening


@pytest.fixture
def stage(open_stage: Callable[..., Stage]) -> Stage:
    """A stage with a Jet that behaves, until told otherwise."""
    return open_stage()
