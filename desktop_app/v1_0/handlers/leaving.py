"""What taking back and forgetting an account share: signing out at the provider as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.errors import PersonRequiredError
from desktop_app.oauth.logout import PendingLogout
from desktop_app.services.accounts import Profile
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.tokens.sign_outs import SignOuts
    from desktop_app.services.tokens.tokens import TokenService


class LeavingHandler(ApiHandler):
    """A handler after which the person may want to be signed out at the provider."""

    def initialize(
        self, profiles: ProfileService, tokens: TokenService, sign_outs: SignOuts
    ) -> None:
        """Take the profiles, their grants, and what ends sessions."""
        self._profiles = profiles
        self._tokens = tokens
        self._sign_outs = sign_outs

    def leaving(self, profile: Profile) -> PendingLogout | None:
        """Return the sign-out that will follow; None if the provider has no page for it.

        Raises:
            PersonRequiredError: A program asks; it has no business in the person's browser.
        """
        if self.caller is None or not self.caller.is_person:
            raise PersonRequiredError
        return self._sign_outs.begin(profile, language=self.locale.code.replace("_", "-"))

    async def leave(self, leaving: PendingLogout | None) -> str | None:
        """Open the page; return its address if no browser could be opened."""
        return None if leaving is None else await self._sign_outs.open(leaving)
