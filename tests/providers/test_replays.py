"""Every preset against its provider's documented answers, through the real services."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.oauth.errors import RevocationError
from desktop_app.services.accounts import Profile, SignIn
from tests.support import shipped
from tests.support.replay import CLIENT, ReplayedProvider, play, replays
from tests.support.rig import Rig, answer_url

_REPLAYS = replays()
_FLOWS = {name: replay for name, replay in _REPLAYS.items() if "temporary" not in replay}
_REVOKED = {name: each for name, each in _FLOWS.items() if "revocation" in each}
_OWN_WAY = {name: each for name, each in _REVOKED.items() if "url" in each["revocation"]}
# Where an account lives is only known once its owner is: nothing to replay without a name.
_WITHOUT = {"photos", "photos-oauth1", "bluesky"}


async def _signed_in(rig: Rig, replayed: ReplayedProvider) -> Profile:
    done = await _answered(rig, replayed)
    assert done.status == "completed", (done.error, done.failure, replayed.asked)
    return rig.profiles.get(done.profile_id or "")


async def _answered(rig: Rig, replayed: ReplayedProvider) -> SignIn:
    """Sign in by pasting the final address, which every redirect rule allows."""
    view = await rig.sign_ins.start(provider_id=replayed.entry().id, flow="paste")
    asked = _query(view)
    replayed.nonce = asked.get("nonce")
    await rig.sign_ins.redirect(
        view.id, url=answer_url(view, **replayed.replay.get("redirect", {}))
    )
    return await rig.wait_over(view.id)


def _query(view: SignIn) -> dict[str, str]:
    pairs = parse_qs(urlsplit(view.authorization_url or "").query)
    return {name: values[0] for name, values in pairs.items()}


def test_every_preset_has_its_replay() -> None:
    assert {each.id for each in shipped.catalogue().all()} - _WITHOUT == set(_REPLAYS)


@pytest.mark.parametrize("provider_id", _FLOWS)
def test_the_documented_answers_make_a_profile(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile, expected = await _signed_in(rig, replayed), dict(replayed.replay["expect"])
        scopes = expected.pop("scopes", None)
        if "issuer" in expected:
            expected["issuer"] = replayed.moved(expected["issuer"])
        assert {name: getattr(profile, name) for name in expected} == expected
        assert profile.grant is not None
        assert profile.grant.access_token == "at-1"
        assert scopes is None or list(profile.grant.scopes_granted) == scopes

    play(provider_id, scene)


@pytest.mark.parametrize("provider_id", _FLOWS)
def test_the_provider_is_asked_in_its_own_words(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        view = await rig.sign_ins.start(provider_id=provider_id, flow="paste")
        asked, replay = _query(view), replayed.replay
        assert asked.items() >= replay.get("authorization", {}).items()
        assert not asked.keys() & set(replay.get("not_in_authorization", ()))
        await _signed_in(rig, replayed)
        token = _sent_to(replayed, replayed._address("token_endpoint"))
        assert token["form"].items() >= replay.get("code", {}).items()
        assert ("Authorization" in token["headers"]) == replay.get("code_basic", False)
        _check_details_call(replayed)

    play(provider_id, scene)


def _sent_to(replayed: ReplayedProvider, url: str) -> dict[str, Any]:
    return next(each for each in replayed.asked if each["url"] == url)


def _check_details_call(replayed: ReplayedProvider) -> None:
    call = replayed._userinfo()
    made = _sent_to(replayed, call["url"])
    query = {name: _filled(value) for name, value in call.get("query", {}).items()}
    assert made["method"] == call["method"]
    assert made["headers"].items() >= _headers(call.get("headers", {})).items()
    assert made["query"] == query
    assert made["form"].items() >= call.get("form", {}).items()
    assert not (call.get("no_authorization") and "Authorization" in made["headers"])


def _headers(headers: dict[str, str]) -> dict[str, str]:
    """HTTP's names have no letter case; Tornado writes them in its own way."""
    return {"-".join(p.capitalize() for p in k.split("-")): v for k, v in headers.items()}


def _filled(value: str) -> str:
    if value != "{sig}":
        return value
    session = hashlib.md5(b"at-1the-secret").hexdigest()
    text = "application_key=CBAEXAMPLEformat=jsonmethod=users.getCurrentUser"
    return hashlib.md5((text + session).encode()).hexdigest()


@pytest.mark.parametrize("provider_id", _FLOWS)
def test_a_documented_error_fails_the_sign_in_with_its_own_code(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        replayed.refusing = True
        done = await _answered(rig, replayed)
        assert done.status == "failed"
        assert done.error == replayed.replay["error"]["code"]
        assert rig.profiles.list()[1] == 0

    play(provider_id, scene)


@pytest.mark.parametrize("provider_id", _FLOWS)
def test_lifetimes_are_known_where_the_provider_has_any(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        grant = (await _signed_in(rig, replayed)).grant
        assert grant is not None
        replay, now = replayed.replay, rig.clock()
        told = replay["token"]["body"]
        seconds = replay.get("lifetime") or (
            told.get("expires_in") if isinstance(told, dict) else None
        )
        if seconds:
            assert grant.access_token_expires_at == pytest.approx(now + int(seconds), abs=1)
        if "refresh_days" in replay:
            end = now + 86400 * replay["refresh_days"]
            assert grant.refresh_token_expires_at == pytest.approx(end, abs=1)
        assert not replay.get("never_ends") or grant.access_token_expires_at is None

    play(provider_id, scene)


@pytest.mark.parametrize("provider_id", _REVOKED)
def test_revoking_is_confirmed_the_providers_own_way(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        done = await rig.tokens.revoke(profile.id)
        wanted = replayed.replay["revocation"]
        assert done.proof == "provider_confirmed"
        assert done.revoked
        made = _sent_to(replayed, wanted.get("url", wanted.get("rfc7009")))
        assert made["method"] == wanted.get("method", "POST")
        assert made["headers"].items() >= _headers(wanted.get("headers", {})).items()
        assert made["form"].items() >= wanted.get("form", {}).items()
        assert made["json"] == wanted.get("json", {})
        assert rig.profiles.get(profile.id).status == "revoked"

    play(provider_id, scene)


@pytest.mark.parametrize("provider_id", _OWN_WAY)
def test_without_the_documented_proof_nothing_counts_as_revoked(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        replayed.doubting = True
        with pytest.raises(RevocationError):
            await rig.tokens.revoke(profile.id)
        assert rig.profiles.get(profile.id).status == "active"

    play(provider_id, scene)


def test_an_access_that_ran_out_is_renewed_before_it_is_taken_back() -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        rig.clock.now += 86400
        assert (await rig.tokens.revoke(profile.id)).proof == "provider_confirmed"
        forms = [each["form"].get("grant_type") for each in replayed.asked]
        assert "refresh_token" in forms

    play("dropbox", scene)


def test_yandex_ends_the_access_alone() -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        done = await rig.tokens.revoke((await _signed_in(rig, replayed)).id)
        assert done.revoked == ("access_token",)

    play("yandex", scene)


def test_vks_device_goes_back_with_every_renewal() -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        replayed.asked.clear()
        await rig.tokens.refresh(profile.id)
        token = _sent_to(replayed, replayed._address("token_endpoint"))
        assert token["form"]["grant_type"] == "refresh_token"
        assert token["form"]["device_id"] == "dev-7"
        assert token["form"]["client_id"] == CLIENT["client_id"]

    play("vk", scene)


@pytest.mark.parametrize(
    "provider_id", [name for name, each in _FLOWS.items() if "rt-1" in str(each["token"])]
)
def test_a_renewal_keeps_the_account(provider_id: str) -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        renewed = await rig.tokens.refresh(profile.id)
        assert (renewed.subject, renewed.name) == (profile.subject, profile.name)
        assert renewed.status == "active"

    play(provider_id, scene)


def test_a_provider_without_any_way_to_be_told_says_until_when_it_is_good() -> None:
    async def scene(rig: Rig, replayed: ReplayedProvider) -> None:
        profile = await _signed_in(rig, replayed)
        done = await rig.tokens.revoke(profile.id)
        assert done.proof == "not_supported"
        assert done.revoked == ()
        assert done.settings_url == replayed.entry().guide.settings_url

    play("spotify", scene)
