"""The authorization request's query, before and after the sign-in page."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

_ASKING = {"login", "select_account"}


def asks_for_sign_in(query: str, *, age: float) -> bool:
    """Return whether the request wants a fresh sign-in although one is *age* seconds old.

    Source: OpenID Connect Core section 3.1.2.1 (``prompt``, ``max_age``).
    """
    values = dict(parse_qsl(query))
    max_age = values.get("max_age", "")
    too_old = max_age.isdecimal() and max_age.isascii() and age > float(max_age)
    return too_old or bool(_ASKING & set(values.get("prompt", "").split()))


def after_sign_in(query: str) -> str:
    """Return *query* without what the sign-in has just fulfilled, so that it is asked once."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name not in {"prompt", "max_age"}]
    left = set(dict(parse_qsl(query)).get("prompt", "").split()) - _ASKING
    return urlencode([*pairs, *([("prompt", " ".join(sorted(left)))] if left else [])])


def with_prompt(query: str, prompt: str) -> str:
    """Return *query* with ``prompt`` set to *prompt*."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name != "prompt"]
    return urlencode([*pairs, ("prompt", prompt)])
