"""The accounts that a person has connected: list, find, name, record and forget them."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from desktop_app.errors import NotFoundError
from desktop_app.oauth.identity import Identity
from desktop_app.providers.model import Provider
from desktop_app.services import events
from desktop_app.services.accounts import Grant, Picture, Profile
from desktop_app.services.ports import Clock, PictureStore, ProfileStore, Publish, RandomBytes
from desktop_app.services.profiles.known_accounts import known_account
from desktop_app.services.profiles.naming import (
    checked_label,
    display_name,
    matches,
    only_one,
    sort_key,
)

_ID_BYTES = 10


class ProfileService:
    """Profiles keyed by issuer and subject; the same account never becomes a twin.

    Every write re-reads the profile under one lock, so that a renewal and a new label that
    happen at the same moment both last.
    """

    def __init__(
        self,
        *,
        profiles: ProfileStore,
        pictures: PictureStore,
        clock: Clock,
        publish: Publish,
        random: RandomBytes = secrets.token_bytes,
    ) -> None:
        self._profiles = profiles
        self._pictures = pictures
        self._clock = clock
        self._publish = publish
        self._random = random
        self._writing = asyncio.Lock()

    def list(
        self,
        query: str = "",
        provider: str = "",
        offset: int = 0,
        limit: int = 50,
        *,
        among: Collection[str] | None = None,
    ) -> tuple[Sequence[Profile], int]:
        """Return one page of the profiles that match, and how many match in all.

        With *among*, of these providers alone.
        """
        found = sorted(
            (
                profile
                for profile in self._profiles.all()
                if (not provider or profile.provider == provider)
                and (among is None or profile.provider in among)
                and matches(profile, query)
            ),
            key=sort_key,
        )
        return found[offset : offset + limit], len(found)

    def all(self) -> Sequence[Profile]:
        """Return every profile, in no order.

        Raises:
            LockedError: If the vault is locked.
        """
        return self._profiles.all()

    def get(self, profile_id: str) -> Profile:
        """Return the profile with this id.

        Raises:
            NotFoundError: If there is none.
            LockedError: If the vault is locked.
        """
        profile = self._profiles.get(profile_id)
        if profile is None:
            raise NotFoundError
        return profile

    def resolve(self, name: str) -> Profile:
        """Return the one profile that *name* means.

        A name is an id, a provider, ``username@provider``, an e-mail address or a label.

        Raises:
            NotFoundError: If nothing has that name.
            AmbiguousProfileError: If several have it.
        """
        profile = self._profiles.get(name)
        return profile if profile is not None else only_one(name, self._profiles.all())

    async def rename(self, profile_id: str, label: str) -> Profile:
        """Give the profile the person's own name for it; "" takes the name away.

        Raises:
            InvalidRequestError: If the label is too long or not one printable line.
            NotFoundError: If there is no such profile.
        """
        label = checked_label(label)
        now = self._clock()
        return await self.update(profile_id, lambda old: replace(old, label=label, updated_at=now))

    async def record(self, identity: Identity, grant: Grant, provider: Provider) -> Profile:
        """Keep the account that a sign-in led to; one that is known already is updated."""
        async with self._writing:
            known = known_account(self._profiles, grant, identity.subject, provider)
            old = known or self._new_profile(identity.subject, grant.issuer, provider.id)
            profile = self._with_identity(old, identity)
            grant = grant.knowing(old.grant)
            profile = replace(profile, provider=provider.id, status="active", grant=grant)
            await self._profiles.save(profile)
        self.tell(events.PROFILE_CHANGED if known else events.PROFILE_ADDED, profile)
        return profile

    async def seen(self, profile_id: str, identity: Identity) -> Profile:
        """Take over what the provider says about the person now.

        Raises:
            NotFoundError: If there is no such profile, or no longer.
        """
        return await self.update(profile_id, lambda old: self._with_identity(old, identity))

    async def update(
        self, profile_id: str, change: Callable[[Profile], Profile], *, quietly: bool = False
    ) -> Profile:
        """Apply *change* to the profile as it is at that moment; durable when this returns.

        A change that returns the very same profile writes nothing; *quietly* tells nobody.

        Raises:
            NotFoundError: If there is no such profile, or no longer.
        """
        async with self._writing:
            old = self.get(profile_id)
            new = change(old)
            if new is old:
                return old
            await self._profiles.save(new)
        if not quietly:
            self.tell(events.PROFILE_CHANGED, new)
        return new

    @property
    def standing_still(self) -> asyncio.Lock:
        """While this is held, nothing here changes any profile."""
        return self._writing

    async def forget(self, profile_id: str) -> None:
        """Delete the profile, its grant and its picture from this disk; the provider isn't asked.

        Raises:
            NotFoundError: If there is no such profile.
        """
        async with self._writing:
            profile = self.get(profile_id)
            await self._pictures.delete(profile_id)
            await self._profiles.delete(profile_id)
        self.tell(events.PROFILE_REMOVED, profile)

    def picture(self, profile_id: str) -> Picture | None:
        """Return the picture as kept, or None."""
        return self._pictures.get(profile_id)

    async def keep_picture(self, profile_id: str, png: bytes, source_url: str) -> None:
        """Keep the profile's picture, so that it shows offline.

        Raises:
            NotFoundError: If the profile is gone by now.
        """
        async with self._writing:
            profile = self.get(profile_id)
            await self._pictures.save(
                Picture(
                    profile_id=profile_id,
                    png=png,
                    source_url=source_url,
                    fetched_at=self._clock(),
                )
            )
        self.tell(events.PROFILE_CHANGED, profile)

    def _new_profile(self, subject: str, issuer: str, provider_id: str) -> Profile:
        now = self._clock()
        return Profile(
            id=self._new_id(),
            provider=provider_id,
            issuer=issuer,
            subject=subject,
            created_at=now,
            updated_at=now,
            last_seen_at=now,
        )

    def _with_identity(self, profile: Profile, identity: Identity) -> Profile:
        now = self._clock()
        return replace(
            profile,
            name=identity.name,
            username=identity.username,
            email=identity.email,
            avatar_url=identity.avatar_url,
            claims=dict(identity.claims),
            updated_at=now,
            last_seen_at=now,
        )

    def _new_id(self) -> str:
        # Lower-case base 32: no sign that a shell or a URL treats in its own way.
        return base64.b32encode(self._random(_ID_BYTES)).decode("ascii").lower()

    def tell(self, event: str, profile: Profile) -> None:
        """Tell every listener that *profile* was added, changed or removed."""
        about = {"id": profile.id, "provider": profile.provider, "status": profile.status}
        self._publish(event, {**about, "name": display_name(profile)})
