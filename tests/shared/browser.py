"""A headless Chromium driven through chromedriver's own HTTP interface, on loopback only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,1600",
]
_OPENER = build_opener(ProxyHandler({}))


def chromium_or_skip() -> str:
    """The browser's path. Without one the test is skipped, but with CI set it fails."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser and shutil.which("chromedriver"):
        return browser
    if os.environ.get("CI"):
        pytest.fail("CI is set, and there is no chromium with its chromedriver")
    pytest.skip("no chromium with its chromedriver")


class Browser:
    """One session. `open` loads a page, `run` evaluates JavaScript in it, `log` takes what was logged since."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, file: Path) -> None:
        _call("POST", f"{self._session}/url", {"url": file.as_uri()})

    def run(self, script: str) -> Any:
        return _call("POST", f"{self._session}/execute/sync", {"script": script, "args": []})

    def log(self, kind: str) -> list[dict[str, Any]]:
        entries = _call("POST", f"{self._session}/se/log", {"type": kind})
        assert isinstance(entries, list)
        return entries

    def command(self, name: str, **params: Any) -> Any:
        """A command of the DevTools protocol."""
        return _call("POST", f"{self._session}/goog/cdp/execute", {"cmd": name, "params": params})

    def requests(self) -> list[str]:
        """The URLs that were asked for since the last look, the page itself among them."""
        events = (json.loads(entry["message"])["message"] for entry in self.log("performance"))
        return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]


def _call(method: str, url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)
    with _OPENER.open(request, timeout=120) as answer:
        return json.load(answer)["value"]


@contextmanager
def started(browser: str, profile: Path) -> Iterator[Browser]:
    """A browser with an empty profile, ended with the block."""
    with (
        (profile / "driver.log").open("w+") as log,
        subprocess.Popen(["chromedriver", "--port=0"], stdout=log, stderr=subprocess.STDOUT) as driver,
    ):
        try:
            root = f"http://127.0.0.1:{_port(profile / 'driver.log', driver)}"
            options = {"binary": browser, "args": [*FLAGS, f"--user-data-dir={profile / 'data'}"]}
            wanted = {
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }
            session = _call("POST", f"{root}/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
            try:
                yield Browser(f"{root}/session/{session}")
            finally:
                _call("DELETE", f"{root}/session/{session}")
        finally:
            driver.terminate()


def _port(log: Path, driver: subprocess.Popen[bytes]) -> int:
    """The port that the driver chose and wrote down."""
    until = time.monotonic() + 30
    while time.monotonic() < until and driver.poll() is None:
        _, found, rest = log.read_text().partition("started successfully on port ")
        if found and "\n" in rest:
            return int(rest.split("\n")[0].strip().rstrip("."))
        time.sleep(0.05)
    pytest.fail(f"chromedriver did not start: {log.read_text()}")
