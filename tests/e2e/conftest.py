"""Tests that play a user, on a local Jet."""

from stage import open_stage, stage

__all__ = ["open_stage", "stage"]
