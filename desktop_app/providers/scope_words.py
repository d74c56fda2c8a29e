"""What the scopes that every OpenID provider shares allow, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desktop_app.providers.model import ScopeText

OPENID_SCOPES: Mapping[str, ScopeText] = MappingProxyType(
    {
        "openid": ScopeText(kind="see", text="See which account you are"),
        "profile": ScopeText(kind="see", text="See your name and picture"),
        "email": ScopeText(kind="see", text="See your e-mail address"),
        "address": ScopeText(kind="see", text="See your postal address"),
        "phone": ScopeText(kind="see", text="See your phone number"),
        "offline_access": ScopeText(kind="act", text="Stay signed in while you are away"),
    }
)
"""OpenID Connect Core sections 3.1.2.1, 5.4 and 11; a provider's own words win over these."""

UNKNOWN_SCOPE = ScopeText(
    kind="act",
    text="Something that only the provider's own pages explain",
    care=True,
)
"""For a scope that nobody has described: taken as broad, because it may be."""
