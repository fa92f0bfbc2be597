"""`jetplan import`: a manifest for jobs that are on the server, to be reviewed and committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jetplan.core.observed import ObservedJob, ObservedProfile
    from jetplan.observe import Server


@click.command()
@click.argument("names", nargs=-1, metavar="[JOB]...")
@project_options
def command(names: tuple[str, ...], config: Path, api_url: str | None, ledger: str | None) -> None:
    """Write a manifest for jobs that are on the server, on stdout.

    JOBs by name; all manual jobs without any. Nothing is changed: put the text into a file among the manifests, and
    the next plan adopts the jobs.
    """
    from jetplan.cli.project import Project
    from jetplan.observe import observe_server

    project = Project.load(config, api_url, ledger)
    with project.connect() as client:
        server = observe_server(client)
    chosen = _choose(server.jobs, names)
    click.echo("\n".join(_manifest(chosen, server)))


def _choose(jobs: Sequence[ObservedJob], names: Sequence[str]) -> list[ObservedJob]:
    from difflib import get_close_matches

    known = {job.name for job in jobs}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageError(f"no job is named {name!r}", hint=f"did you mean {near[0]!r}?" if near else "")
    chosen = [job for job in jobs if (job.name in names if names else job.manual)]
    return sorted(chosen, key=lambda job: (job.name, job.job_id))


def _manifest(jobs: Sequence[ObservedJob], server: Server) -> Iterator[str]:
    import json
    from collections import Counter

    named = Counter(profile.name for profile in server.profiles or ())
    yield "apiVersion: jetplan/v1"
    yield ""
    if not jobs:
        yield "# no manual job is on the server"
        return
    yield "jobs:"
    times = Counter(job.name for job in jobs)
    for job in jobs:
        if times[job.name] > 1:
            yield f"  # {times[job.name]} jobs have this name: keep one, with its jobId"
        indent = "  # " if times[job.name] > 1 else "  "
        yield f"{indent}{json.dumps(job.name, ensure_ascii=False)}:"
        yield f"{indent}  source: {_reference(job.source, named)}"
        yield f"{indent}  destination: {_reference(job.destination, named)}"
        if times[job.name] > 1:
            yield f"{indent}  jobId: {json.dumps(job.job_id)}"


def _reference(profile: ObservedProfile, named: dict[str, int]) -> str:
    import json

    if profile.name and named.get(profile.name, 0) <= 1:
        return json.dumps(profile.name, ensure_ascii=False)
    return f"{{storageProfileId: {json.dumps(profile.profile_id)}}}"
