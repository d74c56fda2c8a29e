"""Asks the program for a token, as every command does that hands one on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from desktop_app.cli.client import ApiError, Client


def profile_path(name: str, action: str = "") -> str:
    """Return the API's address of the profile that *name* means."""
    return f"/v1.0/profiles/{quote(name, safe='@')}{action}"


def borrow(client: Client, profile: str, **wishes: Any) -> dict[str, Any]:
    """Return the API's answer with a token of *profile*; a wish that is None is none.

    Raises:
        ApiError: The person said no, or there is none to be had.
    """
    body = {name: value for name, value in wishes.items() if value is not None}
    answer: dict[str, Any] = client.post(profile_path(profile, "/token"), body)
    return answer


def borrow_bearer(client: Client, profile: str, **wishes: Any) -> dict[str, Any]:
    """Return what `borrow` does, where the token alone is enough to be let in.

    Raises:
        ApiError: There is none, or it is bound to a key (RFC 9449) and no use without proofs.
    """
    answer = borrow(client, profile, **wishes)
    if str(answer["token_type"]).lower() != "bearer":
        message = "This account's tokens are bound to a key, so no other program can use them."
        raise ApiError({"error": "not_supported", "message": message})
    return answer


def expiry(answer: dict[str, Any]) -> datetime | None:
    """Return when the token of *answer* ends, or None where nobody knows."""
    text = answer.get("expires_at")
    return datetime.fromisoformat(text) if text else None


def wrong_usage(message: str) -> ApiError:
    """Return the error for a command that can't be meant as it was typed (exit status 2)."""
    return ApiError({"error": "invalid_request", "message": message})
