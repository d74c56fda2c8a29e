"""Signing and proving requests for who may have that done; secrets and keys stay here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from desktop_app.errors import InvalidRequestError, NotFoundError
from desktop_app.oauth.dpop import is_nonce
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.providers.origins import origin_of
from desktop_app.services.accounts import Grant, LentToken, Profile
from desktop_app.services.errors import NotSupportedError
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.tokens.grant_validity import active_grant
from desktop_app.services.tokens.oauth1_grants import Signer
from desktop_app.services.tokens.proofs import Prover

_METHOD: Final = re.compile(r"[A-Za-z]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeRequest:
    """A request that somebody else will send.

    Attributes:
        url: With its query.
        nonce: What its server gave last in ``DPoP-Nonce``, if anything.
    """

    method: str
    url: str
    nonce: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofHeaders:
    """What a request with a bound token carries (RFC 9449 section 7.1).

    Attributes:
        wider: The token can do more than was asked for.
    """

    dpop: str = field(repr=False)
    authorization: str = field(repr=False)
    wider: bool = False


class Signatures:
    """Signs and proves requests to a provider's ``token_hosts``.

    Where its entry names none, they may go where Coatcheck itself goes with the grant.
    """

    def __init__(
        self,
        *,
        profiles: ProfileService,
        providers: ProviderService,
        signer: Signer,
        prover: Prover,
    ) -> None:
        self._profiles = profiles
        self._providers = providers
        self._signer = signer
        self._prover = prover

    def oauth1(self, profile_id: str, request: SomeRequest, parameters: Mapping[str, str]) -> str:
        """Return the ``Authorization`` header for *request* with the form *parameters*.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the grant is over.
            NotSupportedError: If the account's requests carry a token instead.
            InvalidRequestError: If the method is none, or the address is another's.
            EndpointError: If it is no address, or not encrypted although PLAINTEXT is used.
            SigningError: If the request can't be signed.
        """
        profile = self._profiles.get(profile_id)
        grant = active_grant(profile)
        if grant.signature_method is None:
            raise NotSupportedError(what="this account uses tokens, so ask for a token")
        self._check(profile, grant, request)
        return self._signer.header(grant, request.method.upper(), request.url, parameters)

    def check_provable(self, profile_id: str, request: SomeRequest) -> None:
        """Return if *request* may have a proof.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the grant is over.
            NotSupportedError: If the account's tokens are not bound.
            InvalidRequestError: If the method or nonce is none, or the address is another's.
            EndpointError: If it is no address that a token may go to.
        """
        profile = self._profiles.get(profile_id)
        grant = active_grant(profile)
        if grant.dpop_key is None:
            raise NotSupportedError(what="this account's access is not bound, so ask for a token")
        self._check(profile, grant, request)
        check_endpoint(request.url, name="url")
        if request.nonce is not None and not is_nonce(request.nonce):
            raise InvalidRequestError("the nonce is not one", field="nonce")

    async def proof(self, profile_id: str, token: LentToken, request: SomeRequest) -> ProofHeaders:
        """Return the headers of *request*, which carries *token*; ``check_provable`` comes first.

        Raises:
            NotFoundError: If there is no such profile.
            NeedsSignInError: If the grant is over.
            DpopKeyError: If its key can't be read.
        """
        proof = await self._prover.proof(
            active_grant(self._profiles.get(profile_id)).dpop_key or "",
            method=request.method.upper(),
            url=request.url,
            access_token=token.access_token,
            nonce=request.nonce,
        )
        authorization = f"{token.token_type} {token.access_token}"
        return ProofHeaders(dpop=proof, authorization=authorization, wider=token.wider)

    def _check(self, profile: Profile, grant: Grant, request: SomeRequest) -> None:
        if not _METHOD.fullmatch(request.method):
            raise InvalidRequestError("the method is not one", field="method")
        if _origin(request.url) not in (self._token_hosts(profile) or _own_origins(grant)):
            raise InvalidRequestError(
                "the access to this account may not go to that address", field="url"
            )

    def _token_hosts(self, profile: Profile) -> Sequence[str]:
        try:
            return self._providers.get(profile.provider).token_hosts
        except NotFoundError:
            return ()


def _origin(url: str) -> str:
    try:
        return origin_of(url)
    except ValueError as error:
        raise InvalidRequestError("that is no address", field="url") from error


def _own_origins(grant: Grant) -> tuple[str, ...]:
    """Without a list of the person's: where Coatcheck itself goes with the grant."""
    return tuple(origin_of(url) for url in (grant.token_endpoint, grant.userinfo_endpoint) if url)
