"""The Jet API over HTTP: what travels, how it travels, and what became of it. Decides nothing about plans."""
