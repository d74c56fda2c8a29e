"""Scopes: how they are written, and what was given against what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from desktop_app.oauth.errors import ScopeError

_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,512}")


class ScopeDifference(NamedTuple):
    """What was asked for and not given, and what was given and not asked for."""

    missing: tuple[str, ...]
    unasked: tuple[str, ...]


def parse_scope(text: str) -> tuple[str, ...]:
    """Return the scopes in *text*, in order and without repeats.

    Raises:
        ScopeError: If one has a character that is not allowed.

    Source: RFC 6749 section 3.3.
    """
    return _checked(text.split(" "))


def format_scope(scopes: Iterable[str]) -> str:
    """Return *scopes* as one space-separated value, without repeats.

    Raises:
        ScopeError: If one is empty or has a character that is not allowed.

    Source: RFC 6749 section 3.3.
    """
    return " ".join(_checked(scopes))


def difference(requested: Iterable[str], granted: Iterable[str]) -> ScopeDifference:
    """Compare what was asked for with what was given; both keep their order."""
    asked, given = tuple(dict.fromkeys(requested)), tuple(dict.fromkeys(granted))
    return ScopeDifference(
        missing=tuple(scope for scope in asked if scope not in given),
        unasked=tuple(scope for scope in given if scope not in asked),
    )


def read_granted(value: object) -> tuple[str, ...] | None:
    """Return the scopes that a token response names, or None if it names none readably.

    Providers write them with spaces (the RFC), with commas (GitHub, Strava) or as a JSON list
    (Twitch). An unreadable value is not worth failing a sign-in for.

    Source: RFC 6749 section 5.1.
    """
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list):
        return None
    return tuple(dict.fromkeys(s for s in value if isinstance(s, str) and _TOKEN.fullmatch(s)))


def _checked(scopes: Iterable[str]) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(scope for scope in scopes if scope))
    if not all(_TOKEN.fullmatch(scope) for scope in unique):
        raise ScopeError
    return unique
