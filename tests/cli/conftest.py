"""Tests of the command line itself."""

from repository import repository
from stage import open_stage, run_line, stage

__all__ = ["open_stage", "repository", "run_line", "stage"]
