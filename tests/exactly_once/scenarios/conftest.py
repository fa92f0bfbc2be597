"""Scenarios that a doubter thought of, played by a user on a local Jet."""

from stage import open_stage, stage

__all__ = ["open_stage", "stage"]
