"""One declared job: a mapping of the tree becomes a `JobSpec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.spec import JobSpec, ProfileRef
from jetplan.manifest.keys import JOB_KEYS, PROFILE_KEYS
from jetplan.manifest.windows import read_timing
from jetplan.manifest.yaml.fields import Fields, is_mapping
from jetplan.manifest.yaml.scalars import is_scalar, kind_of_node, node_event, read_name
from jetplan.manifest.yaml.tree import Mapping, Refused

if TYPE_CHECKING:
    from jetplan.manifest.findings import Findings
    from jetplan.manifest.yaml.events import Scalar
    from jetplan.manifest.yaml.tree import Node


def read_job(key: Scalar, node: Node, findings: Findings) -> JobSpec | None:
    """The job declared under a key; None once anything about it was refused."""
    before = len(findings.problems)
    name = read_name(key, "a job's name", findings)
    what = f"job {quoted(key.value)}"
    if not is_mapping(node, what, findings):
        return None
    fields = Fields(node, key, what, findings)
    fields.check_known(JOB_KEYS)
    source = _profile(fields, "source")
    destination = _profile(fields, "destination")
    paused = fields.boolean("paused")
    job_id = fields.id("jobId")
    timing = read_timing(fields)
    if len(findings.problems) > before or name is None or source is None or destination is None:
        return None
    if source == destination:
        findings.warn(key, "same-profile", f"{what} has the same source and destination, {quoted(str(source))}")
    return JobSpec(name, source, destination, paused, job_id, findings.place(key), timing)


def _profile(fields: Fields, name: str) -> ProfileRef | None:
    node = fields.get(name, required=True)
    findings = fields.findings
    if node is None or isinstance(node, Refused):
        return None
    place = findings.place(node_event(node))
    if isinstance(node, Mapping):
        inner = Fields(node, node.at, f"`{name}`", findings)
        inner.check_known(PROFILE_KEYS)
        inner.get("storageProfileId", required=True)
        profile_id = inner.id("storageProfileId")
        return None if profile_id is None else ProfileRef(profile_id=profile_id, place=place)
    if not is_scalar(node):
        message = f"`{name}` must be a storage profile's name or `{{storageProfileId: …}}`, not {kind_of_node(node)}"
        findings.refuse(node_event(node), "wrong-type", message)
        return None
    given = read_name(node, f"`{name}`", findings)
    return None if given is None else ProfileRef(name=given, place=place)
