"""Tokens for less than a grant allows, from the npm oidc-provider."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from desktop_app.oauth.dpop import dpop_thumbprint, new_dpop_key
from desktop_app.oauth.errors import InvalidGrantError
from desktop_app.services.accounts import LentToken
from desktop_app.services.tokens.exchanged_tokens import exchanged_token
from desktop_app.services.tokens.less import Less
from desktop_app.services.tokens.proofs import Prover
from desktop_app.services.tokens.signatures import SomeRequest
from tests.interop.test_sign_in import SCOPES, grant_of, play, rig_for, signed_in
from tests.support.oidc_provider import OidcProvider, running_oidc_provider

LESS = ("email", "openid")
EMAIL = {"email": "maria@example.org", "email_verified": True}


@pytest.fixture(scope="module")
def peer() -> Iterator[OidcProvider]:
    with running_oidc_provider(everything=True) as provider:
        yield provider


async def known_of(peer: OidcProvider, token: LentToken, client_id: str) -> dict[str, Any]:
    """Return what the provider itself says of a token (RFC 7662)."""

    def ask() -> dict[str, Any]:
        form = urlencode({"token": token.access_token, "client_id": client_id}).encode()
        opener = build_opener(ProxyHandler({}))
        with opener.open(Request(f"{peer.issuer}/token/introspection", form), timeout=120) as got:
            answer: dict[str, Any] = json.load(got)
        return answer

    return await asyncio.to_thread(ask)


@pytest.mark.parametrize("bound", [False, True])
def test_a_refresh_gives_a_token_for_less(peer: OidcProvider, bound: bool) -> None:
    """RFC 6749 section 6, with rotation and with a bound grant."""

    async def story() -> None:
        async with rig_for(peer, dpop=bound) as rig:
            profile = await signed_in(rig)
            before = grant_of(rig, profile)
            token = await rig.tokens.access_token(profile.id, LESS)
            assert (set(token.scopes), token.wider) == (set(LESS), False)
            known = await known_of(peer, token, "coatcheck")
            assert (known["active"], set(known["scope"].split())) == (True, set(LESS))
            kept = grant_of(rig, profile)
            assert kept.access_token == before.access_token
            assert kept.refresh_token != before.refresh_token
            assert await rig.tokens.access_token(profile.id, LESS) == token
            await rig.tokens.refresh(profile.id)
            assert set(grant_of(rig, profile).scopes_granted) == set(SCOPES)

    play(story)


@pytest.mark.parametrize("bound", [False, True])
def test_a_token_is_exchanged_for_one_for_less(peer: OidcProvider, bound: bool) -> None:
    """RFC 8693; of a bound grant with a proof of its key (RFC 9449 section 5)."""

    async def story() -> None:
        async with rig_for(peer, client_id="coatcheck-exchange", dpop=bound) as rig:
            profile = await signed_in(rig)
            before = grant_of(rig, profile)
            token = await rig.tokens.access_token(profile.id, LESS)
            assert (token.token_type, token.wider) == ("DPoP" if bound else "Bearer", False)
            known = await known_of(peer, token, "coatcheck-exchange")
            assert (known["active"], set(known["scope"].split())) == (True, set(LESS))
            key = {"jkt": dpop_thumbprint(before.dpop_key)} if before.dpop_key else None
            assert known.get("cnf") == key
            assert grant_of(rig, profile) == replace(before, exchange_narrows=True)

    play(story)


def test_a_bound_token_for_less_is_lent_with_proofs(peer: OidcProvider) -> None:
    """The proof names the token for less, and the nonce that the provider wants comes with it."""

    async def story() -> None:
        async with rig_for(peer, client_id="coatcheck-exchange", dpop=True) as rig:
            profile = await signed_in(rig)
            request = SomeRequest(method="GET", url=f"{peer.issuer}/me")
            made = await rig.tokens.dpop_proof(profile.id, request, LESS)
            lent = await rig.tokens.access_token(profile.id, LESS)
            assert made.authorization == f"DPoP {lent.access_token}"
            headers = {"DPoP": made.dpop, "Authorization": made.authorization}
            status, body = await asyncio.to_thread(get, request.url, headers)
            assert (status, body) == (200, {"sub": "maria", **EMAIL})

    play(story)


def get(url: str, headers: dict[str, str]) -> tuple[int, Any]:
    with build_opener(ProxyHandler({})).open(Request(url, headers=headers), timeout=120) as got:
        return got.status, json.load(got)


def test_another_key_exchanges_nothing(peer: OidcProvider) -> None:
    """The provider holds the subject token's binding; a copied token is of no use."""

    async def story() -> None:
        async with rig_for(peer, client_id="coatcheck-exchange", dpop=True) as rig:
            profile = await signed_in(rig)
            grant = replace(grant_of(rig, profile), dpop_key=new_dpop_key())
            prover = Prover(http=rig.http, clock=rig.clock, random=secrets.token_bytes)
            with pytest.raises(InvalidGrantError):
                await exchanged_token(prover, grant, Less(scopes=LESS))

    play(story)


def test_a_client_that_may_not_exchange_has_its_token_narrowed_by_a_refresh(
    peer: OidcProvider,
) -> None:
    async def story() -> None:
        async with rig_for(peer) as rig:
            profile = await signed_in(rig)
            assert grant_of(rig, profile).exchanges_tokens
            token = await rig.tokens.access_token(profile.id, LESS)
            assert not token.wider
            asked = peer.stats()["token"]
            await rig.tokens.access_token(profile.id, ("openid",))
            assert peer.stats()["token"] == asked + 1

    play(story)


def test_a_token_for_another_place_is_made_by_a_refresh(peer: OidcProvider) -> None:
    """RFC 8707 section 2.2: several places at the sign-in, a token for each."""

    async def story() -> None:
        photos, prints = "https://photos.example/", "https://prints.example/"
        entry = {"scopes": (*SCOPES, "photos"), "resources": (photos, prints)}
        async with rig_for(peer, **entry) as rig:
            profile = await signed_in(rig)
            token = await rig.tokens.access_token(profile.id, resource=prints)
            known = await known_of(peer, token, "coatcheck")
            assert (known["active"], known["scope"]) == (True, "photos")
            assert token.access_token != grant_of(rig, profile).access_token

    play(story)
