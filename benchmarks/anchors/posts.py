"""Sends as many POSTs as asked, one of several ways. Usage: posts.py requests|curl URL COUNT THREADS

`curl` is the vendor's guide followed to the letter: for each job a token, the job, then its delivery, one process of
curl after the other.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any

JOB = '{"name": "job-%d", "actions": []}'
DELIVERY = '{"objects": [{"relativePath": "/clip.mxf", "isDirectory": false}]}'


def with_requests(url: str, count: int, threads: int) -> None:
    """A session a thread: jobs, then deliveries."""
    import requests

    mine = local()

    def post(target: Any, body: Any) -> None:
        if not hasattr(mine, "session"):
            mine.session = requests.Session()
        mine.session.post(url + target, data=body, headers={"Content-Type": "application/json"}).raise_for_status()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda at: post("/v1/jobs", JOB % at), range(count)))
        list(pool.map(lambda at: post(f"/v1/jobs/id-job-{at}/deliveries", DELIVERY), range(count)))


def with_curl(url: str, count: int, threads: int) -> None:
    """Three calls a job, none shared."""
    for at in range(count):
        for target, body in (
            ("/oauth/token", '{"client_id": "a", "client_secret": "b", "grant_type": "client_credentials"}'),
            ("/v1/jobs", JOB % at),
            (f"/v1/jobs/id-job-{at}/deliveries", DELIVERY),
        ):
            command = ["curl", "-sS", "--fail", "-X", "POST", "-H", "Content-Type: application/json", "-d", body]
            subprocess.run([*command, url + target], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    way, url, count, threads = sys.argv[1:]
    {"requests": with_requests, "curl": with_curl}[way](url, int(count), int(threads))
