"""Signatures: RFC 7515's and RFC 8037's vectors, and keys that a hostile provider may publish."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.algorithms import ASYMMETRIC
from desktop_app.oauth.compact_jws import read_compact, verify
from desktop_app.oauth.errors import IdTokenError, UnknownKeyError
from tests.support.signing import claims, key_set, public_jwk, signed, unsigned

# RFC 7515 appendix A.2.
RFC7515_KEY = {
    "kty": "RSA",
    "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt"
    "0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX"
    "ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5"
    "IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    "e": "AQAB",
}
RFC7515_TOKEN = (
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9"
    "pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc"
    "_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPv"
    "kSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI"
    "2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)
# RFC 7515 appendix A.3.
RFC7515_EC_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
RFC7515_EC_TOKEN = (
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9"
    "pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP"
    "3-Kg6NU1Q"
)
KEY = public_jwk(kid="key-1")


def check(token: str, *keys: dict[str, Any], algorithms: tuple[str, ...] = ASYMMETRIC) -> None:
    verify(read_compact(token), key_set(*keys), algorithms=algorithms)


def test_the_rsa_vector_verifies() -> None:
    """RFC 7515 appendix A.2."""
    check(RFC7515_TOKEN, RFC7515_KEY)
    assert read_compact(RFC7515_TOKEN).claims["iss"] == "joe"


def test_the_ec_vector_verifies() -> None:
    """RFC 7515 appendix A.3."""
    check(RFC7515_EC_TOKEN, RFC7515_EC_KEY)


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_every_accepted_algorithm_verifies_and_notices_a_change(algorithm: str) -> None:
    key = public_jwk(algorithm, kid="key-1")
    token = signed(claims(), algorithm=algorithm)
    check(token, key)
    other = signed(claims(sub="another"), algorithm=algorithm)
    mixed = ".".join([*other.split(".")[:2], token.split(".")[2]])
    with pytest.raises(IdTokenError) as caught:
        check(mixed, key)
    assert caught.value.fields["check"] == "signature"


def test_an_algorithm_that_is_not_accepted_is_refused_before_any_key() -> None:
    with pytest.raises(IdTokenError) as caught:
        check(signed(claims(), algorithm="PS256"), KEY, algorithms=("RS256",))
    assert caught.value.fields["check"] == "alg"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "", "HS256", "RS257", "ES256K"])
def test_an_unsigned_token_or_an_unknown_algorithm_is_refused(name: str) -> None:
    """RFC 8725 section 3.1; conformance case idtoken-sig-none."""
    with pytest.raises(IdTokenError) as caught:
        check(unsigned({"alg": name}, claims()), KEY)
    assert caught.value.fields["check"] == "alg"


def test_an_empty_signature_is_wrong() -> None:
    with pytest.raises(IdTokenError) as caught:
        check(unsigned({"alg": "RS256", "kid": "key-1"}, claims()), KEY)
    assert caught.value.fields["check"] == "signature"


def test_the_kid_picks_the_key_and_an_unknown_one_asks_for_new_keys() -> None:
    """Conformance case signing-key-rotation."""
    old, new = public_jwk(number=1, kid="old"), public_jwk(number=2, kid="new")
    token = signed(claims(), number=2, kid="new")
    check(token, old, new)
    with pytest.raises(UnknownKeyError):
        check(token, old)
    with pytest.raises(IdTokenError) as caught:
        check(signed(claims(), number=1, kid="new"), old, new)
    assert not isinstance(caught.value, UnknownKeyError)


def test_without_a_kid_the_only_fitting_key_is_taken() -> None:
    """Conformance case kid-absent-single-jwks."""
    others = [
        public_jwk(number=2, use="enc"),
        public_jwk(number=2, alg="RS512"),
        public_jwk(number=2, key_ops=["encrypt"]),
        public_jwk("ES256"),
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x"},
    ]
    check(signed(claims(), kid=None), *others, public_jwk(kid=None, use="sig"))


def test_without_a_kid_several_fitting_keys_are_refused() -> None:
    """OpenID Connect Core section 10.1; conformance case kid-absent-multiple-jwks."""
    with pytest.raises(IdTokenError) as caught:
        check(signed(claims(), kid=None), public_jwk(number=1), public_jwk(number=2))
    assert caught.value.fields["check"] == "kid"


def test_without_a_kid_a_wrong_signature_asks_for_new_keys() -> None:
    with pytest.raises(UnknownKeyError):
        check(signed(claims(), kid=None, number=2), public_jwk(number=1))


def test_keys_with_the_same_kid_or_none_are_all_tried() -> None:
    check(
        signed(claims(), number=2),
        public_jwk(number=1, kid="key-1"),
        public_jwk(number=2, kid="key-1"),
    )
    check(signed(claims(), number=2), public_jwk(number=2, kid=None))


@pytest.mark.parametrize(
    "bad",
    [
        {"kty": "RSA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": 5, "e": []},
        {"kty": "RSA", "n": "é" * 400, "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 400, "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 300 + "_" * 200, "e": "AQAB"},
        {"kty": "RSA", "n": "_" * 100_000, "e": "AQAB"},
        {"kty": "RSA", "n": "_" * 400, "e": "_" * 400},
        {"kty": "RSA", "n": "_" * 400, "e": "AA"},
        {"kty": ["RSA"]},
        {"kty": "oct", "k": KEY["n"]},
        {**KEY, "key_ops": "verify"},
        {**KEY, "key_ops": 7},
        {**KEY, "use": ["sig"]},
        {**KEY, "use": "enc"},
        {**KEY, "alg": {}},
    ],
)
def test_a_hostile_key_is_passed_over(bad: dict[str, Any]) -> None:
    check(signed(claims()), {**bad, "kid": "key-1"}, KEY)
    with pytest.raises(UnknownKeyError):
        check(signed(claims()), {**bad, "kid": "key-1"})


@pytest.mark.parametrize(
    ("algorithm", "bad"),
    [
        ("ES256", {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}),
        ("ES256", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
        ("ES256", {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA"}),
        ("EdDSA", {"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
        ("EdDSA", {"kty": "OKP", "crv": "X25519", "x": "A" * 43}),
    ],
)
def test_a_hostile_curve_is_passed_over(algorithm: str, bad: dict[str, Any]) -> None:
    with pytest.raises(UnknownKeyError):
        check(signed(claims(), algorithm=algorithm), {**bad, "kid": "key-1"})


def test_a_private_key_that_was_published_is_read_as_public_only() -> None:
    check(signed(claims()), {**KEY, "d": "AA", "p": "AA"})


def test_unknown_header_members_are_left_alone_and_long_headers_pass() -> None:
    """RFC 7515 section 4: those not understood must be ignored."""
    check(signed(claims(), x5t="abc", odd={"a": 1}, x5c=["A" * 3000]), KEY)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "e30.e30.",
        "é.é.é",
        signed(claims()) + "=",
        signed(claims()) + "\n",
        signed(claims()).replace(".", " ."),
        signed(b"[]"),
        signed(b'{"sub": "a", "sub": "b"}'),
        signed(b"not json"),
        unsigned({"alg": "RS256", "crit": ["exp"], "exp": 1}, claims()),
        unsigned({"alg": "RS256", "b64": False}, claims()),
        unsigned({"alg": ["RS256"]}, claims()),
        unsigned({"alg": "RS256", "kid": 7}, claims()),
        "a" * 600_000,
    ],
)
def test_what_is_no_signed_token_is_refused(token: str) -> None:
    with pytest.raises(IdTokenError):
        check(token, KEY)


@given(st.text() | st.text("abcIkpX0.-_=").map("eyJhbGciOiJSUzI1NiJ9.".__add__))
def test_any_text_is_refused_as_a_token(text: str) -> None:
    with pytest.raises(IdTokenError):
        check(text, KEY)


@given(
    st.dictionaries(
        st.sampled_from(["kty", "n", "e", "use", "alg", "key_ops", "kid", "crv", "x", "y"]),
        st.none() | st.text() | st.integers() | st.lists(st.text()) | st.just("RSA"),
    )
)
def test_any_key_is_tried_or_passed_over(members: dict[str, Any]) -> None:
    with suppress(IdTokenError):
        check(signed(claims()), json.loads(json.dumps({**KEY, **members})))
