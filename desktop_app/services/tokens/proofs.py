"""Requests of bound grants: each with a proof of its own, and asked again where a nonce lacks."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Final

from desktop_app.oauth.dpop import DpopNonces, dpop_proof, wanted_nonce, with_proof
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.services.accounts import Grant
from desktop_app.services.exchange import answered, ask
from desktop_app.services.ports import Clock, HttpClient, RandomBytes

_MAX_GRANTS: Final = 1000


class Prover:
    """Sends requests; those of a bound grant with proofs that its key is here.

    The nonces that servers give are remembered for each grant and origin, in memory alone.
    """

    def __init__(self, *, http: HttpClient, clock: Clock, random: RandomBytes) -> None:
        self._http = http
        self._clock = clock
        self._random = random
        self._nonces: dict[str, DpopNonces] = {}

    async def ask(self, make: Callable[..., HttpRequest], *, key: str | None) -> HttpResponse:
        """Send the request that *make* returns, as the authorization server wants it.

        Args:
            make: Takes ``now`` and ``random``. It is called again for a second try, because a
                client's assertion is good once (RFC 7523 section 3), as a proof is.
            key: Of the bound grant; without one the request goes as it is.

        Raises:
            DpopKeyError: If *key* can't be read.
            ProviderUnreachableError: If nobody answers.

        Source: RFC 9449 sections 5 and 8.
        """

        def made() -> HttpRequest:
            return make(now=self._clock(), random=self._random)

        if key is None:
            return await ask(self._http, made())
        response = await self._proven(made(), key, None)
        if wanted_nonce(response) is None:
            return response
        return await self._proven(made(), key, None)

    async def ask_resource(self, request: HttpRequest, grant: Grant) -> HttpResponse:
        """Send *request*, which carries the access token of *grant*.

        Raises:
            DpopKeyError: If the grant's key can't be read.
            ProviderUnreachableError: If nobody answers.

        Source: RFC 9449 sections 7.1 and 9.
        """
        if grant.dpop_key is None:
            return await ask(self._http, request)
        response = await self._proven(request, grant.dpop_key, grant.access_token)
        if wanted_nonce(response) is None:
            return response
        return await self._proven(request, grant.dpop_key, grant.access_token)

    async def proof(
        self, key: str, *, method: str, url: str, access_token: str, nonce: str | None = None
    ) -> str:
        """Return the proof for somebody else's request; without *nonce* the last one known.

        Raises:
            DpopKeyError: If *key* can't be read.
        """
        return await asyncio.to_thread(
            partial(dpop_proof, key, method=method, url=url, access_token=access_token),
            now=self._clock(),
            random=self._random,
            nonce=nonce or self._known(key).get(url),
        )

    async def _proven(
        self, request: HttpRequest, key: str, access_token: str | None
    ) -> HttpResponse:
        nonces = self._known(key)
        # In a thread: the first signature imports the JOSE library, which takes a moment.
        proven = await asyncio.to_thread(
            partial(with_proof, request, key, access_token=access_token),
            now=self._clock(),
            random=self._random,
            nonce=nonces.get(request.url),
        )
        response = await self._http.fetch(proven)
        nonces.learn(request.url, response)
        return answered(request, response)

    def _known(self, key: str) -> DpopNonces:
        """Return the nonces of one grant; under its key's digest, so that no key stays here."""
        name = hashlib.sha256(key.encode()).hexdigest()
        nonces = self._nonces.pop(name, None) or DpopNonces()
        self._nonces[name] = nonces
        if len(self._nonces) > _MAX_GRANTS:
            del self._nonces[next(iter(self._nonces))]
        return nonces
