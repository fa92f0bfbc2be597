"""Carries out a plan: the only writer. Jobs first, then deliveries, each sent once by the protocol of the core.

rounds     what other runs hold is waited for, then planned again
lease      a run in the ledger, kept alive while it works
executor   one plan from claim to outcome: its threads, its end
claiming   many subjects claimed in one commit, while what was claimed before is being sent
jobs       adopt, update; doubtful creations settled by looking
creations  jobs to be created, each sent by whoever is free
deliveries one set's batches, sent by whoever is free
conflicts  other runs that would move the same objects to the same place
driver     effects of the protocol -> ledger and client
throttle   how many requests may be under way, as the server's 429s say
settling   what earlier runs left in doubt, settled by looking
following  how accepted deliveries get on
waiting    until they have ended
progress   how far they are, each and all together
arriving   what arrived of them, file by file
retrying   the look before what failed is sent again
doubt      an attempt in doubt, as a result
baselines  what the server shows for a job before sending
complete_sets  digests of sets that are entirely sent
work       the queue the threads take from
stop       how a run is told to stop
"""

from __future__ import annotations

from jetplan.apply.complete_sets import record_complete_sets
from jetplan.apply.context import ApplyOptions, make_context
from jetplan.apply.lease import leased_run
from jetplan.apply.rounds import apply_in_rounds
from jetplan.apply.settling import settle_earlier
from jetplan.apply.stop import Stop

__all__ = [
    "ApplyOptions",
    "Stop",
    "apply_in_rounds",
    "leased_run",
    "make_context",
    "record_complete_sets",
    "settle_earlier",
]
