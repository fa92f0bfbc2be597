"""The console page in a real browser: hostile names are text, and jobs can be started, paused and resumed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from caller import Caller

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-pipe"
)
# Chromium reads commands from descriptor 3 and answers on 4.
PLACE = """
import fcntl, os, sys
given = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
os.dup2(given[0], 3)
os.dup2(given[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
SLASH = "\u2044"  # looks like a slash and may stand in a file name
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202egnp.exe\u200b\x1b[31m@all'

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]


class Browser:
    """One page of a headless Chromium, spoken to over a pair of pipes."""

    def __init__(self, profile: Path) -> None:
        to_read, self._to = os.pipe()
        self._from, from_write = os.pipe()

        with open(profile / "chromium.log", "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PLACE, str(to_read), str(from_write), str(CHROMIUM), *FLAGS.split(),
                 f"--user-data-dir={profile}", "--window-size=1280,900", "about:blank"],
                pass_fds=(to_read, from_write), stdout=log, stderr=log,
            )  # fmt: skip
        os.close(to_read)
        os.close(from_write)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []

    def open(self) -> None:
        target = next(t for t in self.command("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attach = {"targetId": target["targetId"], "flatten": True}
        self._session = self.command("Target.attachToTarget", **attach)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **params: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _next(self) -> Any:
        while b"\0" not in self._buffer:
            piece = os.read(self._from, 1 << 16)
            assert piece, "the browser is gone"
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def run(self, script: str) -> Any:
        result = self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait(self, script: str) -> None:
        """Until the script is true."""
        pause = threading.Event()
        for _ in range(600):
            if self.run(f"Boolean({script})"):
                return
            pause.wait(0.05)
        raise AssertionError((script, self.run("document.body.innerText")))

    def urls(self) -> Any:
        return {
            event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"
        }

    def complaints(self) -> Any:
        bad = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Page.javascriptDialogOpening")
        return [event for event in self.events if event["method"] in bad]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        os.close(self._to)
        os.close(self._from)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    profile = tmp_path / "profile"
    profile.mkdir()
    browser = Browser(profile)
    try:
        browser.open()
        yield browser
    finally:
        browser.close()


def click(text: str) -> str:
    wanted = f"b => b.textContent === {json.dumps(text)} && !b.disabled"
    return f"[...document.querySelectorAll('button')].find({wanted}).click()"


def test_a_job_is_started_paused_and_resumed(start: Callable[..., Caller], browser: Browser) -> None:
    """On the page a manual job is started on chosen objects, seen moving, paused, resumed and stopped."""
    sandbox = start(rate=100_000)
    job_id = sandbox.make_job()
    browser.command("Page.navigate", url=sandbox.url + "/")
    browser.wait("document.querySelectorAll('#jobs tr').length === 1")
    browser.run(click("Start…"))
    browser.wait("document.querySelectorAll('#found li').length === 4")
    assert browser.run("document.getElementById('start').disabled") is True
    browser.run("""document.querySelector("button[aria-label='Look into ep101']").click()""")
    browser.wait("document.getElementById('folder').textContent === '/ep101'")
    browser.run("""[...document.querySelectorAll("#found label")].find(l => l.textContent === "master.mxf").click()""")
    assert browser.run("document.getElementById('count').textContent") == "1 object chosen."
    browser.run("document.getElementById('start').click()")
    browser.wait("document.querySelector('#deliveries .IN_PROGRESS')")
    delivery = sandbox.backstage("deliveries?objects=true")["items"][0]
    assert [(item["relativePath"], item["sizeInBytes"]) for item in delivery["objects"]] == [
        ("/ep101/master.mxf", 3_000_000)
    ]
    browser.wait("0 < document.querySelector('#deliveries progress').value")
    browser.wait(r"/\d s/.test(document.querySelector('#jobs tr').children[5].textContent)")
    browser.run(click("Pause"))
    browser.wait("document.querySelector('#jobs .PAUSED')")
    assert sandbox.get(f"/v1/jobs/{job_id}")["paused"] is True
    assert browser.run("document.querySelector('#jobs button.main').disabled") is True
    browser.run(click("Resume"))
    browser.wait("document.querySelector('#jobs .IN_PROGRESS')")
    browser.run(click("Stop"))
    browser.wait("document.querySelector('#deliveries .FAILED')")
    assert browser.complaints() == []


def test_hostile_names_are_text(start: Callable[..., Caller], browser: Browser) -> None:
    """Names that would be markup, scripts or invisible are shown as text, and nothing is asked of anyone else."""
    sandbox = start()
    (sandbox.source / HOSTILE.replace("/", SLASH)).write_text("x")
    job_id = sandbox.make_job(HOSTILE)
    sandbox.wait_for(job_id, sandbox.deliver(job_id, {"relativePath": f"/{HOSTILE.replace('/', SLASH)} gone"}))
    browser.command("Page.navigate", url=sandbox.url + "/")
    browser.wait("document.querySelectorAll('#files tr').length === 1")
    browser.run(click("Start…"))
    browser.wait("document.querySelectorAll('#found li').length === 5")
    assert browser.run("document.title") == "Sandbox console"
    assert browser.run("document.querySelectorAll('img, main script, dialog script').length") == 0
    shown = browser.run("document.querySelector('#jobs bdi').textContent")
    assert "⟨U+202E⟩gnp.exe⟨U+200B⟩⟨U+001B⟩[31m@all" in shown
    assert browser.run("/[\u202a-\u202e\u200b\x1b]/.test(document.body.innerText)") is False
    assert browser.complaints() == []
    assert all(url.startswith((sandbox.url, "data:,")) for url in browser.urls())


def test_the_page_can_be_used_by_everyone(start: Callable[..., Caller], browser: Browser) -> None:
    """Every control has a name, every table its headers, and a refresh leaves the keyboard where it was."""
    sandbox = start()
    sandbox.make_job()
    browser.command("Page.navigate", url=sandbox.url + "/")
    browser.wait("document.querySelectorAll('#jobs tr').length === 1")
    tree = browser.command("Accessibility.getFullAXTree")["nodes"]
    controls = {"button", "checkbox", "searchbox", "combobox", "progressbar"}
    nameless = [
        node
        for node in tree
        if not node["ignored"] and node["role"]["value"] in controls and not node.get("name", {}).get("value")
    ]
    assert nameless == []
    browser.run("document.querySelector('#jobs .link').focus()")
    sandbox.make_job("another")
    browser.wait("document.querySelectorAll('#jobs tr').length === 2")
    assert browser.run("document.activeElement.textContent") == "nyc-to-lax"
