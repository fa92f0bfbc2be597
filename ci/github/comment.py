"""Keeps one comment of a pull request up to date, found by a hidden marker. Standard library only: any runner has it.

Only comments of the author named in COMMENT_AUTHOR are ever updated: anybody can write the marker into their own,
and could change it afterwards.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

MARKER = "<!-- jetplan:plan -->"
PAGE = 100
MOST_PAGES = 50


class Thread:
    """The comments of one pull request. `url` ends with the number of the pull request."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token

    def find(self, author: str) -> str | None:
        """The URL of the author's comment that begins with the marker."""
        for page in range(1, MOST_PAGES + 1):
            comments = self.call("GET", f"{self._url}/comments?per_page={PAGE}&page={page}")
            for each in comments:
                if each["user"]["login"] == author and each["body"].startswith(MARKER):
                    return str(each["url"])
            if len(comments) < PAGE:
                return None
        return None

    def put(self, body: str, author: str) -> str:
        """Update the comment, or make it; `updated` or `made`."""
        found = self.find(author)
        if found is not None:
            self.call("PATCH", found, {"body": body})
            return "updated"
        self.call("POST", f"{self._url}/comments", {"body": body})
        return "made"

    def call(self, method: str, url: str, body: dict[str, str] | None = None) -> Any:
        """One request; the answer's JSON."""
        request = urllib.request.Request(  # noqa: S310 - GITHUB_API_URL is the runner's own
            url,
            None if body is None else json.dumps(body).encode(),
            {"authorization": f"Bearer {self._token}", "accept": "application/vnd.github+json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            return json.loads(answer.read() or b"null")


def _link(page: str) -> str:
    """The line that leads to the artifact with the whole plan; empty where there is none."""
    return f"\n[The whole plan as a page]({page})\n" if page.startswith("https://") and " " not in page else ""


def main(file: str) -> int:
    """Put the file's Markdown into the comment. A comment that cannot be written fails nothing: the check does."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    number = int(event["pull_request"]["number"])
    body = Path(file).read_text(encoding="utf-8")
    if not body.startswith(MARKER):
        body = f"{MARKER}\n{body}"
    body += _link(os.environ.get("PAGE_URL", ""))
    thread = Thread(
        f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/issues/{number}",
        os.environ["COMMENT_TOKEN"],
    )
    try:
        done = thread.put(body, os.environ["COMMENT_AUTHOR"])
    except (urllib.error.URLError, ValueError) as error:
        reason = getattr(error, "code", type(error).__name__)
        print(f"::warning::the comment could not be written ({reason}); the plan is in the step's summary")
        return 0
    print(f"The comment was {done}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
