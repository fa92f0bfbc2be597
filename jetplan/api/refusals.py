"""What a read raises when the API refuses it. A module of its own, so that catching it does not load the calls."""

from __future__ import annotations

from jetplan.errors import ApiError, AuthenticationError


class CallRefused(ApiError):
    """The API refused a read. `status` is its answer's (404: no such record)."""

    def __init__(self, message: str, status: int, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class RoleRefused(AuthenticationError):
    """The credentials are good, and their role may not make this call (403)."""
