"""Measures jetplan beside its anchors, in one run on one machine. Nothing here is a test, nothing asserts a time."""
