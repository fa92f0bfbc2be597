"""Faces of a plan: one report, computed once, read by the text, JSON, Markdown and HTML renderers."""
