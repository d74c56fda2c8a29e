"""``/v1.0/profiles/{id}/…``: renew, revoke and ask about a grant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from desktop_app.services.accounts import Profile
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.v1_0.handlers.leaving import LeavingHandler
from desktop_app.v1_0.schemas.profiles import (
    RejectedToken,
    RevokeWish,
    profile_body,
    revocation_body,
)
from desktop_app.v1_0.schemas.program import NoFields
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.tokens.tokens import TokenService


class _GrantHandler(ApiHandler):
    bodies: ClassVar = {"POST": NoFields}

    def initialize(self, profiles: ProfileService, tokens: TokenService) -> None:
        """Take the profiles, to find one by its name, and their grants."""
        self._profiles = profiles
        self._tokens = tokens

    def _profile(self, name: str) -> Profile:
        return self._profiles.resolve(name)


class RefreshHandler(_GrantHandler):
    """``POST``: renew the grant and what the provider says of the person."""

    async def post(self, name: str) -> None:
        """Renew and answer the profile."""
        self.write_json(profile_body(await self._tokens.refresh(self._profile(name).id)))


class RevokeHandler(LeavingHandler):
    """``POST``: take the grant back at the provider."""

    bodies: ClassVar = {"POST": RevokeWish}

    async def post(self, name: str) -> None:
        """Revoke and answer what is gone and how that is known."""
        profile = self._profiles.resolve(name)
        leaving = self.leaving(profile) if self.body.sign_out else None
        revocation = await self._tokens.revoke(profile.id)
        done = replace(revocation, sign_out_url=await self.leave(leaving))
        self.write_json(revocation_body(done, self.locale.translate))


class IntrospectHandler(_GrantHandler):
    """``POST``: ask the provider whether the token is good."""

    async def post(self, name: str) -> None:
        """Answer what the provider says."""
        self.write_json(dict(await self._tokens.introspect(self._profile(name).id)))


class RejectedTokenHandler(_GrantHandler):
    """``POST``: a server refused a token that was lent."""

    bodies: ClassVar = {"POST": RejectedToken}

    async def post(self, name: str) -> None:
        """Renew it once if it is the newest; the answer does not tell whether it was."""
        await self._tokens.reject(self._profile(name).id, self.body.access_token)
        self.set_status(204)
