"""Whose word a provider's name is: ours, the person's, or nobody's but the server's own."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from desktop_app.providers.model import Origin, Provider
from desktop_app.providers.origins import origin_of

NameOrigin = Origin | Literal["itself"]


def name_origin(provider: Provider) -> NameOrigin:
    """Return where the name of *provider* comes from.

    ``itself``: a server that signs people in to itself, and that is called by its address. Nobody
    else vouches for it.
    """
    signs_in_to = provider.resources[:1]
    if provider.origin != "own" or not signs_in_to:
        return provider.origin
    server = signs_in_to[0]
    place = provider.issuer or provider.authorization_endpoint or ""
    is_itself = provider.name == urlsplit(server).netloc and server == origin_of(place)
    return "itself" if is_itself else "own"
