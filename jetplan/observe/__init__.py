"""Looks at the API and the ledger, and hands the planner what it needs. Reads only; decides nothing.

server    jobs and storage profiles, as listed
records   what the ledger knows of the sets and jobs that the manifests name
overlaps  what is recorded at the destinations of new objects
evidence  what the server shows of attempts in doubt
"""

from __future__ import annotations

from jetplan.observe.records import creations, observe, size_digest
from jetplan.observe.server import Server, observe_server, observed_job, shown_profiles

__all__ = ["Server", "creations", "observe", "observe_server", "observed_job", "shown_profiles", "size_digest"]
