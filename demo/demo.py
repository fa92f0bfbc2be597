"""The story of `make demo`, told with the real command line on a local Jet: nothing here reaches another machine.

Owns the sample media, the manifests' edits and the narration. Everything else is `jetplan` itself, run as a person
would run it. What it makes lies in one temporary folder, which is gone at the end, however the end comes.
"""

from __future__ import annotations

import filecmp
import json
import math
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
import wave
from array import array
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).resolve().parents[1] / "manifests" / "nyc-to-lax.yaml"
PROGRAMS = Path(sys.executable).parent
MIB = 1 << 20


def main() -> None:
    """Play the story; every command must end as told, else the demo fails."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    began = time.monotonic()
    with TemporaryDirectory(prefix="jetplan-demo-") as folder:
        stage = Stage(Path(folder))
        stage.lay_out()
        with stage.sandbox():
            play(stage)
    say(f"That was all, in {time.monotonic() - began:.0f} seconds. The temporary folder and the local Jet are gone.")
    say("Next: README.md, on your own manifests and your own account.")


def play(stage: Stage) -> None:
    """The scenes, in order."""
    title("1. A project: a folder with manifests, and a ledger that remembers what was sent")
    stage.jetplan("init")
    stage.show_manifest()
    stage.jetplan("validate")

    title("2. What would a merge send, and where? `plan` only reads")
    stage.jetplan("plan", "--detailed-exitcode", ends=2)

    title("3. `apply` makes the job and submits each object, once")
    stage.jetplan("apply", "--auto-approve")
    stage.jetplan("status", "--watch", "--interval", "0.2")
    stage.compare()

    title("4. Again: everything was sent, so there is nothing to do")
    stage.jetplan("plan", "--detailed-exitcode")
    stage.jetplan("apply", "--auto-approve")

    title("5. One more object in the manifest: only that one is sent")
    stage.add_object("/ep101/subtitles.srt", b"1\n00:00:01,000 --> 00:00:03,000\nPreviously, in New York.\n")
    stage.jetplan("apply", "--auto-approve")
    stage.jetplan("status", "--watch", "--interval", "0.2")
    stage.compare()

    title("6. Somebody pauses the job in Jet. A paused job refuses deliveries, so the plan says so first")
    stage.pause_job()
    stage.add_object("/ep101/poster.txt", b"Coming soon: a poster.\n")
    stage.jetplan("plan", ends=1)
    stage.edit("    destination: LAX Ingest", "    destination: LAX Ingest\n    paused: false")
    stage.jetplan("apply", "--auto-approve")
    stage.jetplan("status", "--watch", "--interval", "0.2")
    stage.compare()

    title("7. What the other side saw")
    stage.count_posts()


class Stage:
    """The folder that the story takes place in, and what happens to it."""

    def __init__(self, folder: Path) -> None:
        self.source, self.target, self.project = folder / "nyc", folder / "lax", folder / "project"
        self.manifest = self.project / "manifests" / EXAMPLE.name
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("JETPLAN_") and name != "CI"
        } | {"JETPLAN_CLIENT_ID": "demo", "JETPLAN_CLIENT_SECRET": secrets.token_urlsafe(16)}
        self.environment["PATH"] = os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", os.defpath)])

    def lay_out(self) -> None:
        """Sample media at the source, an empty destination, and the shipped example as the project's manifest."""
        audio = self.source / "ep101" / "audio"
        audio.mkdir(parents=True)
        self.target.mkdir()
        write_noise(self.source / "ep101" / "master.mxf", 12 * MIB)
        write_noise(self.source / "ep101" / "master_uhd.mxf", 100 * MIB)
        write_tone(audio / "left.wav", 440)
        write_tone(audio / "right.wav", 660)
        self.manifest.parent.mkdir(parents=True)
        self.manifest.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")

    @contextmanager
    def sandbox(self) -> Iterator[None]:
        """A local Jet with two storage profiles, for as long as the block lasts."""
        url_file = self.source.parent / "url"
        profiles = ["--profile", f"NYC Dailies={self.source}", "--profile", f"LAX Ingest={self.target}"]
        say("A local Jet with two storage profiles over temporary folders:")
        command(["jetplan", "sandbox", "--profile", "NYC Dailies=nyc", "--profile", "LAX Ingest=lax", "&"])
        process = subprocess.Popen(
            ["jetplan", "sandbox", *profiles, "--url-file", str(url_file)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the demo: it ends the sandbox itself
        )
        try:
            self.environment["JETPLAN_API_URL"] = read_url(url_file, process)
            say(f"It listens on {self.environment['JETPLAN_API_URL']}")
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def jetplan(self, *arguments: str, ends: int = 0) -> None:
        """Run one command line as a person would, and see that it ends as it must."""
        command(["jetplan", *arguments])
        code = subprocess.run(
            ["jetplan", *arguments],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
        if code:
            say(f"(exit code {code})")
        if code != ends:
            sys.exit(f"The demo failed: jetplan {' '.join(arguments)} ended with {code}, not with {ends}.")

    def show_manifest(self) -> None:
        command(["cat", f"manifests/{self.manifest.name}"])
        print(self.manifest.read_text(encoding="utf-8").rstrip())

    def add_object(self, path: str, content: bytes) -> None:
        """Put a file at the source and its path at the end of the manifest."""
        (self.source / path.lstrip("/")).write_bytes(content)
        self.edit(None, f"      - {path}")

    def edit(self, old: str | None, new: str) -> None:
        """Change one line of the manifest, or add one at its end, and say so."""
        text = self.manifest.read_text(encoding="utf-8")
        if old is None:
            changed = text.rstrip("\n") + f"\n{new}\n"
        else:
            changed = re.sub(f"^{re.escape(old)}$", new, text, flags=re.MULTILINE)
        if changed == text:
            sys.exit(f"The demo failed: {self.manifest.name} has no line {old!r}.")
        self.manifest.write_text(changed, encoding="utf-8")
        say(f"In manifests/{self.manifest.name}:")
        print(paint("32", f"  + {new.splitlines()[-1]}"))

    def compare(self) -> None:
        """Compare what lies at the destination with the source, byte for byte."""
        wanted = {file.relative_to(self.source) for file in self.source.rglob("*") if file.is_file()}
        found = {file.relative_to(self.target) for file in self.target.rglob("*") if file.is_file()}
        if wanted != found:
            sys.exit(f"The demo failed: {sorted(map(str, wanted ^ found))} lie on one side only.")
        for file in wanted:
            if not filecmp.cmp(self.source / file, self.target / file, shallow=False):
                sys.exit(f"The demo failed: {file} differs at the destination.")
        size = sum((self.source / file).stat().st_size for file in wanted)
        say(f"Compared byte for byte: {len(wanted)} files, {size / 1e6:.1f} MB, equal on both sides.")

    def pause_job(self) -> None:
        job_id = self.call("GET", "/v1/jobs")["items"][0]["jobId"]
        command(["curl", "-X", "PATCH", f"$JETPLAN_API_URL/v1/jobs/{job_id}", "-d", '{"paused": true}'])
        self.call("PATCH", f"/v1/jobs/{job_id}", {"paused": True})

    def count_posts(self) -> None:
        """The local Jet's own count: nothing was asked for twice."""
        state = self.call("GET", "/_sandbox/state")
        print(f"jobs: {state['jobs']}, deliveries: {state['deliveries']}, objects: {state['objects']}, ", end="")
        print(f"delivered twice: {len(state['deliveredTwice'])}")
        if state["jobs"] != 1 or state["deliveredTwice"] or state["deliveries"] != state["postsOfDeliveries"]:
            sys.exit("The demo failed: something was sent twice.")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call to the local Jet, with a token of its own."""
        wanted = {
            "client_id": self.environment["JETPLAN_CLIENT_ID"],
            "client_secret": self.environment["JETPLAN_CLIENT_SECRET"],
            "grant_type": "client_credentials",
        }
        token = self.send("POST", "/oauth/token", wanted, {})["access_token"]
        return self.send(method, path, body, {"Authorization": f"Bearer {token}"})

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.environment["JETPLAN_API_URL"] + path, data, headers, method=method)
        request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)


def read_url(file: Path, process: subprocess.Popen[bytes]) -> str:
    """The sandbox's address, as soon as it says so."""
    for _ in range(600):
        if file.exists():
            return file.read_text(encoding="utf-8").strip()
        if process.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit("The demo failed: the sandbox did not start. Try: .venv/bin/jetplan sandbox")


def write_noise(file: Path, size: int) -> None:
    """A stand-in for a picture essence: bytes of no meaning, the same ones each time."""
    block = random.Random(file.name).randbytes(MIB)
    with file.open("wb") as out:
        for number in range(size // MIB):
            out.write(number.to_bytes(8, "big") + block[8:])


def write_tone(file: Path, hertz: int) -> None:
    """Five seconds of a tone, mono, 48 kHz."""
    samples = array("h", (int(12_000 * math.sin(math.tau * hertz * n / 48_000)) for n in range(48_000)))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        for _ in range(5):
            out.writeframes(samples.tobytes())


def title(text: str) -> None:
    print(f"\n{paint('1', text)}")


def say(text: str) -> None:
    print(paint("36", f"# {text}"), flush=True)


def command(words: list[str]) -> None:
    shown = " ".join(f"'{word}'" if re.search(r"[\s{]", word) else word for word in words)
    print(paint("1;33", f"$ {shown}"), flush=True)


def paint(color: str, text: str) -> str:
    plain = os.environ.get("NO_COLOR") or not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR"))
    return text if plain else f"\033[{color}m{text}\033[0m"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
