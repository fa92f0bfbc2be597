"""The stage on which the catalogue is played."""

from stage import open_stage

__all__ = ["open_stage"]
