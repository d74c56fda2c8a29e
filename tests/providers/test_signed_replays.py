"""The OAuth 1.0a presets against their providers' documented answers, through the real services."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from oauthlib.oauth1.rfc5849 import signature

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.errors import RevocationError
from desktop_app.services.accounts import Profile, SignIn
from tests.support.replay import CLIENT, ReplayedProvider, play, replays
from tests.support.rig import Rig

_REPLAYS = {name: each for name, each in replays().items() if "temporary" in each}
_REVOKED = {name: each["revocation"] for name, each in _REPLAYS.items() if "revocation" in each}
_TEMPORARY = ("rt-temp", "temp-secret")
_TOKEN = ("at-1", "ats-1")

every_provider = pytest.mark.parametrize("provider_id", _REPLAYS)


async def _answered(rig: Rig, replayed: ReplayedProvider) -> SignIn:
    view = await rig.sign_ins.start(provider_id=replayed.entry().id)
    assert view.flow == "paste", "nobody has confirmed that it takes a loopback address"
    answer = urlencode({"oauth_token": _TEMPORARY[0], "oauth_verifier": "the-verifier"})
    await rig.sign_ins.redirect(view.id, url=f"{view.redirect_uri}?{answer}")
    return await rig.wait_over(view.id)


async def _signed_in(rig: Rig, replayed: ReplayedProvider) -> Profile:
    done = await _answered(rig, replayed)
    assert done.status == "completed", (done.error, done.failure, replayed.asked)
    return rig.profiles.get(done.profile_id or "")


def _protocol(replayed: ReplayedProvider, made: Mapping[str, Any], secret: str) -> dict[str, str]:
    """Return the protocol parameters of a request, after checking its signature."""
    query = urlencode(made["query"])
    headers = {"Authorization": made["headers"]["Authorization"]}
    signed = signature.collect_parameters(
        uri_query=query, body=urlencode(made["form"]), headers=headers
    )
    sent = signature.collect_parameters(headers=headers, exclude_oauth_signature=False)
    request = SimpleNamespace(
        http_method=made["method"],
        uri=f"{replayed.moved(made['url'])}?{query}",
        params=signed,
        signature=dict(sent)["oauth_signature"],
    )
    assert signature.verify_hmac_sha1(request, CLIENT["client_secret"], secret)
    return dict(sent)


def test_these_are_the_six() -> None:
    assert _REPLAYS.keys() == {"flickr", "tumblr", "trello", "discogs", "zotero", "x-oauth1"}


@every_provider
def test_the_documented_answers_make_a_profile(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile, expected = await _signed_in(rig, replayed), replayed.replay["expect"]
        assert {name: getattr(profile, name) for name in expected} == expected
        grant = profile.grant
        assert grant is not None
        assert (grant.access_token, grant.token_secret) == _TOKEN
        assert profile.issuer == replayed.entry().token_endpoint
        told = parse_qs(replayed.replay["token"]["body"])
        keep = replayed.entry().token.keep
        assert dict(grant.told) == {name: told[name][0] for name in keep}

    play(provider_id, scene)


@every_provider
def test_every_step_is_signed_and_asks_in_the_providers_own_words(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        view = await rig.sign_ins.start(provider_id=provider_id)
        asked = {k: v[0] for k, v in parse_qs(urlsplit(view.authorization_url or "").query).items()}
        assert asked == {"oauth_token": _TEMPORARY[0], **replayed.replay["authorization"]}
        replayed.asked.clear()
        await _signed_in(rig, replayed)
        first, second, *rest = replayed.asked
        begun = _protocol(replayed, first, "")
        assert first["method"] == "POST"
        assert begun["oauth_callback"] == replayed.entry().redirect.paste
        assert begun["oauth_consumer_key"] == CLIENT["client_id"]
        assert _protocol(replayed, second, _TEMPORARY[1])["oauth_verifier"] == "the-verifier"
        assert [each["url"] for each in rest] == _details(replayed)
        for each in rest:
            assert each["query"] == replayed.replay["userinfo"].get("query", {})
            assert _protocol(replayed, each, _TOKEN[1])["oauth_token"] == _TOKEN[0]

    play(provider_id, scene)


def _details(replayed: ReplayedProvider) -> list[str]:
    return [call["url"]] if (call := replayed._userinfo()) else []


@every_provider
def test_a_documented_error_fails_the_sign_in(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        replayed.refusing = True
        done = await _answered(rig, replayed)
        assert (done.status, done.error) == ("failed", "invalid_grant")
        assert rig.profiles.list()[1] == 0

    play(provider_id, scene)


def test_x_takes_an_access_back_that_signs_for_itself() -> None:
    """POST oauth/invalidate_token; the answer names what is over."""

    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        done = await rig.tokens.revoke(profile.id)
        assert (done.proof, done.revoked) == ("provider_confirmed", ("access_token",))
        assert done.complete
        asked = replayed.asked[-1]
        assert (asked["method"], asked["url"]) == (
            "POST",
            "https://api.x.com/1.1/oauth/invalidate_token",
        )
        assert _protocol(replayed, asked, _TOKEN[1])["oauth_token"] == _TOKEN[0]
        assert rig.profiles.get(profile.id).status == "revoked"

    play("x-oauth1", scene)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "body": {"errors": [{"code": 89, "message": "Invalid or expired token."}]}},
        {"status": 200, "body": {"access_token": "somebody-else-s"}},
        {"status": 200, "body": {}},
    ],
)
def test_without_xs_own_word_nothing_counts_as_taken_back(answer: Mapping[str, Any]) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        replayed.replay = {**replayed.replay, "revocation": {**_REVOKED["x-oauth1"], **answer}}
        with pytest.raises(RevocationError):
            await rig.tokens.revoke(profile.id)
        assert rig.profiles.get(profile.id).status == "active"

    play("x-oauth1", scene)


@pytest.mark.parametrize("provider_id", sorted(_REPLAYS.keys() - _REVOKED.keys()))
def test_nothing_is_said_to_be_taken_back_that_is_not(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        done = await rig.tokens.revoke(profile.id)
        assert (done.proof, done.revoked) == ("not_supported", ())
        assert done.settings_url == replayed.entry().guide.settings_url

    play(provider_id, scene)


@every_provider
def test_it_signs_for_its_own_places_alone(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        host = replayed.entry().token_hosts[0]
        asked: dict[str, Any] = {"method": "GET", "parameters": {}}
        header = rig.tokens.oauth1_signature(profile.id, url=f"{host}/photos", **asked)
        assert 'oauth_signature_method="HMAC-SHA1"' in header
        assert _TOKEN[1] not in header
        with pytest.raises(InvalidRequestError):
            rig.tokens.oauth1_signature(profile.id, url="https://elsewhere.example/", **asked)

    play(provider_id, scene)
