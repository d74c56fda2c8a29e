"""Who signed in, read out of whatever shape a provider uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import EndpointError, UserinfoError
from desktop_app.oauth.pointer import find
from desktop_app.oauth.text import clean_text

_MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One account at one provider. Texts are cleaned for showing; ``subject`` is untouched."""

    subject: str
    name: str | None = None
    username: str | None = None
    email: str | None = None
    avatar_url: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


def read_identity(
    claims: Mapping[str, Any],
    *,
    subject: str = "sub",
    name: str | None = "name",
    username: str | None = "preferred_username",
    email: str | None = "email",
    avatar_url: str | None = "picture",
) -> Identity:
    """Return who *claims* speak of.

    Args:
        claims: What the provider said.
        subject: Where the account's identifier is; like the others a member's name, or a
            JSON pointer if it begins with ``/``, or a template of both
            (``{first_name} {last_name}``). A number becomes its digits.
        name: Where the person's name is, or None.
        username: Where the account's name is, or None.
        email: Where the address is, or None.
        avatar_url: Where the picture's address is, or None.

    Raises:
        UserinfoError: If there is no identifier.

    Source: RFC 6901, OpenID Connect Core section 5.1.
    """
    return Identity(
        subject=_subject(_find(claims, subject)),
        name=_text(_find(claims, name)),
        username=_text(_find(claims, username)),
        email=_text(_find(claims, email)),
        avatar_url=_address(_find(claims, avatar_url)),
        claims=claims,
    )


def _find(claims: Mapping[str, Any], place: str | None) -> Any:
    return None if place is None else find(claims, place)


def _subject(value: Any) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or len(text) > _MAX_SUBJECT:
        raise UserinfoError("its answer names no account")
    return text


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return (clean_text(value) or None) if isinstance(value, str) else None


def _address(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return check_endpoint(value, name="picture")
    except EndpointError:
        return None
