"""The relying party's cases of the OpenID conformance suite, and further ones."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import ClockSkewError, IdTokenError, OAuthError
from desktop_app.oauth.id_token import IdTokenExpectation, signing_algorithm, validate_id_token
from desktop_app.oauth.jose import secret_key
from tests.support.signing import (
    CLIENT_ID,
    ISSUER,
    NOW,
    claims,
    key_set,
    public_jwk,
    signed,
    unsigned,
)

KEYS = key_set(public_jwk(kid="key-1"))
SECRET = "client-secret-client-secret-0123"
EXPECTED = IdTokenExpectation(
    issuer=ISSUER, client_id=CLIENT_ID, nonce="n-0S6_WzA2Mj", access_token=None, now=NOW + 1
)
# OpenID Connect Core appendix A.3.
CORE_ACCESS_TOKEN = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
CORE_AT_HASH = "77QmUPtjPfzWtF2AnpK9RQ"


def accept(expected: IdTokenExpectation = EXPECTED, **changes: Any) -> Any:
    return validate_id_token(signed(claims(**changes)), KEYS, expected)


def refused(check: str, expected: IdTokenExpectation = EXPECTED, **changes: Any) -> IdTokenError:
    with pytest.raises(IdTokenError) as caught:
        accept(expected, **changes)
    assert caught.value.fields["check"] == check
    return caught.value


def test_a_good_token_gives_its_claims() -> None:
    """Conformance case idtoken-sig-rs256."""
    assert accept(name="Jane")["name"] == "Jane"


@pytest.mark.parametrize("iss", [None, "", ISSUER + "/", "https://evil.example", [ISSUER]])
def test_another_issuer_is_refused(iss: object) -> None:
    """Conformance case invalid-iss."""
    refused("iss", iss=iss)


@pytest.mark.parametrize("aud", [None, "", "other", [], ["other"], [[CLIENT_ID]], {CLIENT_ID: 1}])
def test_another_audience_is_refused(aud: object) -> None:
    """Conformance cases missing-aud and invalid-aud."""
    refused("aud", aud=aud)


def test_an_audience_list_of_us_alone_is_accepted() -> None:
    assert accept(aud=[CLIENT_ID])
    assert accept(azp=CLIENT_ID)


def test_several_audiences_need_us_as_the_authorized_party() -> None:
    """OpenID Connect Core section 3.1.3.7, 3 to 5."""
    assert accept(aud=[CLIENT_ID, "other"], azp=CLIENT_ID)
    refused("azp", aud=[CLIENT_ID, "other"])
    refused("azp", aud=[CLIENT_ID, "other"], azp="other")
    refused("azp", azp="other")
    refused("aud", aud=[CLIENT_ID, 7])


@pytest.mark.parametrize("sub", [None, "", 7, ["a"], "x" * 256])
def test_a_token_without_a_subject_is_refused(sub: object) -> None:
    """Conformance case missing-sub."""
    refused("sub", sub=sub)


@pytest.mark.parametrize("iat", [None, "now", True, [NOW]])
def test_a_token_without_its_time_of_issue_is_refused(iat: object) -> None:
    """Conformance case missing-iat."""
    refused("iat", iat=iat)


@pytest.mark.parametrize("exp", [None, "never", False, {}])
def test_a_token_without_an_end_is_refused(exp: object) -> None:
    refused("exp", exp=exp)


def test_clocks_may_differ_a_little_and_no_more() -> None:
    assert accept(exp=NOW - 100, iat=NOW - 400)
    assert accept(iat=NOW + 100, nbf=NOW + 100)
    assert isinstance(refused("exp", exp=NOW - 200), ClockSkewError)
    assert isinstance(refused("iat", iat=NOW + 200), ClockSkewError)
    assert isinstance(refused("nbf", nbf=NOW + 200), ClockSkewError)
    refused("nbf", nbf="later")


@pytest.mark.parametrize("nonce", [None, "", "other", 7, "n-0S6_WzA2Mj "])
def test_another_nonce_is_refused(nonce: object) -> None:
    """Conformance case nonce-invalid."""
    refused("nonce", nonce=nonce)


def test_without_a_nonce_of_ours_none_is_needed() -> None:
    assert accept(replace(EXPECTED, nonce=None), nonce=None)


def test_a_password_entered_too_long_ago_is_refused() -> None:
    recent = replace(EXPECTED, max_age=60)
    assert accept(recent, auth_time=NOW - 30)
    refused("auth_time", recent, auth_time=NOW - 600)
    refused("auth_time", recent)


def test_at_hash_matches_the_documents_vector() -> None:
    """OpenID Connect Core appendix A.3."""
    expected = replace(EXPECTED, access_token=CORE_ACCESS_TOKEN)
    assert accept(expected, at_hash=CORE_AT_HASH)
    assert accept(expected)
    refused("at_hash", replace(expected, access_token="other"), at_hash=CORE_AT_HASH)
    refused("at_hash", expected, at_hash=7)


@pytest.mark.parametrize(
    ("algorithm", "length"), [("RS384", 32), ("ES512", 43), ("EdDSA", 43), ("PS256", 22)]
)
def test_at_hash_uses_the_hash_of_the_algorithm(algorithm: str, length: int) -> None:
    keys = key_set(public_jwk(algorithm, kid="key-1"))
    expected = replace(EXPECTED, access_token="at")
    for value in ("x" * length, ""):
        with pytest.raises(IdTokenError) as caught:
            validate_id_token(signed(claims(at_hash=value), algorithm=algorithm), keys, expected)
        assert caught.value.fields["check"] == "at_hash"


def test_a_refreshed_token_must_be_for_the_same_account_and_issuer() -> None:
    """Conformance cases refresh-token-invalid-sub and refresh-token-invalid-issuer."""
    refreshed = replace(EXPECTED, nonce=None, subject="248289761001")
    assert accept(refreshed, nonce=None)
    refused("sub", refreshed, nonce=None, sub="another")
    refused("iss", refreshed, nonce=None, iss="https://evil.example")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS512", "EdDSA"])
def test_a_wrong_signature_is_refused(algorithm: str) -> None:
    """Conformance cases invalid-sig-rs256 and invalid-sig-es256."""
    keys = key_set(public_jwk(algorithm, number=1, kid="key-1"))
    with pytest.raises(IdTokenError) as caught:
        validate_id_token(signed(claims(), algorithm=algorithm, number=2), keys, EXPECTED)
    assert caught.value.fields["check"] == "signature"


def test_an_unsigned_token_is_refused() -> None:
    """Conformance case idtoken-sig-none, also if the provider names none among its algorithms."""
    for algorithms in (None, ("none",), ("RS256", "none")):
        with pytest.raises(IdTokenError) as caught:
            token = unsigned({"alg": "none"}, claims())
            validate_id_token(token, KEYS, replace(EXPECTED, algorithms=algorithms))
        assert caught.value.fields["check"] == "alg"


def secret_signed(secret: str, algorithm: str = "HS256") -> str:
    return signed(claims(), algorithm=algorithm, kid=None, key=secret_key(secret))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secrets_signature_needs_both_a_secret_and_the_providers_word(algorithm: str) -> None:
    declared = replace(EXPECTED, algorithms=("RS256", algorithm), client_secret=SECRET)
    token = secret_signed(SECRET, algorithm)
    assert validate_id_token(token, KEYS, declared)
    for expected in (
        replace(declared, algorithms=None),
        replace(declared, algorithms=("RS256",)),
        replace(declared, client_secret=None),
        replace(declared, client_secret=""),
    ):
        with pytest.raises(IdTokenError) as caught:
            validate_id_token(token, KEYS, expected)
        assert caught.value.fields["check"] == "alg"


@pytest.mark.parametrize("secret", ["short", "é", "-----BEGIN PUBLIC KEY-----", "ssh-rsa AAAA"])
def test_a_secret_of_any_form_verifies(secret: str) -> None:
    declared = replace(EXPECTED, algorithms=("HS256",), client_secret=secret)
    assert validate_id_token(secret_signed(secret), KEYS, declared)


def test_a_wrong_secrets_signature_is_refused() -> None:
    """Conformance case invalid-sig-hs256."""
    declared = replace(EXPECTED, algorithms=("HS256",), client_secret=SECRET)
    with pytest.raises(IdTokenError) as caught:
        validate_id_token(secret_signed("another-secret-another-secret-01"), KEYS, declared)
    assert caught.value.fields["check"] == "signature"


def test_a_published_key_is_never_used_as_a_secret() -> None:
    """RFC 8725 section 2.1: the public key signs with HS256."""
    published = str(public_jwk()["n"])
    oct_key = {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "key-1"}
    declared = replace(EXPECTED, algorithms=("HS256",), client_secret=SECRET)
    for secret in (published, "secretsecretsecretsecret"):
        with pytest.raises(IdTokenError):
            validate_id_token(secret_signed(secret), key_set(public_jwk(), oct_key), declared)


def test_an_algorithm_that_the_provider_does_not_name_is_refused() -> None:
    refused("alg", replace(EXPECTED, algorithms=("ES256",)))
    assert accept(replace(EXPECTED, algorithms=("ES256", "RS256")))


TEMPLATE = "https://login.example.com/{tid}/v2.0"


def with_template(**changes: Any) -> Any:
    return validate_id_token(signed(claims(**changes)), KEYS, EXPECTED, issuer_template=TEMPLATE)


def test_a_template_is_filled_from_the_signed_claim() -> None:
    assert with_template(iss="https://login.example.com/9-a/v2.0", tid="9-a")


@pytest.mark.parametrize(
    ("iss", "tid"),
    [
        ("https://login.example.com/9-a/v2.0", "9-b"),
        ("https://login.example.com/9-a/v2.0", None),
        ("https://login.example.com/{tid}/v2.0", None),
        ("https://login.example.com/{tid}/v2.0", "{tid}"),
        ("https://login.example.com/a/b/v2.0", "a/b"),
        ("https://login.example.com//v2.0", ""),
        ("https://login.example.com/7/v2.0", 7),
        (ISSUER, "9-a"),
    ],
)
def test_a_template_accepts_no_other_issuer(iss: str, tid: object) -> None:
    with pytest.raises(IdTokenError) as caught:
        with_template(iss=iss, tid=tid)
    assert caught.value.fields["check"] == "iss"


def test_the_algorithm_can_be_shown() -> None:
    assert signing_algorithm(signed(claims())) == "RS256"
    with pytest.raises(IdTokenError):
        signing_algorithm("x")


def test_neither_nonce_nor_tokens_are_in_the_repr_or_the_error() -> None:
    expected = replace(EXPECTED, access_token="hidden", client_secret="hidden")
    assert "hidden" not in repr(expected)
    assert "n-0S6" not in repr(expected) + refused("nonce", nonce="n-0S6-x").message


@given(
    st.dictionaries(
        st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "azp", "at_hash"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.booleans(),
    )
)
def test_any_claims_are_accepted_or_one_of_our_errors(changes: dict[str, Any]) -> None:
    expected = replace(EXPECTED, access_token="at", max_age=60)
    with suppress(OAuthError):
        accept(expected, **changes)
