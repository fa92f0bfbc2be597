"""Remembers what manifests said, so that unchanged ones need no reading. Skip this folder to learn what they mean."""
