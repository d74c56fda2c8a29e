"""``WWW-Authenticate``: why a server wants other credentials, and which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.oauth.http import HttpResponse

_MAX_LENGTH = 16 * 1024
_MAX_CHALLENGES = 50
_GAP = re.compile(r"[ \t,]*")
_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_PARAMETER = re.compile(
    rf'({_NAME})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_NAME})(?=[ \t]*(?:,|$)))'
)
_SCHEME = re.compile(rf"({_NAME})(?=[ \t,]|$)")
_TOKEN68 = re.compile(r"[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way that the server takes; scheme and parameter names in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_challenges(header: str) -> tuple[Challenge, ...]:
    """Return the challenges in *header*; what can't be read ends them.

    Source: RFC 9110 sections 11.3 and 11.6.1.
    """
    text, position = header[:_MAX_LENGTH], 0
    found: list[tuple[str, dict[str, str]]] = []
    while len(found) < _MAX_CHALLENGES:
        position = _end(_GAP, text, position)
        if found and (match := _PARAMETER.match(text, position)):
            found[-1][1].setdefault(match[1].lower(), _value(match))
            position = match.end()
        elif match := _SCHEME.match(text, position):
            found.append((match[1].lower(), {}))
            position = _end(_TOKEN68, text, match.end())
        else:
            break
    return tuple(Challenge(scheme, parameters) for scheme, parameters in found)


def challenge(response: HttpResponse, scheme: str) -> Mapping[str, str] | None:
    """Return the parameters of the first challenge of *scheme* in *response*, or None."""
    named = parse_challenges(response.headers.get("www-authenticate", ""))
    return next((each.parameters for each in named if each.scheme == scheme.lower()), None)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _value(match: re.Match[str]) -> str:
    quoted, bare = match[2], match[3]
    return bare if quoted is None else _ESCAPE.sub(r"\1", quoted)
