"""The command as a process: it starts, is killed, comes back with its state, and ends when asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from caller import Caller

SANDBOX = {"JETPLAN_CLIENT_ID": "sandbox", "JETPLAN_CLIENT_SECRET": "sandbox"}


@dataclass
class Running:
    """A sandbox that listens."""

    process: subprocess.Popen[str]
    stderr: IO[str]
    first_line: str
    url: str


@contextmanager
def process(tmp_path: Path, *arguments: str, environment: dict[str, str] | None = None) -> Iterator[Running]:
    """`jetplan sandbox` until the block ends; its process, with `url` from its URL file."""
    url_file = tmp_path / "url"
    url_file.unlink(missing_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JETPLAN_")}
    with subprocess.Popen(
        [sys.executable, "-m", "jetplan", "sandbox", "--url-file", str(url_file), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, text=True,
        env={**kept, **(environment or SANDBOX)},
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            first_line = child.stdout.readline()
            assert first_line, child.stderr.read()
            yield Running(child, child.stderr, first_line, url_file.read_text().strip())
        finally:
            child.kill()


@pytest.fixture
def arguments(folders: tuple[Path, Path], tmp_path: Path) -> list[str]:
    source, target = folders
    return [
        "--profile",
        f"NYC Dailies={source}",
        "--profile",
        f"LAX Ingest={target}",
        "--state",
        str(tmp_path / "state"),
    ]


def test_a_killed_sandbox_goes_on(
    arguments: list[str],
    tmp_path: Path,
    folders: tuple[Path, Path],
    caller: type[Caller],
    same_tree: Callable[[Path, Path], bool],
) -> None:
    """Killed in the middle of a file, a sandbox comes back with its jobs, tokens and journal, and finishes the file."""
    everything = {"relativePath": "/", "isDirectory": True}
    with process(tmp_path, *arguments, "--rate", "200000") as child:
        sandbox = caller(child.url)
        job_id = sandbox.make_job()
        delivery_id = sandbox.deliver(job_id, everything)
        sandbox.wait_until(
            lambda found: found["items"] and found["items"][0]["currentRateBitsPerSecond"],
            lambda: sandbox.get(f"/v1/jobs/{job_id}/transfers?state=IN_PROGRESS"),
        )
        jobs = sandbox.get("/v1/jobs")
        token = sandbox.token
        child.process.kill()
        child.process.wait()
    assert list(folders[1].rglob(".jet-partial-*"))
    with process(tmp_path, *arguments) as child:
        sandbox = caller(child.url, _token=[token])
        assert sandbox.get("/v1/jobs") == jobs
        assert sandbox.wait_for(job_id, delivery_id) == "COMPLETED"
        assert same_tree(*folders)
        assert sandbox.backstage("state")["postsOfDeliveries"] == 1
        assert sandbox.backstage("state")["deliveries"] == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_asked(arguments: list[str], tmp_path: Path, caller: type[Caller], number: signal.Signals) -> None:
    """SIGTERM and SIGINT end it with 0 and without a word of complaint, also with connections open."""
    with process(tmp_path, *arguments, "--fault", "GET:/v1/jobs=drop") as child:
        sandbox = caller(child.url)
        assert child.first_line == f"listening on {child.url}\n"
        assert sandbox.get("/v1/endpoints")
        child.process.send_signal(number)
        assert child.process.wait(timeout=20) == 0
        told = child.stderr.read()
    assert "Traceback" not in told
    assert f"export JETPLAN_API_URL={child.url}" in told


def test_two_cannot_share_a_state(arguments: list[str], tmp_path: Path) -> None:
    """A second sandbox on the same state file stops with a sentence; two would move the same files."""
    with process(tmp_path, *arguments):
        second = subprocess.run(
            [sys.executable, "-m", "jetplan", "sandbox", *arguments],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert second.returncode == 1
    assert "held by another sandbox" in second.stderr
    assert "Traceback" not in second.stderr


def test_credentials_from_the_environment(tmp_path: Path, caller: type[Caller]) -> None:
    """Credentials of the environment are the accepted ones, and are printed nowhere."""
    environment = {"JETPLAN_CLIENT_ID": "someone", "JETPLAN_CLIENT_SECRET": "hunter2"}
    with process(tmp_path, environment=environment) as child:
        assert caller(child.url, client_id="someone", secret="hunter2").get("/v1/jobs") == {"items": []}
        refused = caller(child.url).send("POST", "/oauth/token", {"client_id": "sandbox", "client_secret": "sandbox"})
        assert refused.status == 401
        child.process.terminate()
        child.process.wait(timeout=20)
        assert "hunter2" not in child.stderr.read() + child.first_line


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--fault", "/v1=explode"], 64, "no fault is called 'explode'"),
        (["--profile", "nonsense"], 64, "NAME=FOLDER"),
        (["--profile", "X=/dev/null/x"], 64, "cannot be used"),
        (["--state", "/dev/null/x"], 1, "cannot be used as a state file"),
        (["--port", "70000"], 64, "70000"),
    ],
)
def test_mistakes_are_told(arguments: list[str], code: int, told: str, tmp_path: Path) -> None:
    """A wrong option ends it at once with a sentence and an exit code, never with a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "jetplan", "sandbox", *arguments],
        capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (code, True, False), done.stderr


def test_a_secret_is_made_up_and_printed(tmp_path: Path, caller: type[Caller]) -> None:
    """Where nobody gave a secret, each sandbox has its own, which is told to the person who started it."""
    seen = set()
    for _ in range(2):
        with process(tmp_path, environment={"PYTHONUNBUFFERED": "1"}) as child:
            wrong = {"client_id": "sandbox", "client_secret": "sandbox", "grant_type": "client_credentials"}
            assert caller(child.url).send("POST", "/oauth/token", wrong).status == 401
            told = iter(child.stderr.readline, "")
            secret = next(line for line in told if "SECRET" in line).rpartition("=")[2].strip()
            assert caller(child.url, secret=secret).get("/v1/jobs") == {"items": []}
            seen.add(secret)
    assert len(seen) == 2
