"""The keys that a manifest may hold and the bounds of their numbers, written once.

The YAML reader, the readers of lists and the models behind the JSON Schema all take them from here.
"""

from __future__ import annotations

import re

API_VERSION = "jetplan/v1"

TOP_KEYS = ("apiVersion", "jobs", "deliverySets")
TIMING_KEYS = ("notBefore", "notAfter", "windows")
"""Keys of a job, a set or a destination that say when something may be sent."""
WINDOW_KEYS = ("rrule", "timeZone", "duration", "start")
JOB_KEYS = ("source", "destination", "paused", "jobId", *TIMING_KEYS)
PROFILE_KEYS = ("storageProfileId",)
ALLOWANCES = ("allowCaseTwins", "allowUnicodeTwins", "allowFilesAsFolders")
"""Keys of a set that accept what is otherwise refused of objects beside each other."""
SET_KEYS = (
    "job",
    "objects",
    "objectsFrom",
    "overlap",
    "renamedFrom",
    "revision",
    "onFailure",
    "package",
    "complete",
    *TIMING_KEYS,
    *ALLOWANCES,
)
ON_FAILURE_KEYS = ("retry",)
FROM_KEYS = ("file", "stripPrefix", "prefix", "format", "include", "exclude")
PACKAGE_KEYS = ("file", "stripPrefix", "prefix", "format")
OBJECT_KEYS = ("relativePath", "sizeInBytes", "isDirectory", "revision")
"""Also the columns of a CSV list and the keys of a JSON Lines list."""

MOMENT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?"
BOUND = re.compile(rf"{MOMENT}(?:Z|[+-]\d{{2}}:\d{{2}})")
"""A date and a time with its offset."""
LOCAL = re.compile(MOMENT)
"""A date and a time without one."""
DURATION = re.compile(r"P(?=.)(?:(\d{1,3})W|(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?)")
"""An ISO 8601 duration of weeks, or of days, hours, minutes and seconds."""
RULE = re.compile(r"(?:RRULE:)?[A-Za-z]+=[A-Za-z0-9,+-]+(?:;[A-Za-z]+=[A-Za-z0-9,+-]+)*")
"""What a recurrence rule looks like."""

LEAST = {"sizeInBytes": 0, "revision": 1}
"""The least value of each whole number."""
MOST_PATTERNS = 100
"""How many patterns `include` or `exclude` may hold."""
MOST_RETRIES = 10
"""How often a manifest may let the failed files of one delivery go again."""
LARGEST = (1 << 53) - 1
"""The largest whole number that every JSON reader keeps exactly."""
LONGEST_NAME = 255
"""In characters: of a job, a set, a storage profile, an id."""
