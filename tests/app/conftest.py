"""Tests of the use cases, without the command line."""

from stage import open_stage, stage

__all__ = ["open_stage", "stage"]
