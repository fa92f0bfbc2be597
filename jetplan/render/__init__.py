"""The formats of a plan: one report, computed once, and the renderers for text, JSON, Markdown and HTML."""
