"""The comment of a pull request is made once, updated in place, and nobody else's comment is ever taken for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).parents[2] / "ci/github/comment.py"
BOT = "github-actions[bot]"
MARKER = "<!-- jetplan:plan -->"


class GitHub(ThreadingHTTPServer):
    """As much of GitHub as a comment needs. `comments`: (author, body); `refuse`: the status of every write."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[tuple[str, str]] = []
        self.tokens: set[str | None] = set()
        self.refuse = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: GitHub

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        assert path == "/repos/studio/transfers/issues/7/comments"
        asked = dict(pair.split("=") for pair in query.split("&"))
        size, page = int(asked["per_page"]), int(asked["page"])
        found = list(enumerate(self.server.comments))[(page - 1) * size : page * size]
        self.answer(
            200,
            [
                {"url": f"{self.server.url}/comments/{number}", "user": {"login": author}, "body": body}
                for number, (author, body) in found
            ],
        )

    def do_POST(self) -> None:
        body = self.body()
        if not self.server.refuse:
            self.server.comments.append((BOT, body))
        self.answer(self.server.refuse or 201, {})

    def do_PATCH(self) -> None:
        number = int(self.path.rpartition("/")[2])
        self.server.comments[number] = (self.server.comments[number][0], self.body())
        self.answer(200, {})

    def body(self) -> str:
        length = int(self.headers["content-length"])
        return str(json.loads(self.rfile.read(length))["body"])

    def answer(self, status: int, document: Any) -> None:
        self.server.tokens.add(self.headers["authorization"])
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def put(github: GitHub, folder: Path, body: str, code: int = 0, page: str = "") -> str:
    (folder / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
    (folder / "body.md").write_text(body)
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder / "body.md")],
        env={
            "PATH": os.defpath,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_API_URL": github.url,
            "GITHUB_REPOSITORY": "studio/transfers",
            "COMMENT_AUTHOR": BOT,
            "COMMENT_TOKEN": "a-token",
            "PAGE_URL": page,
            "NO_PROXY": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, ran.stderr
    return ran.stdout


def test_one_comment(github: GitHub, tmp_path: Path) -> None:
    """The first plan makes the comment, the next ones change it."""
    github.comments.append(("a-person", "looks good"))
    assert "made" in put(github, tmp_path, f"{MARKER}\none")
    assert "updated" in put(github, tmp_path, f"{MARKER}\ntwo")
    assert github.comments == [("a-person", "looks good"), (BOT, f"{MARKER}\ntwo")]
    assert github.tokens == {"Bearer a-token"}


def test_the_page_is_linked(github: GitHub, tmp_path: Path) -> None:
    """The artifact with the whole plan; nothing where there is none."""
    url = "https://github.example/studio/transfers/actions/runs/1/artifacts/2"
    put(github, tmp_path, f"{MARKER}\none\n", page=url)
    assert github.comments == [(BOT, f"{MARKER}\none\n\n[The whole plan as a page]({url})\n")]
    put(github, tmp_path, f"{MARKER}\none\n", page="javascript:alert(1)")
    assert github.comments == [(BOT, f"{MARKER}\none\n")]


def test_far_down_a_long_thread(github: GitHub, tmp_path: Path) -> None:
    """The comment is found on whatever page it stands."""
    github.comments += [("a-person", str(number)) for number in range(230)] + [(BOT, f"{MARKER}\nold")]
    assert "updated" in put(github, tmp_path, f"{MARKER}\nnew")
    assert github.comments[230] == (BOT, f"{MARKER}\nnew")


def test_a_forged_marker(github: GitHub, tmp_path: Path) -> None:
    """A person's comment with the marker is not taken for jetplan's: they could change it after the review."""
    github.comments.append(("mallory", f"{MARKER}\nnothing to see"))
    assert "made" in put(github, tmp_path, f"{MARKER}\nplan")
    assert github.comments == [("mallory", f"{MARKER}\nnothing to see"), (BOT, f"{MARKER}\nplan")]


def test_a_token_that_may_not_write(github: GitHub, tmp_path: Path) -> None:
    """The plan counts, not the comment: a refusal is a warning, and the token is not told."""
    github.refuse = 403
    said = put(github, tmp_path, "plan")
    assert said.startswith("::warning::the comment could not be written (403)")
    assert "a-token" not in said
