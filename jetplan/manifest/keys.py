"""The keys that a manifest may hold and the bounds of their numbers, written once.

The YAML reader, the readers of lists and the models behind the JSON Schema all take them from here.
"""

from __future__ import annotations

API_VERSION = "jetplan/v1"

TOP_KEYS = ("apiVersion", "jobs", "deliverySets")
JOB_KEYS = ("source", "destination", "paused", "jobId")
PROFILE_KEYS = ("storageProfileId",)
ALLOWANCES = ("allowCaseTwins", "allowUnicodeTwins", "allowFilesAsFolders")
"""Keys of a set that accept what is otherwise refused of objects beside each other."""
SET_KEYS = ("job", "objects", "objectsFrom", "overlap", "renamedFrom", "revision", "onFailure", *ALLOWANCES)
ON_FAILURE_KEYS = ("retry",)
FROM_KEYS = ("file", "stripPrefix", "prefix")
OBJECT_KEYS = ("relativePath", "sizeInBytes", "isDirectory", "revision")
"""Also the columns of a CSV list and the keys of a JSON Lines list."""

LEAST = {"sizeInBytes": 0, "revision": 1}
"""The least value of each whole number."""
MOST_RETRIES = 10
"""How often a manifest may let the failed files of one delivery go again."""
LARGEST = (1 << 53) - 1
"""The largest whole number that every JSON reader keeps exactly."""
LONGEST_NAME = 255
"""In characters: of a job, a set, a storage profile, an id."""
