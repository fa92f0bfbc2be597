"""Whether shortcuts are taken: text read by pattern, several processes, remembered manifests.

They change only how long reading takes. The variable is for tests, which read the same inputs both ways.
"""

from __future__ import annotations

import os

VARIABLE = "JETPLAN_TEST_STRICT_READING"


def are_taken() -> bool:
    """False where the variable is set to anything but `0`: then every manifest is read strictly, every time."""
    return os.environ.get(VARIABLE, "0") in {"", "0"}
