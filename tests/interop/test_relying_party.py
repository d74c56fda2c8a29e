"""The OpenID Foundation's relying-party tests, by the names of its conformance suite.

Each provider here does what the suite's does; a sign-in runs through the real services. What is
refused is refused with an error that names the check, keeps nothing, and asks userinfo nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from joserfc.jwk import OctKey

from desktop_app.oauth.errors import DiscoveryError
from desktop_app.services.accounts import SignIn
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider, as_json
from tests.support.signing import public_jwk, signed, unsigned

Claims = dict[str, Any]
Story = Callable[[Rig, SampleProvider], Awaitable[None]]

# What the provider does differently, and the check that the error names.
_CLAIMS: Mapping[str, tuple[Claims, str]] = {
    "oidcc-client-test-nonce-invalid": ({"nonce": "not-the-one"}, "nonce"),
    "oidcc-client-test-invalid-iss": ({"iss": "https://other.example"}, "iss"),
    "oidcc-client-test-missing-iss": ({"iss": None}, "iss"),
    "oidcc-client-test-invalid-aud": ({"aud": "somebody-else"}, "aud"),
    "oidcc-client-test-missing-aud": ({"aud": None}, "aud"),
    "oidcc-client-test-missing-sub": ({"sub": None}, "sub"),
    "oidcc-client-test-missing-iat": ({"iat": None}, "iat"),
    "oidcc-client-test-invalid-athash": ({"at_hash": "bm90LXRoZS1oYXNo"}, "at_hash"),
    # Not in the suite, from OpenID Connect Core section 3.1.3.7.
    "nonce-missing": ({"nonce": None}, "nonce"),
    "exp-missing": ({"exp": None}, "exp"),
    "exp-over": ({"exp": 1}, "exp"),
    "azp-of-another-client": ({"azp": "somebody-else"}, "azp"),
    "several-aud-without-azp": ({"aud": ["coatcheck-client", "another"]}, "azp"),
}


def _forged(claims: Claims, algorithm: str = "RS256") -> str:
    head, body, signature = signed(claims, algorithm=algorithm, kid="key-1").split(".")
    wrong = bytearray(base64.urlsafe_b64decode(signature + "=="))
    wrong[7] ^= 1
    return f"{head}.{body}.{base64.urlsafe_b64encode(wrong).rstrip(b'=').decode()}"


def _with_a_secret(claims: Claims) -> str:
    """HS256 with the published key as the secret: what a careless client would take."""
    key = OctKey.import_key(json.dumps(public_jwk("RS256", 1)).encode())
    return signed(claims, algorithm="HS256", kid="key-1", key=key)


_SIGNATURES: Mapping[str, tuple[Callable[[Claims], str], str]] = {
    "oidcc-client-test-invalid-sig-rs256": (_forged, "signature"),
    "oidcc-client-test-invalid-sig-es256": (lambda each: _forged(each, "ES256"), "signature"),
    "oidcc-client-test-invalid-sig-hs256": (
        lambda each: signed(each, algorithm="HS256", kid=None, key=OctKey.import_key(b"x" * 32)),
        "signature",
    ),
    "oidcc-client-test-idtoken-sig-none": (
        lambda claims: unsigned({"alg": "none"}, claims),
        "alg",
    ),
    "a-published-key-as-the-secret": (_with_a_secret, "signature"),
    "an-algorithm-that-nobody-named": (lambda each: signed(each, algorithm="PS256"), "alg"),
    # Another provider's key under the right name.
    "signed-by-another-key": (lambda claims: signed(claims, number=2, kid="key-1"), "signature"),
}


def with_provider(story: Story) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample)
            await story(rig, sample)

    asyncio.run(run())


def publish(sample: SampleProvider, *keys: dict[str, Any]) -> None:
    sample.answers["/jwks"] = lambda _: as_json({"keys": list(keys)})


def refused(rig: Rig, sample: SampleProvider, over: SignIn, check: str) -> None:
    assert (over.status, over.profile_id) == ("failed", None)
    assert over.failure is not None
    assert f"(check: {check})" in over.failure.message
    assert sample.asked("/userinfo") == []
    assert rig.profiles.list()[1] == 0


@pytest.mark.parametrize("name", _CLAIMS)
def test_a_wrong_claim_is_refused(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.claims, check = _CLAIMS[name]
        refused(rig, sample, await rig.sign_in(sample), check)

    with_provider(story)


@pytest.mark.parametrize("name", _SIGNATURES)
def test_a_wrong_signature_is_refused(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        algorithms = ["RS256", "ES256", "HS256"]
        sample.metadata["id_token_signing_alg_values_supported"] = algorithms
        keys = (public_jwk(each, 1, kid="key-1", use="sig") for each in algorithms[:2])
        publish(sample, *keys)
        await rig.add_provider(sample, client_secret="s" * 32)
        sample.sign, check = _SIGNATURES[name]
        refused(rig, sample, await rig.sign_in(sample), check)

    with_provider(story)


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("oidcc-client-test", "RS256"),
        ("oidcc-client-test-idtoken-sig-rs256", "RS256"),
        ("oidcc-client-test-signing-algorithms", "ES256"),
    ],
)
def test_a_good_sign_in_is_accepted(name: str, algorithm: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["id_token_signing_alg_values_supported"] = [algorithm]
        publish(sample, public_jwk(algorithm, 1, kid="key-1", use="sig"))
        sample.sign = lambda claims: signed(claims, algorithm=algorithm, kid="key-1")
        profile = await rig.signed_in(sample)
        assert (profile.subject, profile.name) == (sample.subject, "Maria Sample")

    with_provider(story)


@pytest.mark.parametrize("name", ["oidcc-client-test-kid-absent-single-jwks"])
def test_without_a_kid_the_only_key_is_the_one(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        publish(sample, public_jwk("RS256", 1, kid=None, use="sig"))
        sample.sign = lambda claims: signed(claims, kid=None)
        assert (await rig.sign_in(sample)).status == "completed"

    with_provider(story)


@pytest.mark.parametrize("name", ["oidcc-client-test-kid-absent-multiple-jwks"])
def test_without_a_kid_nobody_guesses_among_several_keys(name: str) -> None:
    """OpenID Connect Core section 10.1 demands one; the suite lets a client refuse."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        publish(sample, *(public_jwk("RS256", n, kid=f"key-{n}", use="sig") for n in (1, 2)))
        sample.sign = lambda claims: signed(claims, kid=None)
        refused(rig, sample, await rig.sign_in(sample), "kid")

    with_provider(story)


@pytest.mark.parametrize(
    "name",
    [
        "oidcc-client-test-signing-key-rotation",
        "oidcc-client-test-signing-key-rotation-just-before-signing",
    ],
)
def test_a_rotated_key_is_fetched(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        await rig.signed_in(sample)
        if name.endswith("just-before-signing"):
            view = await rig.start(sample)
            sample.key_number = 2
            await rig.answered(view)
        else:
            sample.key_number = 2
            await rig.signed_in(sample)
        assert len(sample.asked("/jwks")) == 2

    with_provider(story)


@pytest.mark.parametrize("name", ["oidcc-client-test-userinfo-invalid-sub"])
def test_userinfo_of_another_account_is_refused(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.answers["/userinfo"] = lambda _: as_json({"sub": "another", "name": "Eve"})
        over = await rig.sign_in(sample)
        assert (over.status, over.error) == ("failed", "subject_mismatch")
        assert rig.profiles.list()[1] == 0

    with_provider(story)


@pytest.mark.parametrize("name", ["oidcc-client-test-userinfo-bearer-header"])
def test_the_access_token_goes_in_the_header_alone(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        await rig.signed_in(sample)
        assert "Bearer at-1" in sample.authorizations
        assert sample.asked("/userinfo") == [{}]

    with_provider(story)


@pytest.mark.parametrize("name", ["oidcc-client-test-client-secret-basic"])
def test_a_secret_goes_in_the_header_where_nothing_else_is_said(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["token_endpoint_auth_methods_supported"] = None
        await rig.add_provider(sample, client_secret="a secret:with signs")
        await rig.signed_in(sample)
        pair = base64.b64encode(b"coatcheck-client:a+secret%3Awith+signs").decode()
        assert f"Basic {pair}" in sample.authorizations
        assert "client_secret" not in sample.asked("/token")[0]

    with_provider(story)


@pytest.mark.parametrize("name", ["oidcc-client-test-scope-userinfo-claims"])
def test_scopes_bring_their_claims(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.userinfo |= {"preferred_username": "maria", "picture": None, "phone_number": "+1"}
        profile = await rig.signed_in(sample)
        assert (profile.username, profile.email) == ("maria", "maria@example.org")
        assert profile.claims["phone_number"] == "+1"

    with_provider(story)


@pytest.mark.parametrize("name", ["oidcc-client-test-discovery-issuer-mismatch"])
def test_a_document_of_another_issuer_is_refused(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["issuer"] = "https://other.example"
        with pytest.raises(DiscoveryError, match="another issuer"):
            await rig.start(sample)
        assert rig.browser.opened == []

    with_provider(story)


@pytest.mark.parametrize(
    "name",
    ["oidcc-client-test-discovery-openid-config", "oidcc-client-test-discovery-jwks-uri-keys"],
)
def test_configuration_and_keys_are_asked_for_where_they_are(name: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["jwks_uri"] = f"{sample.issuer}/keys-of-this-run"
        key = public_jwk("RS256", 1, kid="key-1", use="sig")
        sample.answers["/keys-of-this-run"] = lambda _: as_json({"keys": [key]})
        await rig.signed_in(sample)
        paths = [path for path, _ in sample.requests]
        assert paths[0] == "/.well-known/openid-configuration"
        assert "/keys-of-this-run" in paths

    with_provider(story)
