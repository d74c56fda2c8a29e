"""The registrations as the program puts them together, for tests."""

from __future__ import annotations

import secrets

from desktop_app.services.ports import Clock, HttpClient, RegistrationStore
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.services.providers.registration_calls import RegistrationCalls
from desktop_app.services.providers.registrations import Registrations
from desktop_app.services.tokens.registered_grants import RegisteredGrants
from desktop_app.transport.http import HttpClientAdapter
from tests.support.account_stores import Disk, RegisteredClients


def make_registrations(
    clock: Clock,
    *,
    store: RegistrationStore | None = None,
    http: HttpClient | None = None,
    profiles: ProfileService | None = None,
) -> Registrations:
    """Return the service; without a *store* it keeps clients in memory."""

    async def nobody(_: RegisteredClient) -> None:
        return None

    calls = RegistrationCalls(
        http=http or HttpClientAdapter(), clock=clock, random=secrets.token_bytes
    )
    return Registrations(
        store=store or RegisteredClients(Disk()),
        calls=calls,
        clock=clock,
        new_secret=RegisteredGrants(profiles).take_secret if profiles else nobody,
    )
