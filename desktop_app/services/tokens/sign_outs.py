"""Ending the person's session at a provider, when they take back or forget an account."""

from __future__ import annotations

from desktop_app.oauth.logout import PendingLogout, begin_logout
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.ports import Browser, RandomBytes


def can_sign_out(grant: Grant | None) -> bool:
    """Tell whether the provider has a page for it, and can be told whose session it is."""
    return grant is not None and bool(grant.end_session_endpoint and grant.id_token)


class SignOuts:
    """Sends the person's own browser to the provider's page, which asks them or says it is done.

    Nothing comes back: no address of ours is registered for it, and whether they stay signed in
    there is theirs to say.
    """

    def __init__(self, *, browser: Browser, random: RandomBytes) -> None:
        self._browser = browser
        self._random = random

    def begin(self, profile: Profile, *, language: str) -> PendingLogout | None:
        """Return the sign-out, at the address pinned in the grant; None if there is none.

        The ID token in it says whose session is meant, so this comes before the grant goes.

        Raises:
            EndpointError: If that address is none for a browser.

        Source: OpenID Connect RP-Initiated Logout section 2.
        """
        grant = profile.grant
        if grant is None or not can_sign_out(grant):
            return None
        return begin_logout(
            grant.end_session_endpoint or "",
            client_id=grant.client_id,
            random=self._random,
            id_token=grant.id_token,
            languages=language,
        )

    async def open(self, pending: PendingLogout) -> str | None:
        """Open the page; return its address if no browser could be opened."""
        return None if await self._browser.open(pending.url) else pending.url
