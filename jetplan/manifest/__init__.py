"""Manifests: from bytes on disk to a `Spec`, strictly, with every problem at its place. Prints nothing."""
