"""Writing down that a provider has ended a grant."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.ports import Clock
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.grant_validity import same_grant


class EndedGrants:
    """Marks profiles whose grant is over, unless somebody signed in again meanwhile."""

    def __init__(self, *, profiles: ProfileService, clock: Clock) -> None:
        self._profiles = profiles
        self._clock = clock

    async def mark(self, profile_id: str, over: Grant) -> None:
        """Let the profile need a new sign-in, if *over* is still its grant.

        Raises:
            NotFoundError: If there is no such profile, or no longer.
        """

        def change(profile: Profile) -> Profile:
            if profile.grant is None or not same_grant(profile.grant, over):
                return profile
            # As it was before this try: a renewal that went unanswered earlier explains the end.
            grant = replace(profile.grant, refresh_sent_at=over.refresh_sent_at)
            now = self._clock()
            return replace(profile, status="needs_sign_in", grant=grant, updated_at=now)

        await self._profiles.update(profile_id, change)
