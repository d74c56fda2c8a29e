"""A provider's further certificate authority, looked at before the entry is kept."""

from __future__ import annotations

import asyncio
import ssl

from desktop_app.providers.draft_fields import refuse


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
