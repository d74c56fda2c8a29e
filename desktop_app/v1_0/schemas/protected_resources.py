"""Servers that say themselves which provider they trust (RFC 9728)."""

from __future__ import annotations

from desktop_app.services.providers.protected_resources import ResourceAccess
from desktop_app.v1_0.schemas.base import Answer, Line, Request, Text


class ResourceWish(Request):
    """A server that answered 401, and its ``WWW-Authenticate`` header."""

    url: Line
    challenge: Text = ""


class ResourceBody(Answer):
    """How to get in: the provider to sign in at, and the profiles that have access already.

    ``scopes`` are those that the challenge misses. ``described`` is false where the server says
    nothing of itself and is its own provider.
    """

    provider: str
    resource: str
    profiles: list[str]
    scopes: list[str]
    described: bool


def resource_body(access: ResourceAccess) -> ResourceBody:
    """Return *access* for the outside."""
    return ResourceBody(
        provider=access.provider.id,
        resource=access.resource,
        profiles=[profile.id for profile in access.profiles],
        scopes=list(access.scopes),
        described=access.described,
    )
