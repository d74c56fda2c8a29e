"""Proof Key for Code Exchange: only whoever began a sign-in can finish it (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

RandomBytes = Callable[[int], bytes]
"""That many unpredictable bytes (``secrets.token_bytes``)."""

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def random_text(random: RandomBytes) -> str:
    """Return 43 URL-safe characters made of 256 random bits."""
    return base64url(random(32))


def base64url(data: bytes) -> str:
    """Return *data* as base64url without padding.

    Source: RFC 7515 section 2.
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def new_verifier(random: RandomBytes) -> str:
    """Return a fresh code verifier.

    Source: RFC 7636 section 4.1.
    """
    return random_text(random)


def s256_challenge(verifier: str) -> str:
    """Return the S256 code challenge for *verifier*.

    Raises:
        ValueError: If *verifier* is not 43 to 128 unreserved characters.

    Source: RFC 7636 section 4.2.
    """
    if not _VERIFIER.fullmatch(verifier):
        raise ValueError("code verifier must be 43 to 128 unreserved characters")
    return base64url(hashlib.sha256(verifier.encode("ascii")).digest())
