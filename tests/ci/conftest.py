"""Tests of what CI systems run: the action's scripts, on a local Jet and a local stand-in for GitHub."""

from stage import open_stage, stage

__all__ = ["open_stage", "stage"]
