"""Why a provider did not register a client, in its own words and with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.errors import Reason
from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.flow_errors import InitialTokenNeededError, InitialTokenRefusedError
from desktop_app.oauth.text import clean_text

_UNAUTHORIZED = 401
_TOKEN_REFUSED = frozenset({"invalid_token", "insufficient_scope"})


def refusal(status: int, members: Mapping[str, Any], *, with_token: bool) -> RegistrationError:
    """Return the error that an answer with *members* is; empty ones where it was no JSON.

    Args:
        status: The answer's status.
        members: What the answer says, as far as it can be read.
        with_token: Whether the request had an initial access token.

    Source: RFC 7591 sections 3 and 3.2.2, RFC 6750 section 3.1.
    """
    error = members.get("error")
    code = clean_text(error) if isinstance(error, str) else None
    kind = RegistrationError
    if status == _UNAUTHORIZED or code in _TOKEN_REFUSED:
        kind = InitialTokenRefusedError if with_token else InitialTokenNeededError
    return kind(_reason(members, status), status=status, error=code)


def _reason(members: Mapping[str, Any], status: int) -> str:
    words = [members.get("error"), members.get("error_description")]
    said = clean_text(", ".join(word for word in words if isinstance(word, str) and word))
    return said.rstrip(".") or Reason("it answers with status {status}", status=status)
