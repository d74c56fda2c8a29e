"""The photo service's book of grants: changed in memory, on disk before anyone is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from desktop_app.demo.photo_service.grants import (
    AccessToken,
    Grant,
    digest_token,
    grant_of,
    same_digest,
)
from desktop_app.demo.ports import Clock, Documents

_DOCUMENT = "photos.grants"
_MAX_GRANTS = 200
"""The oldest goes first, so that a loop of sign-ins does not fill the store."""


class Ledger:
    """Every grant that holds. Changes happen inside :meth:`changing`, which keeps them."""

    def __init__(self, documents: Documents, *, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock
        self._lock = asyncio.Lock()
        self._grants: dict[str, Grant] = {}

    def load(self) -> None:
        """Read the grants of earlier runs."""
        document = self._documents.get(_DOCUMENT) or {}
        grants = msgspec.convert(document.get("grants", []), list[Grant])
        self._grants = {grant.id: grant for grant in grants}

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[None]:
        """Let the body change grants, one caller at a time, and save them when it is done.

        If the body or the saving fails, nothing has changed.
        """
        async with self._lock:
            before = dict(self._grants)
            try:
                yield
                if before != self._grants:
                    await self._save()
            except BaseException:
                self._grants = before
                raise

    def record(
        self, grant: Grant, access_token: str, scopes: tuple[str, ...], *, lifetime: float
    ) -> None:
        """Add *grant*, or the newer state of it, with a fresh *access_token*."""
        now = self._clock()
        token = AccessToken(
            digest=digest_token(access_token),
            scopes=scopes,
            issued_at=now,
            expires_at=now + lifetime,
        )
        self._put(grant.with_access(token, now=now))

    def record_signed(self, grant: Grant) -> None:
        """Add a *grant* of the older way, which signs and has no access token."""
        self._put(grant)

    def find_signed(self, token: str) -> Grant | None:
        """Return the grant of the older way whose token is *token*."""
        own = (grant for grant in self._grants.values() if grant.token is not None)
        return next((grant for grant in own if grant.token == token), None)

    def find_access(self, token: str) -> tuple[Grant, AccessToken] | None:
        """Return the grant and record of *token* if it is good now."""
        digest, now = digest_token(token), self._clock()
        for grant in self._grants.values():
            for kept in grant.access_tokens:
                if same_digest(kept.digest, digest) and kept.expires_at > now:
                    return grant, kept
        return None

    def find_refresh(self, token: str) -> Grant | None:
        """Return the grant whose newest refresh token is *token*."""
        grant = self._grants.get(grant_of(token))
        if grant and same_digest(grant.refresh_digest, digest_token(token)):
            return grant
        return None

    def use_refresh(self, token: str) -> Grant | None:
        """Return the grant of *token*; an older token of a grant ends the whole grant.

        Source: RFC 9700 section 4.14.2.
        """
        grant = self.find_refresh(token)
        if grant is None:
            self.revoke_grant(grant_of(token))
        return grant

    def revoke_grant(self, grant_id: str) -> None:
        """End a grant with all its tokens; nothing happens if there is none."""
        self._grants.pop(grant_id, None)

    def revoke_token(self, token: str) -> None:
        """End what *token* stands for: a grant for a refresh token, else itself alone.

        Source: RFC 7009 section 2.1.
        """
        if grant := self.find_refresh(token):
            self.revoke_grant(grant.id)
        elif found := self.find_access(token):
            grant, kept = found
            self._grants[grant.id] = grant.without_access(kept.digest)

    def is_empty(self) -> bool:
        """Return whether no grant holds."""
        return not self._grants

    def of_account(self, subject: str) -> tuple[Grant, ...]:
        """Return the grants that *subject* gave, the newest first."""
        own = [grant for grant in self._grants.values() if grant.subject == subject]
        return tuple(sorted(own, key=lambda grant: -grant.created_at))

    def _put(self, grant: Grant) -> None:
        self._grants.pop(grant.id, None)
        while len(self._grants) >= _MAX_GRANTS:
            del self._grants[next(iter(self._grants))]
        self._grants[grant.id] = grant

    async def _save(self) -> None:
        grants = [msgspec.to_builtins(grant) for grant in self._grants.values()]
        await self._documents.save(_DOCUMENT, {"grants": grants})
