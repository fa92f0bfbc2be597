"""Shortcuts that change nothing but time: canonical text read by pattern, and many files by several processes.

To learn what a manifest means, skip this folder. Nothing here decides what is valid; tests hold both ways equal.
"""
