"""Tests of the command line itself."""

from stage import open_stage, run_line, stage

__all__ = ["open_stage", "run_line", "stage"]
