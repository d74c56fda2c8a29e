"""``/v1.0/profiles/{id}/…`` for what programs borrow: tokens, signed requests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from tornado.web import Finish

from desktop_app.providers.origins import origin_of
from desktop_app.services.accounts import LentToken
from desktop_app.services.lending.askers import Asker, readable
from desktop_app.services.lending.lending import Give
from desktop_app.services.lending.loans import Purpose, Wish
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.tokens.signatures import ProofHeaders, SomeRequest
from desktop_app.v1_0.schemas.profiles import (
    DpopProofBody,
    DpopProofWish,
    SignatureBody,
    SignatureWish,
    TokenWish,
    token_body,
)
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.lending.lending import LendingService
    from desktop_app.services.tokens.tokens import TokenService

T = TypeVar("T")


class WaitingHandler(ApiHandler):
    """A handler whose answer may wait for the person; when the asker goes, the question goes."""

    _work: asyncio.Task[Any] | None = None
    _is_left = False

    def on_connection_close(self) -> None:
        """Give up what nobody waits for any more."""
        self._is_left = True
        if self._work is not None:
            self._work.cancel()

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what *work* comes to, unless the asker goes meanwhile."""
        task = asyncio.create_task(work)
        self._work = task
        if self._is_left:
            # It went while the request was let in.
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            # Nobody is there to be answered.
            raise Finish from None
        finally:
            self._work = None

    async def asker(self) -> Asker | None:
        """Return which program calls; None is the person's own session."""
        if self.caller is not None and self.caller.is_person:
            return None
        return await self.gate.peers.identify(self.connection)


class BorrowingHandler(WaitingHandler):
    """A handler that gives a program something of an account, once the person allows it.

    No option, header or setting lets a program around `borrow`.
    """

    def initialize(
        self, profiles: ProfileService, tokens: TokenService, lending: LendingService
    ) -> None:
        """Take the profiles, to find one by its name, their grants, and who may have them."""
        self._profiles = profiles
        self._tokens = tokens
        self._lending = lending

    async def borrow(self, wish: Wish, give: Give[T]) -> T:
        """Return what *give* makes, once the caller may have it.

        Raises:
            AppError: As `LendingService.lend` says.
        """
        return await self.wait(self._lent(wish, give))

    async def _lent(self, wish: Wish, give: Give[T]) -> T:
        return await self._lending.lend(await self.asker(), wish, give)


class TokenHandler(BorrowingHandler):
    """``POST``: an access token."""

    bodies: ClassVar = {"POST": TokenWish}

    async def post(self, name: str) -> None:
        """Answer a token, once the caller may have one."""
        profile, body = self._profiles.resolve(name), self.body
        wish = Wish(
            profile_id=profile.id,
            scopes=tuple(body.scopes),
            wait_seconds=body.wait_seconds,
            target=_origin(body.resource) if body.resource else "",
            says=readable(body.purpose),
        )
        self.write_json(token_body(await self.borrow(wish, self._give_token(profile.id))))

    def _give_token(self, profile_id: str) -> Give[LentToken]:
        seconds, resource = self.body.min_valid_seconds, self.body.resource

        async def give(scopes: Sequence[str]) -> LentToken:
            return await self._tokens.access_token(profile_id, scopes, seconds, resource)

        return give


class Oauth1SignatureHandler(BorrowingHandler):
    """``POST``: one OAuth 1.0a request signed, which opens as much as a token does."""

    bodies: ClassVar = {"POST": SignatureWish}

    async def post(self, name: str) -> None:
        """Answer the ``Authorization`` header, once the caller may have one."""
        profile = self._profiles.resolve(name)
        wish = _wish_for_request(profile.id, "oauth1_signature", self.body)
        # Tried first: nobody is asked about a request that can't be signed.
        self._sign(profile.id)
        header = await self.borrow(wish, self._give_signature(profile.id))
        self.write_json(SignatureBody(authorization=header))

    def _sign(self, profile_id: str) -> str:
        asked: SignatureWish = self.body
        return self._tokens.oauth1_signature(
            profile_id, method=asked.method, url=asked.url, parameters=asked.parameters
        )

    def _give_signature(self, profile_id: str) -> Give[str]:
        async def give(_scopes: Sequence[str]) -> str:
            return self._sign(profile_id)

        return give


class DpopProofHandler(BorrowingHandler):
    """``POST``: one request with a bound token, proven; the token comes with its proof."""

    bodies: ClassVar = {"POST": DpopProofWish}

    async def post(self, name: str) -> None:
        """Answer the two headers, once the caller may have them."""
        profile, body = self._profiles.resolve(name), self.body
        request = SomeRequest(method=body.method, url=body.url, nonce=body.nonce)
        self._tokens.check_provable(profile.id, request)
        wish = _wish_for_request(profile.id, "dpop_proof", body)
        headers = await self.borrow(wish, self._give_proof(profile.id, request))
        self.write_json(DpopProofBody(dpop=headers.dpop, authorization=headers.authorization))

    def _give_proof(self, profile_id: str, request: SomeRequest) -> Give[ProofHeaders]:
        async def give(scopes: Sequence[str]) -> ProofHeaders:
            return await self._tokens.dpop_proof(profile_id, request, scopes)

        return give


def _wish_for_request(
    profile_id: str, purpose: Purpose, asked: SignatureWish | DpopProofWish
) -> Wish:
    return Wish(
        profile_id=profile_id,
        purpose=purpose,
        wait_seconds=asked.wait_seconds,
        target=_origin(asked.url),
        is_retry=isinstance(asked, DpopProofWish) and asked.nonce is not None,
        says=readable(asked.purpose),
    )


def _origin(url: str) -> str:
    """Return where the access would go, for the log; "" if that is no address."""
    try:
        return origin_of(url)
    except ValueError:
        return ""
