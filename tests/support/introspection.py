"""What a resource server of the tests does with a token: it asks the provider (RFC 7662)."""

from __future__ import annotations

import base64
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

_CLIENT = "coatcheck-basic"
_SECRET = "a+b c%:/?"  # as in tests/interop/provider.mjs


@dataclass
class Gatekeeper:
    """Lets in who shows a token that the provider at *issuer* calls active.

    Attributes:
        refused: Tokens that are refused although the provider knows them.
        seen: Every token that was shown, in order.
    """

    issuer: str
    refused: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)

    def subject(self, token: str | None) -> str | None:
        """Return whose *token* it is, or None."""
        if not token:
            return None
        self.seen.append(token)
        if token in self.refused:
            return None
        found = self._introspect(token)
        return found.get("sub") if found.get("active") else None

    def scopes(self, token: str | None) -> set[str]:
        """Return what *token* allows."""
        return set(str(self._introspect(token or "").get("scope", "")).split())

    def _introspect(self, token: str) -> dict[str, Any]:
        proof = f"{_CLIENT}:{urllib.parse.quote_plus(_SECRET)}"
        request = urllib.request.Request(
            f"{self.issuer}/token/introspection",
            urllib.parse.urlencode({"token": token}).encode(),
            {"Authorization": f"Basic {base64.b64encode(proof.encode()).decode()}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


def shown_token(header: str | None) -> tuple[str, str | None]:
    """Return the scheme of an ``Authorization`` header and the token in it.

    As a Basic password it may come with any user name.
    """
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() == "bearer":
        return "bearer", value
    if scheme.lower() == "basic":
        return "basic", base64.b64decode(value).decode().partition(":")[2]
    return "", None
