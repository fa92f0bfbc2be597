"""YAML with places: events, a small tree, scalars, and the keys of one mapping. What the keys mean is decided above."""
