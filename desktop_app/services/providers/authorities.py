"""A provider's further certificate authority, looked at before the entry is kept."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

from desktop_app.providers.draft_fields import refuse
from desktop_app.providers.model import Provider
from desktop_app.providers.origins import origin_of
from desktop_app.services.accounts import Profile


def authority_for(
    url: str, providers: Iterable[Provider], accounts: Iterable[Profile]
) -> str | None:
    """Return the further authority that the person trusts for the server at *url*, if any.

    That is the one of a provider which is there, or whose tokens may go there. The person has an
    account at it: a program may add entries, too, and nobody trusts an authority by that.
    """
    origin, used = origin_of(url), {each.provider for each in accounts}
    trusted = (each for each in providers if each.ca_file and each.id in used)
    return next((each.ca_file for each in trusted if _is_at(each, origin)), None)


def _is_at(provider: Provider, origin: str) -> bool:
    places = (provider.issuer, provider.authorization_endpoint, provider.token_endpoint)
    return origin in provider.token_hosts or origin in {origin_of(each) for each in places if each}


async def check_authority(ca_file: str | None) -> None:
    """Return if *ca_file* is a PEM file with certificates, or there is none.

    Without this a mistake would show in the middle of the first sign-in, after the person was
    at the provider's page.

    Raises:
        InvalidRequestError: It can't be read or holds no certificate.
    """
    if ca_file is not None:
        await asyncio.to_thread(_check, ca_file)


def _check(ca_file: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca_file)
    except (OSError, ValueError) as error:
        raise refuse("ca_file", "there is no file with certificates that can be read") from error
