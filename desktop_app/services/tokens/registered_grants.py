"""Grants of a registered client, when the provider gives that client another secret."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.services.accounts import Profile
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.registered_client import RegisteredClient


class RegisteredGrants:
    """Keeps grants able to renew themselves: the old secret is of no use from then on."""

    def __init__(self, profiles: ProfileService) -> None:
        self._profiles = profiles

    async def take_secret(self, client: RegisteredClient) -> None:
        """Give every grant of *client* its secret; nothing else of them changes.

        The client and where the secret goes are those that the grant was made with.

        Source: RFC 7592 section 3.
        """

        def change(profile: Profile) -> Profile:
            grant = profile.grant
            if grant is None or not _is_of(profile, client):
                return profile
            secret = client.credentials.client_secret
            return replace(profile, grant=replace(grant, client_secret=secret))

        for profile in self._profiles.all():
            if _is_of(profile, client):
                await self._profiles.update(profile.id, change)


def _is_of(profile: Profile, client: RegisteredClient) -> bool:
    grant = profile.grant
    return (
        grant is not None
        and profile.provider == client.provider
        and (grant.client_id, grant.token_endpoint) == (client.client_id, client.token_endpoint)
        and grant.client_secret != client.credentials.client_secret
    )
