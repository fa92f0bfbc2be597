"""No command says 0 while something is neither sent nor known."""

from __future__ import annotations

import signal

from stage import Stage, wait_until

APPLY = "jetplan apply --auto-approve"


def test_status_after_a_killed_run(stage: Stage) -> None:
    """A run killed with its request on the way leaves doubt: status says 3, before any apply has looked."""
    stage.write_set("/a.mxf")
    stage.run(APPLY)
    stage.write_set("/a.mxf", "/b.mxf")
    stage.faults("POST:/deliveries=drop")
    process = stage.start("jetplan apply --auto-approve")
    wait_until(lambda: stage.delivery_posts() == 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    stage.faults()
    for line in ("jetplan status", "jetplan plan", APPLY, "jetplan status", APPLY):
        stage.run(line, code=3)
    assert stage.delivery_posts() == 2
