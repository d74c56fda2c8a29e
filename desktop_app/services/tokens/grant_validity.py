"""What a kept grant still allows at a moment, told from the grant alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop_app.errors import InvalidRequestError, Reason
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import NeedsSignInError

# A token that has used up less than this part of its life is as new as a renewal would make it.
_NEW_PART: Final = 0.1


def active_grant(profile: Profile) -> Grant:
    """Return the grant of *profile*, if it is not over.

    Raises:
        NeedsSignInError: If it is, or there is none.
    """
    grant = profile.grant
    if grant is None or profile.status != "active":
        raise NeedsSignInError
    return grant


def renewable_grant(profile: Profile) -> Grant:
    """Return the grant of *profile*, if it has a refresh token and is not over.

    Raises:
        NeedsSignInError: If it can't be renewed.
    """
    grant = active_grant(profile)
    if not grant.refresh_token:
        raise NeedsSignInError
    return grant


def is_over(grant: Grant, now: float) -> bool:
    """Tell whether the access token has ended; one without an end never has."""
    end = grant.access_token_expires_at
    return end is not None and end <= now


def is_fresh(grant: Grant, min_valid_seconds: float, now: float) -> bool:
    """Tell whether the access token stays good for *min_valid_seconds*, or is all but new."""
    issued_at, end = grant.access_token_issued_at, grant.access_token_expires_at
    return stays_good(issued_at, end, min_valid_seconds, now)


def stays_good(issued_at: float, end: float | None, min_valid_seconds: float, now: float) -> bool:
    """Tell whether a token stays good for *min_valid_seconds*, or is all but new."""
    if end is None:
        return True
    lifetime = end - issued_at
    # A clock that was set back makes an old token look new; then renewing is the safe answer.
    if now < issued_at:
        return False
    return end - now >= max(1.0, min(min_valid_seconds, lifetime * (1 - _NEW_PART)))


def check_scopes(grant: Grant, scopes: Sequence[str]) -> None:
    """Return if all of *scopes* were granted.

    Raises:
        InvalidRequestError: If one was not; ``missing`` lists all that were not.
    """
    missing = [scope for scope in scopes if scope not in grant.scopes_granted]
    if missing:
        raise InvalidRequestError(
            Reason("this account was not allowed “{scope}”", scope=missing[0]),
            field="scopes",
            missing=missing,
        )


def same_grant(one: Grant | None, other: Grant) -> bool:
    """Tell whether both hold the same tokens: nobody renewed or signed in meanwhile."""
    return (
        one is not None
        and one.refresh_token == other.refresh_token
        and one.access_token == other.access_token
    )
