import json
import secrets
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import JWKRegistry

from desktop_app.oauth.authorization import authorization_url
from desktop_app.oauth.compact_jws import read_compact
from desktop_app.oauth.dpop import (
    DpopNonces,
    access_token_hash,
    check_bound,
    dpop_proof,
    dpop_thumbprint,
    new_dpop_key,
    response_nonce,
    wanted_nonce,
    with_proof,
)
from desktop_app.oauth.flow_errors import DpopKeyError, TokenNotBoundError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.jose import registry
from desktop_app.oauth.token import TokenResponse
from tests.support.authorizations import begun

NOW = 1_562_262_616.0
RESOURCE = "https://resource.example.org/protectedresource"
KEY = new_dpop_key()
# RFC 9449 figures 2 and 12.
RFC_PUBLIC = {
    "kty": "EC",
    "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    "crv": "P-256",
}
RFC_TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"


def proof(key: str = KEY, **changes: Any) -> str:
    values: dict[str, Any] = {"method": "GET", "url": RESOURCE, "now": NOW}
    return dpop_proof(key, **{**values, "random": secrets.token_bytes, **changes})


def verified(token: str, algorithm: str = "ES256") -> dict[str, Any]:
    """What a server does: the signature holds with the key in the header."""
    header = read_compact(token).header
    key = JWKRegistry.import_key(dict(header["jwk"]))
    assert jws.deserialize_compact(token, key, registry=registry(algorithm))
    return {**header, **read_compact(token).claims}


def test_a_proof_is_made_as_the_rfc_shows() -> None:
    """RFC 9449 section 4.2, figure 2."""
    found = verified(proof(method="POST", url="https://server.example.com/token"))
    assert found["typ"] == "dpop+jwt"
    assert found["alg"] == "ES256"
    assert set(found["jwk"]) == {"kty", "crv", "x", "y"}
    assert (found["htm"], found["htu"]) == ("POST", "https://server.example.com/token")
    assert (found["iat"], len(found["jti"])) == (1562262616, 43)
    assert "nonce" not in found
    assert "ath" not in found


def test_the_access_tokens_hash_matches_the_rfc_vector() -> None:
    """RFC 9449 section 7.1, figure 13."""
    assert access_token_hash(RFC_TOKEN) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    assert verified(proof(access_token=RFC_TOKEN))["ath"] == access_token_hash(RFC_TOKEN)


def test_the_thumbprint_matches_the_rfc_vector() -> None:
    """RFC 9449 section 6.1, figure 8."""
    expected = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    assert dpop_thumbprint(json.dumps(RFC_PUBLIC)) == expected


def test_the_private_key_leaves_neither_the_header_nor_the_thumbprint() -> None:
    private = json.loads(KEY)["d"]
    assert private not in proof()
    assert len(dpop_thumbprint(KEY)) == 43


def test_every_proof_is_good_once() -> None:
    assert verified(proof())["jti"] != verified(proof())["jti"]


@pytest.mark.parametrize(
    ("url", "htu"),
    [
        (RESOURCE + "?page=2#x", RESOURCE),
        ("https://rs.example", "https://rs.example/"),
        ("HTTPS://rs.example:8443/a", "https://rs.example:8443/a"),
    ],
)
def test_the_address_is_without_query_and_fragment(url: str, htu: str) -> None:
    """RFC 9449 section 4.2."""
    assert verified(proof(url=url))["htu"] == htu


@pytest.mark.parametrize(
    ("offered", "algorithm"),
    [
        (None, "ES256"),
        (("RS256", "ES256"), "ES256"),
        (("EdDSA",), "EdDSA"),
        (("Ed25519",), "Ed25519"),
        (("ES384", "RS256"), "ES384"),
        (("ES512",), "ES512"),
        (("PS256", "RS256"), "PS256"),
        (("RS256",), "RS256"),
    ],
)
def test_the_key_fits_what_the_provider_takes(
    offered: tuple[str, ...] | None, algorithm: str
) -> None:
    """RFC 9449 section 5.1."""
    assert verified(proof(new_dpop_key(offered)), algorithm)["alg"] == algorithm


def test_no_algorithm_in_common_is_a_clear_error() -> None:
    with pytest.raises(DpopKeyError):
        new_dpop_key(("ES256K", "none", "HS256"))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "[]",
        "7",
        '{"kty": "EC"}',
        json.dumps(RFC_PUBLIC),
        json.dumps({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}),
        KEY.replace("ES256", "HS256"),
        KEY.replace("ES256", "ES384"),
    ],
)
def test_a_damaged_or_foreign_key_is_a_clear_error(key: str) -> None:
    with pytest.raises(DpopKeyError):
        proof(key)


def test_a_request_to_the_token_endpoint_keeps_its_own_authentication() -> None:
    """RFC 9449 section 5."""
    request = HttpRequest(method="POST", url="https://as/token", headers={"Authorization": "Basic"})
    sent = with_proof(request, KEY, now=NOW, random=secrets.token_bytes, nonce="n1")
    assert sent.headers["Authorization"] == "Basic"
    assert verified(sent.headers["DPoP"])["nonce"] == "n1"
    assert sent.headers["DPoP"] not in repr(sent)


def test_a_request_to_a_resource_carries_token_and_proof() -> None:
    """RFC 9449 section 7.1."""
    request = HttpRequest(method="GET", url=RESOURCE, headers={"Authorization": "Bearer x"})
    sent = with_proof(request, KEY, now=NOW, random=secrets.token_bytes, access_token=RFC_TOKEN)
    assert sent.headers["Authorization"] == f"DPoP {RFC_TOKEN}"
    assert verified(sent.headers["DPoP"])["ath"] == access_token_hash(RFC_TOKEN)


def nonce_answer(status: int, **changes: Any) -> HttpResponse:
    body = changes.pop("body", b'{"error": "use_dpop_nonce"}')
    return HttpResponse(status=status, headers={"dpop-nonce": "eyJ7S", **changes}, body=body)


def test_an_authorization_server_wants_a_nonce() -> None:
    """RFC 9449 section 8, figure 20."""
    assert wanted_nonce(nonce_answer(400)) == "eyJ7S"
    assert wanted_nonce(nonce_answer(401)) == "eyJ7S"
    assert wanted_nonce(nonce_answer(400, body=b'{"error": "invalid_grant"}')) is None
    assert wanted_nonce(nonce_answer(200)) is None


def test_a_resource_server_wants_a_nonce() -> None:
    """RFC 9449 section 9, figure 24."""
    header = 'DPoP error="use_dpop_nonce", error_description="nonce"'
    answer = nonce_answer(401, **{"www-authenticate": header}, body=b"")
    assert wanted_nonce(answer) == "eyJ7S"
    assert wanted_nonce(nonce_answer(401, body=b"")) is None


@pytest.mark.parametrize("nonce", ["", "a b", "a, b", 'a"b', "a\\b", "é", "x" * 3000])
def test_what_is_no_nonce_is_not_sent_back(nonce: str) -> None:
    answer = HttpResponse(
        status=400, headers={"dpop-nonce": nonce}, body=b'{"error": "use_dpop_nonce"}'
    )
    assert response_nonce(answer) is None
    assert wanted_nonce(answer) is None


def test_nonces_are_kept_for_each_server() -> None:
    """RFC 9449 sections 8.2 and 9: those of one mean nothing to another."""
    nonces = DpopNonces()
    nonces.learn("https://as.example/token", nonce_answer(200))
    nonces.learn("https://rs.example/a", HttpResponse(status=200))
    assert nonces.get("https://as.example:443/par") == "eyJ7S"
    assert nonces.get("https://rs.example/a") is None
    assert nonces.get("http://as.example/token") is None


def test_nonces_do_not_pile_up() -> None:
    nonces = DpopNonces()
    for number in range(300):
        nonces.learn(f"https://rs{number}.example/", nonce_answer(200))
    assert nonces.get("https://rs0.example/") is None
    assert nonces.get("https://rs299.example/") == "eyJ7S"


def test_a_token_that_is_not_bound_is_refused() -> None:
    """RFC 9449 section 5."""
    bound = TokenResponse(access_token="a", token_type="DPoP")
    assert check_bound(bound) is bound
    with pytest.raises(TokenNotBoundError):
        check_bound(TokenResponse(access_token="a"))


@given(st.text())
def test_any_text_as_a_key_is_refused(key: str) -> None:
    with pytest.raises(DpopKeyError):
        proof(key)


@given(st.integers(100, 599), st.text(), st.text(), st.binary())
def test_any_answer_can_be_asked_about_nonces(
    status: int, nonce: str, header: str, body: bytes
) -> None:
    answer = HttpResponse(
        status=status, headers={"dpop-nonce": nonce, "www-authenticate": header}, body=body
    )
    with suppress(AssertionError):
        assert wanted_nonce(answer) is None
    DpopNonces().learn("https://as.example", answer)


def test_the_authorization_request_names_the_key() -> None:
    """RFC 9449 section 10: then the code, too, is good with the key alone."""
    thumbprint = dpop_thumbprint(KEY)
    url = authorization_url("https://as.example/authorize", begun(dpop_jkt=thumbprint))
    assert f"dpop_jkt={thumbprint}" in url


# RFC 9449 section 4.1, figure 1.
RFC_PROOF = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0V"
    "jNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10Nn"
    "Y5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE"
    "9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-Gx"
    "A6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)


def test_our_proof_has_the_members_of_the_rfcs() -> None:
    """RFC 9449 section 4.1; a signature with this algorithm is never the same twice."""
    theirs = verified(RFC_PROOF)
    ours = verified(proof(method="POST", url="https://server.example.com/token"))
    assert {**theirs, "jti": "", "jwk": {}} == {**ours, "jti": "", "jwk": {}}
    assert set(theirs["jwk"]) == set(ours["jwk"])
