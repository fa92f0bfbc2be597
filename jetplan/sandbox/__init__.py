"""A local Jet on 127.0.0.1: the documented API, backed by folders, which can misbehave on request.

It imports nothing of the rest of jetplan: client and sandbox meet in HTTP only, so that a mistake in one of
them cannot be cancelled out by the same mistake in the other.
"""
